"""Answers that scripts ask for again and again: 304 while nothing has changed."""

import hashlib
import json

from pyramid.response import Response


def polled(request, value) -> Response:
    """``value`` as JSON, with a tag of its content."""
    body = json.dumps(value, default=str).encode()
    response = Response(body=body, content_type="application/json", charset="utf-8", request=request)
    response.etag = hashlib.sha256(body).hexdigest()[:16]
    response.cache_control = "private, no-cache"
    response.conditional_response = True
    return response
