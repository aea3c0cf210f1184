"""What may be asked of a claim's money: reserves, payments and their approval, the life of a cheque, recoveries.

Whoever asks may say who they are (`by`) and in which role; a carrier with limits of authority holds them to it.
"""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.claims.payees import Payee
from model.claims.reserve import LineKey
from model.claims.vocabulary import PaymentKind, RecoveryCategory
from model.money import Money

SYSTEM = "claims_system"
"""The role of whoever gives none: the host, which answers for its own people."""


class SetReserve(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The open reserve that a line should have from now on."""

    claim_id: str
    line: LineKey
    amount: Money
    on: date
    at: datetime
    role: str = SYSTEM


class RequestPayment(Struct, frozen=True, kw_only=True, tag=True):
    """A payment against a line. A supplemental one goes beyond the reserve and is possible on a closed claim.

    `payees` are joint payees of one cheque, empty for `payee_id` alone; with shares they are several, each paid its
    part of the amount under an id of its own (`PAY-1`, `PAY-2`, ...), and `payee_id` is nobody's.
    """

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    on: date
    at: datetime
    by: str = ""
    role: str = SYSTEM
    payees: tuple[Payee, ...] = ()
    invoice: str = ""


class ApprovePayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    by: str
    role: str
    on: date
    at: datetime


class DenyPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    by: str
    reason: str
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


class ClearCheque(Struct, frozen=True, kw_only=True, tag=True):
    """The bank paid the cheque, endorsed by whom it says."""

    claim_id: str
    payment_id: str
    on: date
    at: datetime
    endorsed_by: tuple[str, ...] = ()


class StopCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank is told not to pay it."""

    claim_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class VoidCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The cheque is back in our hands, or never left them."""

    claim_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class StaleDateCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Nobody presented it in time. The money is still owed."""

    claim_id: str
    payment_id: str
    on: date
    at: datetime


class EscheatCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What nobody claimed goes to the state."""

    claim_id: str
    payment_id: str
    on: date
    at: datetime


class ReissueCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A new payment in place of one that was stopped, voided or went stale."""

    claim_id: str
    payment_id: str
    new_payment_id: str
    on: date
    at: datetime


class SetRecoveryReserve(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What is still expected to come back on a line."""

    claim_id: str
    line: LineKey
    category: RecoveryCategory
    amount: Money
    on: date
    at: datetime


class ReceiveRecovery(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Money that came back, and what it cost to get it."""

    claim_id: str
    recovery_id: str
    line: LineKey
    category: RecoveryCategory
    amount: Money
    expense: Money
    on: date
    at: datetime


ChequeCommand: TypeAlias = ClearCheque | StopCheque | VoidCheque | StaleDateCheque | EscheatCheque | ReissueCheque
RecoveryCommand: TypeAlias = SetRecoveryReserve | ReceiveRecovery
PaymentCommand: TypeAlias = RequestPayment | ApprovePayment | DenyPayment | ConfirmPayment | FailPayment
MoneyCommand: TypeAlias = SetReserve | PaymentCommand | ChequeCommand | RecoveryCommand
