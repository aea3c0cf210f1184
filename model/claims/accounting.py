"""The double entries of claims: reserves against incurred loss, payments out of cash."""

from model.claims import events
from model.ledger import Entry, Posting, transfer


def entry(key: str, event: events.Event) -> Entry | None:
    """The entry of an event; None when no money moves. `key` is the event's id."""
    postings = _postings(event)
    return Entry(key, postings) if postings else None


def _postings(event: events.Event) -> tuple[Posting, ...]:
    match event:
        case events.ReserveChanged(change=change):
            return transfer(change, debit="incurred_loss", credit="loss_reserve")
        case events.PaymentIssued(amount=amount):
            return transfer(amount, debit="loss_reserve", credit="cash")
        case (
            events.ClaimReported()
            | events.CoverageVerified()
            | events.CoverageDenied()
            | events.ClaimAcknowledged()
            | events.ProofOfLossReceived()
            | events.LossInspected()
            | events.PaymentRequested()
            | events.PaymentFailed()
            | events.ClaimClosed()
        ):
            return ()
