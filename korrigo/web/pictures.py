"""Pictures of sides, as much of them as the viewer may see.

A grader of an anonymous exam never receives a pixel of the identity zone: it is painted over before the picture
leaves the server, on every side where the printed header may stand.
"""

import hashlib
import json

from pyramid.response import Response

from ..models import Exam, Side
from ..pages.cache import PictureCache
from ..pages.errors import PageError
from ..pages.picture import View
from ..pages.pictures import Pictures
from ..security.contexts import side_context
from ..storage import IBlobStore

SIZES = ("thumb", "work", "zoom", "full")
YEAR = 365 * 86400

#: Where names may stand when nobody has drawn or found the zone: the upper third of the page.
ANYWHERE = ((0, 0, 1000, 480),)


class PagePictures:
    """Pictures of sides for one viewer: ``request.pictures``."""

    def __init__(self, pictures: Pictures, may_see_names, route_path):
        self.pictures, self.may_see_names, self.route_path = pictures, may_see_names, route_path

    @classmethod
    def of(cls, request) -> "PagePictures":
        def may_see_names(exam: Exam) -> bool:
            context = request.context
            if getattr(context, "exam", None) is None or context.exam.id != exam.id:
                return False
            return bool(request.has_permission("exam:names"))

        return cls(request.registry["pictures"], may_see_names, request.route_path)

    def masks(self, exam: Exam, side: Side) -> tuple[tuple[float, ...], ...]:
        """The rectangles (page units) that this viewer must not see."""
        if self.may_see_names(exam) or not (side.header or side.position in (None, 1)):
            return ()
        return tuple(tuple(zone) for zone in exam.identity_zones) or ANYWHERE

    def url(self, exam: Exam, side: Side, size: str) -> str:
        """Where the picture is; the address changes with what it shows, so browsers may keep it."""
        content = json.dumps([side.turned, self.masks(exam, side)])
        version = hashlib.sha256(content.encode()).hexdigest()[:10]
        return self.route_path("pages.picture", side=side.id, size=size, _query={"v": version})

    def get(self, exam: Exam, side: Side, size: str, *, again: bool = False):
        view = View(side.pdf_page, side.region, side.turned)
        return self.pictures.side(side.blob_id, view, size, masks=self.masks(exam, side), again=again)


def picture(context, request):
    """One picture of a side, by size; ``?again=…`` has one made that could not be made before."""
    exam, side = context.exam, context.side
    found = request.pictures.get(exam, side, request.matchdict["size"], again="again" in request.params)
    response = Response(body=found.data, content_type=found.media_type, request=request)
    response.cache_control = f"private, max-age={YEAR}, immutable"
    return response


def unreadable(error, request):
    """A page that cannot be drawn is said to be so; the rest of the copy lives."""
    from .errors import answer

    return answer(request, 422, error)


def includeme(config):
    settings = config.registry.settings
    store = config.registry.queryUtility
    cache = PictureCache(settings["korrigo.data"] / "pictures", settings["korrigo.pages.cache"])
    config.registry["pictures"] = Pictures(cache, lambda blob_id: store(IBlobStore).path(blob_id))
    config.add_request_method(PagePictures.of, "pictures", reify=True)
    config.add_route("pages.picture", "/pages/{side:[0-9a-f]{32}}/{size:(" + "|".join(SIZES) + ")}.jpg",
                     factory=side_context)
    config.add_view(picture, route_name="pages.picture", permission="picture:view", request_method=("GET", "HEAD"))
    config.add_exception_view(unreadable, context=PageError)
