"""Where a payment intent can stand, and each of its attempts."""

from datetime import date, datetime
from typing import Literal, TypeAlias, final

from msgspec import Struct

from model.choices.payments import Method
from model.jurisdiction import FailureClass
from model.money import Money
from model.payments.commands import Purpose
from model.payments.instrument import CardOnFile
from model.payments.routing import RouteDecision
from model.payments.surcharges import PaymentFee

AttemptStatus = Literal[
    "init", "requires_action", "processing", "succeeded", "failed", "errored", "unknown", "returned", "refunded",
    "refunded_partial", "charged_back", "represented",
]  # fmt: skip
IN_DOUBT: frozenset[AttemptStatus] = frozenset({"init", "requires_action", "processing", "unknown"})
"""Money may still move."""
EFFECTIVE: frozenset[AttemptStatus] = frozenset({"succeeded", "refunded_partial", "represented"})
"""Money has moved and, but for a part, has stayed."""
LIVE = IN_DOUBT | EFFECTIVE
"""At most one attempt of an intent is live at any time."""


@final
class Order(Struct, frozen=True, gc=False):
    """What is to be moved, for whom and why; it never changes once the intent has started. `story` is the correlation
    id of what led to it, which everything about the intent belongs to. `joint_payees` have to endorse together.
    """

    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money
    story: str = ""
    joint_payees: tuple[str, ...] = ()


class Attempt(Struct, frozen=True, gc=False):
    """One try to move the money. `settled_on` is the day on which it moved. `network`, `code` and `ended_at` say how it
    failed, if it ever did: a later success does not undo that somebody acted on it. `returned_at` and `return_code` say
    how the money came back.

    `routed` is why it went where it went, `card` what it was made with, and `fee` what was charged beside the amount.
    `cleared_on` is the day on which the bank paid a cheque. `postponed_to` is until when the retry of a failed one was
    put off, because its card had to wait. `unendorsed` are joint payees without whose endorsement the bank has paid.
    `changes` are the codes of the notices of change that came for it. `account_id` is the vault's name of the bank
    account that is debited, if it has one.
    `surplus` marks a success that came when the intent could no longer use it: `refunded` at once, or with a `person`.
    """

    ordinal: int
    status: AttemptStatus
    method: Method
    route: str
    started_at: datetime
    ended_at: datetime | None = None
    network: str = ""
    code: str = ""
    failure: FailureClass | None = None
    settled_on: date | None = None
    returned_at: datetime | None = None
    return_code: str = ""
    surplus: Literal["none", "refunded", "person"] = "none"
    cleared_on: date | None = None
    routed: RouteDecision | None = None
    card: CardOnFile | None = None
    fee: PaymentFee | None = None
    postponed_to: datetime | None = None
    unendorsed: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    account_id: str = ""


class Refund(Struct, frozen=True, gc=False):
    refund_id: str
    amount: Money


@final
class NoIntent(Struct, frozen=True, gc=False, tag=True):
    pass


class Processing(Struct, frozen=True, tag=True):
    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date


class RequiresAction(Struct, frozen=True, tag=True):
    """The payer has to authenticate before `until`."""

    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    until: datetime


class Unknown(Struct, frozen=True, tag=True):
    """Nobody knows since `since`. `inquire_at` is None when a person has it, for the reason `person`."""

    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    since: datetime
    inquire_at: datetime | None
    inquiries: int = 0
    escalated_at: datetime | None = None
    person: str = ""


class Retrying(Struct, frozen=True, tag=True):
    """No attempt is live; the next begins at `retry_at`."""

    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    retry_at: datetime


class Succeeded(Struct, frozen=True, tag=True):
    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> int:
        """Minor units that went back."""
        return sum(refund.amount.minor for refund in self.refunds)


@final
class Failed(Struct, frozen=True, tag=True):
    """Given up, and said so to everybody."""

    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    reason: str


class Returned(Struct, frozen=True, tag=True):
    """The money came back; `person` says why somebody has to look at it, if so."""

    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    reason: str
    person: str = ""


class ChargedBack(Struct, frozen=True, tag=True):
    order: Order
    attempts: tuple[Attempt, ...]
    due_on: date
    reason: str


Status = Literal[
    "processing",
    "requires_action",
    "unknown",
    "retrying",
    "succeeded",
    "refunded",
    "failed",
    "returned",
    "charged_back",
]
Begun: TypeAlias = Processing | RequiresAction | Unknown | Retrying | Succeeded | Failed | Returned | ChargedBack
State: TypeAlias = NoIntent | Begun
