"""How a payment plan turns charges into installments, to the cent.

What may be spread is split into a down payment and installments; what may not (fees and first-invoice taxes) joins
the first invoice. Due dates are counted from the anchor, the first day of the term, so that a 31st stays a month end,
and roll to a business day where the carrier says so. What would have been due before today is caught up on one
invoice. Several payers share every charge by weight.
"""

from collections.abc import Iterable, Set
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier
from model.choices.billing import InstallmentLeftover, PaymentPlan
from model.daycount import NO_HOLIDAYS, months_after, nearest_business_day
from model.decider import Refusal
from model.money import Money

INSTALLMENT_FEE_PATTERN = "fee"
OWN_FEE = -1
"""The instruction of an item that no instruction asked for: a fee of billing's own, for its installment."""
CHARGED_FEE = -2
"""The instruction of a fee that something else made due (a late or returned payment, a reinstatement): it stays owed
whatever becomes of the invoice that bears it.
"""


class Charge(Struct, frozen=True, gc=False):
    """Money to bill for a pattern; negative when it is to be credited."""

    pattern: str
    amount: Money


PayerKind = Literal["insured", "mortgagee", "premium_finance", "agency"]


class Payer(Struct, frozen=True, gc=False):
    """An `agency` is billed by its monthly statement and remits net of commission (agency bill); the others are billed
    directly.
    """

    payer_id: str
    kind: PayerKind
    weight: int


class PlannedItem(Struct, frozen=True, gc=False):
    """`instruction` is the place of the instruction that asked for it; `written_off` minor units are odd cents for
    which nobody is asked.
    """

    policy_id: str
    pattern: str
    amount: Money
    instruction: int = OWN_FEE
    written_off: int = 0


class PlannedInvoice(Struct, frozen=True):
    payer_id: str
    bill_on: date
    due_on: date
    items: tuple[PlannedItem, ...]


class Share(Struct, frozen=True, gc=False):
    """Charges of one instruction that are to be planned; `instruction` is its place on the account."""

    charge: Charge
    instruction: int


def planned_invoices(
    carrier: Carrier,
    *,
    policy_id: str,
    plan: PaymentPlan,
    payers: tuple[Payer, ...],
    charges: tuple[Charge, ...],
    anchor: date,
    today: date,
    holidays: Set[date] = NO_HOLIDAYS,
    instruction: int = 0,
) -> tuple[PlannedInvoice, ...] | Refusal:
    """One invoice per payer and due date, earliest first. Nothing is billed or due before `today`."""
    shares = tuple([Share(charge, instruction) for charge in charges])
    return planned_shares(
        carrier,
        policy_id=policy_id,
        plan=plan,
        payers=payers,
        shares=shares,
        anchor=anchor,
        today=today,
        holidays=holidays,
    )


def planned_shares(
    carrier: Carrier,
    *,
    policy_id: str,
    plan: PaymentPlan,
    payers: tuple[Payer, ...],
    shares: tuple[Share, ...],
    anchor: date,
    today: date,
    holidays: Set[date],
) -> tuple[PlannedInvoice, ...] | Refusal:
    """Like `planned_invoices`, for charges of several instructions."""
    by_slot: list[list[PlannedItem]] = [[] for _ in range(plan.installments + 1)]
    for share in summed(shares):
        rule = carrier.pattern(share.charge.pattern)
        if type(rule) is Refusal:
            return rule
        if rule.spread == "first_invoice":
            by_slot[0].append(PlannedItem(policy_id, rule.pattern, share.charge.amount, share.instruction))
            continue
        for slot, part in enumerate(installments(carrier, policy_id, plan, share)):
            if part.amount.minor:
                by_slot[slot].append(part)
    rolls = carrier.billing.due_day_roll != "none"
    by_due: dict[date, list[PlannedItem]] = {}
    fee = Money(carrier.billing.installment_fee_minor, carrier.currency)
    for_installment = PlannedItem(policy_id, INSTALLMENT_FEE_PATTERN, fee, OWN_FEE)
    for slot, (day, parts) in enumerate(zip(_anchored(anchor, plan), by_slot, strict=True)):
        if not parts:
            continue
        due_on = day if day > today and not rolls else due_date(carrier, day, today=today, holidays=holidays)
        known = by_due.get(due_on)
        if known is not None:
            by_due[due_on] = merged(known, parts)
            continue
        if slot and fee.minor:
            parts.append(for_installment)
        by_due[due_on] = parts
    return bills(payers, by_due, lead=timedelta(days=carrier.billing.bill_lead_days), today=today)


@lru_cache(1024)
def _anchored(anchor: date, plan: PaymentPlan) -> tuple[date, ...]:
    """The days of the down payment and of the installments, before they are rolled: the same for all of one anchor."""
    return tuple([months_after(anchor, slot * plan.months_apart) for slot in range(plan.installments + 1)])


