"""What of an account's money beside its invoices is published: drafts, reversals and disbursements."""

from collections.abc import Callable
from typing import TypeVar, cast

from model.billing import events as billing
from model.billing import money_events as money
from model.billing.parts import sum_of
from model.money import Money
from model.published.events import (
    CollectionReversed,
    DisbursementExecuted,
    DisbursementRequested,
    InvoiceDraftRequested,
    PublishedEvent,
)
from model.wire import to_wire

E = TypeVar("E")


def money_projectors() -> dict[type[object], Callable[[object], PublishedEvent]]:
    return dict(
        (
            _row(money.InvoiceDrafted, _drafted),
            _row(billing.PaymentReturned, _reversed),
            _row(money.DisbursementApproved, _requested),
            _row(money.DisbursementExecuted, _executed),
        )
    )


def _row(
    kind: type[E], project: Callable[[E], PublishedEvent]
) -> tuple[type[object], Callable[[object], PublishedEvent]]:
    return kind, cast("Callable[[object], PublishedEvent]", project)


def _drafted(event: money.InvoiceDrafted) -> InvoiceDraftRequested:
    return InvoiceDraftRequested(
        account_id=event.account_id,
        invoice=event.number,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
    )


def _reversed(event: billing.PaymentReturned) -> CollectionReversed:
    return CollectionReversed(
        account_id=event.account_id,
        payment_id=event.payment_id,
        reason=event.reason,
        reopened=to_wire(Money(sum_of(event.parts), event.unapplied.currency)),
    )


def _requested(event: money.DisbursementApproved) -> DisbursementRequested:
    return DisbursementRequested(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        party_id=event.party_id,
        amount=to_wire(event.amount),
    )


def _executed(event: money.DisbursementExecuted) -> DisbursementExecuted:
    return DisbursementExecuted(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        party_id=event.party_id,
        amount=to_wire(event.amount),
    )
