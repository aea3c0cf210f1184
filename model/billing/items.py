"""What payments and return premiums do to the invoices of an account, by place."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec.structs import replace

from model.billing import invoice as invoices
from model.billing.allocation import by_invoice
from model.billing.invoice import Invoice
from model.billing.parts import Distribution

Change = Literal["settle", "reopen", "credit", "write_off", "restore", "withdraw"]
Moved: TypeAlias = (
    invoices.ItemsSettled
    | invoices.ItemsReopened
    | invoices.ItemsCredited
    | invoices.ItemsWrittenOff
    | invoices.ItemsRestored
    | invoices.ItemsWithdrawn
)

_EVENTS: dict[Change, type[Moved]] = {
    "settle": invoices.ItemsSettled,
    "reopen": invoices.ItemsReopened,
    "credit": invoices.ItemsCredited,
    "write_off": invoices.ItemsWrittenOff,
    "restore": invoices.ItemsRestored,
    "withdraw": invoices.ItemsWithdrawn,
}


def put(all_invoices: tuple[Invoice, ...], changed: Invoice) -> tuple[Invoice, ...]:
    after = list(all_invoices)
    after[changed.number] = changed
    return tuple(after)


def stepped(all_invoices: tuple[Invoice, ...], number: int, event: invoices.Event) -> tuple[Invoice, ...]:
    after = list(all_invoices)
    # The machine's own table, asked at once: every bill and every due day comes by here.
    after[number] = invoices.EVOLVED[type(event)](after[number], event)
    return tuple(after)


def changed(all_invoices: tuple[Invoice, ...], parts: tuple[Distribution, ...], how: Change) -> tuple[Invoice, ...]:
    if not parts:
        return all_invoices
    kind = _EVENTS[how]
    evolved, after = invoices.EVOLVED[kind], list(all_invoices)
    for number, items in by_invoice(parts).items():
        after[number] = like_before(after, evolved(after[number], kind(parts=items)))
    return tuple(after)


def like_before(before: Sequence[Invoice], one: Invoice) -> Invoice:
    """The invoice with what it has in common with the one before it kept once: installments are mostly equal, and a
    book keeps millions of them.
    """
    if not one.number:
        return one
    theirs, items = before[one.number - 1].items, one.items
    if theirs is items:
        return one
    if theirs == items:
        return replace(one, items=theirs)
    same = [their if their == item else item for their, item in zip(theirs, items, strict=False)]
    return replace(one, items=(*same, *items[len(same) :]))
