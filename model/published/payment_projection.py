"""What payments tells the others of an intent, in their words.

`movement_id` names one movement of the money, so that a debit that came back and was presented again, or a chargeback
that was won, is booked beside what it followed. The first movement of an intent has the intent's own id.
"""

from model.payments import events as payments
from model.published.payment_events import (
    IntentCleared,
    IntentCreated,
    IntentFailed,
    IntentReturned,
    IntentSucceeded,
    IntentUnknown,
)
from model.wire import to_wire


def movement_id(intent_id: str, attempt: int) -> str:
    return intent_id if attempt == 1 else f"{intent_id}/{attempt}"


def created(event: payments.PaymentStarted) -> IntentCreated:
    return IntentCreated(
        intent_id=event.intent_id,
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        party_id=event.party_id,
        amount=to_wire(event.amount),
        method=event.method,
        route=event.route,
    )


def cleared(event: payments.PayoutCleared) -> IntentCleared:
    return IntentCleared(
        intent_id=event.intent_id,
        purpose="payout",
        subject=event.subject,
        reference=event.reference,
        endorsed_by=event.endorsed_by,
    )


def stopped(event: payments.PayoutStopped) -> IntentReturned:
    """What was stopped by whoever asked for it is back as what the bank sent back is."""
    return IntentReturned(
        intent_id=event.intent_id,
        movement_id=movement_id(event.intent_id, event.attempt),
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        amount=to_wire(event.amount),
        reason=event.reason,
    )


def succeeded(event: payments.PaymentSucceeded) -> IntentSucceeded:
    fee = event.fee
    return IntentSucceeded(
        intent_id=event.intent_id,
        movement_id=movement_id(event.intent_id, event.attempt),
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        party_id=event.party_id,
        amount=to_wire(event.amount),
        fee=None if fee is None or fee.kind == "none" else to_wire(fee.amount),
        fee_kind="none" if fee is None else fee.kind,
    )


def represented(event: payments.ChargeRepresented) -> IntentSucceeded:
    taken = movement_id(event.intent_id, event.attempt)
    return IntentSucceeded(
        intent_id=event.intent_id,
        movement_id=f"{taken}/won",
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        party_id=event.party_id,
        amount=to_wire(event.amount),
        wins_back=taken,
    )


def refused(event: payments.PaymentRefused) -> IntentFailed:
    return IntentFailed(
        intent_id=event.intent_id,
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        reason=event.reason,
    )


def timed_out(event: payments.PaymentTimedOut) -> IntentUnknown:
    return IntentUnknown(
        intent_id=event.intent_id, purpose=event.purpose, subject=event.subject, reference=event.reference
    )


def returned(event: payments.MoneyReturned | payments.ChargedBackByIssuer) -> IntentReturned:
    """A chargeback takes a settled payment back as a return does."""
    return IntentReturned(
        intent_id=event.intent_id,
        movement_id=movement_id(event.intent_id, event.attempt),
        purpose=event.purpose,
        subject=event.subject,
        reference=event.reference,
        amount=to_wire(event.amount),
        reason=event.reason,
    )
