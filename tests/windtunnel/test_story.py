from pathlib import Path

import pytest
from msgspec.structs import replace

from simulations.run_folder import read_record
from tests.windtunnel.conftest import TOY, FrontDoor
from windtunnel.story import Story, command_of, story_of


@pytest.fixture
def story(toy: FrontDoor):
    def tell(*words: str) -> Story:
        toy("run", "--out", "run", "-s", "detail=high", *words)
        return story_of(read_record(Path("run")))

    return tell


def test_what_happened_begins_with_how_many_claims_came(story):
    told = story("--replications", "3")
    assert told.happened[0].startswith("200 (200 to 200) claims were reported. Closed, of those reported by then: ")
    assert "had their first money within" in told.happened[1]


def test_what_it_cost_tells_deadlines_and_drift(story):
    told = story()
    assert "of the legal deadlines that people must meet were missed, the first of them on day" in told.cost[0]
    assert "100% from messages that were lost" in told.cost[1]
    assert told.cost[2].startswith("Half of it was found within 24 h; 0% of the records were still wrong")


def test_no_drift_is_told_too(story):
    told = story("-s", "topology=events")
    assert told.cost[-1] == "The systems never disagreed about money for longer than a message takes."
    assert not any("topology" in advice.vary for advice in told.advice)


def test_advice_names_what_claims_waited_for_and_what_to_try(story):
    told = story("-s", "claims=150")
    assert told.advice[0].says.startswith("Open claims spent 51% of their time waiting for papers from the insured")
    assert told.advice[-1].vary == "topology=point_to_point,events"


def test_the_advised_comparison_keeps_what_this_run_had_set(story):
    told = story("-s", "claims=150", "--seed", "4")
    manifest = read_record(Path("run")).manifest
    command = command_of(told.advice[-1], manifest)
    assert command == f"windtunnel compare {TOY} -s claims=150 --vary topology=point_to_point,events"
    assert command_of(replace(told.advice[-1], vary=""), manifest) == ""


def test_the_advised_comparison_runs(story, front_door: FrontDoor):
    told = story("-s", "claims=20", "-s", "detail=low")
    words = command_of(told.advice[-1], read_record(Path("run")).manifest).split()[1:]
    assert front_door(*words, "--replications", "2", "--workers", "1", "--quiet").code == 0


def test_a_storm_that_brought_nothing_is_told_as_such(story):
    told = story("-s", "claims=0")
    assert told.happened[0] == "0 claims were reported."
    assert told.advice == ()
