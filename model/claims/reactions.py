"""What claims does when others publish: keep its own copy of policies, book payouts that payments made or failed."""

from datetime import date
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from model.claims import commands, known_policy
from model.claims.commands import ConfirmPayment, DenyPayment, FailPayment
from model.claims.coverage import InsuredCoverage, InsuredPolicy
from model.claims.known_policy import RecordPolicy
from model.claims.money_commands import ClearCheque, VoidCheque
from model.claims.payees import Interest
from model.claims.timeline import (
    Cover,
    CoverCut,
    CoverEnded,
    CoverExtended,
    Fact,
    Span,
    TermWritten,
    Told,
    insured_by,
)
from model.claims.vocabulary import Cause
from model.reaction import Delivery, Reaction, Unless, reaction
from model.wire import Amount, from_wire

Command: TypeAlias = commands.Command | known_policy.Command


class SnapshotInterest(Struct, frozen=True, gc=False):
    party_id: str
    kind: Literal["mortgagee", "lienholder"]


class SnapshotCoverage(Struct, frozen=True, gc=False):
    code: str
    limit: Amount
    deductible: Amount
    hurricane_deductible: Amount
    excluded: tuple[Cause, ...] = ()
    waiting_days: int = 0
    interests: tuple[SnapshotInterest, ...] = ()
    aggregate: Amount | None = None


class SnapshotCover(Struct, frozen=True):
    start: date
    end: date
    coverages: tuple[SnapshotCoverage, ...]


class PolicySnapshot(Struct, frozen=True, kw_only=True):
    """What claims reads of a policy that is answered by a call. `cover` is what is insured when, in all terms; where
    nobody says so, `coverages` from `start` to `end`.
    """

    policy_id: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    coverages: tuple[SnapshotCoverage, ...]
    cancelled_on: date | None = None
    cover: tuple[SnapshotCover, ...] | None = None


class WrittenTerm(Struct, frozen=True, kw_only=True):
    """A term that was issued, renewed or rewritten."""

    policy_id: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    coverages: tuple[SnapshotCoverage, ...]


class CutPolicy(Struct, frozen=True):
    """A term as it stands after a change or a reinstatement."""

    policy_id: str
    cover: tuple[SnapshotCover, ...]


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    reason: str
    cancelled_on: date


class NonrenewedPolicy(Struct, frozen=True):
    policy_id: str
    ends: date


NO_PAYOUT = Unless("purpose", ("collection", "disbursement"))
"""Most money that moves is none."""


class PayoutMade(Struct, frozen=True):
    purpose: Literal["payout"]
    subject: str
    reference: str


class PayoutAsk(Struct, frozen=True):
    asks: str
    because: str
    claim_id: str
    payment_id: str


class PayoutFailed(Struct, frozen=True):
    purpose: Literal["payout"]
    subject: str
    reference: str
    reason: str


def _coverages(coverages: tuple[SnapshotCoverage, ...]) -> tuple[InsuredCoverage, ...]:
    return tuple(
        InsuredCoverage(
            coverage.code,
            from_wire(coverage.limit),
            from_wire(coverage.deductible),
            from_wire(coverage.hurricane_deductible),
            coverage.excluded,
            coverage.waiting_days,
            tuple([Interest(one.party_id, one.kind) for one in coverage.interests]),
            None if coverage.aggregate is None else from_wire(coverage.aggregate),
        )
        for coverage in coverages
    )


def _spans(cover: tuple[SnapshotCover, ...]) -> tuple[Span, ...]:
    spans = (Span(one.start, one.end, _coverages(one.coverages)) for one in cover)
    return tuple(sorted(spans, key=lambda span: span.start))


def insured_policy(snapshot: PolicySnapshot) -> InsuredPolicy:
    offered = _coverages(snapshot.coverages)
    start, end = snapshot.start, snapshot.end
    if snapshot.cover is None:
        until = snapshot.cancelled_on or end
        spans = (Span(start, until, offered),) if start < until else ()
    else:
        spans = _spans(snapshot.cover)
        start = min((start, *(span.start for span in spans)))
        end = max((end, *(span.end for span in spans)))
    cover = Cover(start, end, spans, offered, snapshot.cancelled_on)
    return insured_by(cover, policy_id=snapshot.policy_id, zone=snapshot.zone, term_starts_at=snapshot.term_starts_at)


