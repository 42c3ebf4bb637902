"""Writing on copies: whatever the order, the replays and the writers, the copy ends as the rule says."""

import multiprocessing
import secrets
import threading
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from korrigo_grading.models import Op
from korrigo_grading.services import Closed, Edit, Ops, Papers, Schemes

from korrigo.api import Copies, Copy, CopyState, Exam

LABELS = ("1a", "1b", "2")
VALUES = st.sampled_from([0, 0.25, 1, 2.5, 4, "NT", None, 99, 0.1, "two"])


@dataclass
class Model:
    """The rule of :mod:`korrigo_grading.services.ops` over plain dictionaries."""

    maxima: dict[str, float]
    version: int = 0
    targets: dict[str, tuple[int, object]] = field(default_factory=dict)
    log: dict[str, tuple[str, int]] = field(default_factory=dict)

    def rev(self, key: str) -> int:
        return self.targets.get(key, (0, None))[0]

    def apply(self, edit: Edit) -> dict:
        rev, value = self.targets.get(edit.target, (0, None))
        if edit.id in self.log:
            key, then = self.log[edit.id]
            newer = {"current": self.targets[key]} if self.rev(key) != then else {}
            return {"id": edit.id, "status": "ok", "rev": then, **newer}
        if not self.sound(edit):
            return {"id": edit.id, "status": "invalid", "current": (rev, value)}
        if edit.base == rev:
            self.version += 1
            rev = self.version
            self.targets[edit.target] = (rev, edit.value)
        elif not rev or value != edit.value:
            return {"id": edit.id, "status": "conflict", "current": (rev, value)}
        self.log[edit.id] = (edit.target, rev)
        return {"id": edit.id, "status": "ok", "rev": rev}

    def sound(self, edit: Edit) -> bool:
        if edit.value in (None, "NT"):
            return True
        return not isinstance(edit.value, str) and edit.value <= self.maxima[edit.target] and edit.value % 0.25 == 0


def plain(result: dict) -> dict:
    """A result as the model writes it."""
    kept = {key: value for key, value in result.items() if key in ("id", "status", "rev")}
    if "current" in result:
        kept["current"] = (result["current"]["rev"], result["current"]["value"])
    return kept


def new_copy(scope, exam_id: str) -> str:
    with scope() as request:
        copies = request.find_service(Copies)
        copy = copies.create(request.db.get(Exam, exam_id))
        copies.move(copy, "release")
        return copy.id


def write(scope, copy_id: str, *edits: Edit) -> tuple[int, list[dict]]:
    with scope() as request:
        copy = request.db.get(Copy, copy_id)
        leaves = request.find_service(Schemes).leaves(request.db.get(Exam, copy.exam_id))
        return request.find_service(Ops).apply(copy, edits, leaves)


def edit(built, label: str, value, base: int, op_id: str | None = None) -> Edit:
    return Edit(op_id or secrets.token_hex(12), f"score:{built.leaves[label]}", value, base)


#: (writer, question, value, what the edit is based on, an earlier edit to send again or None)
STEP = st.tuples(st.integers(0, 2), st.sampled_from(LABELS), VALUES, st.sampled_from(["known", "now", 0, 1, 7]),
                 st.none() | st.integers(0, 30))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(st.lists(STEP, min_size=1, max_size=3), min_size=1, max_size=12))
def test_any_interleaving_of_writers_and_replays_ends_as_the_model_says(scope, built, exam_of_ops, requests):
    made = exam_of_ops
    copy_id = new_copy(scope, made.exam)
    model = Model({f"score:{made.leaves[label]}": most for label, most in zip(LABELS, (4, 5, 5), strict=True)})
    sent: list[Edit] = []
    known: dict[tuple[int, str], int] = {}
    for steps in requests:
        edits = []
        for writer, label, value, base, again in steps:
            if again is not None and sent:
                edits.append(sent[again % len(sent)])
                continue
            key = f"score:{made.leaves[label]}"
            based = {"known": known.get((writer, key), 0), "now": model.rev(key)}.get(base, base)
            edits.append(edit(made, label, value, based))
        before = model.version
        version, results = write(scope, copy_id, *edits)
        assert [plain(result) for result in results] == [model.apply(one) for one in edits]
        assert version == model.version >= before
        sent += edits
        for (writer, *_step), one in zip(steps, edits, strict=True):
            known[writer, one.target] = model.rev(one.target)
    with scope() as request:
        ops = request.find_service(Ops)
        assert {key: (target.rev, target.value) for key, target in ops.targets(copy_id).items()} == model.targets
        logged = request.db.execute(sa.select(Op.id, Op.key, Op.rev).where(Op.copy_id == copy_id)).all()
        assert {op_id: (key, rev) for op_id, key, rev in logged} == model.log
        state = request.db.get(Copy, copy_id).state
        assert state == (CopyState.GRADING if model.targets else CopyState.READY)


