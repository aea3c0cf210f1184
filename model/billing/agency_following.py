"""What follows for those who sell: their commission, and the items of an agency's statement.

A renewal or rewrite begins a term of its own before its charges are billed, so that they are of the new term already.
"""

from datetime import date
from typing import cast

from msgspec import Struct

from model.billing import commission, events, producer, statement
from model.billing.commission import BeginCommissionTerm
from model.billing.follower import Command, Kept, Recorded
from model.billing.invoice import Item
from model.billing.producer import PostCommission
from model.billing.standing import Account, State
from model.billing.statement import AddStatementItem, CommissionPart
from model.billing.terms import kind_of
from model.carrier import Carrier
from model.daycount import months_after
from model.money import Money
from model.reaction import Delivery, Reaction, reaction


def posted(
    kept: Kept, event: commission.CommissionEarned | commission.CommissionChargedBack, recorded: Recorded
) -> tuple[Command, ...]:
    _ = kept
    if not event.amount.minor:
        return ()
    return (
        PostCommission(
            producer_id=event.producer_id, entry_id=recorded.event_id, amount=event.amount, on=event.on, at=event.at
        ),
    )


# --- agency bill


def on_statement(
    kept: Kept, carrier: Carrier, commissionable: frozenset[str], event: events.InvoiceBilled, recorded: Recorded
) -> tuple[Command, ...]:
    """What an agency is billed for is an item of its statement of the month, or of the first one still open. A producer
    that is insured here itself pays that as anybody does.
    """
    before: State = cast("State", recorded.before)
    if not isinstance(before, Account) or isinstance(kept.producer(event.payer_id), producer.Unappointed):
        return ()
    invoice = before.invoices[event.number]
    by_policy: dict[str, list[Item]] = {}
    for item in invoice.items:
        by_policy.setdefault(item.policy_id, []).append(item)
    by_statement = [one for one in by_policy if kind_of(before, one, event.payer_id) == "agency"]
    if not by_statement:
        return ()
    month = _open_month(kept, event.payer_id, event.on)
    return tuple(
        AddStatementItem(
            producer_id=event.payer_id,
            month=month,
            item_id=f"{event.account_id}/{event.number}/{policy_id}",
            account_id=event.account_id,
            policy_id=policy_id,
            gross=Money(sum(item.open for item in by_policy[policy_id]), carrier.currency),
            parts=_parts(
                kept, carrier, event.payer_id, policy_id, _base(by_policy[policy_id], commissionable), invoice.due_on
            ),
            on=event.on,
            at=event.at,
        )
        for policy_id in by_statement
        if any(item.open for item in by_policy[policy_id])
    )


def _base(items: list[Item], commissionable: frozenset[str]) -> int:
    return sum(item.open for item in items if item.pattern in commissionable)


def _open_month(kept: Kept, producer_id: str, on: date) -> str:
    first = on.replace(day=1)
    months = 0
    while isinstance(kept.statement(producer_id, f"{months_after(first, months):%Y-%m}"), statement.Issued):
        months += 1
    return f"{months_after(first, months):%Y-%m}"


def _parts(
    kept: Kept, carrier: Carrier, payer_id: str, policy_id: str, base: int, on: date
) -> tuple[CommissionPart, ...]:
    """What the payer keeps: its own commission and that of everybody below it, whom it pays."""
    assigned = kept.commission(policy_id)
    record = commission.record_on(assigned, on) if isinstance(assigned, commission.Assigned) else None
    if record is None:
        return ()
    payees = producer.chain(kept.producer, carrier, record.producer_id, product=record.product, on=on)
    places = [place for place, payee in enumerate(payees) if payee.producer_id == payer_id]
    kept_by_payer = payees[: places[0] + 1] if places else ()
    return tuple(
        CommissionPart(payee.producer_id, Money(base, carrier.currency).times(payee.rate, carrier.rounding))
        for payee in kept_by_payer
    )


# --- terms


class BegunTerm(Struct, frozen=True, gc=False):
    policy_id: str
    start: date


def begin_term(term: BegunTerm, delivery: Delivery) -> tuple[Command, ...]:
    """A renewal or rewrite starts a term of its own, whose return premium takes back its own commission."""
    return (BeginCommissionTerm(policy_id=term.policy_id, on=term.start, at=delivery.at),)


class OfferedTerm(Struct, frozen=True, gc=False):
    asks: str
    policy_id: str
    start: date


def begin_offered_term(offer: OfferedTerm, delivery: Delivery) -> tuple[Command, ...]:
    """The bill of an offer is the first that billing hears of the next term."""
    if offer.asks != "bill":
        return ()
    return (BeginCommissionTerm(policy_id=offer.policy_id, on=offer.start, at=delivery.at),)


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.policy.renewed.v1", BegunTerm, begin_term),
    reaction("insurance.process.renewal_bind.asked.v1", OfferedTerm, begin_offered_term),
    reaction("insurance.policy.rewritten.v1", BegunTerm, begin_term),
)
"""Before the charges of the term are billed, so that they are of the new term already."""
