"""What payments tells of disputes, payouts and the reconciliation, in the published language."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.wire import Amount


class DisputeOpened(Struct, frozen=True, kw_only=True):
    """The amount has left. `reference` is what the disputed payment was for."""

    dispute_id: str
    intent_id: str
    reference: str
    amount: Amount
    reason: str
    answer_by: date


class DisputeWon(Struct, frozen=True, kw_only=True):
    """The amount has come back."""

    dispute_id: str
    intent_id: str
    reference: str
    amount: Amount


class DisputeLost(Struct, frozen=True, kw_only=True):
    """The amount stays away."""

    dispute_id: str
    intent_id: str
    reference: str
    amount: Amount
    cause: Literal["decided", "accepted", "expired"]


class PayoutIssued(Struct, frozen=True, kw_only=True):
    """The bank was asked to pay, under `instruction_id`."""

    run_id: str
    payment_id: str
    party_id: str
    amount: Amount
    instruction_id: str


class PayoutSettled(Struct, frozen=True, kw_only=True):
    run_id: str
    payment_id: str
    party_id: str
    amount: Amount


class PayoutReturned(Struct, frozen=True, kw_only=True):
    """It was not paid, and why."""

    run_id: str
    payment_id: str
    party_id: str
    amount: Amount
    reason: str


class ReconMatched(Struct, frozen=True, kw_only=True):
    entry_id: str
    amount: Amount


class ReconMismatched(Struct, frozen=True, kw_only=True):
    entry_id: str
    amount: Amount
    status: str


class ReconMissing(Struct, frozen=True, kw_only=True):
    entry_id: str
    amount: Amount
    expected_on: date


SettlementEvent: TypeAlias = (
    DisputeOpened
    | DisputeWon
    | DisputeLost
    | PayoutIssued
    | PayoutSettled
    | PayoutReturned
    | ReconMatched
    | ReconMismatched
    | ReconMissing
)
SETTLEMENT_TYPES: dict[type[SettlementEvent], str] = {
    DisputeOpened: "insurance.payments.dispute.opened.v1",
    DisputeWon: "insurance.payments.dispute.won.v1",
    DisputeLost: "insurance.payments.dispute.lost.v1",
    PayoutIssued: "insurance.payments.payout.issued.v1",
    PayoutSettled: "insurance.payments.payout.settled.v1",
    PayoutReturned: "insurance.payments.payout.returned.v1",
    ReconMatched: "insurance.payments.recon.matched.v1",
    ReconMismatched: "insurance.payments.recon.mismatched.v1",
    ReconMissing: "insurance.payments.recon.missing.v1",
}
