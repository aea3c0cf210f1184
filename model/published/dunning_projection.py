"""What billing publishes of what falls due and of what becomes of it when nobody pays."""

from model.billing import dunning_events as dunning
from model.billing import events as billing
from model.published.billing_events import (
    CancellationRequested,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyStarted,
    InvoiceDue,
    InvoicePastDue,
    NonpaymentNoticeSent,
)
from model.wire import to_wire


def due(event: billing.InvoiceFellDue) -> InvoiceDue:
    terms = event.terms
    return InvoiceDue(
        account_id=event.account_id,
        invoice=event.number,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        autopay=event.autopay,
        due_on=event.on,
        method=terms.method if terms else None,
        billing_model=terms.billed_to if terms else None,
        state=terms.state if terms else "",
        installment=terms.installment if terms else None,
        installments=terms.installments if terms else None,
    )


def past_due(event: dunning.InvoicePastDue) -> InvoicePastDue:
    return InvoicePastDue(
        account_id=event.account_id,
        invoice=event.number,
        policy_id=event.policy_id,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
    )


def nonpayment_notice(event: dunning.NonpaymentNoticeSent) -> NonpaymentNoticeSent:
    return NonpaymentNoticeSent(
        account_id=event.account_id,
        invoice=event.number,
        policy_id=event.policy_id,
        payer_id=event.payer_id,
        amount=to_wire(event.amount),
        due_on=event.due_on,
        mailed_on=event.on,
        earliest=event.earliest,
    )


def delinquent(event: dunning.DelinquencyStarted) -> DelinquencyStarted:
    return DelinquencyStarted(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        reason=event.reason,
        amount=to_wire(event.amount),
        since=event.on,
    )


def held(event: dunning.DelinquencyHeld) -> DelinquencyHeld:
    return DelinquencyHeld(delinquency_id=event.delinquency_id, account_id=event.account_id, policy_id=event.policy_id)


def cancel_requested(event: dunning.CancellationRequested) -> CancellationRequested:
    return CancellationRequested(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        reason=event.reason,
        amount=to_wire(event.amount),
        noticed_on=event.noticed_on,
        due_on=event.due_on,
        term=event.term,
        received=None if event.received is None else to_wire(event.received),
    )


def exited(event: dunning.DelinquencyExited) -> DelinquencyExited:
    return DelinquencyExited(
        delinquency_id=event.delinquency_id,
        account_id=event.account_id,
        policy_id=event.policy_id,
        cause=event.cause,
    )
