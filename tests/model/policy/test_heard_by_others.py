"""What the other contexts hear of a policy."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from fixtures.histories import END, cancel, terms
from fixtures.jurisdictions import florida
from model.money import Money
from model.policy.edits import AdjustCharge
from model.policy.proposals import (
    PolicyChange,
    Reinstatement,
)
from model.published.events import EVENT_TYPES

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
        "renewal.approved.v1",
    }
