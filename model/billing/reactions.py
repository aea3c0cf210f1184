"""What billing does when others publish: bill what policy issued, credit what it cancelled, book the money that
payments moved.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.billing.commands import Command, CreditCharges, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.plan import Charge, Payer
from model.reaction import Delivery, Reaction, reaction
from model.wire import Amount, from_wire


class IssuedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class IssuedPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    start: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    cancelled_on: date
    returned: tuple[IssuedCharge, ...]


class MoneyIn(Struct, frozen=True):
    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    party_id: str
    amount: Amount


class MoneyBack(Struct, frozen=True):
    intent_id: str
    purpose: Literal["collection", "payout"]
    subject: str
    reason: str


def bill_issued(policy: IssuedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """A charge of nothing (a tax that does not apply) is not billed, and nothing is when nothing is charged."""
    charges = tuple(charge for charge in _charges(policy.charges) if charge.amount.minor)
    if not charges:
        return ()
    return (
        ReceiveCharges(
            account_id=policy.account_id,
            instruction_id=delivery.key(delivery.event_id),
            policy_id=policy.policy_id,
            plan=policy.plan,
            autopay=policy.autopay,
            payers=policy.payers,
            charges=charges,
            on=policy.start,
            at=delivery.at,
        ),
    )


def credit_cancelled(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """Nothing to do when nothing comes back."""
    if not policy.returned:
        return ()
    return (
        CreditCharges(
            account_id=policy.account_id,
            instruction_id=delivery.key(delivery.event_id),
            policy_id=policy.policy_id,
            charges=_charges(policy.returned),
            on=policy.cancelled_on,
            at=delivery.at,
        ),
    )


def book_collection(money: MoneyIn, delivery: Delivery) -> tuple[Command, ...]:
    if money.purpose != "collection":
        return ()
    return (
        ReceivePayment(
            account_id=money.subject,
            payment_id=delivery.key(money.intent_id),
            payer_id=money.party_id,
            amount=from_wire(money.amount),
            on=delivery.on,
            at=delivery.at,
        ),
    )


def return_collection(money: MoneyBack, delivery: Delivery) -> tuple[Command, ...]:
    if money.purpose != "collection":
        return ()
    return (
        ReturnPayment(
            account_id=money.subject, payment_id=money.intent_id, reason=money.reason, on=delivery.on, at=delivery.at
        ),
    )


def _charges(published: tuple[IssuedCharge, ...]) -> tuple[Charge, ...]:
    return tuple(Charge(charge.pattern, from_wire(charge.amount)) for charge in published)


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.policy.issued.v1", IssuedPolicy, bill_issued),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, credit_cancelled),
    reaction("insurance.payments.intent.succeeded.v1", MoneyIn, book_collection),
    reaction("insurance.payments.return.received.v1", MoneyBack, return_collection),
)
