"""Texts that must not become something else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from korrigo.texts import script_json


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_in_the_json_of_a_page_can_end_its_script_element(value):
    written = script_json(value)
    assert "<" not in written
    assert json.loads(written) == value


def test_a_title_that_looks_like_markup_stays_a_title():
    assert script_json("</script><b>") == r'"\u003c/script>\u003cb>"'
