"""The jobs of the core are run at least once, too; those of plugins are in the contract."""

import dataclasses

import pytest
from queued import QUEUED
from sites import NAMES

from korrigo.jobs.handlers import KINDS
from korrigo.models import Exam
from korrigo.testing.contract.jobs import Reports, run_interrupted, run_twice
from korrigo.testing.sites import Site


@pytest.fixture
def core(tmp_path):
    site = Site(tmp_path, NAMES, queue="none")
    yield site
    site.close()


def test_every_kind_of_job_is_run_here(contract_whole):
    assert set(QUEUED) == set(contract_whole.registry[KINDS])


@pytest.mark.parametrize("check", [run_twice, run_interrupted])
@pytest.mark.parametrize("kind", [kind for kind in QUEUED if kind.startswith("core.")])
def test_a_job_of_the_core_that_is_repeated_or_interrupted_ends_as_if_it_were_not(
        core, kind, check, small_scan, monkeypatch):
    check(core, Reports(monkeypatch), QUEUED[kind], small_scan)


def test_a_job_that_adds_to_what_a_first_run_did_is_found_out(core, small_scan, monkeypatch):
    """The checks can fail: of a job that makes one more exam at each run."""
    def careless(context):
        with context.transaction() as request:
            request.db.add(Exam(title="One more"))

    kinds = core.registry[KINDS]
    monkeypatch.setitem(kinds, "core.tidy", dataclasses.replace(kinds["core.tidy"], run=careless))
    with pytest.raises(AssertionError):
        run_twice(core, Reports(monkeypatch), QUEUED["core.tidy"], small_scan)
