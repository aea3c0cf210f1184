"""The double entries of billing, one for each event that moves money.

A charge is written against the account its pattern names (unearned premium, taxes payable, fee income); billing moves
it from unbilled to billed receivables; cash goes through unapplied, so that money received is always somewhere. What
is on its way back to a party is owed to it; what nobody is asked for any more is bad debt.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from model.billing import account, events, money_events, repointing_messages
from model.billing.parts import Distribution, sum_of
from model.billing.plan import PlannedItem
from model.carrier import Carrier
from model.choices.patterns import PatternRule
from model.ledger import Account, Entry, Posting, transfer
from model.money import Money

E = TypeVar("E", bound=events.Event)
Postings = Callable[[Carrier, events.Event, account.State], tuple[Posting, ...]]


def entry(carrier: Carrier, key: str, event: events.Event, before: account.State) -> Entry | None:
    """The entry of an event on the account as it was before it; None when no money moves. `key` is the event's id."""
    post = POSTINGS.get(type(event))
    postings = post(carrier, event, before) if post is not None else ()
    return Entry(key, postings) if postings else None


def written_against(carrier: Carrier, pattern: str) -> Account:
    """The account that a charge of `pattern` is written against."""
    rule = carrier.pattern(pattern)
    return rule.credit_account if isinstance(rule, PatternRule) else "unearned_premium"


# --- charges


def _planned(carrier: Carrier, event: events.InvoicesPlanned, before: account.State) -> tuple[Posting, ...]:
    _ = before
    found: list[Posting] = []
    for items in (*[each.items for each in event.invoices], *[each.items for each in event.joined]):
        for item in items:
            found += _item(carrier, item)
    return tuple(found)


def _item(carrier: Carrier, item: PlannedItem) -> tuple[Posting, ...]:
    """Odd cents that nobody is asked for are bad debt from the first day."""
    charged = transfer(item.amount, debit="receivable_unbilled", credit=written_against(carrier, item.pattern))
    odd = Money(item.written_off, item.amount.currency)
    return charged + transfer(odd, debit="bad_debt", credit="receivable_unbilled")


def _credited(carrier: Carrier, event: events.ReturnPremiumCredited, before: account.State) -> tuple[Posting, ...]:
    found = list(_taken_back(carrier, before, event.credits))
    for charge in event.unapplied:
        found += transfer(charge.amount, debit=written_against(carrier, charge.pattern), credit="unapplied_cash")
    return tuple(found)


def _taken_back(carrier: Carrier, before: account.State, parts: Iterable[Distribution]) -> tuple[Posting, ...]:
    """Receivables that are none any more, against what they were written against."""
    if not isinstance(before, account.Account):
        return ()
    found: list[Posting] = []
    for part in parts:
        invoice = before.invoices[part.invoice]
        where: Account = "receivable_unbilled" if invoice.step == "planned" else "receivable_billed"
        source = written_against(carrier, invoice.items[part.item].pattern)
        found += transfer(Money(part.minor, carrier.currency), debit=source, credit=where)
    return tuple(found)


def _plan_changed(carrier: Carrier, event: money_events.PlanChanged, before: account.State) -> tuple[Posting, ...]:
    """What was paid is unapplied again, and what is withdrawn is planned anew by the next event."""
    undone = Money(sum([sum_of(source.parts) for source in event.undone]), carrier.currency)
    return (
        *transfer(undone, debit="receivable_billed", credit="unapplied_cash"),
        *_taken_back(carrier, before, event.withdrawn),
    )


def _fee_waived(carrier: Carrier, event: events.FeeWaived, before: account.State) -> tuple[Posting, ...]:
    undone = Money(sum([sum_of(source.parts) for source in event.undone]), carrier.currency)
    return (
        *transfer(undone, debit="receivable_billed", credit="unapplied_cash"),
        *_taken_back(carrier, before, event.withdrawn),
    )


def _parted(carrier: Carrier, event: repointing_messages.PayerRepointed, before: account.State) -> tuple[Posting, ...]:
    """What leaves invoices is planned anew by the next event."""
    return _taken_back(carrier, before, event.withdrawn)


