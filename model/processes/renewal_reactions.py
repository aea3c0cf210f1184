"""What the binding of a renewal hears of policy and billing. An answer finds its process by the policy."""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.money import Money
from model.processes import renewal_messages as renewal
from model.reaction import Delivery
from model.wire import Amount, from_wire


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


def renewal_offered(offered: OfferedRenewal, delivery: Delivery) -> tuple[renewal.Command, ...]:
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


def renewal_billed(billed: Billed, delivery: Delivery) -> tuple[renewal.Command, ...]:
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


def renewal_paid(payment: PaidInvoices, delivery: Delivery) -> tuple[renewal.Command, ...]:
    """One payment may pay for several policies of an account, and for each it is told once."""
    by_policy: dict[str, list[renewal.Paid]] = {}
    for one in payment.paid:
        amount: Money = from_wire(one.amount)
        by_policy.setdefault(one.policy_id, []).append(renewal.Paid(payment.payment_id, one.invoice, amount))
    return tuple(
        renewal.HearPaid(policy_id=policy_id, paid=tuple(paid), on=delivery.on, at=delivery.at)
        for policy_id, paid in by_policy.items()
    )


def renewal_bound(job: RenewalJob, delivery: Delivery) -> tuple[renewal.Command, ...]:
    return (renewal.HearBound(policy_id=job.policy_id, job_id=job.job_id, on=delivery.on, at=delivery.at),)


def policy_renewed(job: RenewalJob, delivery: Delivery) -> tuple[renewal.Command, ...]:
    return (renewal.HearRenewed(policy_id=job.policy_id, job_id=job.job_id, on=delivery.on, at=delivery.at),)


def renewal_approved(job: RenewalJob, delivery: Delivery) -> tuple[renewal.Command, ...]:
    return (renewal.HearApproved(policy_id=job.policy_id, job_id=job.job_id, on=delivery.on, at=delivery.at),)


def renewal_closed(closed: ClosedRenewal, delivery: Delivery) -> tuple[renewal.Command, ...]:
    return (
        renewal.HearClosed(
            policy_id=closed.policy_id,
            job_id=closed.job_id,
            outcome=closed.outcome,
            on=delivery.on,
            at=delivery.at,
        ),
    )
