"""Pages of copies that are being graded: marks go with their pages, scores stay with the copy, nothing is lost."""

import datetime as dt
import secrets

import pytest
import sqlalchemy as sa
from exam_builder import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from korrigo_grading.models import GradedCopyRow, Lease, Op, Paper
from korrigo_grading.services import Edit, Leases, Ops, Schemes
from korrigo_import.services import Stapling
from korrigo_import.services.stapling import Act

from korrigo.api import Blobs, Copies, Copy, CopyState, Exam, Fate, MoveRefused, Side, now


class Desk:
    """The acts of a secretary and the edits of a grader on one exam, each in the way its screen does them."""

    def __init__(self, request, made):
        self.request, self.made, self.db = request, made, request.db
        self.exam = request.db.get(Exam, made.exam)
        self.stapling, self.ops = request.find_service(Stapling), request.find_service(Ops)
        self.leaves = request.find_service(Schemes).leaves(self.exam)

    def act(self, kind: str, *sides: str, **more) -> str:
        return self.stapling.act(self.exam, Act(kind, sides, **more), self.stapling.version(self.exam))

    def undo(self, token: str) -> str:
        return self.stapling.undo(self.exam, token)

    def write(self, copy_id: str, key: str, value) -> dict:
        copy, target = self.db.get(Copy, copy_id), self.ops.targets(copy_id).get(key)
        edit = Edit(secrets.token_hex(12), key, value, target.rev if target else 0)
        _version, (result,) = self.ops.apply(copy, [edit], self.leaves)
        return result

    def score(self, copy_id: str, label: str, value) -> None:
        assert self.write(copy_id, f"score:{self.made.leaves[label]}", value)["status"] == "ok"

    def mark(self, copy_id: str, page: int, text: str = "seen") -> str:
        key = f"annot:{secrets.token_hex(12)}"
        assert self.write(copy_id, key, {"k": "text", "page": page, "x": 1, "y": 2, "t": text})["status"] == "ok"
        return key

    def scores(self, copy_id: str) -> dict:
        names = {question_id: label for label, question_id in self.made.leaves.items()}
        return {names[key.partition(":")[2]]: value for key, value in self.written(copy_id).items()
                if key.startswith("score:")}

    def written(self, copy_id: str) -> dict:
        self.db.expire_all()
        return {key: target.value for key, target in self.ops.targets(copy_id).items() if target.value is not None}

    def marked(self) -> dict[str, str]:
        """Mark -> the side that it stands on."""
        self.db.expire_all()
        found = {}
        for copy_id in self.db.scalars(sa.select(Copy.id).where(Copy.exam_id == self.exam.id)):
            row = list(self.db.scalars(sa.select(Side.id).where(Side.copy_id == copy_id).order_by(Side.position)))
            for key, value in self.written(copy_id).items():
                if key.startswith("annot:"):
                    assert key not in found
                    found[key] = row[value["page"]]
        return found

    def new(self) -> str:
        """The copy that was made last."""
        return self.db.scalar(sa.select(Copy.id).where(Copy.exam_id == self.exam.id).order_by(Copy.serial.desc()))


@pytest.fixture
def made(built):
    return built(copies=2)


@pytest.fixture
def desk(scope, made):
    with scope() as request:
        yield Desk(request, made)


def test_a_copy_in_grading_is_cut_marks_go_with_their_pages_and_scores_stay(desk, made):
    first = made.copies[0]
    desk.score(first, "1a", 3)
    near, far = desk.mark(first, 0), desk.mark(first, 3)
    before = desk.written(first)
    token = desk.act("cut", made.sides[0][2])
    assert desk.stapling.told == ("The scores stay with copy 1.", "Marks that went with their pages: 1.")
    assert (desk.scores(first), desk.scores(desk.new())) == ({"1a": 3}, {})
    assert desk.marked() == {near: made.sides[0][0], far: made.sides[0][3]}
    assert desk.written(desk.new())[far]["page"] == 1
    desk.undo(token)
    assert desk.written(first) == before


def test_marks_follow_when_pages_change_their_order_or_their_copy(desk, made):
    keys = [desk.mark(made.copies[0], page) for page in range(4)]
    desk.act("move", made.sides[0][3], copy=made.copies[0], position=1)
    desk.act("move", made.sides[0][1], copy=made.copies[1], position=2)
    assert desk.marked() == dict(zip(keys, made.sides[0], strict=True))
    assert desk.written(made.copies[1])[keys[1]]["page"] == 1
    assert desk.db.get(Copy, made.copies[1]).state == CopyState.GRADING


