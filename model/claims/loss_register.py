"""Which losses happened on which day in which state, so that a catastrophe that is declared weeks later finds its
claims without reading all the others.

    Page --NoteLoss--> Page

A day of one state is several pages: after a landfall tens of thousands of notices tell of the same day, and a page is
written again with every claim that it gains. The page of a claim follows from the claim alone. When and where a loss
was is never told otherwise later, so that nothing is ever taken off a page.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zlib import crc32

from msgspec import Struct

from model.claims.catastrophe import Catastrophe
from model.decider import Decider, Decision

PAGES = 64
"""Pages of one day in one state: few enough to read them all, enough for the day of a landfall (practice)."""


class NoteLoss(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A loss was told of. `state` is where it happened."""

    claim_id: str
    loss_at: datetime
    state: str
    on: date
    at: datetime


Command: TypeAlias = NoteLoss


class LossNoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    claim_id: str
    on: date
    at: datetime


Event: TypeAlias = LossNoted


class Page(Struct, frozen=True, tag=True):
    """Ids of claims in their order, whatever the order in which they were noted."""

    claims: tuple[str, ...] = ()


State: TypeAlias = Page


def decide(command: Command, state: State) -> Decision[Event]:
    place = bisect_left(state.claims, command.claim_id)
    if state.claims[place : place + 1] == (command.claim_id,):
        return ()
    return (LossNoted(claim_id=command.claim_id, on=command.on, at=command.at),)


def evolve(state: State, event: Event) -> State:
    place = bisect_left(state.claims, event.claim_id)
    return Page((*state.claims[:place], event.claim_id, *state.claims[place:]))


def pages_of(catastrophe: Catastrophe) -> Iterator[str]:
    """Every page on which a loss of the catastrophe can stand, day by day."""
    states = tuple(dict.fromkeys(area.partition("/")[0] for area in catastrophe.areas))
    day, last = _day(catastrophe.starts_at), _day(catastrophe.ends_at)
    while day <= last:
        for state in states:
            yield from (_page(day, state, number) for number in range(PAGES))
        day += timedelta(days=1)


def _page(day: date, state: str, number: int) -> str:
    return f"{day}/{state}/{number}"


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _stream(command: Command) -> str:
    return _page(_day(command.loss_at), command.state, crc32(command.claim_id.encode()) % PAGES)


def decider() -> Decider[Command, State, Event]:
    return Decider("loss_register", Page(), _stream, decide, evolve)
