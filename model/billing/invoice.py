"""An installment invoice.

    Planned --BillInvoice--> Billed --MarkInvoiceDue--> Due
       |  |                    |                         |
       |  +--CreditItems-------+--SettleItems------------+--> Paid --ReopenItems--> Billed or Due
       +--CarryForward--> Carried                       (WriteOffItems closes and RestoreItems reopens likewise)

An invoice that is planned takes more items that are due with it; what is open may be withdrawn to other invoices, and
one that is too little to be billed by itself gives all it has to the next. An invoice is paid once it is billed and
nothing on it is open, whether money or a return premium closed it. It lives inside its account, whose payments decide
what is settled; the account's machine asks this one.
"""

from datetime import date
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision, Refusal


class Item(Struct, frozen=True, gc=False, array_like=True):
    """One pattern of one policy on an invoice, in minor units. Open = amount - paid - credited - written off.

    `instruction` is the place of the instruction that asked for it on its account; negative for a fee that none asked
    for (model.billing.plan.OWN_FEE, CHARGED_FEE).
    """

    policy_id: str
    pattern: str
    amount: int
    paid: int
    credited: int
    written_off: int = 0
    instruction: int = -1

    @property
    def open(self) -> int:
        return self.amount - self.paid - self.credited - self.written_off


class ItemPart(Struct, frozen=True, gc=False):
    """`minor` units of one item, by its place on an invoice."""

    item: int
    minor: int


class BillInvoice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class MarkInvoiceDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class MarkPastDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`grace_ends` is when what is due becomes past due."""

    on: date
    grace_ends: date


class SettleItems(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ReopenItems(Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was settled, as recorded."""

    parts: tuple[ItemPart, ...]


class CreditItems(Struct, frozen=True, kw_only=True, tag=True):
    """Return premium closes what was open."""

    parts: tuple[ItemPart, ...]


class WriteOffItems(Struct, frozen=True, kw_only=True, tag=True):
    """Nobody is asked for it any more."""

    parts: tuple[ItemPart, ...]


