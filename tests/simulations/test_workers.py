from multiprocessing import active_children
from pathlib import Path

import pytest
from msgspec.structs import replace

from simulations.catalogue import find_kind
from simulations.experiment import replicate
from simulations.workers import WorkerDied, WorkerTraceback, processors

TOY = find_kind(str(Path(__file__).with_name("toy.py")))


@pytest.fixture
def in_trouble(tmp_path: Path):
    """Four replications by two processes, one of which meets what is written."""

    def run(text: str) -> None:
        (tmp_path / "trouble").write_text(text)
        storm = replace(TOY.scenario(), trouble=str(tmp_path / "trouble"))
        replicate(TOY, storm, seed=1, replications=4, workers=2)

    return run


def test_an_error_in_a_worker_is_raised_here_with_where_it_was(in_trouble):
    with pytest.raises(KeyError, match="nothing of that name") as failed:
        in_trouble("break 1")
    assert isinstance(failed.value.__cause__, WorkerTraceback)
    assert "in _meet_trouble" in str(failed.value.__cause__)
    assert active_children() == []


def test_a_worker_that_dies_is_not_waited_for(in_trouble):
    with pytest.raises(WorkerDied, match="a worker process ended with 9, perhaps for want of memory"):
        in_trouble("die 1")
    assert active_children() == []


def test_an_interruption_ends_the_workers_in_the_middle_of_what_they_do(in_trouble):
    with pytest.raises(KeyboardInterrupt):
        in_trouble("stop parent 1")
    assert active_children() == []


def test_no_more_processes_work_than_there_are_replications():
    replicate(TOY, TOY.scenario(claims=1), seed=1, replications=1, workers=64)
    assert active_children() == []
    assert processors() >= 1
