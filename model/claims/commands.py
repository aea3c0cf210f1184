"""What may be asked of a claim. `on` is the local business day, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.claims.coverage import InsuredPolicy
from model.claims.reserve import LineKey
from model.claims.vocabulary import Cause, Intake, PaymentKind
from model.money import Money


class ReportClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """First notice of loss. `on` is the local day of notice, from which the state's clocks run."""

    claim_id: str
    policy_id: str
    claimant_id: str
    cause: Cause
    loss_at: datetime
    intake: Intake
    on: date
    at: datetime


class VerifyCoverage(Struct, frozen=True, kw_only=True, tag=True):
    """The policy as claims knows it now, None when it knows none. One exposure is opened for `coverage`."""

    claim_id: str
    coverage: str
    policy: InsuredPolicy | None
    on: date
    at: datetime


class AcknowledgeClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


class RecordProofOfLoss(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


class RecordInspection(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`estimate` is the gross loss found for an exposure."""

    claim_id: str
    exposure: int
    estimate: Money
    on: date
    at: datetime


class SetReserve(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The open reserve that a line should have from now on."""

    claim_id: str
    line: LineKey
    amount: Money
    on: date
    at: datetime


class RequestPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    on: date
    at: datetime


class ConfirmPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    on: date
    at: datetime


class FailPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class CloseClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    ReportClaim
    | VerifyCoverage
    | AcknowledgeClaim
    | RecordProofOfLoss
    | RecordInspection
    | SetReserve
    | RequestPayment
    | ConfirmPayment
    | FailPayment
    | CloseClaim
)
