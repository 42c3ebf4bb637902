"""Whatever plugins a school enables beside it, and in whatever order, the application starts and serves its pages."""

import contextlib
import random

from ...plugins import resolve
from ..sites import Site, allowed_sets, needed
from ..walk import Walk

PAGES = ("/", "/exams/new", "/students", "/profile", "/admin/accounts", "/admin/plugins", "/admin/health",
         "/admin/journal", "/admin/jobs", "/readyz")
#: Up to this number every set is tried; with more plugins than a few there are more than anybody wants to wait for.
ALL_SETS = 32
SOME_SETS = 16
#: So many orders of the ini are looked at; the application is started in those that end differently, up to a few.
ORDERS = 100
MOST_STARTS = 6


def use(site: Site) -> None:
    """Sign in, look at every page of an administrator, make an exam and look at it."""
    assert not any(status.behind for status in site.statuses)
    site.app.reset()
    assert "password" in site.app.get("/signin").text
    site.sign_in("admin", "admin")
    for page in PAGES:
        site.app.get(page, status=200)
    page = site.app.get("/exams/new")
    form = next(form for form in page.forms.values() if "title" in form.fields)
    form["title"] = "A new exam"
    exam = form.submit(status=302).follow(status=200)
    assert "A new exam" in exam.text
    assert "A new exam" in site.app.get("/").text


@contextlib.contextmanager
def enabled(names):
    """An error inside says with which plugins it came."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"with korrigo.plugins = {' '.join(names)}")
        raise


def served(site: Site) -> Site:
    """A site that is known to serve the pages of the core."""
    with enabled(site.names):
        use(site)
    return site


def some_sets(name: str) -> list[tuple[str, ...]]:
    """The sets of plugins that hold this one, with the smallest and the largest among them."""
    sets = [chosen for chosen in allowed_sets() if name in chosen]
    if len(sets) <= ALL_SETS:
        return sets
    return [sets[0], *random.Random(name).sample(sets[1:-1], SOME_SETS - 2), sets[-1]]  # noqa: S311 (no secret)


def orders(names) -> list[tuple[str, ...]]:
    """The ini's line forwards, backwards and shuffled."""
    chance, found = random.Random(len(names)), [tuple(names), tuple(reversed(names))]  # noqa: S311 (no secret)
    for _order in range(ORDERS):
        found.append(tuple(chance.sample(names, len(names))))
    return list(dict.fromkeys(found))


class Boot:
    """It starts alone and in company."""

    def test_it_starts_with_only_what_it_requires(self, contract_served, name):
        contract_served(*needed(name))

    def test_it_starts_with_every_set_of_plugins_whose_requirements_are_met(self, contract_served, name):
        for names in some_sets(name):
            contract_served(*names)

    def test_it_comes_after_what_it_requires_in_any_order_of_the_ini(self, contract_whole, name):
        for names in orders(contract_whole.names):
            order = [plugin.name for plugin in resolve(names)]
            plugin = next(plugin for plugin in resolve(names) if plugin.name == name)
            before = {*plugin.requires, *(other for other in plugin.after if other in names)}
            assert before <= set(order[:order.index(name)])

    def test_it_starts_with_every_plugin_in_any_order_of_the_ini(self, contract_whole):
        different = {tuple(plugin.name for plugin in resolve(names)): names for names in orders(contract_whole.names)}
        for names in list(different.values())[:MOST_STARTS]:
            with enabled(names), contextlib.closing(Site(contract_whole.folder, names)) as site:
                site.app.get("/signin", status=200)

    def test_every_link_of_every_page_leads_somewhere(self, contract_site, contract_make, name):
        site = contract_site(*needed(name))
        contract_make(site)
        site.sign_in("admin", "admin")
        walk = Walk(site)
        assert walk.wrong == []
        assert len(walk.pages) > len(PAGES)
