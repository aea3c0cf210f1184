"""How a payment plan turns charges into installments, to the cent.

What may be spread is split into a down payment and installments; what may not (fees and first-invoice taxes) joins
the first invoice. Due dates are counted from the anchor, the first day of the term, so that a 31st stays a month end,
and roll to a business day where the carrier says so. What would have been due before today is caught up on one
invoice. Several payers share every charge by weight.
"""

from collections.abc import Iterable, Set
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier, InstallmentLeftover, PaymentPlan
from model.daycount import NO_HOLIDAYS, months_after, nearest_business_day
from model.decider import Refusal
from model.money import Money

INSTALLMENT_FEE_PATTERN = "fee"
OWN_FEE = -1
"""The instruction of an item that no instruction asked for: a fee of billing's own."""


class Charge(Struct, frozen=True, gc=False):
    """Money to bill for a pattern; negative when it is to be credited."""

    pattern: str
    amount: Money


class Payer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee", "premium_finance"]
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


class Slot(Struct, frozen=True, gc=False):
    """A part of a charge that belongs to one due date. `written_off` is of `amount`."""

    pattern: str
    amount: Money
    instruction: int
    written_off: int = 0


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
    by_slot: list[list[Slot]] = [[] for _ in range(plan.installments + 1)]
    for share in shares:
        rule = carrier.pattern(share.charge.pattern)
        if isinstance(rule, Refusal):
            return rule
        if rule.spread == "first_invoice":
            by_slot[0].append(Slot(rule.pattern, share.charge.amount, share.instruction))
            continue
        for slot, part in enumerate(installments(carrier, plan, share)):
            if part.amount.minor:
                by_slot[slot].append(part)
    by_due: dict[date, list[Slot]] = {}
    fee = Money(carrier.billing.installment_fee_minor, carrier.currency)
    for slot, parts in enumerate(by_slot):
        if not parts:
            continue
        due_on = due_date(carrier, months_after(anchor, slot * plan.months_apart), today=today, holidays=holidays)
        if due_on not in by_due and slot and fee.minor:
            parts.append(Slot(INSTALLMENT_FEE_PATTERN, fee, OWN_FEE))
        by_due[due_on] = merged(by_due.get(due_on, []), parts)
    lead = timedelta(days=carrier.billing.bill_lead_days)
    return tuple(
        [
            PlannedInvoice(payer.payer_id, max(due_on - lead, today), due_on, items)
            for due_on, parts in by_due.items()
            for payer, items in shared(policy_id, payers, parts)
            if items
        ]
    )


def due_date(carrier: Carrier, day: date, *, today: date, holidays: Set[date]) -> date:
    """The due date that `day` becomes: rolled as the carrier rolls, and never before `today`."""
    roll = carrier.billing.due_day_roll
    return max(day if roll == "none" else nearest_business_day(day, roll, holidays), today)


def installments(carrier: Carrier, plan: PaymentPlan, share: Share) -> tuple[Slot, ...]:
    """The down payment and the installments of a charge that may be spread; together they are the charge."""
    pattern, amount = share.charge.pattern, share.charge.amount
    if plan.installments == 0:
        return (Slot(pattern, amount, share.instruction),)
    down = amount.share(plan.down_payment_percent, 100, carrier.rounding)
    if plan.weights:
        rest = tuple([Slot(pattern, part, share.instruction) for part in (amount - down).split_by(plan.weights)])
    else:
        leftover = carrier.billing.leftover
        rest = equal_parts(Share(Charge(pattern, amount - down), share.instruction), plan.installments, leftover)
    return (Slot(pattern, down, share.instruction), *rest)


def equal_parts(share: Share, count: int, leftover: InstallmentLeftover) -> tuple[Slot, ...]:
    """`count` equal parts; odd cents as the carrier says. Nobody is asked for those that are written off."""
    pattern, amount = share.charge.pattern, share.charge.amount
    parts = amount.split(count, leftover="first" if leftover == "first" else "last")
    if leftover != "write_off":
        return tuple([Slot(pattern, part, share.instruction) for part in parts])
    odd = parts[-1].minor - amount.minor // count
    last = Slot(pattern, parts[-1], share.instruction, odd)
    return (*[Slot(pattern, part, share.instruction) for part in parts[:-1]], last)


def merged(earlier: list[Slot], later: Iterable[Slot]) -> list[Slot]:
    """Slots that fall on one due date: one per pattern and instruction."""
    found: dict[tuple[str, int], Slot] = {}
    for slot in (*earlier, *later):
        key = (slot.pattern, slot.instruction)
        before = found.get(key)
        if before is None:
            found[key] = slot
        else:
            written_off = before.written_off + slot.written_off
            found[key] = Slot(slot.pattern, before.amount + slot.amount, slot.instruction, written_off)
    return list(found.values())


def shared(
    policy_id: str, payers: tuple[Payer, ...], parts: list[Slot]
) -> tuple[tuple[Payer, tuple[PlannedItem, ...]], ...]:
    """Each payer's items. One payer, the usual case, takes all. What is written off is the first payer's."""
    if len(payers) == 1:
        return (
            (
                payers[0],
                tuple(
                    [PlannedItem(policy_id, one.pattern, one.amount, one.instruction, one.written_off) for one in parts]
                ),
            ),
        )
    weights = [payer.weight for payer in payers]
    shares = [part.amount.split_by(weights) for part in parts]
    return tuple(
        [
            (payer, _items_of(policy_id, [(part, share[k]) for part, share in zip(parts, shares, strict=True)], k))
            for k, payer in enumerate(payers)
        ]
    )


def _items_of(policy_id: str, parts: list[tuple[Slot, Money]], place: int) -> tuple[PlannedItem, ...]:
    return tuple(
        [
            PlannedItem(policy_id, part.pattern, amount, part.instruction, min(part.written_off, amount.minor))
            if place == 0
            else PlannedItem(policy_id, part.pattern, amount, part.instruction)
            for part, amount in parts
            if amount.minor
        ]
    )
