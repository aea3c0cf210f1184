"""Adjusters: claims are pushed to the one with the fewest on the desk, who works them off one by one in working hours.

There is no shared queue. A claim that was given to somebody waits for that somebody, however idle the others are, and a
claim that finds every desk full waits until a desk has room.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import pairwise
from typing import Literal, TypeAlias

from simulations.engine import Clock
from simulations.working_time import WorkingTime

Done: TypeAlias = Callable[[], None]
Given: TypeAlias = Callable[["Adjuster"], None]


AdjusterKind = Literal["desk", "field"]


def kinds_of_adjusters(people: int, *, desk_share: float) -> tuple[AdjusterKind, ...]:
    """The kinds of people in the order in which they come: evenly mixed, and at least one of each where claims of each
    kind come and there are two people, for nobody does the other's work.
    """
    desks = round(people * desk_share)
    if 0.0 < desk_share < 1.0 and people > 1:
        desks = min(max(desks, 1), people - 1)
    before = [(desks * person + people // 2) // people for person in range(people + 1)]
    return tuple("desk" if after > sofar else "field" for sofar, after in pairwise(before))


class Adjuster:
    """One person: `caseload` open claims, and the work that waits on the desk."""

    __slots__ = ("_busy", "_clock", "_desk", "_hours", "caseload", "number", "worked")

    def __init__(self, clock: Clock, number: int, hours: WorkingTime) -> None:
        self.number = number
        self.caseload = 0
        self.worked = 0
        self._clock = clock
        self._hours = hours
        self._busy = False
        self._desk: deque[tuple[int, Done]] = deque()

    def do(self, work: int, done: Done) -> None:
        """Puts `work` ticks on the desk; `done` is called when they are worked off."""
        self._desk.append((work, done))
        if not self._busy:
            self._start()

    def _start(self) -> None:
        work, done = self._desk.popleft()
        self._busy = True
        self.worked += work
        self._clock.call_at(self._hours.after(self._clock.tick, work), self._finish, done)

    def _finish(self, done: Done) -> None:
        self._busy = False
        if self._desk:
            self._start()
        done()


class Pool:
    """Adjusters of one kind, who arrive over time; each carries at most `cap` claims."""

    def __init__(self, clock: Clock, *, cap: int, hours: WorkingTime) -> None:
        self.adjusters: list[Adjuster] = []
        self._clock = clock
        self._cap = cap
        self._hours = hours
        self._lightest: list[tuple[int, int]] = []
        self._waiting: deque[Given] = deque()

    @property
    def waiting(self) -> int:
        """Claims that no desk has room for."""
        return len(self._waiting)

    def hire(self, people: int) -> None:
        for _ in range(people):
            adjuster = Adjuster(self._clock, len(self.adjusters), self._hours)
            self.adjusters.append(adjuster)
            heappush(self._lightest, (0, adjuster.number))
        self._hand_out()

    def assign(self, given: Given) -> None:
        """`given` is called with the adjuster who gets the claim, now or when a desk has room."""
        self._waiting.append(given)
        self._hand_out()

    def release(self, adjuster: Adjuster) -> None:
        """One claim less on a desk."""
        adjuster.caseload -= 1
        heappush(self._lightest, (adjuster.caseload, adjuster.number))
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting and self._lightest:
            caseload, number = self._lightest[0]
            adjuster = self.adjusters[number]
            if caseload != adjuster.caseload:
                # The desk changed since this entry was made; a later entry tells how it stands.
                heappop(self._lightest)
                continue
            if caseload >= self._cap:
                return
            heappop(self._lightest)
            adjuster.caseload += 1
            heappush(self._lightest, (adjuster.caseload, number))
            self._waiting.popleft()(adjuster)
