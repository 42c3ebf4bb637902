"""What every template can use, and how numbers and times are written."""

import datetime as dt
import zoneinfo

import babel.dates
import pyramid_jinja2
from pyramid.events import BeforeRender
from pyramid.i18n import default_locale_negotiator

from ..security.policy import in_api
from . import nav, slots, static
from .language import say, write_number


def negotiate_locale(request) -> str:
    """The person's language, else the browser's, else the school's."""
    languages = request.registry.settings["korrigo.languages"]
    asked = None if in_api(request) else default_locale_negotiator(request)
    if asked in languages:
        return asked
    identity = request.identity if request.registry.get("korrigo.configured") else None
    if identity is not None and identity.user.language in languages:
        return identity.user.language
    return request.accept_language.lookup(languages, default=languages[0]) if request.accept_language \
        else languages[0]


def write_when(value, language: str, timezone: str) -> str:
    """A date, or a moment in the school's time zone."""
    if value is None:
        return "–"
    if isinstance(value, dt.datetime):
        local = value.astimezone(zoneinfo.ZoneInfo(timezone))
        return babel.dates.format_datetime(local, "d MMM yyyy HH:mm", locale=language)
    return babel.dates.format_date(value, "d MMMM yyyy", locale=language)


def add_globals(event) -> None:
    request = event.get("request")
    if request is None:
        return
    language = request.locale_name
    timezone = request.registry.settings["korrigo.timezone"]
    event.update(
        asset=lambda package, path: static.asset(request, package, path),
        import_map=lambda: static.import_map(request),
        scripts=lambda kind: static.scripts(request, kind),
        slot=lambda place, **context: slots.fill(request, place, **context),
        nav=lambda area, **values: nav.links(request, area, **values),
        steps=lambda exam: nav.step_states(request, exam),
        url=lambda route, **values: request.route_path(route, **values),
        number=lambda value: write_number(value, language),
        when=lambda value: write_when(value, language, timezone),
        say=lambda message: say(request, message),
        may=request.has_permission,
        enabled=lambda name: any(plugin.name == name for plugin in request.registry["korrigo plugins"]),
        lang=language,
    )


JINJA2_DIRECTIVES = ("add_jinja2_renderer", "add_jinja2_search_path", "add_jinja2_extension", "get_jinja2_environment")


def includeme(config):
    config.registry.settings.update({
        "jinja2.i18n.domain": "korrigo", "jinja2.trim_blocks": "true", "jinja2.lstrip_blocks": "true",
        "jinja2.newstyle": "true",
    })
    # As its includeme does, which reads the sources of the whole call stack to find this package: 45 ms of each start.
    for directive in JINJA2_DIRECTIVES:
        config.add_directive(directive, getattr(pyramid_jinja2, directive))
    config.add_jinja2_renderer(".jinja2", package=config.package)
    config.add_translation_dirs("korrigo:locale")
    config.set_locale_negotiator(negotiate_locale)
    config.add_subscriber(add_globals, BeforeRender)
