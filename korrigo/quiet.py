"""Imported first by whatever is a process: Pyramid 2.1 still uses ``pkg_resources``, and says so on every terminal."""

import warnings

warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
