"""What may be asked of a claim: its notice, its cover and its losses. What moves money is in `money_commands`.

`on` is the local business day, `at` the instant of asking (UTC).
"""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.choices.claims import TaskName
from model.claims.catastrophe import Catastrophe
from model.claims.coverage import InsuredPolicy
from model.claims.money_commands import (
    ApprovePayment,
    ClearCheque,
    ConfirmPayment,
    DenyPayment,
    EscheatCheque,
    FailPayment,
    MoneyCommand,
    ReceiveRecovery,
    ReissueCheque,
    RequestPayment,
    SetRecoveryReserve,
    SetReserve,
    StaleDateCheque,
    StopCheque,
    VoidCheque,
)
from model.claims.payees import Payoff
from model.claims.settlement import StormTrigger, Valuation
from model.claims.vocabulary import Cause, Correspondent, CoverageWarning, IncidentKind, Intake, Milestone, TagBasis
from model.money import Money


class ReportClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """First notice of loss. `on` is the local day of notice, from which the state's clocks run. `state` and `county`
    say where the loss happened, for catastrophes and designations; empty when nobody knows yet.
    """

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


class AttachPolicy(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The policy to which a notice belongs after all."""

    claim_id: str
    policy_id: str
    on: date
    at: datetime


class LinkNotice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Another claim tells of what may be the same loss. Both stay."""

    claim_id: str
    other_claim_id: str
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


class RecordMilestone(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A step on the way that a clock of the law looks at."""

    claim_id: str
    milestone: Milestone
    on: date
    at: datetime


class RecordCommunication(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Somebody wrote about the claim, on the day `on`, and an answer is expected."""

    claim_id: str
    communication_id: str
    sender: Correspondent
    on: date
    at: datetime


class AnswerCommunication(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    communication_id: str
    on: date
    at: datetime


class CompleteTask(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    task: TaskName
    result: str
    on: date
    at: datetime


class TagCatastrophe(Struct, frozen=True, kw_only=True, tag=True):
    """The catastrophe that caused the loss. `matched` needs window, area and peril to fit; an `override` is somebody's
    decision, and None with it says that it was none.
    """

    claim_id: str
    catastrophe: Catastrophe | None
    basis: TagBasis
    on: date
    at: datetime


class VerifyCoverage(Struct, frozen=True, kw_only=True, tag=True):
    """The policy as claims knows it now, None when it knows none. One exposure is opened for `coverage`. `warnings`
    do not stop it.
    """

    claim_id: str
    coverage: str
    policy: InsuredPolicy | None
    on: date
    at: datetime
    warnings: tuple[CoverageWarning, ...] = ()


class ReverifyCoverage(Struct, frozen=True, kw_only=True, tag=True):
    """The policy has changed in the past: is an exposure still covered, and on the same terms?"""

    claim_id: str
    exposure: int
    policy: InsuredPolicy
    on: date
    at: datetime


class AddIncident(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """One thing that was damaged, or one person hurt."""

    claim_id: str
    kind: IncidentKind
    text: str
    on: date
    at: datetime


class OpenExposure(Struct, frozen=True, kw_only=True, tag=True):
    """Another claimant, coverage or incident of the same claim."""

    claim_id: str
    claimant_id: str
    coverage: str
    incident: int
    policy: InsuredPolicy | None
    on: date
    at: datetime


class CloseExposure(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    exposure: int
    on: date
    at: datetime


class RecordInspection(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`estimate` is the gross loss found for an exposure."""

    claim_id: str
    exposure: int
    estimate: Money
    on: date
    at: datetime


class SettleLoss(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What an exposure pays by its valuation. Asked again when repair is proven, with what was spent. From then on
    payments of claim cost may not go beyond it. `payoff` is given with a total loss of something that has a lien on it:
    the lienholder is then paid first.
    """

    claim_id: str
    exposure: int
    valuation: Valuation
    on: date
    at: datetime
    storm: StormTrigger = "named_storm"
    taken_this_season: int = 0
    payoff: Payoff | None = None


class RecordRepair(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The dwelling that a storm damaged is repaired; `on` is the day from which it is."""

    claim_id: str
    on: date
    at: datetime


class CloseClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


class ReopenClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    reason: str
    on: date
    at: datetime


NoticeCommand: TypeAlias = (
    ReportClaim
    | AttachPolicy
    | LinkNotice
    | AcknowledgeClaim
    | RecordProofOfLoss
    | RecordMilestone
    | RecordCommunication
    | AnswerCommunication
    | CompleteTask
    | TagCatastrophe
    | RecordRepair
)
CoverCommand: TypeAlias = (
    VerifyCoverage
    | ReverifyCoverage
    | AddIncident
    | OpenExposure
    | CloseExposure
    | RecordInspection
    | SettleLoss
    | CloseClaim
    | ReopenClaim
)
Command: TypeAlias = NoticeCommand | CoverCommand | MoneyCommand

__all__ = [
    "AcknowledgeClaim",
    "AddIncident",
    "AnswerCommunication",
    "ApprovePayment",
    "AttachPolicy",
    "ClearCheque",
    "CloseClaim",
    "CloseExposure",
    "Command",
    "CompleteTask",
    "ConfirmPayment",
    "CoverCommand",
    "DenyPayment",
    "EscheatCheque",
    "FailPayment",
    "LinkNotice",
    "MoneyCommand",
    "NoticeCommand",
    "OpenExposure",
    "ReceiveRecovery",
    "RecordCommunication",
    "RecordInspection",
    "RecordMilestone",
    "RecordProofOfLoss",
    "RecordRepair",
    "ReissueCheque",
    "ReopenClaim",
    "ReportClaim",
    "RequestPayment",
    "ReverifyCoverage",
    "SetRecoveryReserve",
    "SetReserve",
    "SettleLoss",
    "StaleDateCheque",
    "StopCheque",
    "TagCatastrophe",
    "VerifyCoverage",
    "VoidCheque",
]
