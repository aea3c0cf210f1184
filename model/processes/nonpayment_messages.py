"""What the process that cancels for nonpayment hears, and what it says. `on` is the day it takes effect, `at` the
instant of hearing (UTC); `process_id` is the id of the delinquency that began it.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Asks = Literal[
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
Cause = Literal["paid", "policy_cancelled", "written_off", "held", "reinstated"]


class RequestCancellation(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Billing asks that a policy be cancelled, because `amount` was not paid. `story` is the correlation id that
    everything of this process bears. `due_on` is the due day that was missed, `received` the premium paid for the term;
    the notice went out on `noticed_on` already, ahead of that day, where it did.
    """

    process_id: str
    account_id: str
    policy_id: str
    amount: Money
    on: date
    at: datetime
    story: str = ""
    noticed_on: date | None = None
    due_on: date | None = None
    received: Money | None = None


class EndDelinquency(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The delinquency is over. `on` is the day on which the money counts, however late the message comes."""

    process_id: str
    account_id: str
    policy_id: str
    cause: Cause
    on: date
    at: datetime
    story: str = ""


class HearNoticeGiven(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`effective` is the first day without cover, `takes_effect_at` the instant at which that day begins; `notice_id`
    tells one notice from another. Money that counts through `cure_until` undoes it (None: through the day before).
    """

    process_id: str
    notice_id: str
    effective: date
    takes_effect_at: datetime
    on: date
    at: datetime
    cure_until: date | None = None


class HearRescinded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    process_id: str
    on: date
    at: datetime


class HearCancelled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The cancellation that was asked for took effect on `effective`."""

    process_id: str
    effective: date
    on: date
    at: datetime


class HearReinstated(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    process_id: str
    on: date
    at: datetime


class HearHeld(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A moratorium holds what was asked; policy decides it when the moratorium ends."""

    process_id: str
    on: date
    at: datetime


class HearReleased(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What was held is decided; `refused` is the code of a no."""

    process_id: str
    refused: str | None
    on: date
    at: datetime


class NonpaymentAskRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Policy said no to the `step`-th step."""

    process_id: str
    step: int
    code: str
    on: date
    at: datetime


class NonpaymentTimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    process_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    RequestCancellation
    | EndDelinquency
    | HearNoticeGiven
    | HearRescinded
    | HearCancelled
    | HearReinstated
    | HearHeld
    | HearReleased
    | NonpaymentAskRefused
    | NonpaymentTimePassed
)


class NonpaymentStepTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The process asks for something. `effective` is the day of the cancellation once a notice named it, `paid_on` the
    day on which the money counts, `resumes` what is asked again after a wait, `because` the code of the no that led to
    the step, where one did. `due_on` is the due day that was missed, `received` the premium paid for the term, and
    money that counts through `cure_until` keeps the policy. With the first step comes when billing mailed the notice
    ahead, if it did; what is asked again takes a notice of its own.
    """

    process_id: str
    account_id: str
    policy_id: str
    amount: Money | None
    asks: Asks
    because: str
    resumes: Asks
    notice_id: str
    effective: date | None
    paid_on: date | None
    step: int
    tries: int
    until: datetime | None
    story: str
    on: date
    at: datetime
    noticed_on: date | None = None
    due_on: date | None = None
    received: Money | None = None
    cure_until: date | None = None


Event: TypeAlias = NonpaymentStepTaken
