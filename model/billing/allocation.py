"""Which items a payment pays and which a return premium closes: the order is the carrier's, the sums are exact.

A payment goes to what is billed or due, of its own payer, oldest due date first and within an invoice by the
carrier's pattern priority. A return premium closes open items of its own policy and pattern, billed or planned first
as the carrier chose.
"""

from msgspec import Struct

from model.billing.invoice import Invoice, ItemPart
from model.billing.plan import Charge
from model.carrier import Carrier
from model.money import Money


class Distribution(Struct, frozen=True, gc=False):
    """`minor` units to one item of one invoice, both by their place."""

    invoice: int
    item: int
    minor: int


def distributed(
    invoices: tuple[Invoice, ...], payer_id: str, minor: int, priority: dict[str, int]
) -> tuple[tuple[Distribution, ...], int]:
    """The items that `minor` units pay, and what is left over."""
    eligible = sorted(
        (invoice.due_on, priority.get(item.pattern, len(priority)), invoice.number, place, item.open)
        for invoice in invoices
        if invoice.step != "planned" and invoice.payer_id == payer_id
        for place, item in enumerate(invoice.items)
        if item.open > 0
    )
    return _taken([slot for _, _, *slot in eligible], minor)


def return_premium_credits(
    carrier: Carrier, invoices: tuple[Invoice, ...], policy_id: str, charges: tuple[Charge, ...]
) -> tuple[tuple[Distribution, ...], tuple[Charge, ...]]:
    """The open items that negative `charges` close, pattern by pattern, and what is left over of each (positive)."""
    ordered = sorted(invoices, key=lambda invoice: (invoice.step == "planned", invoice.due_on, invoice.number))
    if carrier.billing.credit_order == "planned_first":
        ordered = sorted(invoices, key=lambda invoice: (invoice.step != "planned", invoice.due_on, invoice.number))
    credits: list[Distribution] = []
    closed: dict[tuple[int, int], int] = {}
    left_over: list[Charge] = []
    for charge in charges:
        # Two charges may be of one pattern: what the first of them closed is no longer open to the second.
        slots = [
            [invoice.number, place, item.open - closed.get((invoice.number, place), 0)]
            for invoice in ordered
            for place, item in enumerate(invoice.items)
            if item.pattern == charge.pattern and item.policy_id == policy_id
        ]
        taken, rest = _taken(slots, -charge.amount.minor)
        for part in taken:
            closed[part.invoice, part.item] = closed.get((part.invoice, part.item), 0) + part.minor
        credits.extend(taken)
        if rest:
            left_over.append(Charge(charge.pattern, Money(rest, charge.amount.currency)))
    return tuple(credits), tuple(left_over)


def by_invoice(parts: tuple[Distribution, ...]) -> dict[int, tuple[ItemPart, ...]]:
    found: dict[int, tuple[ItemPart, ...]] = {}
    for part in parts:
        found[part.invoice] = (*found.get(part.invoice, ()), ItemPart(part.item, part.minor))
    return found


def _taken(slots: list[list[int]], minor: int) -> tuple[tuple[Distribution, ...], int]:
    """`slots` are invoice, item and what is open there; `minor` units go to them in their order."""
    taken: list[Distribution] = []
    for number, place, opened in slots:
        amount = min(minor, opened)
        if amount > 0:
            taken.append(Distribution(number, place, amount))
            minor -= amount
    return tuple(taken), minor
