"""What may be asked of a payment intent. `on` is the business day, `at` the instant of asking (UTC).

The first five know one attempt, the last that began; a processor that names its attempts is heard by the others.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.choices.payments import BillingModel, Method
from model.money import Money
from model.payments.ach import ReversalReason
from model.payments.instrument import BankEntry, CardOnFile

Purpose = Literal["collection", "payout", "disbursement"]


class StartPayment(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`reference` is what the money is for: an invoice or a disbursement of a billing account, or the payment id of a
    claim (`subject` then names the account or claim), `on` the day on which the money is due. `story` is the
    correlation id of what led to it. `billing_model`, `state` (empty: that of the law) and `installments` of the plan
    are what routing looks at; whoever names a `route` or a `method` has decided it. `joint_payees` have to endorse a
    cheque together, which no transfer can ask of them: such a payout is a cheque unless a `method` is named.
    `expected` is the method that whoever asked believes in: an instrument that is handed in wins over it, because a
    card cannot be debited as a bank account is and the payer has authorised this instrument and no other.
    """

    intent_id: str
    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    on: date
    at: datetime
    method: Method | None = None
    expected: Method | None = None
    route: str = ""
    billing_model: BillingModel = "direct_bill"
    state: str = ""
    installments: int = 1
    card: CardOnFile | None = None
    bank: BankEntry | None = None
    story: str = ""
    joint_payees: tuple[str, ...] = ()


class ReportSuccess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    intent_id: str
    on: date
    at: datetime


class ReportFailure(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The processor says that no money moved, and why; whoever reports it so does not want it tried again."""

    intent_id: str
    reason: str
    on: date
    at: datetime


class ReportTimeout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Nobody knows whether the money moved."""

    intent_id: str
    on: date
    at: datetime


class ReturnMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank sends money back, with its return code: a debit that we made, or what we paid out. Without `attempt` it
    is the one whose money moved.
    """

    intent_id: str
    reason: str
    on: date
    at: datetime
    attempt: int | None = None


class HearProcessor(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What a processor says of one attempt, by answer or webhook, early or late, once or often.

    `accepted` means that it has the order, `cleared` that the bank has paid a cheque that was issued. A failure has
    the code of a `network`; whether it is tried again follows from the class of the code. `captured` is what moved when
    it was not the whole amount, `endorsed_by` the parties whose endorsements the bank saw on a cheque that it paid.
    """

    intent_id: str
    attempt: int
    says: Literal["accepted", "succeeded", "failed", "cleared"]
    on: date
    at: datetime
    network: str = ""
    code: str = ""
    captured: Money | None = None
    endorsed_by: tuple[str, ...] = ()


class AnswerInquiry(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What the processor finds when it is asked about an attempt. `not_found` means that it never had it."""

    intent_id: str
    attempt: int
    found: Literal["succeeded", "failed", "not_found", "pending"]
    on: date
    at: datetime
    network: str = ""
    code: str = ""


class TimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The host's clock has come to an instant: what is due by schedule happens, one step of it."""

    intent_id: str
    on: date
    at: datetime


class DecideByHand(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A person has found out what became of a payment that was for a person, or of a surplus attempt."""

    intent_id: str
    attempt: int
    ruling: Literal["succeeded", "retry", "give_up", "refund_surplus"]
    by: str
    on: date
    at: datetime


class RefundMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Gives back a collection or a part of it. Whoever asks has already booked it: billing hears nothing of it. With
    `reversal` it goes by a reversing entry over the ACH network, for the reason of an error of ours.
    """

    intent_id: str
    refund_id: str
    amount: Money
    on: date
    at: datetime
    reversal: ReversalReason | None = None


class NoteChange(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The receiver's bank has taken an entry and says what in it was wrong (a notice of change, C01 and the like)."""

    intent_id: str
    attempt: int
    code: str
    on: date
    at: datetime


class StopPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Claims does not want a payout to reach its payee; a cheque can still be stopped until the bank has paid it."""

    intent_id: str
    amount: Money
    reason: str
    on: date
    at: datetime


class ReversePayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A credit of ours over the ACH network is taken back by a reversing entry, as a whole and for an error of ours."""

    intent_id: str
    reason: ReversalReason
    on: date
    at: datetime


class ChargeBack(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The card's issuer takes a collection back, with its reason code."""

    intent_id: str
    reason: str
    on: date
    at: datetime


class RepresentCharge(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The chargeback was won: the money is back."""

    intent_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    StartPayment
    | ReportSuccess
    | ReportFailure
    | ReportTimeout
    | ReturnMoney
    | HearProcessor
    | AnswerInquiry
    | TimePassed
    | DecideByHand
    | RefundMoney
    | NoteChange
    | StopPayout
    | ReversePayout
    | ChargeBack
    | RepresentCharge
)
