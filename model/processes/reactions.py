"""What the processes hear: the published events of the four contexts, read with structs of their own.

An answer finds its process by what it bears: the payment, the delinquency that asked, or the policy.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money
from model.processes import claim_payout as payout
from model.processes import nonpayment_messages as nonpayment
from model.processes import renewal_messages as renewal
from model.reaction import Delivery, Reaction, Unless, reaction
from model.wire import Amount, from_wire

Command: TypeAlias = payout.Command | nonpayment.Command | renewal.Command

CANCELS, REINSTATES = "cancellation:", "reinstatement:"
"""Before the id of a process, the id of the job that did what the process asked."""

# --- the claim payout


class RequestedPayment(Struct, frozen=True, gc=False):
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount


class DeniedPayment(Struct, frozen=True):
    payment_id: str


NO_PAYOUT = Unless("purpose", ("collection", "disbursement"))
"""Most money that moves is none."""


class Moved(Struct, frozen=True, gc=False):
    """What became of a payout."""

    purpose: Literal["payout"]
    subject: str
    reference: str


def _started(payment: RequestedPayment, wish: payout.Wish, delivery: Delivery) -> payout.StartPayout:
    return payout.StartPayout(
        payment_id=payment.payment_id,
        claim_id=payment.claim_id,
        payee_id=payment.payee_id,
        amount=from_wire(payment.amount),
        wish=wish,
        on=delivery.on,
        at=delivery.at,
        story=delivery.correlation_id,
    )


def held(payment: RequestedPayment, delivery: Delivery) -> tuple[Command, ...]:
    return (_started(payment, "above_authority", delivery),)


def requested(payment: RequestedPayment, delivery: Delivery) -> tuple[Command, ...]:
    """A payment within authority begins here; one that waited for its approval has it now."""
    given = payout.ApprovalGiven(payment_id=payment.payment_id, on=delivery.on, at=delivery.at)
    return (_started(payment, "within_authority", delivery), given)


def denied(payment: DeniedPayment, delivery: Delivery) -> tuple[Command, ...]:
    return (payout.ApprovalRefused(payment_id=payment.payment_id, on=delivery.on, at=delivery.at),)


def confirmed(moved: Moved, delivery: Delivery) -> tuple[Command, ...]:
    return (
        payout.PayoutConfirmed(
            payment_id=moved.reference,
            claim_id=moved.subject,
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


def failed(moved: Moved, delivery: Delivery) -> tuple[Command, ...]:
    return (
        payout.PayoutFailed(
            payment_id=moved.reference,
            claim_id=moved.subject,
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


def unknown(moved: Moved, delivery: Delivery) -> tuple[Command, ...]:
    return (
        payout.PayoutUnknown(
            payment_id=moved.reference,
            claim_id=moved.subject,
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


# --- the cancellation for nonpayment


class WantedCancellation(Struct, frozen=True):
    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount


class EndedDelinquency(Struct, frozen=True):
    delinquency_id: str
    account_id: str
    policy_id: str
    cause: nonpayment.Cause


class GivenNotice(Struct, frozen=True):
    effective: date
    takes_effect_at: datetime
    asked_by: str


class Asked(Struct, frozen=True):
    asked_by: str


class Released(Struct, frozen=True):
    asked_by: str
    refused: str | None


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    job_id: str
    reason: str
    cancelled_on: date


class Reinstated(Struct, frozen=True):
    job_id: str


def cancellation_wanted(wanted: WantedCancellation, delivery: Delivery) -> tuple[Command, ...]:
    """A renewal whose money went back is undone; everything else is cancelled with notice."""
    if wanted.reason == "not_taken":
        return (renewal.HearMoneyReturned(policy_id=wanted.policy_id, on=delivery.on, at=delivery.at),)
    return (
        nonpayment.RequestCancellation(
            process_id=wanted.delinquency_id,
            account_id=wanted.account_id,
            policy_id=wanted.policy_id,
            amount=from_wire(wanted.amount),
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


def delinquency_ended(ended: EndedDelinquency, delivery: Delivery) -> tuple[Command, ...]:
    return (
        nonpayment.EndDelinquency(
            process_id=ended.delinquency_id,
            account_id=ended.account_id,
            policy_id=ended.policy_id,
            cause=ended.cause,
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


def notice_given(notice: GivenNotice, delivery: Delivery) -> tuple[Command, ...]:
    """A notice that no process asked for is nobody's here."""
    if not notice.asked_by:
        return ()
    return (
        nonpayment.HearNoticeGiven(
            process_id=notice.asked_by,
            notice_id=delivery.event_id,
            effective=notice.effective,
            takes_effect_at=notice.takes_effect_at,
            on=delivery.on,
            at=delivery.at,
        ),
    )


