"""Which claims belong to which catastrophe, at notice and again whenever one is declared or revised."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from model.claims.catastrophe import Catastrophe
from model.claims.commands import TagCatastrophe
from model.claims.file import Closed, Notice, Open, Reported, State, Unreported
from model.claims.vocabulary import PENDING


def mismatch(catastrophe: Catastrophe | None, notice: Notice) -> str | None:
    """Why a loss is not of a catastrophe, in words; None when window, area and peril all fit."""
    if catastrophe is None:
        return "there is none"
    if not catastrophe.starts_at <= notice.loss_at < catastrophe.ends_at:
        return f"the loss at {notice.loss_at} is outside its window"
    if notice.state not in catastrophe.areas and f"{notice.state}/{notice.county}" not in catastrophe.areas:
        return f"{notice.state or 'an unknown place'} is outside its area"
    if notice.cause not in catastrophe.perils:
        return f"{notice.cause} is not of its perils"
    return None


def catastrophe_of(catastrophes: Iterable[Catastrophe], notice: Notice) -> Catastrophe | None:
    """The first catastrophe, by code, that a notice fits."""
    fitting = [one for one in catastrophes if mismatch(one, notice) is None]
    return min(fitting, key=lambda one: one.code, default=None)


def retro_tags(
    catastrophe: Catastrophe, claims: Iterable[tuple[str, State]], *, on: date, at: datetime
) -> tuple[TagCatastrophe, ...]:
    """The commands that a declaration or revision leads to. Asked again they change nothing."""
    return tuple(
        TagCatastrophe(claim_id=claim_id, catastrophe=catastrophe, basis="matched", on=on, at=at)
        for claim_id, state in claims
        if not isinstance(state, Unreported) and mismatch(catastrophe, state.notice) is None
    )


class Tally(Struct, frozen=True, gc=False):
    """Claims of one catastrophe (or of none), in minor units where money."""

    claims: int = 0
    open_claims: int = 0
    incurred: int = 0
    paid: int = 0
    pending: int = 0


def by_catastrophe(claims: Iterable[State]) -> dict[str, Tally]:
    """Counts and money by code; the empty code is every claim of no catastrophe, so that the sum is everything."""
    tallies: dict[str, Tally] = {}
    for state in claims:
        if isinstance(state, Unreported):
            continue
        tag = state.notice.tag
        code = tag.code if tag else ""
        tallies[code] = _with(tallies.get(code, Tally()), state)
    return tallies


def _with(tally: Tally, state: Reported | Open | Closed) -> Tally:
    lines = () if isinstance(state, Reported) else state.lines
    payments = () if isinstance(state, Reported) else state.payments
    return Tally(
        tally.claims + 1,
        tally.open_claims + (not isinstance(state, Closed)),
        tally.incurred + sum(line.incurred for line in lines),
        tally.paid + sum(line.paid for line in lines),
        tally.pending + sum(payment.amount.minor for payment in payments if payment.status in PENDING),
    )