def bills(
    payers: tuple[Payer, ...], by_due: dict[date, list[PlannedItem]], *, lead: timedelta, today: date
) -> tuple[PlannedInvoice, ...]:
    """One invoice for each due date and payer. One payer, the usual case, takes all."""
    if len(payers) == 1:
        payer_id = payers[0].payer_id
        return tuple(
            [
                PlannedInvoice(payer_id, bill_on if (bill_on := due_on - lead) > today else today, due_on, tuple(parts))
                for due_on, parts in by_due.items()
            ]
        )
    return tuple(
        [
            PlannedInvoice(payer.payer_id, max(due_on - lead, today), due_on, items)
            for due_on, parts in by_due.items()
            for payer, items in shared(payers, parts)
            if items
        ]
    )


def due_date(carrier: Carrier, day: date, *, today: date, holidays: Set[date]) -> date:
    """The due date that `day` becomes: rolled as the carrier rolls, and never before `today`. A day that would roll
    back behind today goes forward instead, so that nothing is due without business because it is late.
    """
    roll, day = carrier.billing.due_day_roll, max(day, today)
    if roll == "none":
        return day
    rolled = nearest_business_day(day, roll, holidays)
    return rolled if rolled >= today else nearest_business_day(today, "following", holidays)


def summed(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    """One share for each pattern and instruction."""
    sums: dict[tuple[str, int], Share] = {}
    for share in shares:
        key = (share.charge.pattern, share.instruction)
        before = sums.get(key)
        if before is not None:
            share = Share(Charge(key[0], before.charge.amount + share.charge.amount), share.instruction)
        sums[key] = share
    return tuple(sums.values())


def installments(carrier: Carrier, policy_id: str, plan: PaymentPlan, share: Share) -> tuple[PlannedItem, ...]:
    """The down payment and the installments of a charge that may be spread; together they are the charge."""
    pattern, amount, place = share.charge.pattern, share.charge.amount, share.instruction
    if plan.installments == 0:
        return (PlannedItem(policy_id, pattern, amount, place),)
    down = amount.share(plan.down_payment_percent, 100, carrier.rounding)
    first = PlannedItem(policy_id, pattern, down, place)
    if plan.weights:
        parts = (amount - down).split_by(plan.weights)
        return (first, *[PlannedItem(policy_id, pattern, part, place) for part in parts])
    rest = Share(Charge(pattern, amount - down), place)
    return (first, *equal_parts(policy_id, rest, plan.installments, carrier.billing.leftover))


def equal_parts(policy_id: str, share: Share, count: int, leftover: InstallmentLeftover) -> tuple[PlannedItem, ...]:
    """`count` equal parts; odd cents as the carrier says. Nobody is asked for those that are written off."""
    pattern, amount, place = share.charge.pattern, share.charge.amount, share.instruction
    parts = amount.split(count, leftover="first" if leftover == "first" else "last")
    if leftover != "write_off":
        # At most two amounts: the first parts or the last one are more, and all others are one and the same.
        alike = parts.count(parts[0])
        first = PlannedItem(policy_id, pattern, parts[0], place)
        if alike == count:
            return (first,) * count
        return (first,) * alike + (PlannedItem(policy_id, pattern, parts[-1], place),) * (count - alike)
    odd = parts[-1].minor - amount.minor // count
    last = PlannedItem(policy_id, pattern, parts[-1], place, odd)
    return (*[PlannedItem(policy_id, pattern, part, place) for part in parts[:-1]], last)


def merged(earlier: list[PlannedItem], later: Iterable[PlannedItem]) -> list[PlannedItem]:
    """What falls on one due date: one item per pattern and instruction."""
    found: dict[tuple[str, int], PlannedItem] = {}
    for item in (*earlier, *later):
        key = (item.pattern, item.instruction)
        before = found.get(key)
        if before is not None:
            amount, written_off = before.amount + item.amount, before.written_off + item.written_off
            item = PlannedItem(item.policy_id, item.pattern, amount, item.instruction, written_off)
        found[key] = item
    return list(found.values())


def shared(payers: tuple[Payer, ...], parts: list[PlannedItem]) -> tuple[tuple[Payer, tuple[PlannedItem, ...]], ...]:
    """Each payer's items. What is written off is the first payer's."""
    weights = [payer.weight for payer in payers]
    shares = [part.amount.split_by(weights) for part in parts]
    return tuple(
        [
            (payer, _items_of([(part, share[k]) for part, share in zip(parts, shares, strict=True)], k))
            for k, payer in enumerate(payers)
        ]
    )


def _items_of(parts: list[tuple[PlannedItem, Money]], place: int) -> tuple[PlannedItem, ...]:
    return tuple(
        [
            PlannedItem(
                part.policy_id,
                part.pattern,
                amount,
                part.instruction,
                0 if place else min(part.written_off, amount.minor),
            )
            for part, amount in parts
            if amount.minor
        ]
    )
