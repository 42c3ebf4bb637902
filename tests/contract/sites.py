"""The plugins of this repository, by entry point, and an exam that all of them know."""

from pathlib import Path

from exam_builder import Built, build

from korrigo.testing.sites import Site, manifest, names

NAMES = names()
PLUGINS = {name: manifest(name) for name in NAMES}


def build_in(site: Site, scan: Path, *, scheme: bool = True) -> Built:
    """An exam with copies, and what the plugins that are here know of it."""
    with site.scope() as request:
        return build(request, scan, scheme=scheme and "grading" in site.names, batch="import" in site.names)
