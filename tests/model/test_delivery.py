"""What crosses from context to context may come twice, late, or in another order."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    END,
    HISTORIES,
    account_id,
    at,
    bind,
    cancel,
    history,
    insured,
    issue,
    payout_intent_id,
    policy_id,
    quote,
    usd,
)
from fixtures.jurisdictions import florida
from model.core import Core, subscribers
from model.payments.commands import ReportFailure
from model.policy.period import Cancelled
from model.published.envelope import Envelope

LATE = at(END)
Carry = Callable[[Core, Envelope, Any], object]
FAILED = ReportFailure(intent_id=payout_intent_id(1), reason="account closed", on=END, at=LATE)
STORIES = {name: history(name).commands for name in HISTORIES}
STORIES["a payout that failed"] = (*STORIES["a claim with a payment on its way"], FAILED)
each_story = pytest.mark.parametrize("commands", STORIES.values(), ids=STORIES)


def new_core() -> Core:
    return Core(*florida())


def states(core: Core) -> dict[str, dict[str, Any]]:
    machines = (core.policies, core.accounts, core.claims, core.known_policies, core.intents)
    return {machine.name: dict(machine.states) for machine in machines}


def once(core: Core, envelope: Envelope, when: Any) -> None:
    for context in subscribers(envelope.type):
        core.deliver(envelope, to=context, at=when)


def carried(commands, carry: Carry = once) -> tuple[Core, list[Envelope]]:
    """A core after commands, with every published event carried by `carry`, and the events in their order."""
    core, seen = new_core(), list[Envelope]()
    for command in commands:
        core.submit(command)
        while core.outbox:
            seen.append(core.outbox.pop(0))
            carry(core, seen[-1], command.at)
    return core, seen


# --- twice


@each_story
def test_every_event_delivered_twice_with_its_key_changes_nothing(commands):
    """INV-X1: once more at once, and once more after everything has happened."""

    def twice(core: Core, envelope: Envelope, when: Any) -> None:
        once(core, envelope, when)
        once(core, envelope, when)

    wanted, _ = carried(commands)
    core, seen = carried(commands, twice)
    for envelope in seen:
        once(core, envelope, LATE)

    assert states(core) == states(wanted)
    assert core.outbox == []


DOUBLES: dict[str, tuple[str, Any, str]] = {
    "insurance.policy.issued.v1": ("a policy in force", "billing", "account"),
    "insurance.policy.cancelled.v1": ("a policy cancelled midway", "billing", "account"),
    "insurance.billing.invoice.due.v1": ("a payment in unknown", "payments", "intent"),
    "insurance.claims.payment.requested.v1": ("a claim with a payment on its way", "payments", "intent"),
    "insurance.payments.intent.succeeded.v1": ("a policy with nine installments, three paid", "billing", "account"),
}


@pytest.mark.parametrize("event_type", DOUBLES)
def test_without_a_key_a_second_delivery_is_believed_again(event_type):
    """INV-X1 can fail: this is what an idempotency key is worth."""
    name, context, machine = DOUBLES[event_type]
    core, seen = carried(history(name).commands)
    before = states(core)
    envelope = next(envelope for envelope in seen if envelope.type == event_type)
    assert set(core.deliver(envelope, to=context, at=LATE)) == {()}
    assert states(core) == before

    core.deliver(envelope, to=context, at=LATE, repeat="~2")

    assert states(core)[machine] != before[machine]


@each_story
def test_some_events_do_no_harm_even_without_a_key(commands):
    """What names the thing that it is about, and not only what happened to it, is safe by nature."""
    core, seen = carried(commands)
    before = states(core)
    safe = ("insurance.payments.intent.failed.v1", "insurance.payments.return.received.v1")
    for envelope in seen:
        for context in subscribers(envelope.type):
            if envelope.type in safe or context == "claims":
                core.deliver(envelope, to=context, at=LATE, repeat="~2")

    assert states(core) == before


# --- early and late


@each_story
def test_the_order_in_which_contexts_hear_of_one_event_does_not_matter(commands):
    def reversed_(core: Core, envelope: Envelope, when: Any) -> None:
        for context in reversed(subscribers(envelope.type)):
            core.deliver(envelope, to=context, at=when)

    assert states(carried(commands, reversed_)[0]) == states(carried(commands)[0])


@pytest.mark.parametrize("order", ["as published", "the other way round"])
def test_claims_knows_the_same_of_a_policy_whichever_event_it_heard_first(order):
    """INV-X2 for what crosses from policy to claims."""
    core = new_core()
    for command in (quote(1), bind(1), issue(1), cancel(1)):
        core.submit(command)
    told = list(core.outbox)

    for envelope in told if order == "as published" else reversed(told):
        core.deliver(envelope, to="claims", at=LATE)

    known = core.known_policy(policy_id(1))
    assert isinstance(core.policy(policy_id(1)), Cancelled)
    assert known == replace(insured(1), cancelled_on=date(2026, 12, 1))


@pytest.mark.parametrize("order", ["as published", "the other way round"])
def test_a_cancellation_that_overtakes_its_policy_leaves_the_same_money_in_billing(order):
    core = new_core()
    for command in (quote(1), bind(1), issue(1), cancel(1)):
        core.submit(command)
    told = tuple(core.outbox)

    for envelope in told if order == "as published" else reversed(told):
        core.deliver(envelope, to="billing", at=LATE)

    account: Any = core.account(account_id(1))
    assert account.waiting == ()
    kept = sum(charge.amount.minor for told in account.instructions for charge in told.charges)
    assert [(i.due_on, i.open) for i in account.invoices if i.open] == [(LATE.date(), 124995)]
    assert (kept, account.unapplied) == (124995, usd("0.00"))


def test_a_core_hears_nothing_of_what_was_not_delivered():
    core = new_core()
    for command in (quote(1), bind(1), issue(1)):
        core.submit(command)

    assert core.known_policy(policy_id(1)) is None
    assert core.account(account_id(1)) == core.accounts.initial
    assert [envelope.type for envelope in core.outbox] == ["insurance.policy.issued.v1"]
