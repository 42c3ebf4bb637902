"""Who somebody is, what they may, and how often they may try."""

from pyramid.session import JSONSerializer, SignedCookieSessionFactory

from ..services.passwords import Passwords
from .contexts import Context
from .permissions import NOBODY
from .policy import SecurityPolicy, actor_id, actor_name


def includeme(config):
    settings = config.registry.settings
    secure = settings["korrigo.url"].startswith("https:")
    lifetime = settings["korrigo.session.lifetime"]
    config.registry["passwords"] = Passwords()
    config.set_root_factory(Context)
    config.set_security_policy(SecurityPolicy(secure=secure, lifetime=lifetime))
    config.set_default_permission(NOBODY)
    config.set_session_factory(SignedCookieSessionFactory(
        settings["korrigo.secret"], cookie_name="korrigo_flash", serializer=JSONSerializer(), httponly=True,
        secure=secure, samesite="Lax", timeout=None))
    config.set_default_csrf_options(require_csrf=True)
    config.add_request_method(actor_id, "actor_id", reify=True)
    config.add_request_method(actor_name, "actor_name", reify=True)
    config.include(".permissions")
    config.include(".scopes")
    config.include(".limits")
