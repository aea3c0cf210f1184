"""An installment invoice.

    Planned --BillInvoice--> Billed --MarkInvoiceDue--> Due
       |                       |                         |
       +--CreditItems----------+--SettleItems------------+--> Paid --ReopenItems--> Billed or Due

An invoice is paid once it is billed and nothing on it is open, whether money or a return premium closed it. It lives
inside its account, whose payments decide what is settled; the account's machine asks this one.
"""

from datetime import date
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision, Refusal


class Item(Struct, frozen=True, gc=False):
    """One pattern of one policy on an invoice, in minor units. Open = amount - paid - credited."""

    policy_id: str
    pattern: str
    amount: int
    paid: int
    credited: int

    @property
    def open(self) -> int:
        return self.amount - self.paid - self.credited


class ItemPart(Struct, frozen=True, gc=False):
    """`minor` units of one item, by its place on an invoice."""

    item: int
    minor: int


class BillInvoice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class MarkInvoiceDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class SettleItems(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ReopenItems(Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was settled, as recorded."""

    parts: tuple[ItemPart, ...]


class CreditItems(Struct, frozen=True, kw_only=True, tag=True):
    """Return premium closes what was open."""

    parts: tuple[ItemPart, ...]


Command: TypeAlias = BillInvoice | MarkInvoiceDue | SettleItems | ReopenItems | CreditItems


class Billed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    amount: int


class FellDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    amount: int


class ItemsSettled(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsReopened(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsCredited(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


Event: TypeAlias = Billed | FellDue | ItemsSettled | ItemsReopened | ItemsCredited


class Invoice(Struct, frozen=True):
    """`step` is how far billing has taken it; whether it is paid follows from its items."""

    number: int
    payer_id: str
    bill_on: date
    due_on: date
    step: Literal["planned", "billed", "due"]
    items: tuple[Item, ...]

    @property
    def open(self) -> int:
        return sum(item.open for item in self.items)

    @property
    def status(self) -> Literal["planned", "billed", "due", "paid"]:
        return "paid" if self.step != "planned" and self.open == 0 else self.step


def _fit(parts: tuple[ItemPart, ...], limits: list[int]) -> bool:
    """Whether every part is something, and all parts of an item together are within its limit."""
    left = dict(enumerate(limits))
    for part in parts:
        left[part.item] = left.get(part.item, 0) - part.minor
    return all(part.minor > 0 for part in parts) and all(rest >= 0 for rest in left.values())


def decide(command: Command, invoice: Invoice) -> Decision[Event]:
    match command:
        case BillInvoice(on=on):
            if invoice.step != "planned":
                return ()
            if on < invoice.bill_on:
                return Refusal("not_yet", f"invoice {invoice.number} is billed on {invoice.bill_on}, not before")
            return (Billed(amount=invoice.open),)
        case MarkInvoiceDue(on=on):
            if invoice.step == "planned":
                return Refusal("wrong_state", f"invoice {invoice.number} falls due only once it is billed")
            if invoice.step == "due" or invoice.status == "paid":
                return ()
            if on < invoice.due_on:
                return Refusal("not_yet", f"invoice {invoice.number} is due on {invoice.due_on}, not before")
            return (FellDue(amount=invoice.open),)
        case SettleItems(parts=parts):
            if invoice.step == "planned":
                return Refusal("wrong_state", f"invoice {invoice.number} is not billed yet")
            if not _fit(parts, [item.open for item in invoice.items]):
                return Refusal("more_than_open", f"invoice {invoice.number} has less open than that")
            return (ItemsSettled(parts=parts),)
        case ReopenItems(parts=parts):
            if not _fit(parts, [item.paid for item in invoice.items]):
                return Refusal("more_than_paid", f"invoice {invoice.number} was not paid that much")
            return (ItemsReopened(parts=parts),)
        case CreditItems(parts=parts):
            if not _fit(parts, [item.open for item in invoice.items]):
                return Refusal("more_than_open", f"invoice {invoice.number} has less open than that")
            return (ItemsCredited(parts=parts),)


def evolve(invoice: Invoice, event: Event) -> Invoice:
    match event:
        case Billed():
            return replace(invoice, step="billed")
        case FellDue():
            return replace(invoice, step="due")
        case ItemsSettled(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, paid=1, credited=0))
        case ItemsReopened(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, paid=-1, credited=0))
        case ItemsCredited(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, paid=0, credited=1))
        case _:
            assert_never(event)


def _with(items: tuple[Item, ...], parts: tuple[ItemPart, ...], *, paid: int, credited: int) -> tuple[Item, ...]:
    changed = list(items)
    for part in parts:
        item = changed[part.item]
        changed[part.item] = Item(
            item.policy_id,
            item.pattern,
            item.amount,
            item.paid + paid * part.minor,
            item.credited + credited * part.minor,
        )
    return tuple(changed)


def decider(invoice: Invoice) -> Decider[Command, Invoice, Event]:
    """The machine of one planned invoice."""
    return Decider("invoice", invoice, lambda _: str(invoice.number), decide, evolve)
