"""The claim file: what the notice said, the exposures, their reserve lines and payments, and where the claim stands."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.claims.communications import Communication
from model.claims.coverage import InsuredCoverage
from model.claims.payees import Payee
from model.claims.recovery import Receipt, RecoveryLine
from model.claims.reserve import LineKey, ReserveLine
from model.claims.settlement import NO_DEDUCTIBLE, DeductibleLedger, Settlement
from model.claims.tasks import Task
from model.claims.vocabulary import (
    Cause,
    CoverageWarning,
    DenialReason,
    IncidentKind,
    Intake,
    Milestone,
    Outcome,
    PaymentKind,
    PaymentStatus,
    TagBasis,
)
from model.decider import Refusal
from model.money import Money


class Incident(Struct, frozen=True, gc=False):
    number: int
    kind: IncidentKind
    text: str


class Tag(Struct, frozen=True, gc=False):
    """The catastrophe a claim belongs to; an empty code is somebody's decision that it belongs to none."""

    code: str
    basis: TagBasis


class Reached(Struct, frozen=True, gc=False):
    milestone: Milestone
    on: date


class Notice(Struct, frozen=True):
    """What the first notice said, and what is noted on the cover of the file: the days that the state's clocks look at
    (None where it has not happened), links, tasks, warnings, the catastrophe. `attached_from` is the policy that was
    told first, once another was attached. `damaged_on` is when a storm was found to have damaged the dwelling,
    `reported_at` the instant at which the notice was recorded (UTC).
    """

    policy_id: str
    claimant_id: str
    cause: Cause
    loss_at: datetime
    intake: Intake
    notice_on: date
    acknowledged_on: date | None = None
    proof_on: date | None = None
    inspected_on: date | None = None
    decided_on: date | None = None
    paid_on: date | None = None
    state: str = ""
    county: str = ""
    reached: tuple[Reached, ...] = ()
    tasks: tuple[Task, ...] = ()
    links: tuple[str, ...] = ()
    warnings: tuple[CoverageWarning, ...] = ()
    tag: Tag | None = None
    incidents: tuple[Incident, ...] = ()
    attached_from: str | None = None
    damaged_on: date | None = None
    repaired_on: date | None = None
    communications: tuple[Communication, ...] = ()
    reported_at: datetime | None = None


class Exposure(Struct, frozen=True):
    """One claimant under one coverage for one incident (0: the loss as a whole). `estimate` is the gross loss once it
    was inspected; `lost` says why a change of the policy in the past took the cover away.
    `policy_year` is the first day of the policy year of the loss, where the coverage limits what a year pays.
    """

    number: int
    claimant_id: str
    coverage: InsuredCoverage
    estimate: Money | None
    incident: int = 0
    status: Literal["open", "closed"] = "open"
    settlement: Settlement | None = None
    lost: DenialReason | None = None
    policy_year: date | None = None


class ClaimPayment(Struct, frozen=True):
    """`released` is what a final payment let go of its line, in minor units. `replaces` and `replaced_by` are the
    lineage of a cheque that was issued again.
    """

    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    status: PaymentStatus
    by: str = ""
    approved_by: str = ""
    payees: tuple[Payee, ...] = ()
    invoice: str = ""
    asked_on: date | None = None
    released: int = 0
    replaces: str = ""
    replaced_by: str = ""

    @property
    def erodes(self) -> int:
        """What it takes from its line's reserve, in minor units."""
        return 0 if self.kind == "supplemental" else self.amount.minor


class Unreported(Struct, frozen=True, gc=False, tag=True):
    pass


class Reported(Struct, frozen=True, tag=True):
    notice: Notice


class Open(Struct, frozen=True, tag=True):
    notice: Notice
    exposures: tuple[Exposure, ...]
    lines: tuple[ReserveLine, ...]
    payments: tuple[ClaimPayment, ...]
    recoveries: tuple[RecoveryLine, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    deductible: DeductibleLedger = NO_DEDUCTIBLE


class Closed(Struct, frozen=True, tag=True):
    """`reason` is why a claim was denied. A denied claim has no exposures."""

    notice: Notice
    exposures: tuple[Exposure, ...]
    lines: tuple[ReserveLine, ...]
    payments: tuple[ClaimPayment, ...]
    outcome: Outcome
    reason: DenialReason | None
    recoveries: tuple[RecoveryLine, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    deductible: DeductibleLedger = NO_DEDUCTIBLE


State: TypeAlias = Unreported | Reported | Open | Closed


def exposure_of(exposures: tuple[Exposure, ...], number: int) -> Exposure | None:
    for exposure in exposures:
        if exposure.number == number:
            return exposure
    return None


def put_exposure(exposures: tuple[Exposure, ...], changed: Exposure) -> tuple[Exposure, ...]:
    return tuple(changed if exposure.number == changed.number else exposure for exposure in exposures)


def line_of(lines: tuple[ReserveLine, ...], key: LineKey) -> ReserveLine | None:
    for line in lines:
        if line.key == key:
            return line
    return None


def payment_of(payments: tuple[ClaimPayment, ...], payment_id: str) -> ClaimPayment | None:
    for payment in payments:
        if payment.payment_id == payment_id:
            return payment
    return None


def put_line(lines: tuple[ReserveLine, ...], changed: ReserveLine) -> tuple[ReserveLine, ...]:
    """The lines with one replaced, or added at the end."""
    if line_of(lines, changed.key) is None:
        return (*lines, changed)
    return tuple(changed if line.key == changed.key else line for line in lines)


def put_payment(payments: tuple[ClaimPayment, ...], changed: ClaimPayment) -> tuple[ClaimPayment, ...]:
    """The payments with one replaced, or added at the end."""
    if payment_of(payments, changed.payment_id) is None:
        return (*payments, changed)
    return tuple(changed if payment.payment_id == changed.payment_id else payment for payment in payments)


def reached(notice: Notice, milestone: Milestone) -> date | None:
    """The first day of a milestone, None while it has not been reached."""
    for one in notice.reached:
        if one.milestone == milestone:
            return one.on
    return None


def wrong_state(command: object, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the claim is {type(state).__name__}")
