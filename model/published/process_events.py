"""What the processes publish: each step they take, with what it asks. The asked context reads the steps that are its
own and answers with its own published events; a no comes back as AskRefused, because a process that asks must hear one.

A step bears everything that the asked context needs, so that nobody has to look anything up. `until` is when the answer
is due, None where none is.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.wire import Amount


class ClaimPayoutAsked(Struct, frozen=True, kw_only=True):
    """`payee_id` is empty and `amount` None where an answer overtook what asked for the payment."""

    process_id: str
    step: int
    asks: Literal["approval", "payout", "inquiry", "confirmation", "compensation", "person"]
    because: str
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount | None
    until: datetime | None
    joint_payees: tuple[str, ...] = ()


class CancelForNonpaymentAsked(Struct, frozen=True, kw_only=True):
    """`amount` is what was not paid, `due_on` the due day that was missed, `received` the premium paid for the term,
    `effective` the day of the cancellation once a notice named it, `paid_on` the day on which the money counts that
    keeps the policy. A notice that was mailed ahead of the due day, on `noticed_on`, is the notice.
    """

    process_id: str
    step: int
    asks: Literal[
        "notice",
        "release",
        "later",
        "effective_day",
        "cancellation",
        "rescission",
        "reinstatement",
        "person",
        "keep",
        "end",
    ]
    because: str
    account_id: str
    policy_id: str
    amount: Amount | None
    effective: date | None
    paid_on: date | None
    until: datetime | None
    noticed_on: date | None = None
    due_on: date | None = None
    received: Amount | None = None


class AskedPayer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee", "agency"]
    weight: int


class AskedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class RenewalBindAsked(Struct, frozen=True, kw_only=True):
    """The offer is told in full with every step: a bill and its withdrawal need its charges. `paid` is what came."""

    process_id: str
    step: int
    asks: Literal[
        "bill",
        "payment",
        "bind",
        "issue",
        "by_hand",
        "not_taken",
        "withdrawal",
        "undo",
        "later",
        "person",
        "issued",
        "end",
    ]
    because: str
    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    zone: str
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[AskedPayer, ...]
    charges: tuple[AskedCharge, ...]
    paid: Amount
    until: datetime | None


class AskRefused(Struct, frozen=True, kw_only=True):
    """The no of a context to the `step`-th step of a process, with the code of its refusal."""

    process: Literal["claim_payout", "cancel_for_nonpayment", "renewal_bind"]
    process_id: str
    step: int
    asks: str
    code: str
    text: str


ProcessAsked: TypeAlias = ClaimPayoutAsked | CancelForNonpaymentAsked | RenewalBindAsked
ProcessEvent: TypeAlias = ProcessAsked | AskRefused

PROCESS_TYPES: dict[type[ProcessEvent], str] = {
    ClaimPayoutAsked: "insurance.process.claim_payout.asked.v1",
    CancelForNonpaymentAsked: "insurance.process.cancel_for_nonpayment.asked.v1",
    RenewalBindAsked: "insurance.process.renewal_bind.asked.v1",
    AskRefused: "insurance.process.ask.refused.v1",
}
