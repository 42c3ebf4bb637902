"""The core alone, every set of plugins, and links that are for the one who sees them."""

import pytest
from sites import build_in

from korrigo.models import Exam, ExamRole
from korrigo.services import Exams
from korrigo.testing.sites import allowed_sets
from korrigo.testing.walk import Walk


@pytest.mark.parametrize("names", allowed_sets(), ids=" ".join)
def test_any_sound_set_of_plugins_serves_the_core(contract_served, names):
    contract_served(*names)


@pytest.mark.parametrize("scheme", [True, False], ids=["scheme", "no scheme"])
@pytest.mark.parametrize("role", [*ExamRole, "office"])
def test_nobody_is_shown_a_link_that_is_not_for_them(contract_whole, small_scan, role, scheme):
    user = contract_whole.sign_in(role, "secretary" if role == "office" else "teacher")
    made = build_in(contract_whole, small_scan, scheme=scheme)
    if role != "office":
        with contract_whole.scope() as request:
            request.find_service(Exams).set_role(request.db.get(Exam, made.exam), user, role)
    walk = Walk(contract_whole)
    assert walk.wrong == []
    assert f"/exams/{made.exam}" in walk.pages


def test_every_link_of_the_core_and_of_all_plugins_leads_somewhere(contract_site, contract_whole, contract_make):
    for site in (contract_site(), contract_whole):
        contract_make(site)
        site.sign_in("admin", "admin")
        walk = Walk(site)
        assert walk.wrong == []
        assert len(walk.pages) > 20
