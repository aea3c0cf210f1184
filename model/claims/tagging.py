"""Which claims belong to which catastrophe, at notice and again whenever one is declared or revised."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from model.claims.catastrophe import Catastrophe
from model.claims.commands import TagCatastrophe
from model.claims.file import Closed, Notice, Open, Reported, State, Unreported
from model.claims.vocabulary import PENDING, Cause


class Loss(Protocol):
    """When, where and by what: a notice says it, and so does the event of its report."""

    @property
    def loss_at(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    @property
    def county(self) -> str: ...
    @property
    def cause(self) -> Cause: ...


def mismatch(catastrophe: Catastrophe | None, loss: Loss) -> str | None:
    """Why a loss is not of a catastrophe, in words; None when window, area and peril all fit."""
    if catastrophe is None:
        return "there is none"
    if not catastrophe.starts_at <= loss.loss_at < catastrophe.ends_at:
        return f"the loss at {loss.loss_at} is outside its window"
    if loss.state not in catastrophe.areas and f"{loss.state}/{loss.county}" not in catastrophe.areas:
        return f"{loss.state or 'an unknown place'} is outside its area"
    if loss.cause not in catastrophe.perils:
        return f"{loss.cause} is not of its perils"
    return None


def catastrophe_of(catastrophes: Iterable[Catastrophe], loss: Loss) -> Catastrophe | None:
    """The first catastrophe, by code, that a loss fits."""
    fitting = [one for one in catastrophes if mismatch(one, loss) is None]
    return min(fitting, key=lambda one: one.code, default=None)


def retro_tags(
    changed: Catastrophe,
    declared: Iterable[Catastrophe],
    claims: Iterable[tuple[str, State]],
    *,
    on: date,
    at: datetime,
) -> tuple[TagCatastrophe, ...]:
    """The commands that a declaration or revision leads to. A tag that still fits stays, whoever else it would fit;
    one that does not is taken off or moved. Asked again they change nothing.
    """
    declared = tuple(declared)
    found: list[TagCatastrophe] = []
    for claim_id, state in claims:
        if isinstance(state, Unreported):
            continue
        fitting = _retro_tag(changed, declared, state.notice)
        if fitting is not None:
            found.append(TagCatastrophe(claim_id=claim_id, catastrophe=fitting, basis="matched", on=on, at=at))
    return tuple(found)


def _retro_tag(changed: Catastrophe, declared: tuple[Catastrophe, ...], notice: Notice) -> Catastrophe | None:
    """The catastrophe to match a claim with; the changed one where it is the tag and fits no more."""
    tag = notice.tag
    if tag is not None and tag.basis == "override":
        return None
    code = "" if tag is None else tag.code
    if code and any(one.code == code and mismatch(one, notice) is None for one in declared):
        return None
    return catastrophe_of(declared, notice) or (changed if code == changed.code else None)


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
