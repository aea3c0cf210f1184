"""INV-P6 holds, and the check that says so finds a machine that is wrong."""

from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import END, START, at, terms, usd
from fixtures.jurisdictions import florida
from model.daycount import portion
from model.money import Money, divide
from model.policy.commands import BindJob, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge
from model.policy.events import PolicyChanged, PolicyIssued
from model.policy.period import decider, evolve
from model.policy.proposals import PolicyChange
from model.policy.terms import Charge

LAW, COASTAL = florida()
# Nothing is shrunk: a defect has to be found here, not told.
QUIET = settings(derandomize=True, deadline=None, database=None, max_examples=100, phases=(Phase.generate,))


def as_it_happened(event):
    return event


def rounded_up_each(event):
    """The defect: every change is rounded on its own, in favour of the insurer."""
    if not isinstance(event, PolicyChanged):
        return event
    run = portion("actual/actual_in_term", start=START, end=END, on=event.on)
    by = sum(edit.by.minor for edit in event.versions[-1].edits if isinstance(edit, AdjustCharge))
    return replace(event, charges=(Charge("premium", Money(divide(by * run.remaining, run.basis, "up"), "USD")),))


def booked_after(changes, happens) -> int:
    """Minor units of premium that a term is booked at after changes on one day each, bound one after the other."""
    machine: Any = decider(LAW, COASTAL)
    offered = replace(terms(1), charges=(Charge("premium", usd("1200.00")),))
    state: Any = evolve(machine.initial, PolicyIssued(policy_id="P", terms=offered, on=START, at=at(START)))
    for number, (day, minor) in enumerate(changes):
        about: dict[str, Any] = {"policy_id": "P", "job_id": f"J{number}", "on": START, "at": at(START)}
        proposal = PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")),))
        for command in (OpenJob(**about, proposal=proposal), QuoteJob(**about), BindJob(**about)):
            answer: Any = machine.decide(command, state)
            assert isinstance(answer, tuple), answer
            state = reduce(evolve, map(happens, answer), state)
    return state.period.booked[0].amount.minor


@pytest.mark.parametrize(("happens", "holds"), [(as_it_happened, True), (rounded_up_each, False)])
def test_a_change_and_its_two_halves_cost_the_same_unless_each_is_rounded_on_its_own(happens, holds):
    @QUIET
    @given(day=st.integers(1, 364), one=st.integers(1, 30000), other=st.integers(1, 30000))
    def split_invariance(day, one, other):
        on = START + timedelta(days=day)
        assert booked_after([(on, one + other)], happens) == booked_after([(on, one), (on, other)], happens)

    if holds:
        split_invariance()
    else:
        with pytest.raises(AssertionError):
            split_invariance()