class RestoreItems(Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was written off."""

    parts: tuple[ItemPart, ...]


class WithdrawItems(Struct, frozen=True, kw_only=True, tag=True):
    """What is open goes elsewhere: to other invoices of another plan."""

    parts: tuple[ItemPart, ...]


class AddItems(Struct, frozen=True, kw_only=True, tag=True):
    """More of the same payer that is due on the same day, or was too little to be billed by itself."""

    items: tuple[Item, ...]


class CarryForward(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It is too little to be billed by itself."""

    on: date


Command: TypeAlias = (
    BillInvoice
    | MarkInvoiceDue
    | MarkPastDue
    | SettleItems
    | ReopenItems
    | CreditItems
    | WriteOffItems
    | RestoreItems
    | WithdrawItems
    | AddItems
    | CarryForward
)


class Billed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    amount: int


class FellDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    amount: int


class WentPastDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Grace is over; what is still open is pursued."""


class ItemsSettled(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsReopened(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsCredited(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsWrittenOff(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsRestored(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsWithdrawn(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[ItemPart, ...]


class ItemsAdded(Struct, frozen=True, kw_only=True, tag=True):
    items: tuple[Item, ...]


class CarriedForward(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Its items are on another invoice from now on."""


Event: TypeAlias = (
    Billed
    | FellDue
    | WentPastDue
    | ItemsSettled
    | ItemsReopened
    | ItemsCredited
    | ItemsWrittenOff
    | ItemsRestored
    | ItemsWithdrawn
    | ItemsAdded
    | CarriedForward
)


Step = Literal["planned", "billed", "due", "past_due", "carried"]
ASKED: frozenset[Step] = frozenset(("billed", "due", "past_due"))
"""The payer was asked for it."""


class Invoice(Struct, frozen=True, array_like=True):
    """`step` is how far billing has taken it; whether it is paid follows from its items. `told_on` is when the payer
    was told of an amount that autopay will draft for the first time, `drafted_on` when it was drafted ahead.
    """

    number: int
    payer_id: str
    bill_on: date
    due_on: date
    step: Step
    items: tuple[Item, ...]
    told_on: date | None = None
    drafted_on: date | None = None

    @property
    def open(self) -> int:
        return sum([item.open for item in self.items])

    @property
    def status(self) -> Literal["planned", "billed", "due", "past_due", "paid", "carried"]:
        return "paid" if self.step in ASKED and self.open == 0 else self.step


def _fit(parts: tuple[ItemPart, ...], limits: list[int]) -> bool:
    """Whether every part is something, and all parts of an item together are within its limit."""
    left = dict(enumerate(limits))
    for part in parts:
        left[part.item] = left.get(part.item, 0) - part.minor
    return all(part.minor > 0 for part in parts) and all(rest >= 0 for rest in left.values())


def _fits_open(parts: tuple[ItemPart, ...], invoice: Invoice) -> Refusal | None:
    if _fit(parts, [item.open for item in invoice.items]):
        return None
    return Refusal("more_than_open", f"invoice {invoice.number} has less open than that")


def decide(command: Command, invoice: Invoice) -> Decision[Event]:
    match command:
        case MarkInvoiceDue() | BillInvoice() | CarryForward():
            return _in_time(command, invoice)
        case MarkPastDue(on=on, grace_ends=grace_ends):
            if invoice.step not in ASKED or (invoice.step == "billed" and invoice.open):
                return Refusal("wrong_state", f"invoice {invoice.number} is not due yet")
            if invoice.step == "past_due" or not invoice.open:
                return ()
            if on < grace_ends:
                return Refusal("not_yet", f"invoice {invoice.number} is in grace until {grace_ends}")
            return (WentPastDue(),)
        case SettleItems(parts=parts):
            if invoice.step not in ASKED:
                return Refusal("wrong_state", f"invoice {invoice.number} is not billed yet")
            return _fits_open(parts, invoice) or (ItemsSettled(parts=parts),)
        case ReopenItems(parts=parts):
            if not _fit(parts, [item.paid for item in invoice.items]):
                return Refusal("more_than_paid", f"invoice {invoice.number} was not paid that much")
            return (ItemsReopened(parts=parts),)
        case CreditItems(parts=parts):
            return _fits_open(parts, invoice) or (ItemsCredited(parts=parts),)
        case WriteOffItems(parts=parts):
            return _fits_open(parts, invoice) or (ItemsWrittenOff(parts=parts),)
        case RestoreItems(parts=parts):
            if not _fit(parts, [item.written_off for item in invoice.items]):
                return Refusal("more_than_written_off", f"of invoice {invoice.number} less was written off")
            return (ItemsRestored(parts=parts),)
        case WithdrawItems(parts=parts):
            return _fits_open(parts, invoice) or (ItemsWithdrawn(parts=parts),)
        case AddItems(items=items):
            if invoice.step != "planned":
                return Refusal("wrong_state", f"invoice {invoice.number} takes nothing more")
            return (ItemsAdded(items=items),)


def _in_time(command: BillInvoice | MarkInvoiceDue | CarryForward, invoice: Invoice) -> Decision[Event]:
    """Planned, then billed or carried forward, then due; what is asked twice is answered once."""
    step, on = invoice.step, command.on
    if isinstance(command, MarkInvoiceDue):
        if step == "planned":
            return Refusal("wrong_state", f"invoice {invoice.number} falls due only once it is billed")
        if step in ("due", "past_due", "carried") or invoice.status == "paid":
            return ()
        if on < invoice.due_on:
            return Refusal("not_yet", f"invoice {invoice.number} is due on {invoice.due_on}, not before")
        return (FellDue(amount=invoice.open),)
    if step != "planned":
        return ()
    if on < invoice.bill_on:
        return Refusal("not_yet", f"invoice {invoice.number} is billed on {invoice.bill_on}, not before")
    return (CarriedForward(),) if isinstance(command, CarryForward) else (Billed(amount=invoice.open),)


def evolve(invoice: Invoice, event: Event) -> Invoice:
    match event:
        case ItemsSettled(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, paid=1))
        case Billed():
            return replace(invoice, step="billed")
        case FellDue():
            return replace(invoice, step="due")
        case WentPastDue():
            return replace(invoice, step="past_due")
        case ItemsReopened(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, paid=-1))
        case ItemsCredited(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, credited=1))
        case ItemsWrittenOff(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, written_off=1))
        case ItemsRestored(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, written_off=-1))
        case ItemsWithdrawn(parts=parts):
            return replace(invoice, items=_with(invoice.items, parts, amount=-1))
        case ItemsAdded(items=items):
            return replace(invoice, items=invoice.items + items)
        case CarriedForward():
            return replace(invoice, step="carried", items=())
        case _:
            assert_never(event)


def _with(
    items: tuple[Item, ...],
    parts: tuple[ItemPart, ...],
    *,
    amount: int = 0,
    paid: int = 0,
    credited: int = 0,
    written_off: int = 0,
) -> tuple[Item, ...]:
    """Every part added so many times (once, or once less) to what its item holds."""
    changed = list(items)
    for part in parts:
        item, minor = changed[part.item], part.minor
        changed[part.item] = Item(
            item.policy_id,
            item.pattern,
            item.amount + amount * minor,
            item.paid + paid * minor,
            item.credited + credited * minor,
            item.written_off + written_off * minor,
            item.instruction,
        )
    return tuple(changed)


def decider(invoice: Invoice) -> Decider[Command, Invoice, Event]:
    """The machine of one planned invoice."""
    return Decider("invoice", invoice, lambda _: str(invoice.number), decide, evolve)
