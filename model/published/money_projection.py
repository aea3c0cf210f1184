"""What billing publishes of suspense, commission and premium finance."""

from model.billing import commission, finance, suspense
from model.published.billing_events import (
    CommissionChargedBack,
    CommissionEarned,
    FinanceCancellationOrdered,
    SuspenseCreated,
    SuspenseResolved,
)
from model.wire import to_wire


def suspended(event: suspense.MoneySuspended) -> SuspenseCreated:
    return SuspenseCreated(
        suspense_id=event.suspense_id, payment_id=event.payment_id, amount=to_wire(event.amount), reason=event.reason
    )


def resolved(event: suspense.SuspenseResolved) -> SuspenseResolved:
    return SuspenseResolved(
        suspense_id=event.suspense_id,
        payment_id=event.payment_id,
        amount=to_wire(event.amount),
        reason=event.reason,
        outcome="resolved",
    )


def refunded(event: suspense.SuspenseRefunded) -> SuspenseResolved:
    return SuspenseResolved(
        suspense_id=event.suspense_id,
        payment_id=event.payment_id,
        amount=to_wire(event.amount),
        reason=event.reason,
        outcome="refunded",
    )


def taken_back(event: suspense.SuspendedMoneyReturned) -> SuspenseResolved:
    """What had left suspense before is the accounts' to tell of."""
    return SuspenseResolved(
        suspense_id=event.suspense_id,
        payment_id=event.payment_id,
        amount=to_wire(event.held),
        reason=event.reason,
        outcome="taken_back",
    )


def earned(event: commission.CommissionEarned) -> CommissionEarned:
    return CommissionEarned(
        producer_id=event.producer_id,
        policy_id=event.policy_id,
        base=to_wire(event.base),
        rate=format(event.rate.normalize(), "f"),
        amount=to_wire(event.amount),
    )


def charged_back(event: commission.CommissionChargedBack) -> CommissionChargedBack:
    return CommissionChargedBack(
        producer_id=event.producer_id,
        policy_id=event.policy_id,
        base=to_wire(event.base),
        rate=format(event.rate.normalize(), "f"),
        amount=to_wire(event.amount),
    )


def cancellation_ordered(event: finance.CancellationOrdered) -> FinanceCancellationOrdered:
    return FinanceCancellationOrdered(
        contract_id=event.contract_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        lender_id=event.lender_id,
        effective=event.effective,
    )
