"""Invoices in their time: billed on their bill date (or carried forward), due on their due date."""

from functools import partial

from msgspec.structs import replace

from model.billing import holding
from model.billing import invoice as invoices
from model.billing.applying import apply_unapplied, priorities
from model.billing.autopaying import change_notice
from model.billing.commands import BillInvoice, Command, MarkInvoiceDue
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.drafting import Producers, draft_terms
from model.billing.events import Event, InvoiceBilled, InvoiceCarriedForward, InvoiceFellDue
from model.billing.invoice import Invoice
from model.billing.items import stepped
from model.billing.orders import Orders
from model.billing.standing import Account
from model.billing.terms import pays_by_statement
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def answers(law: Law, carrier: Carrier, orders: Orders, producers: Producers) -> dict[type[Command], Answer]:
    _ = law
    priority = priorities(carrier)
    return dict(
        (
            answer(BillInvoice, partial(bill, carrier, priority, orders)),
            answer(MarkInvoiceDue, partial(mark_due, carrier, orders, producers)),
        )
    )


def unknown_invoice(account: Account, number: int) -> Refusal:
    return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {number}")


def bill(
    carrier: Carrier, priority: dict[str, int], orders: Orders, command: BillInvoice, account: Account
) -> Decision[Event]:
    """What waits of the payer pays it at once, where the carrier chose so; too little goes on the next invoice."""
    if not 0 <= command.number < len(account.invoices):
        return unknown_invoice(account, command.number)
    invoice = account.invoices[command.number]
    early = invoices.not_to_bill(invoice, command.on)
    if early is not None or invoice.step != "planned":
        return early or ()
    heard = orders()
    if account.holds or heard:
        held = holding.refused(account, heard, "invoicing", invoice, command.on)
        if held is not None:
            return held
    opened = invoice.open
    if 0 < opened < carrier.billing.carry_forward_below_minor:
        to = _next_invoice(account, invoice)
        if to is not None:
            return (
                InvoiceCarriedForward(
                    account_id=command.account_id, number=command.number, to=to, on=command.on, at=command.at
                ),
            )
    billed = InvoiceBilled(
        account_id=command.account_id,
        number=command.number,
        payer_id=invoice.payer_id,
        amount=Money(opened, account.unapplied.currency),
        due_on=invoice.due_on,
        on=command.on,
        at=command.at,
    )
    notice = change_notice(carrier, account, command.number, opened, on=command.on, at=command.at)
    if not account.unapplied.minor or carrier.billing.unapplied_money == "keep_unapplied":
        return (billed, *notice)
    after = _billed(account, billed)
    paid = apply_unapplied(priority, after, invoice.payer_id, on=command.on, at=command.at)
    return (billed, *notice, *paid)


def _next_invoice(account: Account, invoice: Invoice) -> int | None:
    """The next invoice of the payer that is still planned; None when this is the last."""
    later = [
        (each.due_on, each.number)
        for each in account.invoices
        if each.step == "planned" and each.payer_id == invoice.payer_id and each.due_on > invoice.due_on
    ]
    return min(later)[1] if later else None


def mark_due(
    carrier: Carrier, orders: Orders, producers: Producers, command: MarkInvoiceDue, account: Account
) -> Decision[Event]:
    if not 0 <= command.number < len(account.invoices):
        return unknown_invoice(account, command.number)
    invoice = account.invoices[command.number]
    due = invoices.falls_due(invoice, command.on)
    if not due or type(due) is Refusal:
        return due or ()
    heard = orders()
    autopay = account.autopay
    if autopay == "on" and pays_by_statement(account, invoice):
        autopay = "off"
    if autopay == "on" and (account.holds or heard):
        held = holding.refused(account, heard, "autopay", invoice, command.on)
        if held is not None:
            return held
    drafted = autopay == "on" and invoice.drafted_on is None
    return (
        InvoiceFellDue(
            account_id=command.account_id,
            number=command.number,
            payer_id=invoice.payer_id,
            amount=Money(due, account.unapplied.currency),
            autopay="on" if drafted else "off",
            on=command.on,
            at=command.at,
            terms=draft_terms(carrier, producers, account, invoice) if drafted else None,
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


def _carried_forward(account: Account, event: InvoiceCarriedForward) -> Account:
    items = account.invoices[event.number].items
    taken = stepped(account.invoices, event.to, invoices.ItemsAdded(items=items))
    return replace(account, invoices=stepped(taken, event.number, invoices.CarriedForward()))


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(InvoiceBilled, _billed),
        effect(InvoiceFellDue, _fell_due),
        effect(InvoiceCarriedForward, _carried_forward),
    )
)
