"""Who may be paid in a run: what is eligible goes in, and of everything else it is said why not (Y13, practice [K])."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier
from model.payments.payout_events import PayoutItem


class Candidate(Struct, frozen=True, gc=False):
    """A payment that waits, with what is known of its payee. `bank_details_since` is the day of their last change."""

    item: PayoutItem
    payee: Literal["verified", "unverified"]
    screening: Literal["clear", "pending", "hit"]
    bank_details_since: date | None = None


class LeftOut(Struct, frozen=True, gc=False):
    payment_id: str
    code: Literal["payee_unverified", "screening_pending", "screening_hit", "cooling_off", "above_run_limit"]


class Selection(Struct, frozen=True):
    items: tuple[PayoutItem, ...]
    left_out: tuple[LeftOut, ...]


def selected(carrier: Carrier, candidates: Iterable[Candidate], *, on: date) -> Selection:
    """The items of a run of day `on`, in the order of the candidates, as many as the run may carry. What did not fit
    is for the next run; a smaller payment behind it may still fit.
    """
    items: list[PayoutItem] = []
    left_out: list[LeftOut] = []
    room = carrier.settlement.payout_run_minor
    for candidate in candidates:
        code = _why_not(carrier, candidate, on)
        if code is None and candidate.item.amount.minor > room:
            code = "above_run_limit"
        if code is not None:
            left_out.append(LeftOut(candidate.item.payment_id, code))
            continue
        items.append(candidate.item)
        room -= candidate.item.amount.minor
    return Selection(tuple(items), tuple(left_out))


def _why_not(
    carrier: Carrier, candidate: Candidate, on: date
) -> Literal["payee_unverified", "screening_pending", "screening_hit", "cooling_off"] | None:
    if candidate.screening == "hit":
        return "screening_hit"
    if candidate.screening == "pending":
        return "screening_pending"
    if candidate.payee == "unverified":
        return "payee_unverified"
    since = candidate.bank_details_since
    if since is not None and (on - since).days < carrier.settlement.payout_cooling_off_days:
        return "cooling_off"
    return None
