"""The double entries of billing, one for each event that moves money.

A charge is written against the account its pattern names (unearned premium, taxes payable, fee income); billing moves
it from unbilled to billed receivables; cash goes through unapplied, so that money received is always somewhere.
"""

from model.billing import account, events
from model.billing.allocation import Distribution
from model.carrier import Carrier, PatternRule
from model.ledger import Account, Entry, Posting, transfer
from model.money import Money


def entry(carrier: Carrier, key: str, event: events.Event, before: account.State) -> Entry | None:
    """The entry of an event on the account as it was before it; None when no money moves. `key` is the event's id."""
    postings = _postings(carrier, event, before)
    return Entry(key, postings) if postings else None


def _postings(carrier: Carrier, event: events.Event, before: account.State) -> tuple[Posting, ...]:
    match event:
        case events.InvoicesPlanned(invoices=planned):
            return tuple(
                posting
                for invoice in planned
                for item in invoice.items
                for posting in transfer(
                    item.amount, debit="receivable_unbilled", credit=written_against(carrier, item.pattern)
                )
            )
        case events.ReturnPremiumCredited(credits=credits, unapplied=unapplied):
            rest = tuple(
                posting
                for charge in unapplied
                for posting in transfer(
                    charge.amount, debit=written_against(carrier, charge.pattern), credit="unapplied_cash"
                )
            )
            return _credited(carrier, before, credits) + rest
        case events.InvoiceBilled(amount=amount):
            return transfer(amount, debit="receivable_billed", credit="receivable_unbilled")
        case events.PaymentReceived(amount=amount):
            return transfer(amount, debit="cash", credit="unapplied_cash")
        case events.PaymentDistributed(parts=parts, unapplied=unapplied):
            return transfer(_spent(parts, unapplied), debit="unapplied_cash", credit="receivable_billed")
        case events.PaymentReturned(parts=parts, unapplied=unapplied):
            spent = _spent(parts, unapplied)
            restored = transfer(spent, debit="receivable_billed", credit="unapplied_cash")
            return restored + transfer(spent + unapplied, debit="unapplied_cash", credit="cash")
        case events.FeeCharged(amount=amount):
            return transfer(amount, debit="receivable_billed", credit=written_against(carrier, "fee"))
        case events.ChargesReceived() | events.InvoiceFellDue():
            return ()


def written_against(carrier: Carrier, pattern: str) -> Account:
    """The account that a charge of `pattern` is written against."""
    rule = carrier.pattern(pattern)
    return rule.credit_account if isinstance(rule, PatternRule) else "unearned_premium"


def _credited(carrier: Carrier, before: account.State, credits: tuple[Distribution, ...]) -> tuple[Posting, ...]:
    if not isinstance(before, account.Account):
        return ()
    postings: tuple[Posting, ...] = ()
    for part in credits:
        invoice = before.invoices[part.invoice]
        where: Account = "receivable_unbilled" if invoice.step == "planned" else "receivable_billed"
        source = written_against(carrier, invoice.items[part.item].pattern)
        postings += transfer(Money(part.minor, carrier.currency), debit=source, credit=where)
    return postings


def _spent(parts: tuple[Distribution, ...], unapplied: Money) -> Money:
    return Money(sum(part.minor for part in parts), unapplied.currency)
