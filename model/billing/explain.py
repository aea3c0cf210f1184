"""Why a cent is on an invoice: from the item back to what was charged, how it was sliced, and what became of it.

    charge -> instruction -> plan -> its share by payer and slot -> item -> paid, credited, written off

What is told is recomputed from what the account was told, never remembered, and says where it does not lead to the
item any more (a plan change, a joined endorsement): then the item speaks for itself.
"""

from collections.abc import Iterator, Set
from datetime import date
from typing import Literal

from msgspec import Struct

from model.billing.invoice import Invoice, Item
from model.billing.parts import Distribution
from model.billing.plan import (
    CHARGED_FEE,
    INSTALLMENT_FEE_PATTERN,
    Charge,
    Payer,
    PlannedInvoice,
    PlannedItem,
    planned_invoices,
)
from model.billing.standing import Account, Instruction
from model.billing.terms import paying
from model.carrier import Carrier
from model.daycount import NO_HOLIDAYS
from model.decider import Refusal
from model.money import Money

Rule = Literal["plan_slice", "endorsement", "own_fee", "charged_fee", "recapture", "replanned"]


class Settled(Struct, frozen=True, gc=False):
    """`minor` units of it by a payment, a return premium, or a write-off, by id."""

    how: Literal["payment", "credit", "write_off"]
    by: str
    minor: int


class ItemExplanation(Struct, frozen=True, kw_only=True):
    """`charge` is what the instruction charged for the pattern; None where no instruction asked for the item. `rule` is
    `plan_slice` where the plan still gives this amount for this due date and payer, `replanned` where it was moved.
    """

    invoice: int
    item: int
    policy_id: str
    pattern: str
    amount: Money
    rule: Rule
    instruction_id: str | None
    charge: Money | None
    plan: str | None
    anchor: date | None
    due_on: date
    leftover: str
    weight: tuple[int, int] | None
    settled: tuple[Settled, ...]
    open: Money


def explain(
    carrier: Carrier, account: Account, *, invoice: int, item: int, holidays: Set[date] = NO_HOLIDAYS
) -> ItemExplanation | Refusal:
    """The item at a place of an invoice. `weight` is the payer's share of all payers' weights; `holidays`
    are those of the law that the account's machine was made with.
    """
    if not 0 <= invoice < len(account.invoices) or not 0 <= item < len(account.invoices[invoice].items):
        return Refusal("unknown_item", f"account {account.account_id} has no item {item} on invoice {invoice}")
    bill, line = account.invoices[invoice], account.invoices[invoice].items[item]
    currency = account.unapplied.currency
    told = account.instructions[line.instruction] if line.instruction >= 0 else None
    return ItemExplanation(
        invoice=invoice,
        item=item,
        policy_id=line.policy_id,
        pattern=line.pattern,
        amount=Money(line.amount, currency),
        rule=_rule(carrier, account, bill, line, told, holidays),
        instruction_id=told.instruction_id if told else None,
        charge=_charged(told.charges, line.pattern, currency) if told else None,
        plan=told.plan if told else None,
        anchor=told.on if told else None,
        due_on=bill.due_on,
        leftover=carrier.billing.leftover,
        weight=_weight(_payers(account, bill, told), bill.payer_id) if told else None,
        settled=tuple(_settled(account, Distribution(invoice, item, 0))),
        open=Money(line.open, currency),
    )


def _charged(charges: tuple[Charge, ...], pattern: str, currency: str) -> Money:
    return Money(sum([charge.amount.minor for charge in charges if charge.pattern == pattern]), currency)


def _payers(account: Account, bill: Invoice, told: Instruction) -> tuple[Payer, ...]:
    """Those who were told to pay, or those who took over from them when the bill is one of theirs."""
    if any(payer.payer_id == bill.payer_id for payer in told.payers):
        return told.payers
    return paying(account, told.policy_id, told.payers)


