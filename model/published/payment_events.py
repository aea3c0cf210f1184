"""What payments publish of a payment, version 1; runs, disputes and reconciliation are in `settlement_events`."""

from typing import Literal, TypeAlias

from msgspec import Struct

from model.wire import Amount


class IntentSucceeded(Struct, frozen=True, kw_only=True, gc=False):
    """`fee` was charged beside the amount, as a surcharge or a convenience fee, and is no part of it. `wins_back` is
    the movement that a chargeback had taken and that this one brings back; empty for money that was never lost.
    """

    intent_id: str
    movement_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    fee: Amount | None = None
    fee_kind: Literal["none", "convenience_fee", "card_surcharge"] = "none"
    wins_back: str = ""


class IntentFailed(Struct, frozen=True, kw_only=True, gc=False):
    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    reason: str


class IntentUnknown(Struct, frozen=True, kw_only=True, gc=False):
    """Nobody knows whether the money moved; what comes of it is told as a success or a failure."""

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str


class IntentCreated(Struct, frozen=True, kw_only=True, gc=False):
    """A payment has begun. `route` is the processor that it goes to, empty where nobody chose one."""

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    method: str
    route: str


class IntentCleared(Struct, frozen=True, kw_only=True, gc=False):
    """The bank has paid a cheque that was issued: the money has left for good. `endorsed_by` are the parties whose
    endorsements the bank has seen, empty where it does not say.
    """

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    endorsed_by: tuple[str, ...] = ()


class IntentReturned(Struct, frozen=True, kw_only=True, gc=False):
    intent_id: str
    movement_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    amount: Amount
    reason: str


PaymentEvent: TypeAlias = (
    IntentCreated | IntentSucceeded | IntentFailed | IntentUnknown | IntentReturned | IntentCleared
)

PAYMENT_TYPES: dict[type[PaymentEvent], str] = {
    IntentCreated: "insurance.payments.intent.created.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentUnknown: "insurance.payments.intent.unknown.v1",
    IntentReturned: "insurance.payments.return.received.v1",
    IntentCleared: "insurance.payments.intent.cleared.v1",
}
