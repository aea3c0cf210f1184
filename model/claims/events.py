"""What happened on a claim. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.claims.coverage import InsuredCoverage
from model.claims.reserve import LineKey
from model.claims.vocabulary import Cause, DenialReason, Intake, Outcome, PaymentKind
from model.money import Money


class ClaimReported(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    policy_id: str
    claimant_id: str
    cause: Cause
    loss_at: datetime
    intake: Intake
    on: date
    at: datetime


class CoverageVerified(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An exposure is open for the claimant under `coverage`."""

    claim_id: str
    exposure: int
    coverage: InsuredCoverage
    on: date
    at: datetime


class CoverageDenied(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    reason: DenialReason
    on: date
    at: datetime


class ClaimAcknowledged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


class ProofOfLossReceived(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


class LossInspected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    exposure: int
    estimate: Money
    on: date
    at: datetime


class ReserveChanged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A signed change of one line's open reserve."""

    claim_id: str
    line: LineKey
    change: Money
    reason: Literal["average", "revised", "released"]
    on: date
    at: datetime


class PaymentRequested(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    on: date
    at: datetime


class PaymentIssued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    on: date
    at: datetime


class PaymentFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class ClaimClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    outcome: Outcome
    on: date
    at: datetime


Event: TypeAlias = (
    ClaimReported
    | CoverageVerified
    | CoverageDenied
    | ClaimAcknowledged
    | ProofOfLossReceived
    | LossInspected
    | ReserveChanged
    | PaymentRequested
    | PaymentIssued
    | PaymentFailed
    | ClaimClosed
)
