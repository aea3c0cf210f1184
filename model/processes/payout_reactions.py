"""What the claim payout hears of claims and payments. An answer finds its process by the payment."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from model.processes import payout_messages as payout
from model.reaction import Delivery, Unless
from model.wire import Amount, from_wire


class RequestedPayment(Struct, frozen=True):
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount
    joint_payees: tuple[str, ...] = ()


class DeniedPayment(Struct, frozen=True):
    payment_id: str


NO_PAYOUT = Unless("purpose", ("collection", "disbursement"))
"""Most money that moves is none."""


class Moved(Struct, frozen=True):
    """What became of a payout."""

    purpose: Literal["payout"]
    subject: str
    reference: str


Heard: TypeAlias = Callable[[Moved, Delivery], tuple[payout.Command, ...]]


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
        joint_payees=payment.joint_payees,
    )


def held(payment: RequestedPayment, delivery: Delivery) -> tuple[payout.Command, ...]:
    return (_started(payment, "above_authority", delivery),)


def requested(payment: RequestedPayment, delivery: Delivery) -> tuple[payout.Command, ...]:
    """A payment within authority begins here; one that waited for its approval has it now."""
    given = payout.ApprovalGiven(payment_id=payment.payment_id, on=delivery.on, at=delivery.at)
    return (_started(payment, "within_authority", delivery), given)


def denied(payment: DeniedPayment, delivery: Delivery) -> tuple[payout.Command, ...]:
    return (payout.ApprovalRefused(payment_id=payment.payment_id, on=delivery.on, at=delivery.at),)


def told(of: type[payout.PayoutConfirmed | payout.PayoutFailed | payout.PayoutUnknown]) -> Heard:
    """What payments says of money that goes out for a claim."""

    def heard(moved: Moved, delivery: Delivery) -> tuple[payout.Command, ...]:
        return (
            of(
                payment_id=moved.reference,
                claim_id=moved.subject,
                on=delivery.on,
                at=delivery.at,
                story=delivery.correlation_id,
            ),
        )

    return heard


confirmed, failed, unknown = told(payout.PayoutConfirmed), told(payout.PayoutFailed), told(payout.PayoutUnknown)
