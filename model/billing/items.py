"""What payments and return premiums do to the invoices of an account, by place: settle, reopen, credit."""

from typing import Literal

from model.billing import invoice as invoices
from model.billing.allocation import Distribution, by_invoice
from model.billing.invoice import Invoice

Change = Literal["settle", "reopen", "credit"]


def put(all_invoices: tuple[Invoice, ...], changed: Invoice) -> tuple[Invoice, ...]:
    number = changed.number
    return (*all_invoices[:number], changed, *all_invoices[number + 1 :])


def stepped(all_invoices: tuple[Invoice, ...], number: int, event: invoices.Event) -> tuple[Invoice, ...]:
    return put(all_invoices, invoices.evolve(all_invoices[number], event))


def changed(all_invoices: tuple[Invoice, ...], parts: tuple[Distribution, ...], how: Change) -> tuple[Invoice, ...]:
    for number, items in by_invoice(parts).items():
        event: invoices.Event
        match how:
            case "settle":
                event = invoices.ItemsSettled(parts=items)
            case "reopen":
                event = invoices.ItemsReopened(parts=items)
            case "credit":
                event = invoices.ItemsCredited(parts=items)
        all_invoices = stepped(all_invoices, number, event)
    return all_invoices
