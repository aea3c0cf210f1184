"""Every end that a story can have: whatever is on its way may arrive next, and whatever may happen next happens.

A world is a core, what was published and has not arrived, and what the outside will still do. Messages of one stream
reach one context in their order, as every carrier here keeps it; beyond that any order is possible, and all are tried.
Two ways that lead to the same world go on as one, so that the search is exhaustive and ends.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from fixtures.jurisdictions import florida
from model.core import Context, Core
from model.due import PROCESSES
from model.published.envelope import Envelope
from model.waiting import next_due, pass_time


class Happening(Struct, frozen=True):
    """Something that the outside does once, not before it is `ready`; `at` moves the clock there."""

    name: str
    act: Callable[[Core], object]
    ready: Callable[[Core], bool] = lambda core: True
    at: datetime | None = None


class Waiting(Struct, frozen=True):
    """A message on its way; `lane` is the order that it keeps, a lane of its own for a second delivery."""

    envelope: Envelope
    to: Context
    lane: str


class World(Struct, frozen=True):
    """`streams` are the states and sequences of every machine."""

    streams: tuple[tuple[dict[str, Any], dict[str, int]], ...]
    waiting: tuple[Waiting, ...]
    left: tuple[tuple[Happening, ...], ...]
    now: datetime


def new_core() -> Core:
    return Core(*florida())


def machines(core: Core) -> list[Any]:
    return list(dict.fromkeys(core.machines.values()))


def settled(core: Core, now: datetime) -> Core:
    """Nothing else happens: time passes and answers come, until nobody waits for the clock any more."""
    for _ in range(60):
        core.drain(at=now)
        due = next_due(core, PROCESSES)
        if due is None:
            return core
        now = max(now, due)
        pass_time(core, now, PROCESSES)
    raise AssertionError("the processes never come to rest")


class Explorer:
    """`between` are the contexts whose messages may come in any order; whatever goes to others arrives at once, because
    they answer nobody in the story. `build` makes the core, with a planted defect where a test wants one; `twice` names
    a type of message, or one thing that is asked, of which every one comes a second time at any later moment.
    """

    def __init__(
        self,
        end: Callable[[Core], object],
        between: tuple[Context, ...],
        build: Callable[[], Core] = new_core,
        twice: str = "",
    ) -> None:
        self.end = end
        self.between = between
        self.core = build()
        self.twice = twice
        self.worlds = 0
        self._encoded: dict[int, tuple[Any, bytes]] = {}

    def ends(self, core: Core, now: datetime, *outside: tuple[Happening, ...]) -> set[Any]:
        found: set[Any] = set()
        seen: set[bytes] = set()
        streams = tuple((dict(machine.states), dict(machine.sequences)) for machine in machines(core))
        self.core.outbox.extend(core.outbox)
        stack = [self._reached(World(streams, (), outside, now), (), outside, now, at_once=False)]
        while stack:
            world = stack.pop()
            mark = self._mark(world)
            if mark in seen:
                continue
            seen.add(mark)
            nexts = list(self._nexts(world))
            if not nexts:
                self._load(world)
                found.add(self.end(settled(self.core, world.now)))
            stack.extend(nexts)
        self.worlds = len(seen)
        return found

    def _load(self, world: World) -> None:
        for machine, (states, sequences) in zip(machines(self.core), world.streams, strict=True):
            machine.states = dict(states)
            machine.sequences = dict(sequences)

    def _reached(
        self,
        before: World,
        waiting: tuple[Waiting, ...],
        left: tuple[tuple[Happening, ...], ...],
        now: datetime,
        *,
        at_once: bool = True,
    ) -> World:
        """The world that the core is in now; one that did not change shares its streams with the one before."""
        if not at_once:
            self._load(before)
        posted = (*waiting, *self._posted(now))
        streams = tuple((machine.states, machine.sequences) for machine in machines(self.core))
        return World(streams, posted, left, now)

    def _posted(self, now: datetime) -> tuple[Waiting, ...]:
        found: list[Waiting] = []
        outbox = self.core.outbox
        while outbox:
            envelope = outbox.pop(0)
            for context in self.core.subscribers(envelope.type):
                if context not in self.between:
                    self.core.deliver(envelope, to=context, at=now)
                    continue
                stream = f"{envelope.id.rpartition('#')[0]}>{context}"
                found.append(Waiting(envelope, context, stream))
                if self.twice in (envelope.type, f"{envelope.type}:{getattr(envelope.data, 'asks', '')}"):
                    found.append(Waiting(envelope, context, f"{envelope.id}>{context} again"))
        return tuple(found)

    def _nexts(self, world: World) -> Iterable[World]:
        lanes: set[str] = set()
        for place, one in enumerate(world.waiting):
            if one.lane in lanes:
                continue
            lanes.add(one.lane)
            self._load(world)
            self.core.deliver(one.envelope, to=one.to, at=world.now)
            rest = (*world.waiting[:place], *world.waiting[place + 1 :])
            yield self._reached(world, rest, world.left, world.now)
        self._load(world)
        for place, sequence in enumerate(world.left):
            if not sequence or not sequence[0].ready(self.core):
                continue
            happening = sequence[0]
            happening.act(self.core)
            left = (*world.left[:place], sequence[1:], *world.left[place + 1 :])
            yield self._reached(world, world.waiting, left, max(happening.at or world.now, world.now))
            self._load(world)

    def _mark(self, world: World) -> bytes:
        """What decides how a world goes on."""
        states = b"".join(
            key.encode() + self._bytes(state) for of_machine, _ in world.streams for key, state in of_machine.items()
        )
        waiting = ",".join(sorted(one.envelope.id + one.lane for one in world.waiting))
        left = ",".join(str(len(sequence)) for sequence in world.left)
        return states + f"|{waiting}|{left}|{world.now}".encode()

    def _bytes(self, state: Any) -> bytes:
        """A state is encoded once; it is kept so that no other takes its place in memory."""
        known = self._encoded.get(id(state))
        if known is None:
            known = self._encoded[id(state)] = (state, msgspec.json.encode(state))
        return known[1]


@pytest.fixture
def explorer():
    return Explorer


@pytest.fixture
def happening():
    return Happening
