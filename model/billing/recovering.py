"""Debt that the plan of pursuit gave up, and money that comes for it after all (B12, B21).

    past due --the plan's write-off--> written off --a payment--> restored as far as it is paid
                                           ^                          |
                                           +--the payment bounces-----+

What a payment leaves over, when everything billed is paid, is for what was written off of its payer, the oldest first:
the write-off is reversed, the money pays, and what it does not reach is written off again at once. All practice [K].
"""

from collections.abc import Iterator
from datetime import date, datetime

from model.billing.events import Event
from model.billing.money_events import ItemsWrittenOff, UnappliedDistributed, WriteOffReversed
from model.billing.parts import Applied, Distribution, sum_of
from model.billing.standing import Account, Payment, WriteOff
from model.money import Money

UNCOLLECTIBLE = "uncollectible"
"""The reason of what a plan wrote off, by which it is known again."""


def uncollectible(
    priority: dict[str, int],
    account: Account,
    write_off_id: str,
    *,
    policy_id: str,
    number: int | None,
    on: date,
    at: datetime,
) -> ItemsWrittenOff:
    """All that is past due of a policy, or of one invoice of it, the oldest bill first and each in the order of the
    waterfall.
    """
    parts: list[Distribution] = []
    for invoice in sorted(account.invoices, key=lambda each: (each.due_on, each.number)):
        if invoice.step != "past_due" or number not in (None, invoice.number):
            continue
        places = [k for k, item in enumerate(invoice.items) if item.policy_id == policy_id and item.open]
        places.sort(key=lambda k, items=invoice.items: (priority.get(items[k].pattern, len(priority)), k))
        parts += [Distribution(invoice.number, place, invoice.items[place].open) for place in places]
    return _written_off(account, write_off_id, tuple(parts), on=on, at=at)


def recovered(account: Account, payment: Payment, *, on: date, at: datetime) -> Iterator[Event]:
    """What a payment, as it is left by what is billed, does to what was given up of its payer."""
    left = payment.unapplied.minor
    for each in account.write_offs:
        if not left or each.status != "written_off" or each.reason != UNCOLLECTIBLE:
            continue
        paid: list[Distribution] = []
        rest: list[Distribution] = []
        for part in each.parts:
            mine = account.invoices[part.invoice].payer_id == payment.payer_id
            minor = min(left, part.minor) if mine else 0
            left -= minor
            paid += [Distribution(part.invoice, part.item, minor)] if minor else []
            rest += [Distribution(part.invoice, part.item, part.minor - minor)] if part.minor > minor else []
        if paid:
            yield from _restored(account, payment, each, tuple(paid), tuple(rest), on=on, at=at)


def _restored(
    account: Account,
    payment: Payment,
    one: WriteOff,
    paid: tuple[Distribution, ...],
    rest: tuple[Distribution, ...],
    *,
    on: date,
    at: datetime,
) -> Iterator[Event]:
    yield WriteOffReversed(
        account_id=account.account_id,
        write_off_id=one.write_off_id,
        parts=one.parts,
        amount=Money(sum_of(one.parts), account.unapplied.currency),
        payment_id=payment.payment_id,
        on=on,
        at=at,
    )
    yield UnappliedDistributed(
        account_id=account.account_id,
        payer_id=payment.payer_id,
        sources=(Applied("payment", payment.payment_id, paid),),
        on=on,
        at=at,
    )
    if rest:
        yield _written_off(account, f"{one.write_off_id}/{payment.payment_id}", rest, on=on, at=at)


def lost_again(account: Account, payment: Payment, *, on: date, at: datetime) -> Iterator[ItemsWrittenOff]:
    """A payment that comes back leaves what it had restored as it was before: given up."""
    paid: dict[tuple[int, int], int] = {}
    for part in payment.parts:
        place = part.invoice, part.item
        paid[place] = paid.get(place, 0) + part.minor
    for each in account.write_offs:
        if each.status != "reversed" or each.recovered_by != payment.payment_id:
            continue
        parts = tuple(
            Distribution(part.invoice, part.item, min(part.minor, paid[part.invoice, part.item]))
            for part in each.parts
            if (part.invoice, part.item) in paid
        )
        if parts:
            yield _written_off(account, f"{each.write_off_id}/{payment.payment_id}/returned", parts, on=on, at=at)


def _written_off(
    account: Account, write_off_id: str, parts: tuple[Distribution, ...], *, on: date, at: datetime
) -> ItemsWrittenOff:
    return ItemsWrittenOff(
        account_id=account.account_id,
        write_off_id=write_off_id,
        reason=UNCOLLECTIBLE,
        parts=parts,
        amount=Money(sum_of(parts), account.unapplied.currency),
        on=on,
        at=at,
    )
