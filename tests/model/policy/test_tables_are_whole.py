"""What is looked up by type is there for every type, and the values of policy cost the collector nothing."""

import inspect
from pkgutil import iter_modules
from typing import get_args

import pytest
from msgspec import Struct

import model.policy
from model.policy import binding, commands, effects, events, evolution, job, job_events, job_record, period, proposals
from model.policy.states import State

STRUCTS = {
    found
    for each in iter_modules(model.policy.__path__)
    for _, found in inspect.getmembers(__import__(f"model.policy.{each.name}", fromlist=["_"]), inspect.isclass)
    if issubclass(found, Struct) and found.__module__.startswith("model.policy.")
}


@pytest.mark.parametrize(
    ("table", "union"),
    [
        (period.DECIDES, commands.Command),
        (evolution.EVOLVES, events.Event),
        (binding.WORKS, commands.JobCommand),
        (binding.BEGINS_IN, proposals.Proposal),
        (effects.EFFECTS, proposals.Proposal),
        (job.DECIDES, commands.JobCommand),
        (job_record.EVOLVES, job_events.JobEvent),
    ],
)
def test_a_table_has_an_entry_for_every_member_of_its_union_and_no_other(table, union):
    assert set(table) == set(get_args(union))


def test_a_job_begins_only_in_states_that_there_are():
    assert {state for states in binding.BEGINS_IN.values() for state in states} <= set(get_args(State))


def test_every_value_of_policy_is_frozen_and_kept_from_the_collector():
    """Frozen values that hold only frozen values make no cycle, and a fifth of a command went into looking for one."""
    assert len(STRUCTS) > 80
    assert {found.__name__ for found in STRUCTS if not found.__struct_config__.frozen} == set()
    assert {found.__name__ for found in STRUCTS if found.__struct_config__.gc} == set()
