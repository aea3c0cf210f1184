"""The status of every payment by the correlation id of its story: one question, and the whole tree answers.

    claim -> payout -> intent ...     all bear one correlation id: what became of the money of that claim?

A board is fed by what payments publishes, in whatever order and however often that arrives: of each payment it keeps
what the latest of its own events says. An event of a type that it does not know is passed over, so that new ones do no
harm. The board is a picture and can be rebuilt from the beginning (model.resilience.replay).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from model.wire import Amount

Status = Literal[
    "processing", "unknown", "succeeded", "failed", "returned", "disputed", "dispute_won", "dispute_lost", "paid_out"
]
FINAL: frozenset[Status] = frozenset({"succeeded", "failed", "returned", "dispute_won", "dispute_lost", "paid_out"})
BEGINS = "insurance.payments.intent.created.v1"
SAYS: Mapping[str, Status] = {
    BEGINS: "processing",
    "insurance.payments.intent.unknown.v1": "unknown",
    "insurance.payments.intent.succeeded.v1": "succeeded",
    "insurance.payments.intent.failed.v1": "failed",
    "insurance.payments.return.received.v1": "returned",
    "insurance.payments.dispute.opened.v1": "disputed",
    "insurance.payments.dispute.won.v1": "dispute_won",
    "insurance.payments.dispute.lost.v1": "dispute_lost",
    "insurance.payments.payout.issued.v1": "processing",
    "insurance.payments.payout.settled.v1": "paid_out",
    "insurance.payments.payout.returned.v1": "failed",
}


class About(Struct, frozen=True, gc=False):
    """What the board reads of any such event; what one does not say stays empty. An item of a payment run has no intent
    and is known by its payment.
    """

    intent_id: str = ""
    payment_id: str = ""
    reference: str = ""
    amount: Amount | None = None
    reason: str = ""


class Notice(Struct, frozen=True, kw_only=True):
    """A published event as it arrives. `sequence` is its number in the stream of `subject`."""

    type: str
    subject: str
    sequence: int
    correlation_id: str
    at: datetime
    data: object


class PaymentStatus(Struct, frozen=True, gc=False):
    """Since when a payment is what it is. `reference` and `amount` are kept from what said them last."""

    intent_id: str
    correlation_id: str
    status: Status
    since: datetime
    reference: str
    amount: Amount | None
    reason: str


class Board(Struct, frozen=True):
    """By intent id, and the intents of each story in the order in which they were first heard of. `heard` is the
    highest number that was heard of each stream.
    """

    payments: Mapping[str, PaymentStatus] = {}
    stories: Mapping[str, tuple[str, ...]] = {}
    heard: Mapping[str, int] = {}

    def of(self, correlation_id: str) -> tuple[PaymentStatus, ...]:
        """Every payment of a story; none when nobody heard of any."""
        return tuple(self.payments[intent_id] for intent_id in self.stories.get(correlation_id, ()))


EMPTY = Board()


def told(board: Board, notice: Notice) -> Board:
    """The board that has heard of an event too. Raises msgspec.ValidationError when the data names no payment."""
    status = SAYS.get(notice.type)
    if status is None:
        return board
    about = _read(notice)
    known = board.payments.get(about.intent_id)
    if known is not None and notice.type == BEGINS:
        board = _moved(board, known, notice.correlation_id)
        known = board.payments[about.intent_id]
    if notice.sequence <= board.heard.get(notice.subject, 0) or (known is not None and notice.at < known.since):
        return _filled(board, about)
    entry = PaymentStatus(
        about.intent_id,
        known.correlation_id if known else notice.correlation_id,
        status,
        notice.at,
        about.reference or (known.reference if known else ""),
        about.amount or (known.amount if known else None),
        about.reason,
    )
    story = board.stories.get(entry.correlation_id, ())
    stories = board.stories if known else {**board.stories, entry.correlation_id: (*story, about.intent_id)}
    heard = {**board.heard, notice.subject: notice.sequence}
    return Board({**board.payments, about.intent_id: entry}, stories, heard)


def _read(notice: Notice) -> About:
    about = msgspec.convert(notice.data, About, from_attributes=True)
    if not about.intent_id and not about.payment_id:
        raise msgspec.ValidationError(f"{notice.type} of {notice.subject} names no payment")
    return about if about.intent_id else replace(about, intent_id=about.payment_id)


def _moved(board: Board, known: PaymentStatus, correlation_id: str) -> Board:
    """The payment belongs to the story in which it began, whatever was heard of it before."""
    if known.correlation_id == correlation_id:
        return board
    left = tuple(one for one in board.stories[known.correlation_id] if one != known.intent_id)
    joined = (*board.stories.get(correlation_id, ()), known.intent_id)
    stories = {**board.stories, known.correlation_id: left, correlation_id: joined}
    payments = {**board.payments, known.intent_id: replace(known, correlation_id=correlation_id)}
    return Board(payments, stories, board.heard)


def _filled(board: Board, about: About) -> Board:
    """What an older event says and no newer one did."""
    known = board.payments.get(about.intent_id)
    if known is None or (known.reference and known.amount):
        return board
    entry = replace(known, reference=known.reference or about.reference, amount=known.amount or about.amount)
    return Board({**board.payments, about.intent_id: entry}, board.stories, board.heard)


def unsettled(board: Board) -> tuple[PaymentStatus, ...]:
    """What is not at an end yet, the longest-standing first."""
    waiting = [payment for payment in board.payments.values() if payment.status not in FINAL]
    return tuple(sorted(waiting, key=_since))


def _since(payment: PaymentStatus) -> tuple[datetime, str]:
    return payment.since, payment.intent_id
