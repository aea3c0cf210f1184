"""The double entries of claims: reserves against incurred loss, payments out of cash, recoveries in."""

from model.claims import events
from model.claims.vocabulary import PaymentKind
from model.ledger import Account, Entry, Posting, transfer


def entry(key: str, event: events.Event) -> Entry | None:
    """The entry of an event; None when no money moves. `key` is the event's id."""
    postings = _postings(event)
    return Entry(key, postings) if postings else None


def _postings(event: events.Event) -> tuple[Posting, ...]:
    if isinstance(event, events.NoticeEvent | events.CoverEvent):
        return ()
    match event:
        case events.ReserveChanged(change=change):
            return transfer(change, debit="incurred_loss", credit="loss_reserve")
        case events.PaymentIssued(amount=amount, kind=kind):
            return transfer(amount, debit=_borne_by(kind), credit="cash")
        case events.PaymentStopped(amount=amount, kind=kind) | events.PaymentVoided(amount=amount, kind=kind):
            return transfer(amount, debit="cash", credit=_borne_by(kind))
        case events.PaymentStaleDated(amount=amount):
            return transfer(amount, debit="cash", credit="unclaimed_property")
        case events.PaymentEscheated(amount=amount):
            return transfer(amount, debit="unclaimed_property", credit="cash")
        case events.PaymentReissued(amount=amount, kind=kind, held="for_payee"):
            return transfer(amount, debit="unclaimed_property", credit=_borne_by(kind))
        case events.RecoveryReceived(amount=amount, expense=expense, to_insured=to_insured):
            return (
                *transfer(amount, debit="cash", credit="loss_recovery"),
                *transfer(expense, debit="recovery_expense", credit="cash"),
                *transfer(to_insured, debit="loss_recovery", credit="deductible_refunds_payable"),
            )
        case (
            events.PaymentHeld()
            | events.PaymentRequested()
            | events.DuplicateSuspected()
            | events.PaymentDenied()
            | events.PaymentFailed()
            | events.PaymentCleared()
            | events.PaymentReissued()
            | events.RecoveryReserveChanged()
        ):
            return ()


def _borne_by(kind: PaymentKind) -> Account:
    """A supplemental payment was never reserved and is incurred as it is paid."""
    return "incurred_loss" if kind == "supplemental" else "loss_reserve"
