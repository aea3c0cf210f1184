"""The claim file: what the notice said, the exposures, their reserve lines and payments, and where the claim stands."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.claims.coverage import InsuredCoverage
from model.claims.reserve import LineKey, ReserveLine
from model.claims.vocabulary import Cause, DenialReason, Intake, Outcome, PaymentKind
from model.money import Money


class Notice(Struct, frozen=True, gc=False):
    """What the first notice said, and the days the state's clocks look at; None where it has not happened."""

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


class Exposure(Struct, frozen=True, gc=False):
    """One claimant under one coverage. `estimate` is the gross loss once it was inspected."""

    number: int
    claimant_id: str
    coverage: InsuredCoverage
    estimate: Money | None


class ClaimPayment(Struct, frozen=True, gc=False):
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    status: Literal["requested", "issued", "failed"]


class Unreported(Struct, frozen=True, gc=False, tag=True):
    pass


class Reported(Struct, frozen=True, gc=False, tag=True):
    notice: Notice


class Open(Struct, frozen=True, tag=True):
    notice: Notice
    exposures: tuple[Exposure, ...]
    lines: tuple[ReserveLine, ...]
    payments: tuple[ClaimPayment, ...]


class Closed(Struct, frozen=True, tag=True):
    notice: Notice
    exposures: tuple[Exposure, ...]
    lines: tuple[ReserveLine, ...]
    payments: tuple[ClaimPayment, ...]
    outcome: Outcome
    reason: DenialReason | None


State: TypeAlias = Unreported | Reported | Open | Closed


def exposure_of(exposures: tuple[Exposure, ...], number: int) -> Exposure | None:
    for exposure in exposures:
        if exposure.number == number:
            return exposure
    return None


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
