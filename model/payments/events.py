"""What happened to a payment intent. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias, final

from msgspec import Struct

from model.choices.payments import Method
from model.jurisdiction import FailureClass
from model.money import Money
from model.payments.ach import ReversalReason
from model.payments.commands import Purpose
from model.payments.instrument import CardOnFile
from model.payments.routing import RouteDecision
from model.payments.surcharges import PaymentFee

Person = Literal["unknown_code", "other_amount", "unresolved", "returned_after_refund"]
"""Why somebody has to look at a payment."""


@final
class PaymentStarted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`routed` is the decision on the route with all that it was made from; None when whoever asked had decided it.
    Where that expected another method than the instrument's, its question says so. `account_id` is the vault's name of
    the bank account that is debited, if it has one.
    `fee` is charged beside the amount and is no part of it. `settles_at` is when a same-day entry settles.
    """

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime
    method: Method = "ach"
    route: str = ""
    routed: RouteDecision | None = None
    card: CardOnFile | None = None
    fee: PaymentFee | None = None
    settles_at: datetime | None = None
    story: str = ""
    joint_payees: tuple[str, ...] = ()
    account_id: str = ""


@final
class PaymentSucceeded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`by` is the person who found it out, if one did. `fee` was charged beside the amount."""

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime
    attempt: int = 1
    by: str = ""
    fee: PaymentFee | None = None


class PaymentRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """No money moved and nobody will try again."""

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    reason: str
    on: date
    at: datetime


class PaymentTimedOut(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`inquire_at` is when the first inquiry is due."""

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    attempt: int
    inquire_at: datetime | None
    on: date
    at: datetime
    network: str = ""
    code: str = ""


class MoneyReturned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`retry_at` is when the debit is presented again, if it is. `late_after` is the last day on which the network let
    it come back with that code, where it came later.
    """

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    amount: Money
    reason: str
    on: date
    at: datetime
    attempt: int = 1
    retry_at: datetime | None = None
    late_after: date | None = None


class ChangeNoticed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What the notice says has to be corrected by `correct_by`, or before the next entry where that is later."""

    intent_id: str
    attempt: int
    code: str
    says: str
    correct_by: date
    on: date
    at: datetime


class AttemptAccepted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    attempt: int
    on: date
    at: datetime


class AttemptStarted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    attempt: int
    method: Method
    route: str
    on: date
    at: datetime
    routed: RouteDecision | None = None


class ActionRequired(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The payer has to authenticate before `until`."""

    intent_id: str
    attempt: int
    network: str
    code: str
    until: datetime
    on: date
    at: datetime


class AttemptFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The attempt moved nothing. Without `retry_at` the payment is given up, which is the next event. `by` is the
    person who found it out, if one did.
    """

    intent_id: str
    attempt: int
    network: str
    code: str
    failure: FailureClass | None
    retry_at: datetime | None
    on: date
    at: datetime
    by: str = ""


class RetryPostponed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The next attempt was due and its card has to wait until `retry_at`; `attempt` is the one that failed."""

    intent_id: str
    attempt: int
    reason: str
    retry_at: datetime
    on: date
    at: datetime


class InquiryMade(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The `number`-th inquiry about an attempt, and when the next one is due; None after the last."""

    intent_id: str
    attempt: int
    number: int
    next_at: datetime | None
    on: date
    at: datetime


class PaymentParked(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The payment is for a person, and why; `code` is what nobody understood, if that is why."""

    intent_id: str
    attempt: int
    reason: Person
    network: str
    code: str
    on: date
    at: datetime


class SurplusFound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An old attempt has moved money that the intent can no longer use: it goes back at once, or to a person."""

    intent_id: str
    attempt: int
    amount: Money
    handling: Literal["refunded", "person"]
    on: date
    at: datetime


class SurplusRefunded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    attempt: int
    amount: Money
    by: str
    on: date
    at: datetime


class MoneyRefunded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`fee` is what goes back of the fee that was charged beside the amount, `reversal` why a reversing entry was sent,
    if one was.
    """

    intent_id: str
    refund_id: str
    amount: Money
    on: date
    at: datetime
    fee: Money | None = None
    reversal: ReversalReason | None = None


class PayoutCleared(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank has paid the cheque: nobody can stop it any more. `endorsed_by` are those whose endorsements it saw."""

    intent_id: str
    attempt: int
    subject: str
    reference: str
    on: date
    at: datetime
    endorsed_by: tuple[str, ...] = ()


class EndorsementMissed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank has paid a joint cheque and not seen the endorsements of those who are `missing`: it is not cleared, the
    payees who did not endorse are still owed, and a person claims the money back from the bank or gets the proof.
    """

    intent_id: str
    attempt: int
    missing: tuple[str, ...]
    on: date
    at: datetime


class PayoutStopped(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A cheque that was issued is not paid, because whoever asked for it stopped or voided it."""

    intent_id: str
    attempt: int
    subject: str
    reference: str
    amount: Money
    reason: str
    on: date
    at: datetime
    purpose: Purpose = "payout"


class ChargedBackByIssuer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    attempt: int
    purpose: Purpose
    subject: str
    reference: str
    amount: Money
    reason: str
    on: date
    at: datetime


class ChargeRepresented(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    attempt: int
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime


MoneyEvent: TypeAlias = (
    PaymentRefused
    | MoneyReturned
    | MoneyRefunded
    | PayoutCleared
    | EndorsementMissed
    | PayoutStopped
    | ChargedBackByIssuer
    | ChargeRepresented
)
AttemptEvent: TypeAlias = (
    AttemptAccepted
    | AttemptStarted
    | AttemptFailed
    | RetryPostponed
    | ChangeNoticed
    | ActionRequired
    | PaymentTimedOut
    | InquiryMade
    | PaymentParked
    | SurplusFound
    | SurplusRefunded
)
Event: TypeAlias = PaymentStarted | PaymentSucceeded | MoneyEvent | AttemptEvent
