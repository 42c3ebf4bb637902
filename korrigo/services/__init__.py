"""The work of the core, one class a subject; views, jobs and commands only call them."""

from ..directives import register, table
from .accounts import Accounts
from .audit import Audit
from .blobs import Blobs
from .copies import Copies
from .exams import Exams
from .sides import Sides
from .students import Students
from .tokens import Tokens

CATEGORY = "korrigo services"
SERVICES = (Accounts, Audit, Blobs, Copies, Exams, Sides, Students, Tokens)


def add_korrigo_service(config, service):
    """Offer a service class under itself: ``request.find_service(Copies)``.  It has ``of(request)``."""
    config.register_service_factory(lambda context, request: service.of(request), service)
    name = f"{service.__module__}.{service.__name__}"
    register(config, CATEGORY, name, service, lambda: table(config.registry, CATEGORY).__setitem__(name, service))


def notify(request, event) -> None:
    """Tell the subscribers of an event, in this request's transaction."""
    event.request = request
    request.registry.notify(event)


def includeme(config):
    config.include("pyramid_services")
    config.add_directive("add_korrigo_service", add_korrigo_service)
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_request_method(lambda request: request.find_service(Audit), "audit", reify=True)
    config.add_request_method(notify, "notify")
