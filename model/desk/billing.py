"""Accounts at the front desk: bill what its day has come for, take money, read."""

from model.billing import commands as billing
from model.billing.account import Account
from model.billing.suspense import misfit
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
    account = asked.core.account(asked.subject)
    if not isinstance(account, Account):
        return _unknown_account(asked.subject)
    reason = misfit(account, request.payer_id, amount)
    if amount.minor > 0 and reason is not None:
        # Who brings money is told whose it is not, while money that is here already goes to suspense.
        return Refusal(reason, f"{amount} of {request.payer_id} is not for account {asked.subject}")
    command = billing.ReceivePayment(
        account_id=asked.subject,
        payment_id=asked.new_id("payment"),
        payer_id=request.payer_id,
        amount=amount,
        on=request.on,
        at=asked.now,
    )
    refused = asked.core.submit(command)
    return refused if isinstance(refused, Refusal) else _account(asked)


def _account(asked: Asked) -> Answer:
    return account_view(asked.core.account(asked.subject)) or _unknown_account(asked.subject)


def _unknown_account(account_id: str) -> Refusal:
    return Refusal("unknown_account", f"there is no account {account_id}")


BILLING: dict[OperationName, Handler] = {
    "run_billing": taking(ask.RunBillingRequest, _run_billing),
    "receive_payment": taking(ask.ReceivePaymentRequest, _receive),
    "read_account": reading(_account),
}
