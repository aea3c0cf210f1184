"""The auditor: each kind of drift comes from its own loss or doubling, and explains the stores to the cent."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, NamedTuple, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    IN_FORCE,
    PAYING,
    Step,
    account_id,
    at,
    bill,
    bounced,
    cancel,
    collected,
    drafted,
    due_on,
    fall_due,
    intent_id,
    paid,
    paid_out,
    payment_id,
    payout_intent_id,
    policy_id,
    terms,
)
from fixtures.jurisdictions import florida
from model.billing.account import Account
from model.core import Core
from model.payments.commands import ReportFailure, ReportSuccess, StartPayment
from model.policy import period
from model.published.envelope import Envelope
from simulations.auditor import Auditor, Drift, Kind, concerns
from simulations.engine import HOUR

Fate = Literal["delivered", "lost", "doubled"]


def declined(number: int) -> ReportFailure:
    return ReportFailure(intent_id=payout_intent_id(number), reason="declined", on=due_on(4), at=at(due_on(4)))


def both_paid_out(number: int) -> ReportSuccess:
    """The second of two payouts for one request, where there is one."""
    return replace(paid_out(number), intent_id=payout_intent_id(number, "~2"))


class Told(NamedTuple):
    """A core whose messages were carried by hand, and the auditor beside it."""

    core: Core
    auditor: Auditor
    sent: tuple[Envelope, ...]


def told(steps: Iterable[Step], fate: Fate = "delivered", of: int = -1) -> Told:
    """Plays steps for number 1. All messages arrive at once, but the one at place `of` among all that were sent (the
    last one by default) meets its fate.
    """
    law, carrier = florida()
    core, auditor = Core(law, carrier, hosting="contexts"), Auditor()
    core.observers.append(auditor)
    sent = list[Envelope]()
    commands = [step(1) for step in steps]
    if of < 0:
        of += len(told(steps, of=10_000).sent) if fate != "delivered" else 0
    for command in commands:
        auditor.tick += HOUR
        core.submit(command)
        while core.outbox:
            envelope = core.outbox.pop(0)
            if not core.subscribers(envelope.type):
                # What nobody hears has no fate.
                continue
            marks = ("", "~2") if fate == "doubled" and len(sent) == of else ("",)
            if fate != "lost" or len(sent) != of:
                for mark in marks:
                    for context in core.subscribers(envelope.type):
                        core.deliver(envelope, to=context, at=command.at, repeat=mark)
            sent.append(envelope)
    return Told(core, auditor, tuple(sent))


def standing(auditor: Auditor) -> list[tuple[Kind, str, int, str]]:
    return [(one.kind, one.entity, one.minor, one.cause) for one in auditor.standing(older_than=auditor.tick)]


WRITTEN = sum(charge.amount.minor for charge in terms(1).charges)
DRAFT = f"{account_id(1)}-0"
DUE_0 = told((*IN_FORCE, bill(0))).core.account(account_id(1))
assert isinstance(DUE_0, Account)
DOWN_PAYMENT = DUE_0.invoices[0].open
CANCELLED = told((*IN_FORCE, cancel)).core.policy(policy_id(1))
assert isinstance(CANCELLED, period.Cancelled)
RETURNED = sum(charge.amount.minor for charge in CANCELLED.returned)
PAYOUT = 14_000_00

STORIES: dict[str, tuple[Step, ...]] = {
    "a policy is issued": IN_FORCE,
    "a policy is cancelled": (*IN_FORCE, *paid(0), cancel),
    "an installment falls due": (*IN_FORCE, *drafted(0)),
    "a draft succeeds": (*IN_FORCE, *paid(0)),
    "a draft is returned": (*IN_FORCE, *paid(0), bounced(0)),
    "a claim asks for a payment": PAYING,
    "a payout leaves": (*PAYING, paid_out),
    "a payout fails": (*PAYING, declined),
}
"""Each ends with the message whose fate is planted."""

LOST: dict[str, tuple[Kind, str, int]] = {
    "a policy is issued": ("charges", policy_id(1), WRITTEN),
    "a policy is cancelled": ("charges", policy_id(1), RETURNED),
    "an installment falls due": ("drafts", DRAFT, DOWN_PAYMENT),
    "a draft succeeds": ("collections", account_id(1), DOWN_PAYMENT),
    "a draft is returned": ("collections", account_id(1), -DOWN_PAYMENT),
    "a claim asks for a payment": ("payouts", payment_id(1), PAYOUT),
    "a payout leaves": ("payout_bookings", payment_id(1), PAYOUT),
    "a payout fails": ("payout_failures", payment_id(1), PAYOUT),
}
DOUBLED: dict[str, tuple[Kind, str, int] | None] = {
    "a policy is issued": ("charges", policy_id(1), -WRITTEN),
    "a policy is cancelled": ("charges", policy_id(1), -RETURNED),
    "an installment falls due": ("drafts", DRAFT, -DOWN_PAYMENT),
    "a draft succeeds": ("collections", account_id(1), -DOWN_PAYMENT),
    "a claim asks for a payment": ("payouts", payment_id(1), -PAYOUT),
    # The name of the payment says that this has happened already.
    "a draft is returned": None,
    "a payout leaves": None,
    "a payout fails": None,
}


@pytest.mark.parametrize("story", STORIES)
def test_nothing_differs_when_every_message_arrives_once(story: str) -> None:
    assert standing(told(STORIES[story]).auditor) == []


@pytest.mark.parametrize("story", STORIES)
def test_a_lost_message_makes_one_drift_of_its_own_kind_to_the_cent(story: str) -> None:
    assert standing(told(STORIES[story], "lost").auditor) == [(*LOST[story], "lost")]


@pytest.mark.parametrize("story", STORIES)
def test_a_doubled_message_makes_one_drift_of_its_own_kind_to_the_cent(story: str) -> None:
    drift = DOUBLED[story]
    assert standing(told(STORIES[story], "doubled").auditor) == ([(*drift, "doubled")] if drift else [])


def test_every_kind_of_drift_has_its_story() -> None:
    assert {kind for kind, _, _ in LOST.values()} == set(get_args(Kind))
    assert {type(told(steps).sent[-1].data) for steps in STORIES.values()} == {
        type(envelope.data)
        for steps in STORIES.values()
        for envelope in told(steps).sent
        if concerns(envelope) is not None
    }


def test_that_a_dwelling_is_damaged_moves_no_money() -> None:
    (envelope,) = [one for one in told(STORIES["a payout leaves"]).sent if ".dwelling." in one.type]
    assert concerns(envelope) is None


@pytest.mark.parametrize("story", STORIES)
def test_what_a_lost_message_concerns_is_the_drift_that_it_makes(story: str) -> None:
    kind, entity, _ = LOST[story]
    assert concerns(told(STORIES[story]).sent[-1]) == (kind, entity)


def test_an_installment_without_autopay_concerns_nobody_when_it_falls_due() -> None:
    (due,) = [envelope for envelope in told((*IN_FORCE, *drafted(0))).sent if envelope.type.endswith("due.v1")]
    by_hand = replace(due, data=replace(due.data, autopay="off"))
    assert concerns(by_hand) is None


def test_a_payout_that_leaves_twice_is_one_drift_and_not_two() -> None:
    asked = len(told(PAYING).sent) - 1
    twice = told((*PAYING, paid_out, both_paid_out), "doubled", of=asked)
    assert {name: type(state).__name__ for name, state in twice.core.intents.states.items()} == {
        payout_intent_id(1): "Succeeded",
        payout_intent_id(1, "~2"): "Succeeded",
    }
    assert standing(twice.auditor) == [("payouts", payment_id(1), -PAYOUT, "doubled")]


def test_when_the_halves_of_a_doubled_payout_answer_differently_what_claims_does_not_know_is_doubled_as_well() -> None:
    asked = len(told(PAYING).sent) - 1

    def second_declined(number: int) -> ReportFailure:
        return replace(declined(number), intent_id=payout_intent_id(number, "~2"))

    halves = told((*PAYING, second_declined, paid_out), "doubled", of=asked)
    assert standing(halves.auditor) == [
        ("payouts", payment_id(1), -PAYOUT, "doubled"),
        ("payout_bookings", payment_id(1), PAYOUT, "doubled"),
    ]


def test_a_draft_that_moves_twice_is_booked_twice_and_is_one_drift() -> None:
    due = len(told((*IN_FORCE, *drafted(0))).sent) - 1

    def again(number: int) -> ReportSuccess:
        return ReportSuccess(intent_id=intent_id(number, 0, "~2"), on=due_on(0), at=at(due_on(0)))

    twice = told((*IN_FORCE, *paid(0), again), "doubled", of=due)
    account = twice.core.account(account_id(1))
    assert isinstance(account, Account)
    assert sum(payment.amount.minor for payment in account.payments) == 2 * DOWN_PAYMENT
    assert standing(twice.auditor) == [("drafts", DRAFT, -DOWN_PAYMENT, "doubled")]


def test_a_payment_that_nobody_drafted_is_no_draft() -> None:
    def pays_at_the_counter(number: int) -> StartPayment:
        return StartPayment(
            intent_id=f"counter-{number}",
            purpose="collection",
            subject=account_id(number),
            reference="9",
            party_id="somebody",
            amount=terms(number).charges[0].amount,
            on=due_on(0),
            at=at(due_on(0)),
        )

    assert standing(told((*IN_FORCE, pays_at_the_counter)).auditor) == []


def test_a_cancellation_that_gives_nothing_back_is_no_difference() -> None:
    last_day = terms(1).end - timedelta(days=1)
    law, carrier = florida()
    earned = replace(carrier, patterns=tuple(replace(rule, refund="fully_earned") for rule in carrier.patterns))
    core, auditor = Core(law, earned, hosting="contexts"), Auditor()
    core.observers.append(auditor)
    for step in IN_FORCE:
        core.submit(step(1))
        core.drain(at=at(last_day))
    core.submit(replace(cancel(1), on=last_day))
    core.drain(at=at(last_day))
    assert isinstance(core.policy(policy_id(1)), period.Cancelled)
    assert standing(auditor) == []


# --- the control


def test_the_control_finds_what_is_old_enough_once_and_tells_when() -> None:
    auditor = told(STORIES["a draft succeeds"], "lost").auditor
    arose = auditor.tick
    auditor.tick = arose + HOUR
    assert auditor.control(older_than=arose - 1) == ()
    assert auditor.control(older_than=arose) == (("collections", account_id(1)),)
    assert auditor.control(older_than=arose) == (), "it was found before"
    assert auditor.standing(older_than=arose - 1) == [], "what may be on its way is not standing"
    (drift,) = auditor.standing(older_than=arose)
    assert (drift.at, drift.found_at, drift.repaired_at) == (arose, arose + HOUR, None)


def test_what_is_mended_before_a_control_was_never_drift() -> None:
    story = told(STORIES["a draft succeeds"], "lost")
    story.core.deliver(story.sent[-1], to="billing", at=at(due_on(1)))
    assert story.auditor.control(older_than=story.auditor.tick) == ()
    assert story.auditor.drifted == []


def test_what_is_mended_after_a_control_keeps_the_amount_and_the_cause_that_were_found() -> None:
    story = told(STORIES["a draft succeeds"], "lost")
    arose = story.auditor.tick
    story.auditor.control(older_than=arose)
    story.auditor.tick += 2 * HOUR
    story.core.deliver(story.sent[-1], to="billing", at=at(due_on(1)))
    assert story.auditor.standing(older_than=story.auditor.tick) == []
    assert story.auditor.drifted == [
        Drift("collections", account_id(1), DOWN_PAYMENT, "lost", arose, arose, arose + 2 * HOUR)
    ]


def test_two_losses_on_one_account_are_mended_together_and_counted_with_both_amounts() -> None:
    story = told((*IN_FORCE, *paid(0), *drafted(1), collected(1)), "lost")
    second = story.sent[-1]
    account = story.core.account(account_id(1))
    assert isinstance(account, Account)
    found_first = story.auditor.control(older_than=story.auditor.tick)
    for step in (bill(2), fall_due(2)):
        story.core.submit(step(1))
        for envelope in story.core.outbox:
            story.core.deliver(envelope, to="payments", at=at(due_on(2)))
        story.core.outbox.clear()
    story.core.submit(collected(2)(1))
    (third,) = story.core.outbox
    assert story.auditor.control(older_than=story.auditor.tick) == found_first, "it has grown, so it is looked at again"
    lost = account.invoices[1].open + account.invoices[2].open
    for envelope in (second, third):
        story.core.deliver(envelope, to="billing", at=at(due_on(3)))
    assert [drift.minor for drift in story.auditor.drifted] == [lost]
