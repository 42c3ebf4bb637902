"""What the log says of jobs that failed."""

import pytest

from korrigo.jobs.handlers import KINDS, Kind
from korrigo.models import Job, JobState


class Refused(ValueError):
    """What was given cannot be used, however often it is tried."""


def refuse(context):
    raise Refused("This is no PDF.")


@pytest.mark.parametrize(("fatal", "state"), [((Refused,), JobState.DEAD), ((), JobState.QUEUED)])
def test_a_refusal_is_one_line_of_the_log_and_a_fault_is_told_with_its_traceback(scope, registry, caplog, fatal, state):
    registry[KINDS]["x.refuse"] = Kind("x.refuse", refuse, "Refusing", fatal=fatal)
    with scope() as request:
        job = request.jobs.add("x.refuse").id
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert bool(record.exc_info) is not bool(fatal)
    with scope() as request:
        row = request.db.get(Job, job)
        assert (row.state, row.message) == (state, "This is no PDF.")
        assert "Traceback" in row.error