def test_two_graded_copies_are_joined_and_come_apart_as_they_were(desk, made):
    first, second = made.copies
    leaf = made.leaves["3"]
    desk.score(first, "1a", 3)
    desk.write(first, f"note:{made.leaves['1a']}", "Well done")
    desk.write(first, "appreciation", "Good")
    desk.score(second, "3", 2.5)
    desk.write(second, f"note:{leaf}", "Look at the sign")
    desk.write(second, "appreciation", "Careful")
    desk.write(second, "done", True)
    mark = desk.mark(second, 1)
    blob = desk.request.find_service(Blobs).add_bytes(b"%PDF-1.4", "application/pdf")
    desk.db.add(Paper(copy_id=second, blob_id=blob.id, version=1, total=2, superseded=True))
    history = set(desk.db.scalars(sa.select(Op.id)))
    before = desk.written(first), desk.written(second), desk.ops.version(second)
    token = desk.act("join", made.sides[1][0])
    assert desk.stapling.told == ("What was written on copy 2 is on copy 1 now.",)
    assert desk.scores(first) == {"1a": 3, "3": 2.5}
    assert desk.written(first)["appreciation"] == "Good\nCareful"
    assert (desk.written(first)[f"note:{leaf}"], desk.written(first)[mark]["page"]) == ("Look at the sign", 5)
    assert desk.marked() == {mark: made.sides[1][1]}
    assert set(desk.db.scalars(sa.select(Op.id).where(Op.copy_id == first))) >= history
    assert desk.db.scalar(sa.select(Paper.copy_id)) == first
    redo = desk.undo(token)
    assert (desk.written(first), desk.written(second)) == before[:2]
    assert (desk.db.get(Copy, second).state, desk.db.scalar(sa.select(Paper.copy_id))) == (CopyState.GRADING, second)
    assert desk.db.get(GradedCopyRow, second).version > before[2]
    again = desk.undo(redo)
    assert desk.scores(first) == {"1a": 3, "3": 2.5}
    desk.undo(again)
    assert (desk.written(first), desk.written(second)) == before[:2]


def test_copies_that_both_have_a_score_for_a_question_are_not_joined_before_somebody_has_decided(desk, made):
    first, second = made.copies
    for copy, value in ((first, 3), (second, 1)):
        desk.score(copy, "1a", value)
        desk.score(copy, "4", 1)
    before = desk.written(first), desk.written(second)
    with pytest.raises(MoveRefused, match="copies 1 and 2 both have 1a, 4: look at both") as refused:
        desk.act("join", made.sides[1][0])
    assert "take away what does not hold" in str(refused.value)
    assert (desk.written(first), desk.written(second)) == before
    for label in ("1a", "4"):
        desk.score(second, label, None)
    desk.act("join", made.sides[1][0])
    assert desk.scores(first) == {"1a": 3, "4": 1}


def test_a_join_is_not_undone_when_its_scores_have_changed_since(desk, made):
    desk.score(made.copies[1], "1a", 3)
    token = desk.act("join", made.sides[1][0])
    desk.score(made.copies[0], "1a", 4)
    with pytest.raises(MoveRefused, match="graded further since"):
        desk.undo(token)
    assert desk.scores(made.copies[0]) == {"1a": 4}
    desk.act("cut", made.sides[1][0])
    assert desk.scores(made.copies[0]) == {"1a": 4}


@pytest.mark.parametrize("fate", [Fate.DISCARDED, Fate.WAITING, Fate.DUPLICATE])
def test_a_page_with_marks_does_not_leave_the_copies_and_is_not_turned(desk, made, fate):
    mark = desk.mark(made.copies[0], 2)
    with pytest.raises(MoveRefused, match="page 3 of copy 1 carries marks: put it in another copy"):
        desk.act("fate", made.sides[0][2], fate=fate)
    with pytest.raises(MoveRefused, match="would not turn with it"):
        desk.act("turn", made.sides[0][2])
    assert desk.marked() == {mark: made.sides[0][2]}
    desk.act("turn", made.sides[0][1])
    desk.act("fate", made.sides[0][1], fate=fate)
    assert desk.marked() == {mark: made.sides[0][2]}


def test_a_graded_copy_is_not_left_without_pages(desk, made):
    desk.score(made.copies[1], "1a", 3)
    with pytest.raises(MoveRefused, match="its marks would be lost"):
        desk.act("fate", *made.sides[1], fate=Fate.DISCARDED)
    assert desk.scores(made.copies[1]) == {"1a": 3}


def test_a_copy_that_was_done_is_not_done_any_more_when_its_pages_change_and_is_again_when_they_come_back(desk, made):
    desk.write(made.copies[0], "done", True)
    desk.act("move", made.sides[0][3], copy=made.copies[0], position=1)
    assert desk.written(made.copies[0]) == {"done": True}
    token = desk.act("fate", made.sides[0][1], fate=Fate.DISCARDED)
    assert desk.written(made.copies[0]) == {}
    assert desk.stapling.told == ("Copy 1 was done; it is to be looked at again.",)
    desk.undo(token)
    assert desk.written(made.copies[0]) == {"done": True}


