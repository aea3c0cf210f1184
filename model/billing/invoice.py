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

from collections.abc import Callable
from datetime import date
from typing import Literal, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace

from model.billing.parts import Distribution
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


Part: TypeAlias = ItemPart | Distribution
"""Where a payment or a return premium says which invoice its part is of, that is known here already."""


class BillInvoice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class MarkInvoiceDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    on: date


class MarkPastDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`grace_ends` is when what is due becomes past due."""

    on: date
    grace_ends: date


class SettleItems(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


class ReopenItems(Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was settled, as recorded."""

    parts: tuple[Part, ...]


class CreditItems(Struct, frozen=True, kw_only=True, tag=True):
    """Return premium closes what was open."""

    parts: tuple[Part, ...]


class WriteOffItems(Struct, frozen=True, kw_only=True, tag=True):
    """Nobody is asked for it any more."""

    parts: tuple[Part, ...]


class RestoreItems(Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was written off."""

    parts: tuple[Part, ...]


class WithdrawItems(Struct, frozen=True, kw_only=True, tag=True):
    """What is open goes elsewhere: to other invoices of another plan."""

    parts: tuple[Part, ...]


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
    parts: tuple[Part, ...]


class ItemsReopened(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


class ItemsCredited(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


class ItemsWrittenOff(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


class ItemsRestored(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


class ItemsWithdrawn(Struct, frozen=True, kw_only=True, tag=True):
    parts: tuple[Part, ...]


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


class Invoice(Struct, frozen=True, array_like=True, gc=False):
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
        # Written out: every bill, every draft and every payment asks it.
        minor = 0
        for item in self.items:
            minor += item.amount - item.paid - item.credited - item.written_off
        return minor

    @property
    def status(self) -> Literal["planned", "billed", "due", "past_due", "paid", "carried"]:
        return "paid" if self.step in ASKED and self.open == 0 else self.step


def _fit(parts: tuple[Part, ...], limits: list[int]) -> bool:
    """Whether every part is something, and all parts of an item together are within its limit."""
    left = dict(enumerate(limits))
    for part in parts:
        left[part.item] = left.get(part.item, 0) - part.minor
    return all(part.minor > 0 for part in parts) and all(rest >= 0 for rest in left.values())


def _fits_open(parts: tuple[Part, ...], invoice: Invoice) -> Refusal | None:
    if _fit(parts, [item.open for item in invoice.items]):
        return None
    return Refusal("more_than_open", f"invoice {invoice.number} has less open than that")


def decide(command: Command, invoice: Invoice) -> Decision[Event]:
    match command:
        case MarkInvoiceDue() | BillInvoice() | CarryForward():
            return in_time(command, invoice)
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


def in_time(command: BillInvoice | MarkInvoiceDue | CarryForward, invoice: Invoice) -> Decision[Event]:
    """Planned, then billed or carried forward, then due; what is asked twice is answered once."""
    if isinstance(command, MarkInvoiceDue):
        due = falls_due(invoice, command.on)
        return due if isinstance(due, Refusal) else (FellDue(amount=due),) if due else ()
    refused = not_to_bill(invoice, command.on)
    if refused is not None or invoice.step != "planned":
        return refused or ()
    return (CarriedForward(),) if isinstance(command, CarryForward) else (Billed(amount=invoice.open),)


def falls_due(invoice: Invoice, on: date) -> int | Refusal:
    """The minor units that fall due; 0 when nothing does, or did before."""
    if invoice.step == "planned":
        return Refusal("wrong_state", f"invoice {invoice.number} falls due only once it is billed")
    minor = invoice.open if invoice.step == "billed" else 0
    if minor and on < invoice.due_on:
        return Refusal("not_yet", f"invoice {invoice.number} is due on {invoice.due_on}, not before")
    return minor


def not_to_bill(invoice: Invoice, on: date) -> Refusal | None:
    """Why a planned invoice is not billed yet."""
    if invoice.step == "planned" and on < invoice.bill_on:
        return Refusal("not_yet", f"invoice {invoice.number} is billed on {invoice.bill_on}, not before")
    return None


def evolve(invoice: Invoice, event: Event) -> Invoice:
    return EVOLVED[type(event)](invoice, event)


def _stepped(step: Step) -> "Evolved":
    return lambda invoice, event: replace(invoice, step=step)


def _added(invoice: Invoice, event: ItemsAdded) -> Invoice:
    return replace(invoice, items=invoice.items + event.items)


def _carried(invoice: Invoice, event: CarriedForward) -> Invoice:
    _ = event
    return replace(invoice, step="carried", items=())


def _settled(invoice: Invoice, event: ItemsSettled) -> Invoice:
    """What is settled in one stroke, as most items are, keeps one number for what it was and what was paid."""
    items = list(invoice.items)
    for part in event.parts:
        item = items[part.item]
        paid = item.paid + part.minor
        items[part.item] = replace(item, paid=item.amount if paid == item.amount else paid)
    return replace(invoice, items=tuple(items))


def _moved(*, amount: int = 0, paid: int = 0, credited: int = 0, written_off: int = 0) -> "Evolved":
    """Every part added so many times (once, or once less) to what its item holds; what stays is the same number."""

    def move(invoice: Invoice, event: Event) -> Invoice:
        items = list(invoice.items)
        for part in cast("ItemsReopened", event).parts:
            item, minor = items[part.item], part.minor
            items[part.item] = Item(
                item.policy_id,
                item.pattern,
                item.amount + amount * minor if amount else item.amount,
                item.paid + paid * minor if paid else item.paid,
                item.credited + credited * minor if credited else item.credited,
                item.written_off + written_off * minor if written_off else item.written_off,
                item.instruction,
            )
        return replace(invoice, items=tuple(items))

    return move


Evolved: TypeAlias = Callable[[Invoice, Event], Invoice]
EVOLVED: dict[type[Event], Evolved] = {
    Billed: _stepped("billed"),
    FellDue: _stepped("due"),
    WentPastDue: _stepped("past_due"),
    ItemsSettled: cast("Evolved", _settled),
    ItemsReopened: _moved(paid=-1),
    ItemsCredited: _moved(credited=1),
    ItemsWrittenOff: _moved(written_off=1),
    ItemsRestored: _moved(written_off=-1),
    ItemsWithdrawn: _moved(amount=-1),
    ItemsAdded: cast("Evolved", _added),
    CarriedForward: cast("Evolved", _carried),
}
"""What every event does, by its type; a test asks for each."""


def decider(invoice: Invoice) -> Decider[Command, Invoice, Event]:
    """The machine of one planned invoice."""
    return Decider("invoice", invoice, lambda _: str(invoice.number), decide, evolve)
