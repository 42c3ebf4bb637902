"""A pytest plugin: an application on an empty database, jobs that run at once, people who are signed in.

``korrigo_settings`` is what a test overrides to change the ini; ``app`` is a WebTest application.
"""

import secrets

import pytest


def pytest_configure(config):
    """pytest loads this distribution by a loader of its own: tell ``pkg_resources``, and so Pyramid, what that is."""
    import pkg_resources

    import korrigo

    pkg_resources.register_loader_type(type(korrigo.__spec__.loader), pkg_resources.DefaultProvider)


@pytest.fixture
def korrigo_settings(tmp_path) -> dict:
    """The settings of the application under test: every installed plugin, SQLite, jobs at once."""
    from korrigo.plugins import installed

    return {
        "korrigo.plugins": " ".join(sorted(installed())),
        "korrigo.environment": "test",
        "korrigo.secret": secrets.token_hex(32),
        "korrigo.queue": "immediate",
        "korrigo.data": str(tmp_path / "data"),
        "korrigo.url": "http://localhost",
        "korrigo.languages": "en fr",
        "sqlalchemy.url": f"sqlite:///{tmp_path / 'korrigo.db'}",
    }


@pytest.fixture
def configurator(korrigo_settings, tmp_path):
    """A committed configurator on a migrated database."""
    from korrigo.config import configure
    from korrigo.db import migrate

    config = configure(korrigo_settings, here=str(tmp_path), check=False)
    migrate.upgrade(config.registry["engine"], config.registry["korrigo plugins"])
    yield config
    config.registry["engine"].dispose()


@pytest.fixture
def registry(configurator):
    return configurator.registry


@pytest.fixture
def scope(registry):
    """``with scope() as request``: work in one transaction, as a job or a command does."""
    from functools import partial

    from korrigo.db import scope

    return partial(scope, registry)


@pytest.fixture
def app(configurator):
    """A WebTest application; nobody is signed in."""
    from webtest import TestApp

    return TestApp(configurator.make_wsgi_app())


@pytest.fixture
def sign_in(app, scope):
    """``sign_in("ann", "teacher")`` makes an account and signs the application in; returns the account's id."""
    from korrigo.services import Accounts

    def enter(name: str, *roles: str) -> str:
        with scope() as request:
            accounts = request.find_service(Accounts)
            user = accounts.by_email(f"{name}@example.org") or accounts.create(
                f"{name}@example.org", name.title(), list(roles))
            user_id, token = user.id, accounts.make_link(user)
        app.reset()
        app.get(f"/signin/{token}").forms[0].submit(status=302)
        return user_id

    return enter
