from collections.abc import Callable
from pathlib import Path

import pytest

from tests.windtunnel.conftest import FrontDoor

DIFFERENCE = {"answer", "from", "to", "mean", "ci_low", "ci_high", "unit"}


def test_json_is_one_object_of_the_agreed_shape(toy: FrontDoor):
    said = toy("compare", "--vary", "adjusters=5,10", "--replications", "3", "--json")
    assert (said.code, said.err) == (0, "")
    found = said.json
    assert found.keys() >= {"scenario", "seed", "replications", "vary", "runs", "differences"}
    assert (found["scenario"], found["seed"], found["replications"]) == ("toy", 1, 3)
    assert found["vary"] == {"adjusters": [5, 10]}
    assert [list(run) for run in found["runs"]] == [["setting", "trace_hash", "answers"]] * 2
    assert [run["setting"] for run in found["runs"]] == [{"adjusters": 5}, {"adjusters": 10}]
    assert all(each.keys() >= DIFFERENCE for each in found["differences"])
    assert {str(each["from"]) for each in found["differences"]} == {"{'adjusters': 5}"}
    assert found["run_folder"] == "runs/toy-compare-1"


def test_ten_replications_are_the_default(toy: FrontDoor):
    found = toy("compare", "--vary", "adjusters=5,10", "--json").json
    assert found["replications"] == 10
    assert found["runs"][0]["answers"]["reported"]["runs"] == 10


def test_a_setting_is_the_run_of_that_setting(toy: FrontDoor):
    compared = toy("compare", "--vary", "adjusters=5,10", "--replications", "2", "--json").json
    run = toy("run", "-s", "adjusters=10", "--replications", "2", "--json").json
    assert compared["runs"][1]["trace_hash"] == run["trace_hash"]
    assert compared["runs"][1]["answers"] == run["answers"]


def test_a_difference_is_that_of_the_means(toy: FrontDoor):
    found = toy("compare", "--vary", "adjusters=5,10", "--replications", "3", "--json").json
    first, second = (run["answers"]["first_payment_days_p50"]["mean"] for run in found["runs"])
    difference = next(each for each in found["differences"] if each["answer"] == "first_payment_days_p50")
    assert difference["mean"] == pytest.approx(second - first)
    assert difference["ci_low"] < difference["mean"] < difference["ci_high"]


def test_what_a_setting_cannot_change_does_not_differ_at_all(toy: FrontDoor):
    found = toy("compare", "--vary", "adjusters=5,10", "--replications", "3", "--json").json
    drift = next(each for each in found["differences"] if each["answer"] == "drift_dollars")
    assert (drift["mean"], drift["ci_low"], drift["ci_high"], drift["clear"]) == (0.0, 0.0, 0.0, False)


def test_several_parameters_are_crossed(toy: FrontDoor):
    words = ("--vary", "adjusters=5,10", "--vary", "topology=point_to_point,events")
    found = toy("compare", *words, "--replications", "2", "--json").json
    assert [run["setting"] for run in found["runs"]] == [
        {"adjusters": adjusters, "topology": topology}
        for adjusters in (5, 10)
        for topology in ("point_to_point", "events")
    ]


def test_values_that_are_lists_keep_their_commas(toy: FrontDoor):
    found = toy("compare", "--vary", "weights=[0.5, 0.5],[1.0, 0.0]", "--replications", "2", "--json").json
    assert found["vary"] == {"weights": [[0.5, 0.5], [1.0, 0.0]]}


def test_people_get_what_is_clear_first(toy: FrontDoor):
    said = toy("compare", "--vary", "topology=point_to_point,events", "--replications", "4")
    assert (said.code, said.err) == (0, "")
    assert "With topology events instead of point_to_point" in said.out
    assert "Clearly different: dollars on which systems disagreed" in said.out
    assert "4 more answers are the same in every pair." in said.out
    assert said.out.splitlines()[-1] == "Report: runs/toy-compare-1/report.html"


def test_one_replication_does_not_pretend(toy: FrontDoor):
    said = toy("compare", "--vary", "adjusters=5,10", "--replications", "1")
    assert "One replication cannot tell a difference from luck" in said.out


def test_an_interrupted_comparison_goes_on(toy: FrontDoor, trouble: Callable[[str], Path]):
    path = trouble("stop 2")
    words = ("compare", "--vary", "adjusters=5,10", "-s", f"trouble={path}", "--replications", "3", "--out", "run")
    said = toy(*words)
    assert said.code == 130
    assert "interrupted with 4 of 6 replications finished" in said.line
    path.write_text("break 0")
    resumed = toy(*words, "--resume", "--json").json
    path.unlink()
    assert resumed["trace_hash"] == toy(*words, "--json").json["trace_hash"]
