"""How a payment plan turns charges into installments, to the cent.

What may be spread is split into a down payment and installments; what may not (fees and first-invoice taxes) joins
the first invoice. Due dates are counted from the anchor, the first day of the term, so that a 31st stays a month end.
Several payers share every charge by weight.
"""

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier, PaymentPlan
from model.daycount import months_after
from model.decider import Refusal
from model.money import Money

INSTALLMENT_FEE_PATTERN = "fee"


class Charge(Struct, frozen=True, gc=False):
    """Money to bill for a pattern; negative when it is to be credited."""

    pattern: str
    amount: Money


class Payer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee"]
    weight: int


class PlannedItem(Struct, frozen=True, gc=False):
    policy_id: str
    pattern: str
    amount: Money


class PlannedInvoice(Struct, frozen=True):
    payer_id: str
    bill_on: date
    due_on: date
    items: tuple[PlannedItem, ...]


def planned_invoices(
    carrier: Carrier,
    *,
    policy_id: str,
    plan: PaymentPlan,
    payers: tuple[Payer, ...],
    charges: tuple[Charge, ...],
    anchor: date,
    today: date,
) -> tuple[PlannedInvoice, ...] | Refusal:
    """One invoice per payer and due date, earliest first. Nothing is billed or due before `today`."""
    by_slot: list[list[Charge]] = [[] for _ in range(plan.installments + 1)]
    for charge in charges:
        rule = carrier.pattern(charge.pattern)
        if isinstance(rule, Refusal):
            return rule
        amounts = (charge.amount,) if rule.spread == "first_invoice" else _installments(carrier, plan, charge.amount)
        for slot, amount in enumerate(amounts):
            if amount.minor:
                by_slot[slot].append(Charge(charge.pattern, amount))
    fee = Money(carrier.billing.installment_fee_minor, carrier.currency)
    invoices: list[PlannedInvoice] = []
    for slot, parts in enumerate(by_slot):
        if parts and slot and fee.minor:
            parts.append(Charge(INSTALLMENT_FEE_PATTERN, fee))
        due_on = max(months_after(anchor, slot * plan.months_apart), today)
        bill_on = max(due_on - timedelta(days=carrier.billing.bill_lead_days), today)
        invoices.extend(
            PlannedInvoice(payer.payer_id, bill_on, due_on, items)
            for payer, items in _shared(policy_id, payers, parts)
            if items
        )
    return tuple(invoices)


def _installments(carrier: Carrier, plan: PaymentPlan, amount: Money) -> tuple[Money, ...]:
    if plan.installments == 0:
        return (amount,)
    down = amount.share(plan.down_payment_percent, 100, carrier.rounding)
    return (down, *(amount - down).split(plan.installments, leftover=carrier.billing.leftover))


def _shared(
    policy_id: str, payers: tuple[Payer, ...], parts: list[Charge]
) -> tuple[tuple[Payer, tuple[PlannedItem, ...]], ...]:
    """Each payer's items. One payer, the usual case, takes all."""
    if len(payers) == 1:
        return ((payers[0], tuple(PlannedItem(policy_id, part.pattern, part.amount) for part in parts)),)
    weights = [payer.weight for payer in payers]
    shares = [part.amount.split_by(weights) for part in parts]
    return tuple(
        (
            payer,
            tuple(
                PlannedItem(policy_id, part.pattern, share[k])
                for part, share in zip(parts, shares, strict=True)
                if share[k].minor
            ),
        )
        for k, payer in enumerate(payers)
    )
