"""What payments and return premiums do to the invoices of an account, by place."""

from collections.abc import Callable
from typing import Literal

from model.billing import invoice as invoices
from model.billing.allocation import by_invoice
from model.billing.invoice import Invoice, ItemPart
from model.billing.parts import Distribution

Change = Literal["settle", "reopen", "credit", "write_off", "restore", "withdraw"]

_EVENTS: dict[Change, Callable[[tuple[ItemPart, ...]], invoices.Event]] = {
    "settle": lambda parts: invoices.ItemsSettled(parts=parts),
    "reopen": lambda parts: invoices.ItemsReopened(parts=parts),
    "credit": lambda parts: invoices.ItemsCredited(parts=parts),
    "write_off": lambda parts: invoices.ItemsWrittenOff(parts=parts),
    "restore": lambda parts: invoices.ItemsRestored(parts=parts),
    "withdraw": lambda parts: invoices.ItemsWithdrawn(parts=parts),
}


def put(all_invoices: tuple[Invoice, ...], changed: Invoice) -> tuple[Invoice, ...]:
    number = changed.number
    return (*all_invoices[:number], changed, *all_invoices[number + 1 :])


def stepped(all_invoices: tuple[Invoice, ...], number: int, event: invoices.Event) -> tuple[Invoice, ...]:
    return put(all_invoices, invoices.evolve(all_invoices[number], event))


def changed(all_invoices: tuple[Invoice, ...], parts: tuple[Distribution, ...], how: Change) -> tuple[Invoice, ...]:
    event = _EVENTS[how]
    for number, items in by_invoice(parts).items():
        all_invoices = stepped(all_invoices, number, event(items))
    return all_invoices
