"""Files of the core and of plugins under ``/static/<package>/<content hash>/``.

The hash is a segment of the path, so relative imports of JavaScript modules carry it too, and a browser may
keep every file for a year.
"""

import hashlib
import json
from pathlib import Path

from markupsafe import Markup
from pyramid.exceptions import ConfigurationError
from pyramid.httpexceptions import HTTPNotFound
from pyramid.path import AssetResolver
from pyramid.response import FileResponse

from ..directives import register, table

CATEGORY = "korrigo static"
SCRIPTS = "korrigo scripts"
#: Kinds of pages that scripts may be for: every page, and the work screens.
KINDS = ("page", "grade", "desk", "sheet", "upload")
YEAR = 365 * 86400


def add_korrigo_static(config, package=None):
    """Serve the folder ``static`` of a package (the caller's own when it is not named)."""
    package = package or config.package.__name__
    folder = Path(AssetResolver().resolve(f"{package}:static").abspath())

    def store():
        table(config.registry, CATEGORY)[package] = (folder, content_hash(folder))

    register(config, CATEGORY, package, folder, store)


def add_korrigo_script(config, kind, path):
    """Load a module of a package's static folder on pages of a kind: ``("grade", "korrigo_pace/pace.js")``."""
    package, _slash, file = path.partition("/")
    if kind not in KINDS:
        raise ConfigurationError(f"a script is for pages of one kind, {', '.join(KINDS)}; not {kind!r}")
    if not file.endswith(".js"):
        raise ConfigurationError(f"{path!r} is no script: write package/file.js, below the package's static folder")
    register(config, SCRIPTS, (kind, path), path,
             lambda: table(config.registry, SCRIPTS).__setitem__((kind, path), (package, file)))


def scripts(request, kind: str) -> Markup:
    """The script elements of a kind of page."""
    found = [asset(request, package, file) for (wanted, _path), (package, file)
             in table(request.registry, SCRIPTS).items() if wanted == kind]
    return Markup("\n").join(Markup('<script type="module" src="{}"></script>').format(url) for url in found)


def content_hash(folder: Path) -> str:
    """Twelve characters that change when any file of the folder does."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def asset(request, package: str, path: str) -> str:
    """The URL of a static file."""
    _folder, version = table(request.registry, CATEGORY)[package]
    return request.route_path("static", package=package, version=version, path=path)


def import_map(request) -> str:
    """The JSON of the page's import map: ``korrigo/x.js`` is the core's ``static/js/x.js``."""
    return json.dumps({"imports": {f"{package}/": asset(request, package, "js/") if package == "korrigo"
                                   else asset(request, package, "")
                                   for package in table(request.registry, CATEGORY)}})


def serve(request):
    """One file; a name that is not inside the folder is not found."""
    found = table(request.registry, CATEGORY).get(request.matchdict["package"])
    if found is None:
        raise HTTPNotFound()
    folder, version = found
    file = (folder / "/".join(request.matchdict["path"])).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise HTTPNotFound()
    response = FileResponse(str(file), request=request, content_type=TYPES.get(file.suffix))
    fresh = request.registry.settings["korrigo.environment"] == "development"
    if request.matchdict["version"] == version and not fresh:
        response.cache_control = f"public, max-age={YEAR}, immutable"
    else:
        response.cache_control = "no-cache"
    return response


TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}


def includeme(config):
    config.add_directive("add_korrigo_static", add_korrigo_static)
    config.add_directive("add_korrigo_script", add_korrigo_script)
    config.add_route("static", "/static/{package}/{version}/*path")
    config.add_view(serve, route_name="static", permission="public", request_method=("GET", "HEAD"))