def notice_rescinded(notice: Asked, delivery: Delivery) -> tuple[Command, ...]:
    if not notice.asked_by:
        return ()
    return (nonpayment.HearRescinded(process_id=notice.asked_by, on=delivery.on, at=delivery.at),)


def operation_held(operation: Asked, delivery: Delivery) -> tuple[Command, ...]:
    if not operation.asked_by:
        return ()
    return (nonpayment.HearHeld(process_id=operation.asked_by, on=delivery.on, at=delivery.at),)


def operation_released(operation: Released, delivery: Delivery) -> tuple[Command, ...]:
    if not operation.asked_by:
        return ()
    return (
        nonpayment.HearReleased(
            process_id=operation.asked_by, refused=operation.refused, on=delivery.on, at=delivery.at
        ),
    )


def policy_cancelled(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    if policy.job_id.startswith(CANCELS):
        return (
            nonpayment.HearCancelled(
                process_id=policy.job_id.removeprefix(CANCELS),
                effective=policy.cancelled_on,
                on=delivery.on,
                at=delivery.at,
            ),
        )
    if policy.reason == "not_taken":
        return (renewal.HearUndone(policy_id=policy.policy_id, job_id=policy.job_id, on=delivery.on, at=delivery.at),)
    return ()


def policy_reinstated(policy: Reinstated, delivery: Delivery) -> tuple[Command, ...]:
    if not policy.job_id.startswith(REINSTATES):
        return ()
    process_id = policy.job_id.removeprefix(REINSTATES)
    return (nonpayment.HearReinstated(process_id=process_id, on=delivery.on, at=delivery.at),)


# --- the renewal


class OfferedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class OfferedRenewal(Struct, frozen=True):
    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    zone: str
    accept_by: date
    acceptance: renewal.Acceptance
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[renewal.OfferedPayer, ...]
    charges: tuple[OfferedCharge, ...]


class Billed(Struct, frozen=True):
    policy_id: str
    job_id: str
    first: int
    due: Amount


class PaidInvoice(Struct, frozen=True, gc=False):
    policy_id: str
    invoice: int
    amount: Amount


class PaidInvoices(Struct, frozen=True):
    payment_id: str
    paid: tuple[PaidInvoice, ...]


class RenewalJob(Struct, frozen=True):
    policy_id: str
    job_id: str


class ClosedRenewal(Struct, frozen=True):
    policy_id: str
    job_id: str
    outcome: str


def renewal_offered(offered: OfferedRenewal, delivery: Delivery) -> tuple[Command, ...]:
    charges = tuple(renewal.OfferedCharge(charge.pattern, from_wire(charge.amount)) for charge in offered.charges)
    offer = renewal.Offer(
        offered.job_id,
        offered.account_id,
        offered.start,
        offered.end,
        offered.zone,
        offered.accept_by,
        offered.acceptance,
        offered.plan,
        offered.autopay,
        offered.payers,
        charges,
    )
    return (
        renewal.OfferRenewal(
            policy_id=offered.policy_id, offer=offer, on=delivery.on, at=delivery.at, story=delivery.correlation_id
        ),
    )


def renewal_billed(billed: Billed, delivery: Delivery) -> tuple[Command, ...]:
    return (
        renewal.HearBilled(
            policy_id=billed.policy_id,
            job_id=billed.job_id,
            first=billed.first,
            due=from_wire(billed.due),
            on=delivery.on,
            at=delivery.at,
        ),
    )


def renewal_paid(payment: PaidInvoices, delivery: Delivery) -> tuple[Command, ...]:
    """One payment may pay for several policies of an account, and for each it is told once."""
    by_policy: dict[str, list[renewal.Paid]] = {}
    for one in payment.paid:
        amount: Money = from_wire(one.amount)
        by_policy.setdefault(one.policy_id, []).append(renewal.Paid(payment.payment_id, one.invoice, amount))
    return tuple(
        renewal.HearPaid(policy_id=policy_id, paid=tuple(paid), on=delivery.on, at=delivery.at)
        for policy_id, paid in by_policy.items()
    )


def renewal_bound(job: RenewalJob, delivery: Delivery) -> tuple[Command, ...]:
    return (renewal.HearBound(policy_id=job.policy_id, job_id=job.job_id, on=delivery.on, at=delivery.at),)


def policy_renewed(job: RenewalJob, delivery: Delivery) -> tuple[Command, ...]:
    return (renewal.HearRenewed(policy_id=job.policy_id, job_id=job.job_id, on=delivery.on, at=delivery.at),)


def renewal_closed(closed: ClosedRenewal, delivery: Delivery) -> tuple[Command, ...]:
    return (
        renewal.HearClosed(
            policy_id=closed.policy_id,
            job_id=closed.job_id,
            outcome=closed.outcome,
            on=delivery.on,
            at=delivery.at,
        ),
    )


# --- a no


class RefusedAsk(Struct, frozen=True):
    process: Literal["claim_payout", "cancel_for_nonpayment", "renewal_bind"]
    process_id: str
    step: int
    code: str


def ask_refused(no: RefusedAsk, delivery: Delivery) -> tuple[Command, ...]:
    step, code, on, at = no.step, no.code, delivery.on, delivery.at
    match no.process:
        case "claim_payout":
            return (payout.PayoutAskRefused(payment_id=no.process_id, step=step, code=code, on=on, at=at),)
        case "cancel_for_nonpayment":
            return (nonpayment.NonpaymentAskRefused(process_id=no.process_id, step=step, code=code, on=on, at=at),)
        case "renewal_bind":
            return (renewal.RenewalAskRefused(policy_id=no.process_id, step=step, code=code, on=on, at=at),)


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.claims.payment.held.v1", RequestedPayment, held),
    reaction("insurance.claims.payment.requested.v1", RequestedPayment, requested),
    reaction("insurance.claims.payment.denied.v1", DeniedPayment, denied),
    reaction("insurance.payments.intent.succeeded.v1", Moved, confirmed, unless=NO_PAYOUT),
    reaction("insurance.payments.intent.failed.v1", Moved, failed, unless=NO_PAYOUT),
    reaction("insurance.payments.intent.unknown.v1", Moved, unknown, unless=NO_PAYOUT),
    reaction("insurance.billing.delinquency.cancel_requested.v1", WantedCancellation, cancellation_wanted),
    reaction("insurance.billing.delinquency.exited.v1", EndedDelinquency, delinquency_ended),
    reaction("insurance.policy.notice.given.v1", GivenNotice, notice_given),
    reaction("insurance.policy.notice.rescinded.v1", Asked, notice_rescinded),
    reaction("insurance.policy.operation.held.v1", Asked, operation_held),
    reaction("insurance.policy.operation.released.v1", Released, operation_released),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, policy_cancelled),
    reaction("insurance.policy.reinstated.v1", Reinstated, policy_reinstated),
    reaction("insurance.policy.renewal.offered.v1", OfferedRenewal, renewal_offered),
    reaction("insurance.policy.renewal.bound.v1", RenewalJob, renewal_bound),
    reaction("insurance.policy.renewed.v1", RenewalJob, policy_renewed),
    reaction("insurance.policy.renewal.closed.v1", ClosedRenewal, renewal_closed),
    reaction("insurance.billing.renewal.billed.v1", Billed, renewal_billed),
    reaction("insurance.billing.renewal.paid.v1", PaidInvoices, renewal_paid),
    reaction("insurance.process.ask.refused.v1", RefusedAsk, ask_refused),
)
