"""Imported first: Pyramid 2.1 still uses ``pkg_resources``, and says so to everybody who types a command."""

import warnings

warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
