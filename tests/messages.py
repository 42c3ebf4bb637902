"""``make messages``: the French catalogues of the core and of each plugin of this repository."""

import sys
from pathlib import Path

from korrigo.messages import CORE, update

ROOT = Path(__file__).resolve().parent.parent


def packages() -> list[Path]:
    """The core, then the package of each plugin."""
    return [CORE, *sorted(file.parent for file in ROOT.glob("plugins/*/korrigo_*/__init__.py"))]


def main() -> int:
    """Write every catalogue; the exit code says whether translations are missing."""
    missing = {package.name: update(package) for package in packages()}
    for name, messages in missing.items():
        print(f"{name}: {len(messages)} to translate", *messages, sep="\n    ")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
