"""Accounts at the front desk: bill what its day has come for, take money, read."""

from model.billing import commands as billing
from model.billing.account import Account
from model.billing.receiving import after_refusal
from model.decider import Refusal
from model.desk.asking import Answer, Asked, Handler, reading, taking
from model.money import MoneyError
from model.published import requests as ask
from model.published.operations import OperationName
from model.published.seen import account_view
from model.wire import from_wire


def _run_billing(asked: Asked, request: ask.RunBillingRequest) -> Answer:
    account_id, now = asked.subject, asked.now
    account = asked.core.account(account_id)
    if not isinstance(account, Account):
        return _unknown_account(account_id)
    for invoice in account.invoices:
        if invoice.bill_on <= request.through:
            asked.core.submit(
                billing.BillInvoice(account_id=account_id, number=invoice.number, on=invoice.bill_on, at=now)
            )
        if invoice.due_on <= request.through:
            asked.core.submit(
                billing.MarkInvoiceDue(account_id=account_id, number=invoice.number, on=invoice.due_on, at=now)
            )
    return _account(asked)


def _receive(asked: Asked, request: ask.ReceivePaymentRequest) -> Answer:
    try:
        amount = from_wire(request.amount)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    command = billing.ReceivePayment(
        account_id=asked.subject,
        payment_id=asked.new_id("payment"),
        payer_id=request.payer_id,
        amount=amount,
        on=request.on,
        at=asked.now,
    )
    refused = asked.core.submit(command)
    return _held(asked, command, refused) if isinstance(refused, Refusal) else _account(asked)


def _held(asked: Asked, command: billing.ReceivePayment, refused: Refusal) -> Refusal:
    """Money that was brought is here, whoever it is for: it is kept in suspense, and who brought it is told both."""
    suspend = after_refusal(command, refused)
    if suspend is None or isinstance(asked.core.submit(suspend), Refusal):
        return refused
    return Refusal(refused.code, f"{refused.text}: it is held in suspense as {suspend.suspense_id}")


def _account(asked: Asked) -> Answer:
    return account_view(asked.core.account(asked.subject)) or _unknown_account(asked.subject)


def _unknown_account(account_id: str) -> Refusal:
    return Refusal("unknown_account", f"there is no account {account_id}")


BILLING: dict[OperationName, Handler] = {
    "run_billing": taking(ask.RunBillingRequest, _run_billing),
    "receive_payment": taking(ask.ReceivePaymentRequest, _receive),
    "read_account": reading(_account),
}
