"""Marking schemes: written and read back, pasted, added up, kept stable."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korrigo_grading.scheme import (
    Criterion,
    Question,
    Scheme,
    SchemeError,
    diff,
    merge_ids,
    new_question_id,
    parse_csv,
    parse_json,
    parse_lines,
    score_ok,
    to_csv,
    to_json,
    totals,
)

TEXT = st.text(st.sampled_from("'=+-@ ;,\"aéZ1"), min_size=1, max_size=8).map(str.strip).filter(bool)
QUARTERS = st.integers(1, 40).map(lambda n: Decimal(n) / 4)


def tree(points=None, *, label="1", **more) -> Question:
    return Question(new_question_id(), label, points=None if points is None else Decimal(points), **more)


def question(label, depth):
    leaf = st.builds(
        Question, st.builds(new_question_id), st.just(label), TEXT, QUARTERS, st.just(Decimal("0.25")), st.booleans(),
        st.booleans(), st.sampled_from(["manual", "sum"]), st.just({}) | st.just({"mode": "é;\""}),
        st.lists(st.builds(Criterion, st.builds(new_question_id), TEXT, QUARTERS), max_size=2).map(tuple))
    if not depth:
        return leaf
    return leaf | st.builds(
        Question, st.builds(new_question_id), st.just(label), TEXT, bonus=st.booleans(), out_of_total=st.booleans(),
        children=st.tuples(question("a", depth - 1), question("=b", depth - 1)))


SCHEMES = st.builds(Scheme, st.tuples(question("1", 2), question("-2", 1)), QUARTERS)


@given(SCHEMES)
def test_json_keeps_everything(scheme):
    assert parse_json(json.loads(json.dumps(to_json(scheme)))) == scheme


@given(SCHEMES)
def test_csv_keeps_everything_and_holds_no_formula(scheme):
    text = to_csv(scheme)
    assert parse_csv(text, scheme.total) == scheme
    assert parse_csv(f"\ufeff{text}", scheme.total) == scheme


@given(SCHEMES, st.randoms())
def test_sums_of_headings_are_those_of_their_questions(scheme, random):
    scores = {leaf.id: leaf.points * random.randint(0, 1) for leaf in scheme.leaves()}
    result = totals(scheme, scores)
    assert 0 <= result.total <= scheme.total and not result.missing and not result.unknown
    for heading, _depth in scheme.flatten():
        if heading.children:
            assert result.sums[heading.id] == sum(
                result.sums.get(child.id, scores.get(child.id)) for child in heading.children if not child.out_of_total)


@given(SCHEMES)
def test_ids_stay_when_a_scheme_comes_back_without_them(scheme):
    def anonymous(item):
        return replace(item, id=new_question_id(), children=tuple(map(anonymous, item.children)),
                       criteria=tuple(replace(one, id=new_question_id()) for one in item.criteria))
    back = merge_ids(scheme, replace(scheme, questions=tuple(map(anonymous, scheme.questions))))
    assert back == scheme
    assert not diff(scheme, back)


def test_a_renamed_question_with_its_id_keeps_it_before_another_takes_its_label():
    old = parse_lines("1;;4\n2;;6")
    renamed = replace(old, questions=(replace(old.questions[0], label="2"),
                                      replace(old.questions[1], id=new_question_id(), label="1")))
    back = merge_ids(old, renamed)
    assert [item.id for item in back.questions] == [old.questions[0].id, renamed.questions[1].id]


@pytest.mark.parametrize("flag", ["bonus", "out_of_total"])
def test_what_does_not_count_on_a_heading_does_not_count_below_it(flag):
    heading = tree(label="B", children=(tree(3),), **{flag: True})
    scheme = Scheme((tree(20, label="A"), heading), Decimal(20))
    result = totals(scheme, {scheme.questions[0].id: Decimal(10), heading.children[0].id: Decimal(3)})
    assert scheme.points == 20
    assert result.total == (13 if flag == "bonus" else 10)
    assert result.sums[heading.id] == 3


def test_a_bonus_goes_over_the_total_only_when_that_is_allowed():
    scheme = Scheme((tree(20, label="A"), tree(2, label="B", bonus=True)), Decimal(20))
    full = {leaf.id: leaf.points for leaf in scheme.leaves()}
    assert (totals(scheme, full).total, totals(scheme, full, capped=False).total) == (20, 22)


def test_a_missing_score_is_named_and_one_not_attempted_is_not():
    scheme = parse_lines("1;;4\n2;;6")
    first, second = scheme.leaves()
    result = totals(scheme, {first.id: "NT", "0" * 32: Decimal(1)})
    assert (result.total, result.missing, result.unknown) == (0, (second,), ("0" * 32,))


@pytest.mark.parametrize(("text", "shape"), [
    ("1;Analyse\n1a;Dérivée;4\n1b;Variations;5\n2;Géométrie;11", [("1", 0), ("1a", 1), ("1b", 1), ("2", 0)]),
    ("Exercice 1;Analyse;\n1.1;;4\n1.1.a;;2\nExercice 2;;3", [("Exercice 1", 0), ("1.1", 1), ("1.1.a", 2),
                                                           ("Exercice 2", 0)]),
    ("Partie A\n1;;4\n2;;5\nPartie B\n1;;3", [("Partie A", 0), ("1", 1), ("2", 1), ("Partie B", 0), ("1", 1)]),
    ("1;;4\n10;;5\n12;;3", [("1", 0), ("10", 0), ("12", 0)]),
    ("A;;4\nAlgo;;5", [("A", 0), ("Algo", 0)]),
    ("x\t\t\n\ty\tTitre\t2,5\n\tz\t\t1", [("x", 0), ("y", 1), ("z", 1)]),
    ("Question;Titre;Points\n1;Dérivée;4", [("1", 0)]),
])
def test_pasted_lines_find_their_depth(text, shape):
    assert [(item.label, depth) for item, depth in parse_lines(text).flatten()] == shape


def test_lines_that_jump_a_level_stay_beside_each_other():
    scheme = parse_csv("depth;label;points\n0;1;\n2;a;1\n2;b;1\n")
    assert [depth for _item, depth in scheme.flatten()] == [0, 1, 1]


@pytest.mark.parametrize("broken", [
    {"points": "1e30"}, {"points": "NaN"}, {"config": "abc"}, {"bonus": "false"}, {"id": "1"}, {"points": "1.1"},
    {"step": "0"}, {"points": "-1"}, {"label": " "}, {"criteria": [{"text": "a", "points": "1e99"}]},
])
def test_what_is_no_scheme_is_refused_in_words(broken):
    with pytest.raises(SchemeError) as refused:
        parse_json({"total": 20, "questions": [{"label": "1", "points": "4", **broken}]})
    assert all(problem.endswith(".") for problem in refused.value.problems)


@pytest.mark.parametrize("text", ["", "a;b\n1;2", "depth;label;points\nx;1;4", "depth;label;points\n0;1;abc"])
def test_a_table_that_is_no_scheme_is_refused_in_words(text):
    with pytest.raises(SchemeError):
        parse_csv(text)


def test_two_sisters_cannot_have_one_label():
    with pytest.raises(SchemeError, match="label"):
        parse_lines("1;;4\n1;;6")


@given(QUARTERS, st.decimals(allow_nan=True, allow_infinity=True))
def test_a_score_is_good_exactly_on_its_steps(points, value):
    good = value.is_finite() and 0 <= value <= points and value % Decimal("0.25") == 0
    assert (score_ok(tree(points), value) is None) == good


def test_a_heading_takes_no_score():
    assert score_ok(tree(children=(tree(1),)), Decimal(1))


def test_a_question_that_becomes_a_heading_loses_its_scores_and_the_difference_says_so():
    old = parse_lines("1;;4\n2;;6")
    first = replace(old.questions[0], points=None, children=(tree(4, label="a"),))
    found = diff(old, replace(old, questions=(first, old.questions[1])))
    assert ([one.id for one in found.points_lost], len(found.added), found.removed, found.moved) == (
        [first.id], 1, (), ())
    assert [(change.field, change.before, change.after) for change in found.changed] == [("points", 4, None)]
