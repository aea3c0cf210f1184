"""What of an account's money beside its invoices is published: drafts ahead of time and disbursements."""

from collections.abc import Callable
from typing import TypeVar, cast

from model.billing import money_events as money
from model.published.billing_events import (
    DisbursementExecuted,
    DisbursementRejected,
    DisbursementRequested,
    InvoiceDraftRequested,
)
from model.published.events import PublishedEvent
from model.wire import to_wire

E = TypeVar("E")


def money_projectors() -> dict[type[object], Callable[[object], PublishedEvent]]:
    return dict(
        (
            _row(money.InvoiceDrafted, _drafted),
            _row(money.DisbursementApproved, _requested),
            _row(money.DisbursementExecuted, _executed),
            _row(money.DisbursementPaidAfterRejection, _paid_after_all),
            _row(money.DisbursementRejected, _rejected),
        )
    )


def _row(
    kind: type[E], project: Callable[[E], PublishedEvent]
) -> tuple[type[object], Callable[[object], PublishedEvent]]:
    return kind, cast("Callable[[object], PublishedEvent]", project)


def _drafted(event: money.InvoiceDrafted) -> InvoiceDraftRequested:
    terms = event.terms
    return InvoiceDraftRequested(
        account_id=event.account_id,
        invoice=event.number,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
        method=terms.method if terms else None,
        billing_model=terms.billed_to if terms else None,
        state=terms.state if terms else "",
        installment=terms.installment if terms else None,
        installments=terms.installments if terms else None,
    )


def _requested(event: money.DisbursementApproved) -> DisbursementRequested:
    return DisbursementRequested(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        party_id=event.party_id,
        amount=to_wire(event.amount),
        pay_on=event.pay_on or event.on,
    )


def _executed(event: money.DisbursementExecuted) -> DisbursementExecuted:
    return DisbursementExecuted(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        party_id=event.party_id,
        amount=to_wire(event.amount),
    )


def _paid_after_all(event: money.DisbursementPaidAfterRejection) -> DisbursementExecuted:
    """All of it went, whatever of it was still there."""
    return DisbursementExecuted(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        party_id=event.party_id,
        amount=to_wire(event.amount + event.short),
    )


def _rejected(event: money.DisbursementRejected) -> DisbursementRejected:
    return DisbursementRejected(
        disbursement_id=event.disbursement_id,
        account_id=event.account_id,
        amount=to_wire(event.amount),
        was=event.was,
        reason=event.reason,
    )
