"""INV-P6 and INV-P10 hold, and the checks that say so find a machine or a reader that is wrong."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import END, START, at, bind, cancel, issue, policy_id, quote, terms, usd
from fixtures.jurisdictions import florida
from model.claims import known_policy
from model.claims.coverage import Covered, coverage_at
from model.claims.reactions import CancelledPolicy, PolicySnapshot, record_cancellation, record_policy
from model.core import Core
from model.daycount import portion
from model.money import Money, divide
from model.policy.commands import BindJob, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge
from model.policy.events import PolicyChanged, PolicyIssued
from model.policy.period import decider, evolve
from model.policy.proposals import PolicyChange
from model.policy.states import as_of
from model.policy.terms import Charge
from model.reaction import Delivery

LAW, COASTAL = florida()
# Nothing is shrunk: a defect has to be found here, not told.
QUIET = settings(derandomize=True, deadline=None, database=None, max_examples=100, phases=(Phase.generate,))


# --- INV-P6: one change costs what its two halves cost


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


# --- INV-P10: policy and claims decide on cover alike, whatever claims heard twice or in another order


class ForgetsWhatCameEarly:
    """The defect: a cancellation that overtakes its policy is lost."""

    initial = known_policy.Untold()
    decide = staticmethod(known_policy.decide)

    @staticmethod
    def evolve(state, event):
        after = known_policy.evolve(state, event)
        return known_policy.Untold() if isinstance(after, known_policy.Untold) else after


class BelievesTheLastThatItHeard:
    """The defect: a policy that is told again has never been cancelled."""

    initial = known_policy.Untold()

    @staticmethod
    def decide(command, state):
        if isinstance(command, known_policy.RecordPolicy):
            return (known_policy.PolicyRecorded(policy=command.policy, on=command.on, at=command.at),)
        return known_policy.decide(command, state)

    @staticmethod
    def evolve(state, event):
        if isinstance(event, known_policy.PolicyRecorded):
            return known_policy.Known(event.policy)
        return known_policy.evolve(state, event)


class CoversTheDayOfTheCancellation:
    """The defect: the first day without cover is read as the last one with it."""

    initial = known_policy.Untold()
    decide = staticmethod(known_policy.decide)

    @staticmethod
    def evolve(state, event):
        if isinstance(event, known_policy.CancellationRecorded):
            event = replace(event, cancelled_on=event.cancelled_on + timedelta(days=1))
        return known_policy.evolve(state, event)


def told(core) -> dict[str, Any]:
    return {one.type.split(".")[2]: one for one in core.outbox}


def heard(reader: Any, envelopes) -> Any:
    """What claims knows after it read these, one after the other."""
    known = reader.initial
    for envelope in envelopes:
        delivery, data = Delivery(envelope.id, envelope.effective, at(END)), envelope.data
        if envelope.type.endswith("issued.v1"):
            commands = record_policy(msgspec.convert(data, PolicySnapshot, from_attributes=True), delivery)
        else:
            commands = record_cancellation(CancelledPolicy(data.policy_id, data.cancelled_on), delivery)
        for command in commands:
            answer = reader.decide(command, known)
            known = reduce(reader.evolve, answer if isinstance(answer, tuple) else (), known)
    return known.policy


ORDERS = st.permutations(["issued", "cancelled"]).flatmap(
    lambda once: st.lists(st.sampled_from(once), max_size=3).map(lambda again: [*once, *again])
)


def agreement(reader: Any) -> None:
    """Cover at noon of a day, as claims heard of it and as the version that rules on that day says."""

    @QUIET
    @given(order=ORDERS, ended=st.integers(1, 150), after=st.integers(-20, 20))
    def policy_and_claims_agree(order, ended, after):
        core = Core(LAW, COASTAL)
        on = START + timedelta(days=ended)
        for command in (quote(1), bind(1), issue(1), replace(cancel(1), on=on)):
            core.submit(command)
        envelopes = told(core)
        policy = heard(reader, [envelopes[word] for word in order])
        day = on + timedelta(days=after)
        version = as_of(core.policy(policy_id(1)), effective=day, known_at=at(date(2030, 1, 1)))
        rules = version is not None and version.status == "in_force"
        assert isinstance(coverage_at(policy, at(day), "dwelling"), Covered) == rules

    policy_and_claims_agree()


def test_policy_and_claims_agree_on_cover_whatever_is_heard_twice_or_late():
    agreement(known_policy.decider())


@pytest.mark.parametrize("reader", [ForgetsWhatCameEarly, BelievesTheLastThatItHeard, CoversTheDayOfTheCancellation])
def test_a_reader_that_is_wrong_about_cover_is_found(reader):
    with pytest.raises(AssertionError):
        agreement(reader)