def _weight(payers: tuple[Payer, ...], payer_id: str) -> tuple[int, int] | None:
    weights = {payer.payer_id: payer.weight for payer in payers}
    return (weights[payer_id], sum(weights.values())) if payer_id in weights else None


def _rule(
    carrier: Carrier, account: Account, bill: Invoice, line: Item, told: Instruction | None, holidays: Set[date]
) -> Rule:
    if told is None:
        if line.instruction == CHARGED_FEE:
            return "charged_fee"
        return "own_fee" if line.pattern == INSTALLMENT_FEE_PATTERN else "recapture"
    if told.kind == "endorsement":
        return "endorsement"
    payers = _payers(account, bill, told)
    return "plan_slice" if _slice(carrier, payers, bill, line, told, holidays) == line.amount else "replanned"


def _slice(
    carrier: Carrier, payers: tuple[Payer, ...], bill: Invoice, line: Item, told: Instruction, holidays: Set[date]
) -> int | None:
    """What the plan of the instruction puts on this due date for this payer, in minor units."""
    plan = carrier.plan(told.plan)
    if isinstance(plan, Refusal) or told.on is None or told.today is None:
        return None
    planned = planned_invoices(
        carrier,
        policy_id=told.policy_id,
        plan=plan,
        payers=payers,
        charges=told.charges,
        anchor=told.on,
        today=told.today,
        holidays=holidays,
        instruction=line.instruction,
    )
    if isinstance(planned, Refusal):
        return None
    found = [item.amount.minor for one in planned if _is_due(one, bill) for item in one.items if _same(item, line)]
    return sum(found) if found else None


def _is_due(planned: PlannedInvoice, bill: Invoice) -> bool:
    return planned.payer_id == bill.payer_id and planned.due_on == bill.due_on


def _same(item: PlannedItem, line: Item) -> bool:
    return (item.pattern, item.instruction) == (line.pattern, line.instruction)


def _settled(account: Account, at: Distribution) -> Iterator[Settled]:
    for payment in account.payments:
        if payment.status == "received":
            yield from _of("payment", payment.payment_id, payment.parts, at)
    for credit in account.credits:
        yield from _of("credit", credit.payment_id, credit.parts, at)
    for write_off in account.write_offs:
        if write_off.status == "written_off":
            yield from _of("write_off", write_off.write_off_id, write_off.parts, at)


def _of(
    how: Literal["payment", "credit", "write_off"], by: str, parts: tuple[Distribution, ...], at: Distribution
) -> Iterator[Settled]:
    minor = sum([part.minor for part in parts if (part.invoice, part.item) == (at.invoice, at.item)])
    if minor:
        yield Settled(how, by, minor)


def sentence(found: ItemExplanation) -> str:
    """The explanation for a person."""
    if found.rule == "own_fee":
        why = "a fee of billing's own for the installment"
    elif found.rule == "charged_fee":
        why = "a fee for what happened on the account, charged once"
    elif found.rule == "recapture":
        why = "money that was sent back and then never came"
    else:
        why = f"of {found.charge} that {found.instruction_id} charged"
        if found.rule == "plan_slice":
            why += f", sliced by plan {found.plan} from {found.anchor} with odd cents {found.leftover}"
        if found.rule == "endorsement":
            why += f" for a change that takes effect on {found.anchor}"
        if found.rule == "replanned":
            why += ", moved here since"
        if found.weight is not None and found.weight[0] != found.weight[1]:
            why += f", {found.weight[0]} of {found.weight[1]} parts of it"
    currency = found.amount.currency
    became = ", ".join([f"{Money(one.minor, currency)} by {_HOW[one.how]} {one.by}" for one in found.settled])
    return f"{found.pattern} of {found.policy_id}, {found.amount} due {found.due_on}: {why}; {_became(found, became)}"


_HOW = {"payment": "payment", "credit": "return premium", "write_off": "write-off"}


def _became(found: ItemExplanation, settled: str) -> str:
    left = f"{found.open} is open" if found.open.minor else "nothing is open"
    return f"settled {settled}; {left}" if settled else f"nothing settled yet; {left}"
