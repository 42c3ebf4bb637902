"""Whatever plugins a school enables, and in whatever order, the application starts and serves its pages."""

import itertools

import pytest
from sites import NAMES, Site, Walk, needed

from korrigo.models import Exam, ExamRole
from korrigo.plugins import resolve
from korrigo.services import Exams

SETS = [(), *dict.fromkeys(needed(name) for name in NAMES), NAMES]
PAGES = ("/", "/exams/new", "/students", "/profile", "/admin/accounts", "/admin/plugins", "/admin/health",
         "/admin/journal", "/admin/jobs", "/readyz")


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


@pytest.mark.parametrize("names", SETS, ids=" ".join)
def test_any_sound_set_of_plugins_serves_the_core(site, names):
    use(site(*names))


@pytest.mark.parametrize("names", SETS, ids=" ".join)
def test_every_link_of_every_page_leads_somewhere(site, names, small_scan):
    here = site(*names)
    here.build(small_scan)
    here.sign_in("admin", "admin")
    walk = Walk(here)
    assert walk.wrong == []
    assert len(walk.pages) > 20


@pytest.mark.parametrize("scheme", [True, False], ids=["scheme", "no scheme"])
@pytest.mark.parametrize("role", [*ExamRole, "office"])
def test_nobody_is_shown_a_link_that_is_not_for_them(whole, small_scan, role, scheme):
    user = whole.sign_in(role, "secretary" if role == "office" else "teacher")
    made = whole.build(small_scan, scheme=scheme)
    if role != "office":
        with whole.scope() as request:
            request.find_service(Exams).set_role(request.db.get(Exam, made.exam), user, role)
    walk = Walk(whole)
    assert walk.wrong == []
    assert f"/exams/{made.exam}" in walk.pages


def test_all_plugins_start_in_any_order_of_the_ini(tmp_path):
    orders = {}
    for names in itertools.permutations(NAMES):
        orders.setdefault(tuple(plugin.name for plugin in resolve(names)), names)
    for number, names in enumerate(orders.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        here = Site(folder, names)
        use(here)
        here.close()


def test_whoever_requires_a_plugin_comes_after_it():
    for names in itertools.permutations(NAMES):
        order = [plugin.name for plugin in resolve(names)]
        for plugin in resolve(names):
            before = {*plugin.requires, *(other for other in plugin.after if other in names)}
            assert before <= set(order[:order.index(plugin.name)])
