"""What the processes hear: the published events of the four contexts, read with structs of their own.

An answer finds its process by what it bears: the payment, the delinquency that asked, or the policy. What is for one
process only is read beside it; what may be for one or another is read here.
"""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.processes import nonpayment_messages as nonpayment
from model.processes import nonpayment_reactions, payout_reactions, renewal_reactions
from model.processes import payout_messages as payout
from model.processes import renewal_messages as renewal
from model.reaction import Delivery, Reaction, reaction
from model.wire import Amount, from_wire

Command: TypeAlias = payout.Command | nonpayment.Command | renewal.Command
CANCELS = "cancellation:"
"""Before the id of a process, the id of the job by which policy cancelled what the process asked for."""

# --- what one process or another has to hear


class WantedCancellation(Struct, frozen=True):
    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    noticed_on: date | None = None
    due_on: date | None = None
    term: Literal["first", "renewal"] = "renewal"
    received: Amount | None = None


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    job_id: str
    reason: str
    cancelled_on: date


def cancellation_wanted(wanted: WantedCancellation, delivery: Delivery) -> tuple[Command, ...]:
    """A renewal whose money went back is undone; everything else is cancelled with notice, and so is a first term of
    which nothing was ever paid: cover was given.
    """
    if wanted.reason == "not_taken" and wanted.term == "renewal":
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
            noticed_on=wanted.noticed_on,
            due_on=wanted.due_on,
            received=None if wanted.received is None else from_wire(wanted.received),
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
    reaction("insurance.claims.payment.held.v1", payout_reactions.RequestedPayment, payout_reactions.held),
    reaction("insurance.claims.payment.requested.v1", payout_reactions.RequestedPayment, payout_reactions.requested),
    reaction("insurance.claims.payment.denied.v1", payout_reactions.DeniedPayment, payout_reactions.denied),
    reaction(
        "insurance.payments.intent.succeeded.v1",
        payout_reactions.Moved,
        payout_reactions.confirmed,
        unless=payout_reactions.NO_PAYOUT,
    ),
    reaction(
        "insurance.payments.intent.failed.v1",
        payout_reactions.Moved,
        payout_reactions.failed,
        unless=payout_reactions.NO_PAYOUT,
    ),
    reaction(
        "insurance.payments.intent.unknown.v1",
        payout_reactions.Moved,
        payout_reactions.unknown,
        unless=payout_reactions.NO_PAYOUT,
    ),
    reaction("insurance.billing.delinquency.cancel_requested.v1", WantedCancellation, cancellation_wanted),
    reaction(
        "insurance.billing.delinquency.exited.v1",
        nonpayment_reactions.EndedDelinquency,
        nonpayment_reactions.delinquency_ended,
    ),
    reaction("insurance.policy.notice.given.v1", nonpayment_reactions.GivenNotice, nonpayment_reactions.notice_given),
    reaction("insurance.policy.notice.rescinded.v1", nonpayment_reactions.Asked, nonpayment_reactions.notice_rescinded),
    reaction("insurance.policy.operation.held.v1", nonpayment_reactions.Asked, nonpayment_reactions.operation_held),
    reaction(
        "insurance.policy.operation.released.v1", nonpayment_reactions.Released, nonpayment_reactions.operation_released
    ),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, policy_cancelled),
    reaction("insurance.policy.reinstated.v1", nonpayment_reactions.Reinstated, nonpayment_reactions.policy_reinstated),
    reaction(
        "insurance.policy.renewal.offered.v1", renewal_reactions.OfferedRenewal, renewal_reactions.renewal_offered
    ),
    reaction("insurance.policy.renewal.bound.v1", renewal_reactions.RenewalJob, renewal_reactions.renewal_bound),
    reaction("insurance.policy.renewed.v1", renewal_reactions.RenewalJob, renewal_reactions.policy_renewed),
    reaction("insurance.policy.renewal.closed.v1", renewal_reactions.ClosedRenewal, renewal_reactions.renewal_closed),
    reaction("insurance.policy.renewal.approved.v1", renewal_reactions.RenewalJob, renewal_reactions.renewal_approved),
    reaction("insurance.billing.renewal.billed.v1", renewal_reactions.Billed, renewal_reactions.renewal_billed),
    reaction("insurance.billing.renewal.paid.v1", renewal_reactions.PaidInvoices, renewal_reactions.renewal_paid),
    reaction("insurance.process.ask.refused.v1", RefusedAsk, ask_refused),
)
