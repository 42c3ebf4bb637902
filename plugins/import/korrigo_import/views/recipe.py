"""How the copies of a file are made: shown on its first copies, and changed with one click."""

from typing import Annotated

from pydantic import Field
from pyramid.httpexceptions import HTTPBadRequest, HTTPFound

from korrigo.api import Form, MoveRefused, Optional, answer, exam_context, read

from ..models import BatchState
from ..recipes.directive import ways
from ..scan.recipes import Recipe
from ..services import Batches
from .scans import batch_of


class RecipeForm(Form):
    """How a pile was made."""

    kind: str
    pages: Annotated[int | None, Optional, Field(ge=1, le=200)] = None


def redo(context, request):
    """Make the copies of a file anew, as somebody says."""
    batch = batch_of(context, request, BatchState.READY)
    form, _errors = read(RecipeForm, request.POST)
    if form is None or form.kind not in ways(request.registry):
        raise HTTPBadRequest()
    try:
        request.find_service(Batches).redo(batch, Recipe(form.kind, form.pages if form.kind == "a4" else None))
    except MoveRefused as error:
        request.tm.doom()
        return answer(request, 409, error)
    return HTTPFound(request.route_path("import.uploads", exam=context.exam.id))


def includeme(config):
    config.add_route("import.recipe", "/exams/{exam:[0-9a-f]{32}}/batches/{batch}/recipe", factory=exam_context)
    config.add_view(redo, route_name="import.recipe", request_method="POST", permission="exam:office")
