"""How often something may be tried: ``add_view(..., limit="signin")`` and ``korrigo.limits.signin``.

A plugin's limit is a setting of its own, said by its whole key: ``add_view(..., limit="korrigo.import.rosters")``.
"""

import time

from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from pyramid.httpexceptions import HTTPTooManyRequests


class Limits:
    """Counts attempts by name and by who tries."""

    def __init__(self, settings):
        self.enabled = settings["korrigo.limits.enabled"]
        self.settings = settings
        self.strategy = MovingWindowRateLimiter(storage_from_string(settings["korrigo.limits.store"]))

    def rate(self, name: str):
        return parse(self.settings[name if name.startswith("korrigo.") else f"korrigo.limits.{name}"])

    def hit(self, name: str, *keys: str) -> None:
        """Count one attempt; raise 429 with Retry-After when it is one too many."""
        if not self.enabled:
            return
        rate = self.rate(name)
        if not self.strategy.hit(rate, name, *keys):
            reset = self.strategy.get_window_stats(rate, name, *keys).reset_time
            wait = max(1, int(reset - time.time()) + 1)
            raise HTTPTooManyRequests(headers={"Retry-After": str(wait)})

    def clear(self, name: str, *keys: str) -> None:
        """Forget the attempts: somebody who got it right starts anew."""
        if self.enabled:
            self.strategy.clear(self.rate(name), name, *keys)


def limit_deriver(view, info):
    """The view option ``limit``: count by person, or by address when nobody is signed in."""
    name = info.options.get("limit")
    if not name:
        return view

    def limited(context, request):
        request.limits.hit(name, request.actor_id or request.client_addr or "")
        return view(context, request)

    return limited


limit_deriver.options = ("limit",)


def includeme(config):
    config.registry["limits"] = Limits(config.registry.settings)
    config.add_request_method(lambda request: request.registry["limits"], "limits", reify=True)
    config.add_view_deriver(limit_deriver, name="limit")
