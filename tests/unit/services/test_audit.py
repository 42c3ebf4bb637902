"""The journal: in the transaction of what it tells, and sealed entry by entry."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from korrigo.models import AuditEntry, Exam

FORGERIES = {
    "actor": "mallory@example.org",
    "address": "203.0.113.9",
    "action": "copy.forged",
    "subject": "copy:forged",
    "details": {"n": 99},
    "seal": "0" * 64,
}

def write(request, count: int = 5) -> None:
    for n in range(count):
        request.audit.record("test.act", "test:1", n=n, words="é \" \\ ☃")

def test_a_whole_chain_verifies_also_when_it_is_read_again(scope):
    with scope() as request:
        assert request.audit.verify() is None
        write(request)
    with scope() as request:
        assert request.audit.verify() is None
        assert list(request.db.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id))) == [1, 2, 3, 4, 5]

@pytest.mark.parametrize("field", sorted(FORGERIES))
def test_a_changed_entry_is_found(scope, field):
    with scope() as request:
        write(request)
    with scope() as request:
        request.db.execute(sa.update(AuditEntry).where(AuditEntry.id == 3).values({field: FORGERIES[field]}))
    with scope() as request:
        assert request.audit.verify() == 3

def test_a_changed_moment_is_found(scope):
    with scope() as request:
        write(request)
    with scope() as request:
        moment = request.db.get(AuditEntry, 2).at
        request.db.execute(sa.update(AuditEntry).where(AuditEntry.id == 2).values(at=moment.replace(year=2001)))
    with scope() as request:
        assert request.audit.verify() == 2

@pytest.mark.parametrize("gone, found", [(1, 2), (3, 4)])
def test_an_entry_that_was_taken_out_is_found(scope, gone, found):
    with scope() as request:
        write(request)
    with scope() as request:
        request.db.execute(sa.delete(AuditEntry).where(AuditEntry.id == gone))
    with scope() as request:
        assert request.audit.verify() == found

def test_an_entry_that_was_slipped_in_is_found(scope):
    with scope() as request:
        write(request)
    with scope() as request:
        last = request.db.get(AuditEntry, 5)
        request.db.add(AuditEntry(id=6, action="copy.forged", seal=last.seal))
    with scope() as request:
        assert request.audit.verify() == 6

def test_an_act_that_is_undone_was_never_told(scope):
    with pytest.raises(RuntimeError), scope() as request:
        request.db.add(Exam(title="lost"))
        write(request)
        raise RuntimeError
    with scope() as request:
        assert request.db.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0

def test_the_number_of_a_subject_grows_with_every_act_on_it(scope):
    with scope() as request:
        assert request.audit.last("a") == 0
        request.audit.record("x", "a")
        request.audit.record("x", "b")
        assert request.audit.last("a") == 1
        request.audit.record("x", "a")
        assert request.audit.last("a") == 3

@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(details=st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=8),
    st.recursive(st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
        lambda inner: st.lists(inner, max_size=3), max_leaves=5), max_size=4))
def test_any_details_come_back_under_the_same_seal(scope, details):
    with scope() as request:
        request.audit.record("test.act", "test:1", **details)
    with scope() as request:
        assert request.audit.verify() is None
