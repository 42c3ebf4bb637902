"""What every answer carries: a strict content policy, a request's reference, and no caching of pages."""

import secrets

from pyramid.response import Response
from pyramid.tweens import INGRESS

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: Asked by load balancers and by address, under whatever name.
HEALTH = ("/healthz", "/readyz")
HSTS = "max-age=31536000; includeSubDomains"


def is_utf8(request) -> bool:
    """Whether the address can be read.  Asked before anything else does, errors and their language included."""
    try:
        return request.path_info is not None and request.GET is not None
    except UnicodeDecodeError:
        return False


def tween_factory(handler, registry):
    https = registry.settings["korrigo.url"].startswith("https:")
    hosts = set(registry.settings["korrigo.hosts"])

    def tween(request):
        if "*" not in hosts and request.domain not in hosts and request.path not in HEALTH:
            return Response("This host is not served here.", status=421, content_type="text/plain", charset="utf-8")
        response = handler(request) if is_utf8(request) else Response(
            json_body={"type": "about:blank", "status": 400, "title": "This address is not written in UTF-8.",
                       "detail": "", "reference": request.reference},
            status=400, content_type="application/problem+json", charset="utf-8")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=request.csp_nonce))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("X-Request-Id", request.reference)
        if https:
            headers.setdefault("Strict-Transport-Security", HSTS)
        return response

    return tween


def includeme(config):
    config.add_request_method(lambda request: secrets.token_urlsafe(16), "csp_nonce", reify=True)
    config.add_request_method(lambda request: secrets.token_hex(4), "reference", reify=True)
    config.add_tween("korrigo.web.headers.tween_factory", under=INGRESS)