def test_pages_of_a_copy_that_a_grader_has_open_stay_until_it_is_left(scope, made, sign_in):
    grader, secretary = sign_in("corre", "teacher"), sign_in("sec", "secretary")
    with scope(user=grader) as request:
        request.find_service(Leases).take(request.db.get(Copy, made.copies[0]), "a-tab-of-corre")
    with scope(user=secretary) as request:
        desk = Desk(request, made)
        for kind, side in (("cut", made.sides[0][2]), ("turn", made.sides[0][0]), ("join", made.sides[1][0])):
            with pytest.raises(MoveRefused, match="has copy 1 open and is grading it"):
                desk.act(kind, side)
        desk.act("turn", made.sides[1][0])
    with scope(user=grader) as request:
        Desk(request, made).act("turn", made.sides[0][0])
    with scope(user=secretary) as request:
        request.db.get(Lease, made.copies[0]).until = now() - dt.timedelta(seconds=1)
        request.db.flush()
        Desk(request, made).act("turn", made.sides[0][0])


def test_a_mark_that_was_drawn_on_a_page_lands_on_that_page_wherever_it_is_by_now(desk, made):
    first = made.copies[0]
    desk.act("move", made.sides[0][3], copy=first, position=1)
    drawn = {"k": "text", "page": 3, "side": made.sides[0][3], "x": 1, "y": 1, "t": "late"}
    key = f"annot:{secrets.token_hex(12)}"
    assert desk.write(first, key, drawn)["status"] == "ok"
    assert desk.marked() == {key: made.sides[0][3]}
    elsewhere = desk.write(first, f"annot:{secrets.token_hex(12)}", {**drawn, "side": made.sides[1][0]})
    assert (elsewhere["status"], "not in this copy any more" in elsewhere["why"]) == ("invalid", True)


def test_pages_stay_when_a_plugin_that_keeps_things_by_them_fails(scope, made, registry):
    from korrigo.api import SidesMoved
    from korrigo.directives import table
    from korrigo.services import SUBSCRIBERS

    def broken(event):
        raise RuntimeError("of a plugin")

    table(registry, SUBSCRIBERS)["broken"] = SidesMoved, broken
    with scope() as request:
        desk = Desk(request, made)
        with pytest.raises(MoveRefused, match="could not follow"):
            desk.act("cut", made.sides[0][2])
        assert desk.db.scalar(sa.select(sa.func.count()).where(Side.copy_id == made.copies[0])) == 4


ACT = st.tuples(st.sampled_from(["cut", "join", "move", "new", "out", "undo", "score", "mark", "release"]),
                st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACT, min_size=2, max_size=10))
def test_whatever_is_done_to_pages_every_mark_stays_on_its_page_and_every_score_is_there_once(scope, small_scan, acts):
    with scope() as request:
        made = build(request, small_scan, copies=2, pages=3, pupils=0)
        desk = Desk(request, made)
        sides = [side for row in made.sides for side in row]
        labels = list(made.leaves)
        drawn: dict[str, str] = {}
        given_points: list = []
        done: list[str] = []
        for kind, one, other in acts:
            copy_id = desk.db.scalar(sa.select(Side.copy_id).where(Side.id == sides[one]))
            row = list(desk.db.scalars(sa.select(Side.id).where(Side.copy_id == copy_id).order_by(Side.position)))
            copy = desk.db.get(Copy, copy_id) if copy_id else None
            try:
                if kind in ("score", "mark", "release"):
                    if copy is None or (kind == "release") != (copy.state == CopyState.STAGING):
                        continue
                    if kind == "release":
                        request.find_service(Copies).move(copy, "release")
                    elif kind == "mark":
                        drawn[desk.mark(copy_id, row.index(sides[one]))] = sides[one]
                    elif labels[other % 5] not in desk.scores(copy_id):
                        desk.score(copy_id, labels[other % 5], 1)
                        given_points.append(labels[other % 5])
                elif kind == "undo":
                    if done:
                        desk.undo(done.pop())
                elif kind == "out":
                    done.append(desk.act("fate", sides[one], fate=Fate.WAITING))
                elif kind in ("move", "new"):
                    target = desk.db.get(Side, sides[other]).copy_id if kind == "move" else None
                    done.append(desk.act("move", sides[one], copy=target))
                else:
                    done.append(desk.act(kind, sides[one]))
            except MoveRefused:
                pass
            assert desk.marked() == drawn
            there = [label for copy_id in desk.db.scalars(sa.select(Copy.id).where(Copy.exam_id == made.exam))
                     for label in desk.scores(copy_id)]
            assert sorted(there) == sorted(given_points)
        assert request.audit.verify() is None