def insured_policy_of(answer: object) -> InsuredPolicy:
    """A policy as the policy context answers when it is asked, in the words of claims."""
    return insured_policy(msgspec.convert(answer, PolicySnapshot, from_attributes=True))


def _told(policy_id: str, fact: Fact, delivery: Delivery) -> tuple[Command, ...]:
    told = Told(delivery.sequence, delivery.recorded or delivery.at, fact)
    return (RecordPolicy(policy_id=policy_id, told=told, on=delivery.on, at=delivery.at),)


def _written(place: Literal["first", "next", "instead"], term: WrittenTerm) -> TermWritten:
    return TermWritten(
        place=place,
        start=term.start,
        end=term.end,
        zone=term.zone,
        term_starts_at=term.term_starts_at,
        coverages=_coverages(term.coverages),
    )


def record_issue(term: WrittenTerm, delivery: Delivery) -> tuple[Command, ...]:
    return _told(term.policy_id, _written("first", term), delivery)


def record_renewal(term: WrittenTerm, delivery: Delivery) -> tuple[Command, ...]:
    return _told(term.policy_id, _written("next", term), delivery)


def record_rewrite(term: WrittenTerm, delivery: Delivery) -> tuple[Command, ...]:
    return _told(term.policy_id, _written("instead", term), delivery)


def record_cut(policy: CutPolicy, delivery: Delivery) -> tuple[Command, ...]:
    return _told(policy.policy_id, CoverCut(_spans(policy.cover)), delivery)


def record_cancellation(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    cause: Literal["cancelled", "not_taken"] = "not_taken" if policy.reason == "not_taken" else "cancelled"
    return _told(policy.policy_id, CoverEnded(policy.cancelled_on, cause), delivery)


def record_nonrenewal(policy: NonrenewedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    return _told(policy.policy_id, CoverExtended(policy.ends), delivery)


def confirm_payout(payout: PayoutMade, delivery: Delivery) -> tuple[Command, ...]:
    return (ConfirmPayment(claim_id=payout.subject, payment_id=payout.reference, on=delivery.on, at=delivery.at),)


def fail_payout(payout: PayoutFailed, delivery: Delivery) -> tuple[Command, ...]:
    return (
        FailPayment(
            claim_id=payout.subject,
            payment_id=payout.reference,
            reason=payout.reason,
            on=delivery.on,
            at=delivery.at,
        ),
    )


class PayoutCleared(Struct, frozen=True):
    purpose: Literal["payout"]
    subject: str
    reference: str
    endorsed_by: tuple[str, ...] = ()


class PayoutBack(Struct, frozen=True):
    purpose: Literal["payout"]
    subject: str
    reference: str
    reason: str


def clear_cheque(payout: PayoutCleared, delivery: Delivery) -> tuple[Command, ...]:
    """The bank paid it, on the endorsements that it has seen."""
    return (
        ClearCheque(
            claim_id=payout.subject,
            payment_id=payout.reference,
            endorsed_by=payout.endorsed_by,
            on=delivery.on,
            at=delivery.at,
        ),
    )


def take_back_payout(payout: PayoutBack, delivery: Delivery) -> tuple[Command, ...]:
    """What came back is void, and its money is in the reserve again; what claims stopped itself is no news."""
    if payout.reason == "stopped":
        return ()
    return (
        VoidCheque(
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
    reaction("insurance.policy.issued.v1", WrittenTerm, record_issue),
    reaction("insurance.policy.changed.v1", CutPolicy, record_cut),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, record_cancellation),
    reaction("insurance.policy.reinstated.v1", CutPolicy, record_cut),
    reaction("insurance.policy.rewritten.v1", WrittenTerm, record_rewrite),
    reaction("insurance.policy.renewed.v1", WrittenTerm, record_renewal),
    reaction("insurance.policy.nonrenewed.v1", NonrenewedPolicy, record_nonrenewal),
    reaction("insurance.payments.intent.succeeded.v1", PayoutMade, confirm_payout, unless=NO_PAYOUT),
    reaction("insurance.payments.intent.failed.v1", PayoutFailed, fail_payout, unless=NO_PAYOUT),
    reaction("insurance.payments.intent.cleared.v1", PayoutCleared, clear_cheque, unless=NO_PAYOUT),
    reaction("insurance.payments.return.received.v1", PayoutBack, take_back_payout, unless=NO_PAYOUT),
    reaction("insurance.process.claim_payout.asked.v1", PayoutAsk, book_or_give_back),
)
