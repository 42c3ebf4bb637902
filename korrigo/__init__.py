"""Korrigo: from the school's copier to marks and graded copies."""

from .version import PLUGIN_API, VERSION

__all__ = ["PLUGIN_API", "VERSION", "main"]


def main(global_config, **settings):
    """The WSGI application of an ini file (the ``paste.app_factory`` entry point)."""
    from .config import configure

    return configure(settings, here=(global_config or {}).get("here")).make_wsgi_app()
