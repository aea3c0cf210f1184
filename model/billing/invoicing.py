"""Invoices in their time: billed on their bill date, due on their due date."""

from msgspec.structs import replace

from model.billing import invoice as invoices
from model.billing.commands import BillInvoice, Command, MarkInvoiceDue
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event, FeeCharged, InvoiceBilled, InvoiceFellDue
from model.billing.invoice import Item
from model.billing.items import put, stepped
from model.billing.standing import Account
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    _ = law, carrier
    return dict((answer(BillInvoice, bill), answer(MarkInvoiceDue, mark_due)))


def unknown_invoice(account: Account, number: int) -> Refusal | None:
    if 0 <= number < len(account.invoices):
        return None
    return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {number}")


def bill(command: BillInvoice, account: Account) -> Decision[Event]:
    unknown = unknown_invoice(account, command.number)
    if unknown is not None:
        return unknown
    invoice = account.invoices[command.number]
    decision = invoices.decide(invoices.BillInvoice(on=command.on), invoice)
    if isinstance(decision, Refusal) or not decision:
        return decision if isinstance(decision, Refusal) else ()
    return (
        InvoiceBilled(
            account_id=command.account_id,
            number=command.number,
            payer_id=invoice.payer_id,
            amount=Money(invoice.open, account.unapplied.currency),
            due_on=invoice.due_on,
            on=command.on,
            at=command.at,
        ),
    )


def mark_due(command: MarkInvoiceDue, account: Account) -> Decision[Event]:
    unknown = unknown_invoice(account, command.number)
    if unknown is not None:
        return unknown
    invoice = account.invoices[command.number]
    decision = invoices.decide(invoices.MarkInvoiceDue(on=command.on), invoice)
    if isinstance(decision, Refusal) or not decision:
        return decision if isinstance(decision, Refusal) else ()
    return (
        InvoiceFellDue(
            account_id=command.account_id,
            number=command.number,
            payer_id=invoice.payer_id,
            amount=Money(invoice.open, account.unapplied.currency),
            autopay=account.autopay,
            on=command.on,
            at=command.at,
        ),
    )


# --- effects


def _billed(account: Account, event: InvoiceBilled) -> Account:
    return replace(
        account, invoices=stepped(account.invoices, event.number, invoices.Billed(amount=event.amount.minor))
    )


def _fell_due(account: Account, event: InvoiceFellDue) -> Account:
    return replace(
        account, invoices=stepped(account.invoices, event.number, invoices.FellDue(amount=event.amount.minor))
    )


def _fee_charged(account: Account, event: FeeCharged) -> Account:
    charged = account.invoices[event.number]
    fee = Item(event.policy_id, "fee", event.amount.minor, 0, 0)
    return replace(account, invoices=put(account.invoices, replace(charged, items=(*charged.items, fee))))


EFFECTS: dict[type[Event], Effect] = dict(
    (effect(InvoiceBilled, _billed), effect(InvoiceFellDue, _fell_due), effect(FeeCharged, _fee_charged))
)
