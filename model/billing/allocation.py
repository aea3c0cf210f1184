"""Which items a payment pays and which a return premium closes: the order is the carrier's, the sums are exact.

A payment goes to what is billed or due, of its own payer: debt of a prior term first, then the oldest due date, and
within an invoice by the carrier's pattern priority. A return premium closes open items of its own policy and pattern,
those of its own term first, billed or planned first as the carrier chose.
"""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from model.billing.invoice import Invoice, Item, Step
from model.billing.parts import Applied, Distribution, SourceKind, Taken
from model.billing.plan import Charge
from model.carrier import Carrier
from model.money import Money

__all__ = ["Applied", "Distribution", "SourceKind", "Taken"]

NOTHING: frozenset[int] = frozenset()
UNPAYABLE: frozenset[Step] = frozenset(("planned", "carried"))


def distributed(
    invoices: Iterable[Invoice],
    payer_id: str,
    minor: int,
    priority: dict[str, int],
    *,
    prior: frozenset[int] = NOTHING,
    policy_id: str = "",
) -> tuple[tuple[Distribution, ...], int]:
    """The items that `minor` units pay, and what is left over. `prior` are the instructions of terms that are over;
    money directed to a policy pays that policy only.
    """
    if minor <= 0:
        return (), minor
    found: list[Slot] = []
    closed: tuple[Item, ...] | None = None
    for invoice in invoices:
        items = invoice.items
        # Installments that were paid alike are kept as one (see like_before), and need to be looked at only once.
        if items is closed or invoice.step in UNPAYABLE or invoice.payer_id != payer_id:
            continue
        # Most items are paid in one stroke, and this is asked of every one for every payment.
        for item in items:
            if item.paid != item.amount:
                found += _slots(invoice, priority, prior, policy_id)
                break
        else:
            closed = items
    found.sort()
    taken: list[Distribution] = []
    for _, _, _, number, place, left in found:
        if left > minor:
            if minor:
                taken.append(Distribution(number, place, minor))
            return tuple(taken), 0
        taken.append(Distribution(number, place, left))
        minor -= left
    return tuple(taken), minor


Slot: TypeAlias = tuple[bool, int, int, int, int, int]
"""An open item in the order in which it is paid: of the term that runs, due day, rank of its pattern, invoice, place;
and what is open there.
"""


def _slots(invoice: Invoice, priority: dict[str, int], prior: frozenset[int], policy_id: str) -> list[Slot]:
    # Days are sorted by their numbers: to compare dates costs three times as much. What nothing closed yet keeps the
    # item's own number, as its payment then does.
    number, due, last = invoice.number, invoice.due_on.toordinal(), len(priority)
    return [
        (item.instruction not in prior, due, priority.get(item.pattern, last), number, place, left)
        for place, item in enumerate(invoice.items)
        if (left := item.open if item.paid or item.credited or item.written_off else item.amount) > 0
        and (not policy_id or item.policy_id == policy_id)
    ]


def return_premium_credits(
    carrier: Carrier,
    invoices: tuple[Invoice, ...],
    policy_id: str,
    charges: tuple[Charge, ...],
    *,
    term: frozenset[int] | None = None,
) -> tuple[tuple[Distribution, ...], tuple[Charge, ...]]:
    """The open items that negative `charges` close, pattern by pattern, and what is left over of each (positive).
    Items of the instructions in `term` come first.
    """
    ordered = _credit_order(carrier, invoices, policy_id, term)
    credits: list[Distribution] = []
    closed: dict[tuple[int, int], int] = {}
    left_over: list[Charge] = []
    for charge in charges:
        # Two charges may be of one pattern: what the first of them closed is no longer open to the second.
        slots = [
            (number, place, item.open - closed.get((number, place), 0))
            for number, place, item in ordered
            if item.pattern == charge.pattern
        ]
        taken, rest = _taken(slots, -charge.amount.minor)
        for part in taken:
            closed[part.invoice, part.item] = closed.get((part.invoice, part.item), 0) + part.minor
        credits.extend(taken)
        if rest:
            left_over.append(Charge(charge.pattern, Money(rest, charge.amount.currency)))
    return tuple(credits), tuple(left_over)


def _credit_order(
    carrier: Carrier, invoices: tuple[Invoice, ...], policy_id: str, term: frozenset[int] | None
) -> list[tuple[int, int, Item]]:
    """Items of the policy in the order in which return premium closes them: (invoice, place, item)."""
    planned_first = carrier.billing.credit_order == "planned_first"
    backwards = carrier.billing.return_premium_direction == "last_to_first"

    def rank(invoice: Invoice, item: Item) -> tuple[bool, bool, int, int]:
        planned = invoice.step == "planned"
        days = _days(invoice.due_on)
        return (
            term is not None and item.instruction not in term,
            planned != planned_first,
            -days if planned and backwards else days,
            -invoice.number if planned and backwards else invoice.number,
        )

    found = [
        (rank(invoice, item), place, item)
        for invoice in invoices
        for place, item in enumerate(invoice.items)
        if item.policy_id == policy_id
    ]
    found.sort(key=lambda entry: (entry[0], entry[1]))
    return [(abs(order[3]), place, item) for order, place, item in found]


def _days(day: date) -> int:
    return day.toordinal()


def by_invoice(parts: tuple[Distribution, ...]) -> dict[int, tuple[Distribution, ...]]:
    """The parts of each invoice, in their order; mostly they are all of one."""
    if not parts:
        return {}
    first = parts[0].invoice
    for part in parts:
        if part.invoice != first:
            break
    else:
        return {first: parts}
    found: dict[int, list[Distribution]] = {}
    for part in parts:
        found.setdefault(part.invoice, []).append(part)
    return {number: tuple(items) for number, items in found.items()}


def _taken(slots: list[tuple[int, int, int]], minor: int) -> tuple[tuple[Distribution, ...], int]:
    """`slots` are invoice, item and what is open there; `minor` units go to them in their order."""
    taken: list[Distribution] = []
    for number, place, opened in slots:
        amount = min(opened, minor)
        if amount > 0:
            taken.append(Distribution(number, place, amount))
            minor -= amount
    return tuple(taken), minor
