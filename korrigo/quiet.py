"""Imported first by whatever is a process, before anything heavy is."""

import gc
import warnings

# Pyramid 2.1 still uses pkg_resources, which would say so on every terminal.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)

# A start makes objects that stay: looking through them for garbage at every 700 new ones is a tenth of its time.
gc.set_threshold(20_000, 20, 20)
