"""What moved a claim's money, or holds it."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.claims.payees import Payee
from model.claims.reserve import LineKey
from model.claims.vocabulary import PaymentKind, RecoveryCategory
from model.money import Money


class ReserveChanged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A signed change of one line's open reserve. `raised` made room for a payment, `restored` gives back what a final
    payment had released before it was stopped or voided.
    """

    claim_id: str
    line: LineKey
    change: Money
    reason: Literal["average", "revised", "released", "raised", "restored"]
    on: date
    at: datetime


class PaymentHeld(Struct, frozen=True, kw_only=True, tag=True):
    """A payment above the authority of who asked for it waits for somebody else's approval and holds its amount."""

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    on: date
    at: datetime
    by: str = ""
    payees: tuple[Payee, ...] = ()
    invoice: str = ""


class PaymentRequested(Struct, frozen=True, kw_only=True, tag=True):
    """Payments is asked to pay. `approved_by` is empty when it was within the authority of who asked."""

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    payee_id: str
    on: date
    at: datetime
    by: str = ""
    approved_by: str = ""
    payees: tuple[Payee, ...] = ()
    invoice: str = ""
    replaces: str = ""


class DuplicateSuspected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Another payment of the same invoice to the same payee was asked for a short time ago."""

    claim_id: str
    payment_id: str
    other_payment_id: str
    on: date
    at: datetime


class PaymentDenied(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    by: str
    reason: str
    on: date
    at: datetime


class PaymentIssued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`released` is what a final payment lets go of its line, in minor units; the change that follows does it."""

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    on: date
    at: datetime
    kind: PaymentKind = "partial"
    released: int = 0


class PaymentFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    reason: str
    on: date
    at: datetime


class PaymentCleared(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    on: date
    at: datetime


class PaymentStopped(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`line`, `amount` and `kind` are those of the payment, whose money is back."""

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    reason: str
    on: date
    at: datetime


class PaymentVoided(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """As for a stopped one."""

    claim_id: str
    payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    reason: str
    on: date
    at: datetime


class PaymentStaleDated(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    amount: Money
    on: date
    at: datetime


class PaymentEscheated(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    payment_id: str
    amount: Money
    on: date
    at: datetime


class PaymentReissued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`held` says whose the money of the old one was: the reserve's again (stopped, voided), or still the payee's."""

    claim_id: str
    payment_id: str
    new_payment_id: str
    line: LineKey
    amount: Money
    kind: PaymentKind
    held: Literal["by_reserve", "for_payee"]
    on: date
    at: datetime


class RecoveryReserveChanged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A signed change of what is expected to come back."""

    claim_id: str
    line: LineKey
    category: RecoveryCategory
    change: Money
    on: date
    at: datetime


class RecoveryReceived(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`to_insured` is the insured's part, which we owe them; the expense was ours."""

    claim_id: str
    recovery_id: str
    line: LineKey
    category: RecoveryCategory
    amount: Money
    expense: Money
    to_insured: Money
    on: date
    at: datetime


PaymentEvent: TypeAlias = (
    ReserveChanged | PaymentHeld | PaymentRequested | DuplicateSuspected | PaymentDenied | PaymentIssued | PaymentFailed
)
ChequeEvent: TypeAlias = (
    PaymentCleared | PaymentStopped | PaymentVoided | PaymentStaleDated | PaymentEscheated | PaymentReissued
)
RecoveryEvent: TypeAlias = RecoveryReserveChanged | RecoveryReceived
MoneyEvent: TypeAlias = PaymentEvent | ChequeEvent | RecoveryEvent
