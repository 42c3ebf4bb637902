"""Accounts, passwords, sessions and links that sign in once."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from korrigo.db.base import now
from korrigo.models import AuthSession, Role, SigninLink, User
from korrigo.services import Accounts
from korrigo.services.accounts import PasswordRefused, digest, session_of
from korrigo.services.passwords import MINIMUM, MINIMUM_ADMIN, Passwords, problems

GOOD = "seven green parrots sing"


@pytest.fixture
def registry(registry):
    """Passwords that are hashed quickly."""
    registry["passwords"] = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return registry


@pytest.fixture
def ann(scope) -> str:
    """The id of an account with a password."""
    with scope() as request:
        accounts = request.find_service(Accounts)
        user = accounts.create("ann@example.org", "Ann", [Role.TEACHER])
        accounts.set_password(user, GOOD)
        return user.id


def test_an_address_is_found_however_it_is_written(scope):
    with scope() as request:
        accounts = request.find_service(Accounts)
        user = accounts.create("  Ann@Example.ORG ", " Ann ", [Role.TEACHER, Role.ADMIN])
        assert (user.email, user.name, user.roles) == ("ann@example.org", "Ann", ["admin", "teacher"])
        assert accounts.by_email(" ANN@example.org") is user
        assert accounts.by_email("bob@example.org") is None


def test_a_new_account_has_no_password_and_none_is_right(scope):
    with scope() as request:
        accounts = request.find_service(Accounts)
        accounts.create("ann@example.org", "Ann", [Role.TEACHER])
        for guess in ("", "nobody has this password", GOOD):
            assert accounts.check_password("ann@example.org", guess) is None


def test_only_the_right_password_of_an_active_account_is_accepted(scope, ann):
    with scope() as request:
        accounts = request.find_service(Accounts)
        assert accounts.check_password("Ann@example.org", GOOD).id == ann
        assert accounts.check_password("ann@example.org", GOOD + "x") is None
        assert accounts.check_password("bob@example.org", GOOD) is None
        request.db.get(User, ann).active = False
        assert accounts.check_password("ann@example.org", GOOD) is None


def test_a_password_is_kept_as_an_argon2id_hash_only(scope, ann):
    with scope() as request:
        hashed = request.db.get(User, ann).password_hash
        assert hashed.startswith("$argon2id$") and GOOD not in hashed


class Counting(PasswordHasher):
    """Counts how often it is asked: that is what takes time."""

    asked = 0

    def verify(self, hashed, password):
        type(self).asked += 1
        return super().verify(hashed, password)


def test_an_unknown_address_takes_as_much_work_as_a_known_one(scope, ann, registry):
    registry["passwords"] = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    with scope() as request:
        accounts = request.find_service(Accounts)
        Counting.asked = 0
        accounts.check_password("ann@example.org", "wrong")
        known = Counting.asked
        accounts.check_password("bob@example.org", "wrong")
        assert (known, Counting.asked - known) == (1, 1)


def test_a_hash_that_is_damaged_lets_nobody_in():
    assert not Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)).verify("$argon2id$broken", "x")


def test_the_usual_hash_costs_what_argon2_recommends():
    hasher = Passwords().hasher
    assert hasher.memory_cost >= 19 * 1024 and hasher.time_cost >= 2


@given(st.text(max_size=30), st.booleans())
def test_a_short_password_is_never_good_enough(password, admin):
    if len(password) < (MINIMUM_ADMIN if admin else MINIMUM):
        assert "characters" in problems(password, admin=admin)


@pytest.mark.parametrize("password, admin, words", [
    ("elevenchars", False, "12 characters"),
    ("fifteen letters", True, "16 characters"),
    ("aaaaaaaaaaaaaaaa", False, "different"),
    ("AbAbAbAbAbAbAb", False, "different"),
    ("my name is ann martin", False, "own name"),
    ("MARTIN is my own name", False, "own name"),
    ("welcome to example 2026", False, "own name"),
])
def test_a_weak_password_is_refused_with_the_reason(password, admin, words):
    assert words in problems(password, admin=admin, words=("ann.martin@example.org", "Ann Martin"))


def test_a_sentence_is_a_good_password():
    assert problems(GOOD, admin=True, words=("ann.martin@example.org", "Ann Martin")) == ""


def test_a_refused_password_changes_nothing(scope, ann):
    with scope() as request:
        accounts, user = request.find_service(Accounts), request.db.get(User, ann)
        with pytest.raises(PasswordRefused, match="12 characters"):
            accounts.set_password(user, "short")
        assert accounts.check_password("ann@example.org", GOOD) is user


def test_an_administrator_needs_a_longer_password(scope):
    with scope() as request:
        accounts = request.find_service(Accounts)
        admin = accounts.create("root@example.org", "R", [Role.ADMIN])
        with pytest.raises(PasswordRefused, match="16 characters"):
            accounts.set_password(admin, "fifteen letters")


def test_a_link_signs_in_once(scope, ann):
    with scope() as request:
        token = request.find_service(Accounts).make_link(request.db.get(User, ann))
        assert request.db.scalar(sa.select(SigninLink.token_digest)) == digest(token) != token
    with scope() as request:
        assert request.find_service(Accounts).use_link(token).id == ann
    with scope() as request:
        assert request.find_service(Accounts).use_link(token) is None
        assert request.find_service(Accounts).use_link("another") is None


def test_a_link_that_is_too_old_signs_nobody_in(scope, ann):
    with scope() as request:
        token = request.find_service(Accounts).make_link(request.db.get(User, ann))
        request.db.execute(sa.update(SigninLink).values(expires=now() - dt.timedelta(seconds=1)))
    with scope() as request:
        assert request.find_service(Accounts).use_link(token) is None


def test_a_link_of_a_closed_account_signs_nobody_in(scope, ann):
    with scope() as request:
        user = request.db.get(User, ann)
        token = request.find_service(Accounts).make_link(user)
        user.active = False
        request.db.flush()
        assert request.find_service(Accounts).use_link(token) is None


def test_of_two_who_use_one_link_at_once_one_comes_in(scope, ann):
    with scope() as request:
        token = request.find_service(Accounts).make_link(request.db.get(User, ann))
    together, found = threading.Barrier(3), []

    def use():
        together.wait()
        with scope() as request:
            found.append(request.find_service(Accounts).use_link(token) is not None)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, True]


def test_a_session_is_known_by_its_token_and_only_a_digest_is_kept(scope, ann):
    with scope() as request:
        token = request.find_service(Accounts).sign_in(request.db.get(User, ann), address="::1", agent="x" * 500)
    with scope() as request:
        session, user = session_of(request.db, token)
        assert (user.id, session.address, session.agent) == (ann, "::1", "x" * 200)
        assert session.token_digest == digest(token)
        assert session_of(request.db, session.token_digest) is None
        assert session.expires - now() < dt.timedelta(hours=4)


@pytest.mark.parametrize("end", ["expired", "closed account", "signed out"])
def test_a_session_that_is_over_is_nobodys(scope, ann, end):
    with scope() as request:
        accounts, user = request.find_service(Accounts), request.db.get(User, ann)
        token = accounts.sign_in(user)
        other = accounts.sign_in(user)
    with scope() as request:
        session, user = session_of(request.db, token)
        if end == "expired":
            session.expires = now()
        elif end == "closed account":
            user.active = False
        else:
            request.find_service(Accounts).sign_out(session.id)
    with scope() as request:
        assert session_of(request.db, token) is None
        assert (session_of(request.db, other) is None) == (end == "closed account")


def test_sessions_that_have_expired_are_swept_out_at_the_next_sign_in(scope, ann):
    with scope() as request:
        accounts, user = request.find_service(Accounts), request.db.get(User, ann)
        accounts.sign_in(user)
        request.db.execute(sa.update(AuthSession).values(expires=now() - dt.timedelta(days=1)))
        assert accounts.sessions(ann) == []
        accounts.sign_in(user)
        assert request.db.scalar(sa.select(sa.func.count()).select_from(AuthSession)) == 1
        assert len(accounts.sessions(ann)) == 1


def test_a_new_password_ends_the_other_sessions(scope, ann):
    with scope() as request:
        accounts, user = request.find_service(Accounts), request.db.get(User, ann)
        here, elsewhere = accounts.sign_in(user), accounts.sign_in(user)
        kept = session_of(request.db, here)[0].id
        accounts.set_password(user, GOOD + " again", keep=kept)
        assert session_of(request.db, here) is not None
        assert session_of(request.db, elsewhere) is None
