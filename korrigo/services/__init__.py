"""The work of the core, one class a subject; views, jobs and commands only call them."""

from pyramid.exceptions import ConfigurationError

from ..contained import contained
from ..directives import owner_of, register, table
from ..events import Event
from ..sentences import Sentence as _
from .accounts import Accounts
from .audit import Audit
from .blobs import Blobs
from .copies import Copies
from .exams import Exams
from .sides import Sides
from .students import Students
from .tokens import Tokens

CATEGORY = "korrigo services"
SUBSCRIBERS = "korrigo subscribers"
SERVICES = (Accounts, Audit, Blobs, Copies, Exams, Sides, Students, Tokens)


def add_korrigo_service(config, service):
    """Offer a service class under itself: ``request.find_service(Copies)``.  It has ``of(request)``."""
    config.register_service_factory(lambda context, request: service.of(request), service)
    name = f"{service.__module__}.{service.__name__}"
    register(config, CATEGORY, name, service, lambda: table(config.registry, CATEGORY).__setitem__(name, service))


def add_korrigo_subscriber(config, event, function):
    """Call ``function(event)`` whenever an event of this class happens, in the transaction in which it happens."""
    event, function = config.maybe_dotted(event), config.maybe_dotted(function)
    if not (isinstance(event, type) and issubclass(event, Event)):
        raise ConfigurationError(f"{event!r} is no event of Korrigo: name a subclass of korrigo.api.Event")
    if not callable(function):
        raise ConfigurationError(f"the subscriber {function!r} cannot be called")
    name = f"{function.__module__}.{function.__qualname__} of {event.__name__}"
    register(config, SUBSCRIBERS, name, function,
             lambda: table(config.registry, SUBSCRIBERS).__setitem__(name, (event, function)))


def notify(request, event) -> None:
    """Tell the subscribers of an event, in this request's transaction.  What one of them did before it raised is
    undone; the event happened all the same, unless it is one that subscribers may refuse."""
    event.request = request
    for name, (wanted, function) in table(request.registry, SUBSCRIBERS).items():
        if isinstance(event, wanted):
            with contained(request.registry, SUBSCRIBERS, name, request=request, but=event.refusals) as outcome:
                function(event)
            if outcome.error and event.refusals:
                raise event.refusals[0](_(
                    "${plugin} could not follow, and what it keeps would be lost. Nothing was changed; the log of the "
                    "server says more.", plugin=owner_of(request.registry, SUBSCRIBERS, name))) from outcome.error


def includeme(config):
    config.include("pyramid_services")
    config.add_directive("add_korrigo_service", add_korrigo_service)
    config.add_directive("add_korrigo_subscriber", add_korrigo_subscriber)
    for service in SERVICES:
        config.add_korrigo_service(service)
    config.add_request_method(lambda request: request.find_service(Audit), "audit", reify=True)
    config.add_request_method(notify, "notify")
