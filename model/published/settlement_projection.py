"""How what happened to a dispute, a payout or an entry of the reconciliation is told to the others."""

from model.payments import dispute, payout_events, reconciliation_events
from model.published import settlement_events as published
from model.wire import to_wire


def dispute_opened(event: dispute.DisputeOpened) -> published.DisputeOpened:
    disputed = event.disputed
    return published.DisputeOpened(
        dispute_id=event.dispute_id,
        intent_id=disputed.intent_id,
        reference=disputed.reference,
        amount=to_wire(disputed.amount),
        reason=disputed.reason,
        answer_by=event.answer_by,
    )


def dispute_won(event: dispute.DisputeWon) -> published.DisputeWon:
    disputed = event.disputed
    return published.DisputeWon(
        dispute_id=event.dispute_id,
        intent_id=disputed.intent_id,
        reference=disputed.reference,
        amount=to_wire(disputed.amount),
    )


def dispute_lost(event: dispute.DisputeLost) -> published.DisputeLost:
    disputed = event.disputed
    return published.DisputeLost(
        dispute_id=event.dispute_id,
        intent_id=disputed.intent_id,
        reference=disputed.reference,
        amount=to_wire(disputed.amount),
        cause=event.cause,
    )


def payout_issued(event: payout_events.PayoutEmitted) -> published.PayoutIssued:
    item = event.item
    return published.PayoutIssued(
        run_id=event.run_id,
        payment_id=item.payment_id,
        party_id=item.party_id,
        amount=to_wire(item.amount),
        instruction_id=event.instruction_id,
    )


def payout_settled(event: payout_events.PayoutPosted) -> published.PayoutSettled:
    item = event.item
    return published.PayoutSettled(
        run_id=event.run_id, payment_id=item.payment_id, party_id=item.party_id, amount=to_wire(item.amount)
    )


def payout_returned(event: payout_events.PayoutVoided) -> published.PayoutReturned:
    item = event.item
    return published.PayoutReturned(
        run_id=event.run_id,
        payment_id=item.payment_id,
        party_id=item.party_id,
        amount=to_wire(item.amount),
        reason=event.reason,
    )


def matched(event: reconciliation_events.EntryMatched) -> published.ReconMatched:
    return published.ReconMatched(entry_id=event.entry_id, amount=to_wire(event.amount))


def mismatched(event: reconciliation_events.EntryMismatched) -> published.ReconMismatched:
    return published.ReconMismatched(entry_id=event.entry_id, amount=to_wire(event.amount), status=event.status)


def missing(event: reconciliation_events.EntryMissed) -> published.ReconMissing:
    expected = event.expectation
    return published.ReconMissing(
        entry_id=event.entry_id, amount=to_wire(expected.amount), expected_on=expected.expected_on
    )
