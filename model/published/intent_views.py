"""What can be seen of a payment on its way: each attempt to move the money, and the sum as a whole."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.wire import Amount


class AttemptView(Struct, frozen=True, kw_only=True):
    """One try to move the money. `settled_on` is the day on which it moved, `failure` the class of the answer."""

    ordinal: int
    status: Literal[
        "init", "requires_action", "processing", "succeeded", "failed", "errored", "unknown", "returned", "refunded",
        "refunded_partial", "charged_back", "represented",
    ]  # fmt: skip
    method: Literal["ach", "card", "wallet", "cheque", "wire"]
    started_at: datetime
    ended_at: datetime | None = None
    network: str | None = None
    code: str | None = None
    failure: str | None = None
    settled_on: date | None = None
    returned_at: datetime | None = None
    return_code: str | None = None
    surplus: Literal["none", "refunded", "person"] = "none"
    postponed_to: datetime | None = None


class IntentView(Struct, frozen=True, kw_only=True):
    """`status` is that of the sum as a whole. `next_at` is when its schedule goes on, `unknown_since` since when nobody
    knows, `for_person` why somebody has to look at it.
    """

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    status: Literal[
        "processing", "requires_action", "unknown", "retrying", "succeeded", "refunded", "failed", "returned",
        "charged_back",
    ]  # fmt: skip
    reason: str | None = None
    due_on: date | None = None
    attempts: tuple[AttemptView, ...] | None = None
    captured: Amount | None = None
    refunded: Amount | None = None
    next_at: datetime | None = None
    unknown_since: datetime | None = None
    escalated_at: datetime | None = None
    for_person: str | None = None
