"""Money that waited unapplied pays what is billed now.

Money of a payment and return premium that closed nothing wait for their own payer. What each source paid is recorded
with it, so that a payment that comes back takes back exactly that.
"""

from datetime import date, datetime

from msgspec.structs import replace

from model.billing.allocation import distributed
from model.billing.dispatch import Effect, effect
from model.billing.events import Event
from model.billing.items import changed
from model.billing.money_events import UnappliedDistributed
from model.billing.parts import Applied, Distribution, SourceKind, numbers_of, sum_of
from model.billing.standing import Account, Payment
from model.billing.terms import prior_terms
from model.carrier import Carrier
from model.money import Money


def priorities(carrier: Carrier) -> dict[str, int]:
    return {rule.pattern: rule.priority for rule in carrier.patterns}


def sources_of(account: Account, payer_id: str) -> list[tuple[SourceKind, Payment]]:
    """What of a payer waits, oldest first, payments before return premiums."""
    found: list[tuple[SourceKind, Payment]] = []
    for each in account.payments:
        if each.unapplied.minor and each.status == "received" and each.payer_id == payer_id:
            found.append(("payment", each))
    for each in account.credits:
        if each.unapplied.minor and each.payer_id == payer_id:
            found.append(("credit", each))
    return found


def apply_unapplied(
    priority: dict[str, int], account: Account, payer_id: str, *, on: date, at: datetime
) -> tuple[Event, ...]:
    """What waits of a payer pays what is billed to it; nothing when nothing waits or nothing is open."""
    if not account.unapplied.minor:
        return ()
    sources = sources_of(account, payer_id)
    minor = sum([each.unapplied.minor for _, each in sources])
    if not minor:
        return ()
    parts, _ = distributed(account.invoices, payer_id, minor, priority, prior=prior_terms(account.instructions))
    if not parts:
        return ()
    applied = _by_source(parts, sources)
    return (UnappliedDistributed(account_id=account.account_id, payer_id=payer_id, sources=applied, on=on, at=at),)


def _by_source(parts: tuple[Distribution, ...], sources: list[tuple[SourceKind, Payment]]) -> tuple[Applied, ...]:
    """Whose money pays which part: the sources in their order, each until it is spent."""
    waiting = list(parts)
    found: list[Applied] = []
    for kind, source in sources:
        left = source.unapplied.minor
        paid: list[Distribution] = []
        while left and waiting:
            part = waiting[0]
            minor = min(left, part.minor)
            paid.append(Distribution(part.invoice, part.item, minor))
            left -= minor
            if minor == part.minor:
                waiting.pop(0)
            else:
                waiting[0] = Distribution(part.invoice, part.item, part.minor - minor)
        if paid:
            found.append(Applied(kind, source.payment_id, tuple(paid)))
    return tuple(found)


def unapplied_distributed(account: Account, event: UnappliedDistributed) -> Account:
    payments, credits = account.payments, account.credits
    invoices, spent = account.invoices, 0
    for source in event.sources:
        spent += sum_of(source.parts)
        invoices = changed(invoices, source.parts, "settle")
        if source.kind == "payment":
            payments = _with_parts(payments, source, event.payer_id)
        else:
            credits = _with_parts(credits, source, event.payer_id)
    left = Money(account.unapplied.minor - spent, account.unapplied.currency)
    return replace(account, invoices=invoices, payments=payments, credits=credits, unapplied=left)


def _with_parts(held: tuple[Payment, ...], source: Applied, payer_id: str) -> tuple[Payment, ...]:
    """A return premium has an entry for each of its payers, a payment one."""
    spent = sum_of(source.parts)
    return tuple(
        [
            replace(
                each,
                distributed=each.distributed + numbers_of(source.parts),
                unapplied=Money(each.unapplied.minor - spent, each.unapplied.currency),
            )
            if each.payment_id == source.source_id and each.payer_id == payer_id
            else each
            for each in held
        ]
    )


EFFECTS: dict[type[Event], Effect] = dict((effect(UnappliedDistributed, unapplied_distributed),))
