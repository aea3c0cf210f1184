"""The clocks of a claim by what happened on which day, and how a test tells of one."""

from datetime import date
from typing import Any

from fixtures.jurisdictions import state_law
from model.claims.clocks import ClaimClock, ClaimDays, clock_book, clocks_of

NOTICED, TODAY = date(2026, 6, 10), date(2026, 10, 1)


def clocks(state: str, facts: dict[Any, date], *words: str, line: str = "home", letters: Any = ()) -> dict[str, Any]:
    """The clocks by name; of several letters the last."""
    book = clock_book(state_law(state, min(facts.values())), line)
    return {clock.name: clock for clock in clocks_of(ClaimDays(facts, tuple(letters)), book, frozenset(words))}


def told(clock: ClaimClock) -> str:
    late = clock.days_late(TODAY)
    return f"{clock.name} {clock.due:%m-%d} {clock.status(TODAY)}" + (f" {late}" if late else "")
