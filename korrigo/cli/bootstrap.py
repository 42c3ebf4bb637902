"""From an ini file to a registry, with its logging."""

import configparser
import logging.config
from pathlib import Path

from plaster.exceptions import InvalidURI
from pyramid.paster import get_appsettings, setup_logging

from ..pipeline import BadInput

DEFAULT_INI = "development.ini"


def settings_of(ini: str | Path) -> dict:
    """The raw settings of an ini file."""
    ini = Path(ini)
    if not ini.exists():
        raise BadInput(f"there is no file {ini}. Name one with -c, or run this where development.ini is.")
    try:
        return dict(get_appsettings(str(ini)))
    except (configparser.Error, LookupError, InvalidURI, UnicodeDecodeError) as error:
        why = str(error).partition("\n")[0]
        raise BadInput(f"{ini} is no ini file with a section app:main: {why}") from None


def registry_of(ini: str | Path, *, check: bool = True, logs: bool = True, **override):
    """The registry of an application; ``check=False`` lets the database be behind."""
    from ..config import configure

    raw = {**settings_of(ini), **override}
    if logs:
        setup_logging(str(ini))
    return configure(raw, here=str(Path(ini).resolve().parent), check=check).registry


def quiet_logging() -> None:
    """For commands without an ini: warnings only."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
