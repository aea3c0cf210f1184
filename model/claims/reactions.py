"""What claims does when others publish: keep its own copy of policies, book payouts that payments made or failed."""

from datetime import date
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from model.claims import commands, known_policy
from model.claims.commands import ConfirmPayment, DenyPayment, FailPayment
from model.claims.coverage import InsuredCoverage, InsuredPolicy
from model.claims.known_policy import RecordCancellation, RecordPolicy
from model.reaction import Delivery, Reaction, reaction
from model.wire import Amount, from_wire

Command: TypeAlias = commands.Command | known_policy.Command


class SnapshotCoverage(Struct, frozen=True, gc=False):
    code: str
    limit: Amount
    deductible: Amount
    hurricane_deductible: Amount


class PolicySnapshot(Struct, frozen=True, kw_only=True):
    """What claims reads of a policy, whether told by an event or answered by a call."""

    policy_id: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    coverages: tuple[SnapshotCoverage, ...]
    cancelled_on: date | None = None


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    cancelled_on: date


class PayoutMade(Struct, frozen=True):
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str


class PayoutAsk(Struct, frozen=True):
    asks: str
    because: str
    claim_id: str
    payment_id: str


class PayoutFailed(Struct, frozen=True):
    purpose: Literal["collection", "payout"]
    subject: str
    reference: str
    reason: str


def insured_policy(snapshot: PolicySnapshot) -> InsuredPolicy:
    coverages = tuple(
        InsuredCoverage(
            coverage.code,
            from_wire(coverage.limit),
            from_wire(coverage.deductible),
            from_wire(coverage.hurricane_deductible),
        )
        for coverage in snapshot.coverages
    )
    return InsuredPolicy(
        snapshot.policy_id,
        snapshot.start,
        snapshot.end,
        snapshot.zone,
        snapshot.term_starts_at,
        snapshot.cancelled_on,
        coverages,
    )


def insured_policy_of(answer: object) -> InsuredPolicy:
    """A policy as the policy context answers when it is asked, in the words of claims."""
    return insured_policy(msgspec.convert(answer, PolicySnapshot, from_attributes=True))


def record_policy(snapshot: PolicySnapshot, delivery: Delivery) -> tuple[Command, ...]:
    return (RecordPolicy(policy=insured_policy(snapshot), on=delivery.on, at=delivery.at),)


def record_cancellation(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    return (
        RecordCancellation(
            policy_id=policy.policy_id, cancelled_on=policy.cancelled_on, on=delivery.on, at=delivery.at
        ),
    )


def confirm_payout(payout: PayoutMade, delivery: Delivery) -> tuple[Command, ...]:
    if payout.purpose != "payout":
        return ()
    return (ConfirmPayment(claim_id=payout.subject, payment_id=payout.reference, on=delivery.on, at=delivery.at),)


def fail_payout(payout: PayoutFailed, delivery: Delivery) -> tuple[Command, ...]:
    if payout.purpose != "payout":
        return ()
    return (
        FailPayment(
            claim_id=payout.subject,
            payment_id=payout.reference,
            reason=payout.reason,
            on=delivery.on,
            at=delivery.at,
        ),
    )


def book_or_give_back(ask: PayoutAsk, delivery: Delivery) -> tuple[Command, ...]:
    """The end of a payout, once, whoever tells of it. A payment that waits for its approval waits here already."""
    claim_id, payment_id, on, at = ask.claim_id, ask.payment_id, delivery.on, delivery.at
    match ask.asks, ask.because:
        case "confirmation", _:
            return (ConfirmPayment(claim_id=claim_id, payment_id=payment_id, on=on, at=at),)
        case "compensation", "payout_failed":
            return (FailPayment(claim_id=claim_id, payment_id=payment_id, reason=ask.because, on=on, at=at),)
        case "compensation", because:
            return (
                DenyPayment(claim_id=claim_id, payment_id=payment_id, by="claim_payout", reason=because, on=on, at=at),
            )
        case _:
            return ()


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.policy.issued.v1", PolicySnapshot, record_policy),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, record_cancellation),
    reaction("insurance.payments.intent.succeeded.v1", PayoutMade, confirm_payout),
    reaction("insurance.payments.intent.failed.v1", PayoutFailed, fail_payout),
    reaction("insurance.process.claim_payout.asked.v1", PayoutAsk, book_or_give_back),
)
