"""From an ini file to a registry, with its logging."""

import configparser
import logging.config
from pathlib import Path

import plaster
from plaster.exceptions import InvalidURI
from plaster_pastedeploy import Loader

from ..pipeline import BadInput

DEFAULT_INI = "development.ini"


def settings_of(ini: str | Path) -> dict:
    """The raw settings of an ini file."""
    ini = Path(ini)
    if not ini.exists():
        raise BadInput(f"there is no file {ini}. Name one with -c, or run this where development.ini is.")
    try:
        return dict(loader_of(ini).get_wsgi_app_settings())
    except (configparser.Error, LookupError, InvalidURI, UnicodeDecodeError) as error:
        why = str(error).partition("\n")[0]
        raise BadInput(f"{ini} is no ini file with a section app:main: {why}") from None


def loader_of(ini: str | Path) -> Loader:
    """What reads our ini files.  Plaster would find it too, after reading about every distribution that is there."""
    return Loader(plaster.parse_uri(str(ini)))


def registry_of(ini: str | Path, *, check: bool = True, logs: bool = True, **override):
    """The registry of an application; ``check=False`` lets the database be behind."""
    from ..config import configure

    raw = {**settings_of(ini), **override}
    if logs:
        loader_of(ini).setup_logging()
    return configure(raw, here=str(Path(ini).resolve().parent), check=check).registry


def quiet_logging() -> None:
    """For commands without an ini: warnings only."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
