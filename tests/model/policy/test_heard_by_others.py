"""What the other contexts hear of a policy."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import END, START, at, bind, cancel, issue, policy_id, quote, terms
from fixtures.jurisdictions import florida
from model.claims import known_policy
from model.claims.coverage import Covered, coverage_at
from model.claims.reactions import CancelledPolicy, PolicySnapshot, record_cancellation, record_policy
from model.core import Core
from model.money import Money
from model.policy.edits import AdjustCharge
from model.policy.proposals import (
    PolicyChange,
    Reinstatement,
)
from model.policy.states import as_of
from model.published.events import EVENT_TYPES
from model.reaction import Delivery

LAW, COASTAL = florida()
D = date(2026, 8, 3)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


def more(minor, day=date(2026, 9, 1)) -> PolicyChange:
    return PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")),))


# --- what others hear


def test_every_transaction_is_published_and_billing_follows_to_the_cent(in_force):
    desk = in_force()
    seen: list[str] = []
    desk.core.observers.append(lambda recorded: seen.append(type(recorded.event).__name__))
    desk.whole("A", more(36500))
    desk.whole("B", more(-73000, date(2026, 8, 15)))
    desk.ask(cancel(1))
    desk.whole("R", Reinstatement(date(2026, 12, 5)), on=date(2026, 12, 5))

    account: Any = desk.core.account("A-000001")
    billed = sum(one.amount.minor for instruction in account.instructions for one in instruction.charges)
    assert billed == sum(one.amount.minor for one in desk.state.period.booked)
    assert {"PolicyChanged", "PolicyReinstated", "ChargesReceived"} <= set(seen)


def test_the_published_language_has_the_words_for_it():
    assert {kind.removeprefix("insurance.policy.") for kind in EVENT_TYPES.values() if "policy" in kind} == {
        "issued.v1",
        "cancelled.v1",
        "changed.v1",
        "reinstated.v1",
        "renewed.v1",
        "rewritten.v1",
        "nonrenewed.v1",
        "job.preempted.v1",
        "notice.given.v1",
        "notice.rescinded.v1",
        "operation.held.v1",
        "operation.released.v1",
        "renewal.offered.v1",
        "renewal.bound.v1",
        "renewal.closed.v1",
    }


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    order=st.permutations(["issued", "cancelled", "issued", "cancelled"]),
    hours=st.integers(-48, 400 * 24),
    day=st.integers(0, 364),
)
def test_policy_and_claims_agree_on_cover_whatever_order_they_hear_in(order, hours, day):
    """INV-P10."""
    core = Core(LAW, COASTAL)
    on = START + timedelta(days=day)
    for command in (quote(1), bind(1), issue(1), replace(cancel(1), on=on)):
        core.submit(command)
    told = {one.type.split(".")[2]: one for one in core.outbox}
    machine: Any = known_policy.decider()
    known: Any = machine.initial
    for word in order:
        envelope = told[word]
        delivery = Delivery(envelope.id, envelope.effective, at(END))
        data: Any = envelope.data
        read = (
            record_policy(_snapshot(data), delivery)
            if word == "issued"
            else record_cancellation(CancelledPolicy(data.policy_id, data.cancelled_on), delivery)
        )
        for command in read:
            known = reduce(machine.evolve, machine.decide(command, known), known)
    instant = datetime(2026, 6, 1, 4, 1, tzinfo=UTC) + timedelta(hours=hours)
    local_day = (
        (instant - timedelta(hours=4, minutes=1)).date() if instant < datetime(2026, 11, 1, tzinfo=UTC) else None
    )
    covered = isinstance(coverage_at(known.policy, instant, "dwelling"), Covered)
    if local_day is not None:
        state: Any = core.policy(policy_id(1))
        version = as_of(state, effective=local_day, known_at=at(date(2030, 1, 1)))
        assert covered == (version is not None and version.status == "in_force")
    assert covered == ((local_day or START) >= START and covered)


def _snapshot(data) -> PolicySnapshot:
    return msgspec.convert(data, PolicySnapshot, from_attributes=True)