def _fees_dropped(
    carrier: Carrier, event: money_events.InstallmentFeesDropped, before: account.State
) -> tuple[Posting, ...]:
    return _taken_back(carrier, before, event.parts)


def _fee(carrier: Carrier, event: events.FeeCharged, before: account.State) -> tuple[Posting, ...]:
    planned = (
        isinstance(before, account.Account)
        and event.number < len(before.invoices)
        and before.invoices[event.number].step == "planned"
    )
    where: Account = "receivable_unbilled" if planned else "receivable_billed"
    return transfer(event.amount, debit=where, credit=written_against(carrier, "fee"))


# --- payments


def _distributed(carrier: Carrier, event: events.PaymentDistributed, before: account.State) -> tuple[Posting, ...]:
    _ = carrier, before
    spent = Money(sum_of(event.parts), event.unapplied.currency)
    return transfer(spent, debit="unapplied_cash", credit="receivable_billed")


def _applied(carrier: Carrier, event: money_events.UnappliedDistributed, before: account.State) -> tuple[Posting, ...]:
    _ = before
    spent = Money(sum([sum_of(source.parts) for source in event.sources]), carrier.currency)
    return transfer(spent, debit="unapplied_cash", credit="receivable_billed")


def _returned(carrier: Carrier, event: events.PaymentReturned, before: account.State) -> tuple[Posting, ...]:
    """The bank takes all of it; what was sent back to a party is booked by the receivable that it becomes."""
    _ = carrier, before
    spent = Money(sum_of(event.parts), event.unapplied.currency)
    restored = transfer(spent, debit="receivable_billed", credit="unapplied_cash")
    return restored + transfer(spent + event.unapplied, debit="unapplied_cash", credit="cash")


def _transfers(debit: Account, credit: Account) -> Callable[[Carrier, object, account.State], tuple[Posting, ...]]:
    """The whole amount of an event from one account to another."""

    def post(carrier: Carrier, event: object, before: account.State) -> tuple[Posting, ...]:
        _ = carrier, before
        return transfer(cast("events.InvoiceBilled", event).amount, debit=debit, credit=credit)

    return post


def _row(
    kind: type[E], post: Callable[[Carrier, E, account.State], tuple[Posting, ...]]
) -> tuple[type[events.Event], Postings]:
    return kind, cast("Postings", post)


POSTINGS: dict[type[events.Event], Postings] = dict(
    (
        _row(events.InvoicesPlanned, _planned),
        _row(events.ReturnPremiumCredited, _credited),
        _row(events.InvoiceBilled, _transfers("receivable_billed", "receivable_unbilled")),
        _row(events.PaymentReceived, _transfers("cash", "unapplied_cash")),
        _row(events.PaymentDistributed, _distributed),
        _row(events.PaymentReturned, _returned),
        _row(events.FeeCharged, _fee),
        _row(events.FeeWaived, _fee_waived),
        _row(money_events.UnappliedDistributed, _applied),
        _row(money_events.ItemsWrittenOff, _transfers("bad_debt", "receivable_billed")),
        _row(money_events.WriteOffReversed, _transfers("receivable_billed", "bad_debt")),
        _row(money_events.RecaptureCharged, _transfers("receivable_billed", "cash")),
        _row(money_events.DisbursementDrafted, _transfers("unapplied_cash", "disbursements_payable")),
        _row(money_events.DisbursementRejected, _transfers("disbursements_payable", "unapplied_cash")),
        _row(money_events.DisbursementPaidAfterRejection, _transfers("unapplied_cash", "cash")),
        _row(money_events.DisbursementExecuted, _transfers("disbursements_payable", "cash")),
        _row(money_events.DisbursementReversed, _transfers("cash", "unapplied_cash")),
        _row(money_events.PlanChanged, _plan_changed),
        _row(money_events.InstallmentFeesDropped, _fees_dropped),
        _row(repointing_messages.PayerRepointed, _parted),
    )
)
"""The entry of every event that moves money, by its type; the others move none."""
