"""Applications that tests of the contract share: they look and change nothing that another test sees."""

import pytest
from sites import NAMES, Site, without


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """``site("import")``: a new application of these plugins, the same one whenever it is asked for."""
    made: dict[tuple[str, ...], Site] = {}

    def of(*names: str) -> Site:
        if names not in made:
            made[names] = Site(tmp_path_factory.mktemp("site"), names)
        return made[names]

    yield of
    for one in made.values():
        one.close()


@pytest.fixture(scope="session")
def whole(site):
    """The application of all plugins."""
    return site(*NAMES)


@pytest.fixture(scope="session")
def made(whole, small_scan):
    """An exam of all plugins."""
    return whole.build(small_scan)


@pytest.fixture(scope="session")
def off(whole, made):
    """``off("ocr")``: the database of all plugins, served without one of them."""
    sites: dict[str, Site] = {}

    def of(name: str) -> Site:
        if name not in sites:
            sites[name] = Site(whole.folder, without(name))
        return sites[name]

    yield of
    for one in sites.values():
        one.close()


@pytest.fixture(params=NAMES)
def name(request) -> str:
    """Each plugin, by entry point."""
    return request.param
