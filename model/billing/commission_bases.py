"""On which premium commission is earned: as it is written, billed or paid, read from what the account recorded."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from model.billing import events, money_events
from model.billing.invoice import Item
from model.billing.parts import Distribution
from model.billing.standing import Account
from model.choices.billing import CommissionBasis

Bases: TypeAlias = dict[tuple[str, date], int]
"""Commissionable premium in minor units, by policy and the day on which it takes effect."""


def _written(commissionable: frozenset[str], event: object, before: object) -> Bases:
    """Everything charged, and everything taken back, on the day on which it takes effect."""
    _ = before
    if not isinstance(event, events.ChargesReceived):
        return {}
    charges = (charge.amount.minor for charge in event.charges if charge.pattern in commissionable)
    return {(event.policy_id, event.on): sum(charges)}


def _billed(commissionable: frozenset[str], event: object, before: object) -> Bases:
    """What is billed takes effect when it is due. What comes back counts as far as it had been billed."""
    bases: Bases = {}
    if isinstance(event, events.InvoiceBilled) and isinstance(before, Account):
        invoice = before.invoices[event.number]
        for item in invoice.items:
            _add(bases, commissionable, item, invoice.due_on, item.open)
    if isinstance(event, events.ReturnPremiumCredited) and isinstance(before, Account):
        for part in event.credits:
            invoice = before.invoices[part.invoice]
            if invoice.step != "planned":
                _add(bases, commissionable, invoice.items[part.item], event.on, -part.minor)
        _take_rest(bases, commissionable, event)
    return bases


def _paid(commissionable: frozenset[str], event: object, before: object) -> Bases:
    """What is paid takes effect when it was due. What comes back counts as far as it had been paid."""
    bases: Bases = {}
    sign = -1 if isinstance(event, (events.PaymentReturned, money_events.PlanChanged)) else 1
    if isinstance(before, Account):
        for part in _paying(event):
            invoice = before.invoices[part.invoice]
            _add(bases, commissionable, invoice.items[part.item], invoice.due_on, sign * part.minor)
    if isinstance(event, events.ReturnPremiumCredited):
        _take_rest(bases, commissionable, event)
    return bases


def _paying(event: object) -> tuple[Distribution, ...]:
    """The parts that became paid, or are paid no more: of a payment, of money that had waited, of a plan changed."""
    match event:
        case events.PaymentDistributed(parts=parts) | events.PaymentReturned(parts=parts):
            return parts
        case money_events.UnappliedDistributed(sources=sources) | money_events.PlanChanged(undone=sources):
            return tuple([part for source in sources for part in source.parts])
        case _:
            return ()


def _add(bases: Bases, commissionable: frozenset[str], item: Item, on: date, minor: int) -> None:
    if item.pattern in commissionable and minor:
        bases[item.policy_id, on] = bases.get((item.policy_id, on), 0) + minor


def _take_rest(bases: Bases, commissionable: frozenset[str], event: events.ReturnPremiumCredited) -> None:
    """Return premium that closed nothing is of premium that was billed and paid."""
    rest = sum(charge.amount.minor for charge in event.unapplied if charge.pattern in commissionable)
    if rest:
        bases[event.policy_id, event.on] = bases.get((event.policy_id, event.on), 0) - rest


EARNING: dict[CommissionBasis, tuple[Callable[[frozenset[str], object, object], Bases], tuple[type[object], ...]]] = {
    "written": (_written, (events.ChargesReceived,)),
    "billed": (_billed, (events.InvoiceBilled, events.ReturnPremiumCredited)),
    "paid": (
        _paid,
        (
            events.PaymentDistributed,
            events.PaymentReturned,
            events.ReturnPremiumCredited,
            money_events.UnappliedDistributed,
            money_events.PlanChanged,
        ),
    ),
}
"""By basis: the premium of an event, and the events that have any."""
