"""`import windtunnel as wt`: what a notebook asks for, and what it is told when it asks for something else."""

from typing import Any

import pytest

import windtunnel as wt
from simulations.parameters import BadScenario


def test_a_comparison_shows_each_setting_beside_the_others():
    storm = wt.catastrophe(policies=150, horizon_days=20)
    found = wt.compare(storm, topology=["point_to_point", "events"])
    table = wt.answers(found, "reported", "drift_dollars")
    assert table.columns == ["answer", "unit", "point to point", "events"]
    assert table["unit"].to_list() == ["claims", "dollars"]
    # The same dice: as many claims whichever way the systems are tied.
    assert table.row(0)[2] == table.row(0)[3] > 0
    assert list(wt.dailies(found)) == ["point to point", "events"]
    assert wt.answers(found).height > 20


def test_a_run_gives_the_same_as_the_comparison_of_one():
    storm = wt.catastrophe(policies=150, horizon_days=10)
    assert wt.run(storm, seed=3).trace_hash == wt.compare(storm, seed=3).experiments[0].trace_hash


@pytest.mark.parametrize(
    ("parameters", "says"),
    [({"policy": 3}, "policy"), ({"policies": -1}, "policies"), ({"claim_share": "half"}, "claim_share")],
)
def test_a_parameter_that_is_none_is_named(parameters, says):
    with pytest.raises(BadScenario, match=says):
        wt.catastrophe(**parameters)


def test_what_is_not_there_is_said_plainly():
    with pytest.raises(AttributeError, match="no attribute 'hurricane'"):
        getattr(wt, "hurricane".lower())
    by_name: Any = "catastrophe"
    with pytest.raises(TypeError, match="str is no scenario"):
        wt.run(by_name)
