"""What billing does when payments publish: book the money that moved, keep what stayed, take back what was returned."""

from typing import Literal

from msgspec import Struct

from model.billing.commands import Command, ReceivePayment, ReturnPayment
from model.billing.hearing import Heard
from model.billing.money_commands import ExecuteDisbursement, RejectDisbursement, ReverseDisbursement
from model.reaction import Delivery, Reaction, Unless, reaction
from model.wire import Amount, from_wire

NOT_SENT_BACK = Unless("purpose", ("collection", "payout"))
NO_MONEY_OF_OURS = Unless("purpose", ("payout",))
"""What of the money that payments moved is not billing's."""


class MoneyIn(Struct, frozen=True, gc=False):
    movement_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    wins_back: str = ""


class MoneyStayed(Struct, frozen=True, gc=False):
    purpose: Literal["disbursement"]
    subject: str
    reference: str
    reason: str


class MoneyBack(Struct, frozen=True, gc=False):
    movement_id: str
    purpose: Literal["collection", "disbursement"]
    subject: str
    reason: str
    reference: str = ""


def book_movement(money: MoneyIn, delivery: Delivery) -> tuple[Command, ...]:
    """Money that came, or that went back to its party."""
    if money.purpose == "disbursement":
        return (
            ExecuteDisbursement(
                account_id=money.subject,
                disbursement_id=money.reference,
                on=delivery.on,
                at=delivery.at,
                because="paid_out",
            ),
        )
    if money.purpose != "collection":
        return ()
    return (
        ReceivePayment(
            account_id=money.subject,
            payment_id=delivery.key(money.movement_id),
            payer_id=money.party_id,
            amount=from_wire(money.amount),
            on=delivery.on,
            at=delivery.at,
            wins_back=money.wins_back,
        ),
    )


def keep_disbursement(money: MoneyStayed, delivery: Delivery) -> tuple[Command, ...]:
    """What could not be sent back is unapplied again; a draft that failed leaves its invoice due."""
    return (
        RejectDisbursement(
            account_id=money.subject,
            disbursement_id=money.reference,
            reason=money.reason,
            on=delivery.on,
            at=delivery.at,
            because="not_paid",
        ),
    )


def take_back(money: MoneyBack, delivery: Delivery) -> tuple[Command, ...]:
    """A payment of a bill that the bank took back, or a disbursement that came back."""
    if money.purpose == "disbursement":
        return (
            ReverseDisbursement(
                account_id=money.subject,
                disbursement_id=money.reference,
                reason=money.reason,
                on=delivery.on,
                at=delivery.at,
                because="sent_back",
            ),
        )
    return (
        ReturnPayment(
            account_id=money.subject, payment_id=money.movement_id, reason=money.reason, on=delivery.on, at=delivery.at
        ),
    )


MOVED: tuple[Reaction[Heard], ...] = (
    reaction("insurance.payments.intent.succeeded.v1", MoneyIn, book_movement),
    reaction(
        "insurance.payments.intent.failed.v1",
        MoneyStayed,
        keep_disbursement,
        unless=NOT_SENT_BACK,
    ),
    reaction("insurance.payments.return.received.v1", MoneyBack, take_back, unless=NO_MONEY_OF_OURS),
)