@pytest.fixture
def exam_of_ops(built):
    return built(copies=1)


def test_a_replay_changes_nothing_and_tells_what_somebody_wrote_since(scope, exam_of_ops):
    made, copy_id = exam_of_ops, exam_of_ops.copies[0]
    first = edit(made, "1a", 2, 0)
    assert write(scope, copy_id, first) == (1, [{"id": first.id, "status": "ok", "rev": 1}])
    assert write(scope, copy_id, first) == (1, [{"id": first.id, "status": "ok", "rev": 1}])
    write(scope, copy_id, edit(made, "1a", 3, 1))
    version, [again] = write(scope, copy_id, first)
    assert (version, again["status"], again["rev"]) == (2, "ok", 1)
    assert (again["current"]["rev"], again["current"]["value"]) == (2, 3)


def test_one_bad_edit_does_not_take_the_others_with_it(scope, exam_of_ops):
    made, copy_id = exam_of_ops, exam_of_ops.copies[0]
    edits = [edit(made, "1a", 99, 0), edit(made, "1b", 2, 0), edit(made, "2", 1, 5)]
    version, results = write(scope, copy_id, *edits)
    assert [result["status"] for result in results] == ["invalid", "ok", "conflict"]
    assert "99 is above the maximum" in results[0]["why"]
    assert version == 1


def test_a_closed_copy_takes_no_new_edit_but_still_answers_for_an_old_one(scope, exam_of_ops):
    made, copy_id = exam_of_ops, exam_of_ops.copies[0]
    edits = [edit(made, label, 1, 0) for label in made.leaves]
    write(scope, copy_id, *edits)
    with scope() as request:
        copy = request.db.get(Copy, copy_id)
        papers = request.find_service(Papers)
        assert papers.missing(copy, request.db.get(Exam, made.exam)) == []
        papers.copies.move(copy, "finalise")
    with pytest.raises(Closed):
        write(scope, copy_id, edits[0], edit(made, "1a", 2, 1))
    assert [result["status"] for result in write(scope, copy_id, *edits)[1]] == ["ok"] * len(edits)
    with scope() as request:
        assert request.find_service(Ops).version(copy_id) == len(edits)


def test_an_edit_of_another_copy_is_not_answered_for_here(scope, built):
    made = built(copies=2)
    first = edit(made, "1a", 2, 0)
    write(scope, made.copies[0], first)
    version, [result] = write(scope, made.copies[1], first)
    assert (version, result["status"]) == (0, "invalid")


def sign(scope, copy_id: str, name: str, times: int) -> None:
    """Add a mark of one's own to the shared appreciation, as a screen does after a conflict, and draw one apart."""
    for turn in range(times):
        base, text = 0, ""
        while True:
            drawn = Edit(secrets.token_hex(12), f"annot:{secrets.token_hex(12)}", {"k": "text", "page": 0}, 0)
            _version, (shared, own) = write(
                scope, copy_id, Edit(secrets.token_hex(12), "appreciation", f"{text} {name}{turn}", base), drawn)
            assert own["status"] == "ok"
            if shared["status"] == "ok":
                break
            assert shared["status"] == "conflict"
            base, text = shared["current"]["rev"], shared["current"]["value"]


def sign_in_a_process(engine, *args) -> None:
    engine.dispose(close=False)
    sign(*args)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_writers_at_the_same_time_lose_nothing(scope, registry, exam_of_ops, kind):
    copy_id, times = exam_of_ops.copies[0], 4
    tasks = [(scope, copy_id, name, times) for name in "abc"]
    if kind == "threads":
        workers = [threading.Thread(target=sign, args=task) for task in tasks]
    else:
        registry["engine"].dispose()
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=sign_in_a_process, args=(registry["engine"], *task)) for task in tasks]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    with scope() as request:
        ops = request.find_service(Ops)
        targets, version = ops.targets(copy_id), ops.version(copy_id)
        assert sorted(targets["appreciation"].value.split()) == sorted(
            f"{name}{turn}" for name in "abc" for turn in range(times))
        revs = list(request.db.scalars(sa.select(Op.rev).where(Op.copy_id == copy_id).order_by(Op.rev)))
        assert revs == list(range(1, version + 1))
        assert len(targets) - 1 == len(revs) - 3 * times


def test_a_base_that_no_database_can_hold_is_refused_at_the_door(built, sign_in, browser):
    made = built(copies=1, graders=(sign_in("gil", "teacher"),))
    op = {"id": secrets.token_hex(12), "target": "appreciation", "value": "Good", "base": 2**40}
    browser.send(f"/grading/copies/{made.copies[0]}/ops", {"ops": [op]}, status=422)
