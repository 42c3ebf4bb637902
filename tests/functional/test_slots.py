"""A slot whose query fails leaves the page and its transaction alive, on every database."""

import sqlalchemy as sa
from markupsafe import Markup

from korrigo.directives import table
from korrigo.web.slots import CATEGORY


def test_a_slot_whose_query_fails_does_not_end_the_page_s_transaction(app, sign_in, built, registry):
    def wrong(request, **context):
        request.db.execute(sa.text("SELECT * FROM no_such_table"))

    def right(request, **context):
        return Markup("<p>Count: {}</p>").format(request.db.scalar(sa.text("SELECT 41 + 1")))

    slots = table(registry, CATEGORY)
    slots["dashboard.cards", "wrong"] = (1, None, wrong)
    slots["dashboard.cards", "right"] = (2, None, right)
    sign_in("ada", "admin")
    built()
    page = app.get("/", status=200)
    page.mustcontain("A plugin could not be shown.", "Count: 42")
