"""What happened on a claim: its notice, its cover and its losses. What moved money is in `money_events`.

`on` is the day it takes effect, `at` the instant it was recorded (UTC).
"""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.choices.claims import TaskName
from model.claims.coverage import InsuredCoverage
from model.claims.money_events import (
    DuplicateSuspected,
    MoneyEvent,
    PaymentCleared,
    PaymentDenied,
    PaymentEscheated,
    PaymentFailed,
    PaymentHeld,
    PaymentIssued,
    PaymentReissued,
    PaymentRequested,
    PaymentStaleDated,
    PaymentStopped,
    PaymentVoided,
    RecoveryReceived,
    RecoveryReserveChanged,
    ReserveChanged,
)
from model.claims.settlement import Settlement
from model.claims.vocabulary import (
    Cause,
    Correspondent,
    CoverageWarning,
    DenialReason,
    IncidentKind,
    Intake,
    Milestone,
    Outcome,
    TagBasis,
)
from model.money import Money


class ClaimReported(Struct, frozen=True, kw_only=True, tag=True):
    """`tasks` are what the notice sets others to do."""

    claim_id: str
    policy_id: str
    claimant_id: str
    cause: Cause
    loss_at: datetime
    intake: Intake
    on: date
    at: datetime
    state: str = ""
    county: str = ""
    tasks: tuple[TaskName, ...] = ()


class PolicyUnmatched(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """No policy was found. The notice stays, and somebody looks for it."""

    claim_id: str
    on: date
    at: datetime


class PolicyAttached(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    policy_id: str
    on: date
    at: datetime


class NoticeLinked(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    other_claim_id: str
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


class MilestoneReached(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    milestone: Milestone
    on: date
    at: datetime


class CommunicationReceived(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    communication_id: str
    sender: Correspondent
    on: date
    at: datetime


class CommunicationAnswered(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    communication_id: str
    on: date
    at: datetime


class TaskCompleted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    task: TaskName
    result: str
    on: date
    at: datetime


class CatastropheTagged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An empty code is the decision that it was none."""

    claim_id: str
    code: str
    basis: TagBasis
    on: date
    at: datetime


class DwellingDamaged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A storm damaged the dwelling that the policy insures; from here on it may have to stay insured."""

    claim_id: str
    policy_id: str
    on: date
    at: datetime


class DwellingRepaired(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    policy_id: str
    on: date
    at: datetime


class CoverageVerified(Struct, frozen=True, kw_only=True, tag=True):
    """An exposure is open for the claimant under `coverage`. `policy_year` is the first day of the policy year of the
    loss, where the coverage limits what a year pays.
    """

    claim_id: str
    exposure: int
    coverage: InsuredCoverage
    on: date
    at: datetime
    warnings: tuple[CoverageWarning, ...] = ()
    policy_year: date | None = None


class CoverageDenied(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`text` and `clause` are what the claimant is told beside the reason: a sentence and the part of the policy."""

    claim_id: str
    reason: DenialReason
    on: date
    at: datetime
    text: str = ""
    clause: str = ""


class CoverageReverified(Struct, frozen=True, kw_only=True, tag=True):
    """The policy changed in the past, and cover is not what it was: other terms, or none any more (None) because of
    `reason`. An investigator looks at it; nothing is taken back by itself.
    """

    claim_id: str
    exposure: int
    coverage: InsuredCoverage | None
    reason: DenialReason | None
    on: date
    at: datetime
    policy_year: date | None = None


class IncidentAdded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    incident: int
    kind: IncidentKind
    text: str
    on: date
    at: datetime


class ExposureOpened(Struct, frozen=True, kw_only=True, tag=True):
    claim_id: str
    exposure: int
    claimant_id: str
    coverage: InsuredCoverage
    incident: int
    on: date
    at: datetime
    policy_year: date | None = None


class ExposureClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    exposure: int
    on: date
    at: datetime


class LossInspected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    exposure: int
    estimate: Money
    on: date
    at: datetime


class LossSettled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`occurrence_deductible` is the deductible of the whole occurrence, in minor units."""

    claim_id: str
    exposure: int
    settlement: Settlement
    occurrence_deductible: int
    on: date
    at: datetime


class ClaimClosed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    outcome: Outcome
    on: date
    at: datetime


class ClaimReopened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    reason: str
    on: date
    at: datetime


NoticeEvent: TypeAlias = (
    ClaimReported
    | PolicyUnmatched
    | PolicyAttached
    | NoticeLinked
    | ClaimAcknowledged
    | ProofOfLossReceived
    | MilestoneReached
    | CommunicationReceived
    | CommunicationAnswered
    | TaskCompleted
    | CatastropheTagged
    | DwellingDamaged
    | DwellingRepaired
)
CoverEvent: TypeAlias = (
    CoverageVerified
    | CoverageDenied
    | CoverageReverified
    | IncidentAdded
    | ExposureOpened
    | ExposureClosed
    | LossInspected
    | LossSettled
    | ClaimClosed
    | ClaimReopened
)
Event: TypeAlias = NoticeEvent | CoverEvent | MoneyEvent

__all__ = [
    "CatastropheTagged",
    "ClaimAcknowledged",
    "ClaimClosed",
    "ClaimReopened",
    "ClaimReported",
    "CommunicationAnswered",
    "CommunicationReceived",
    "CoverEvent",
    "CoverageDenied",
    "CoverageReverified",
    "CoverageVerified",
    "DuplicateSuspected",
    "DwellingDamaged",
    "DwellingRepaired",
    "Event",
    "ExposureClosed",
    "ExposureOpened",
    "IncidentAdded",
    "LossInspected",
    "LossSettled",
    "MilestoneReached",
    "MoneyEvent",
    "NoticeEvent",
    "NoticeLinked",
    "PaymentCleared",
    "PaymentDenied",
    "PaymentEscheated",
    "PaymentFailed",
    "PaymentHeld",
    "PaymentIssued",
    "PaymentReissued",
    "PaymentRequested",
    "PaymentStaleDated",
    "PaymentStopped",
    "PaymentVoided",
    "PolicyAttached",
    "PolicyUnmatched",
    "ProofOfLossReceived",
    "RecoveryReceived",
    "RecoveryReserveChanged",
    "ReserveChanged",
    "TaskCompleted",
]
