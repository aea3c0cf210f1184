"""The clock: SimPy's environment in whole microseconds, whose queue also takes plain calls.

    clock = Clock()
    clock.process(operator(clock))  # an ordinary SimPy process ...
    clock.call_in(5 * SECOND, answer, message)  # ... and a plain call, on one heap, in one order
    clock.run(until=30 * DAY)  # what is due at that very tick still happens

A plain call makes no object and walks no list of callbacks, which is most of what a SimPy event costs. Three things
differ from SimPy on purpose:

* Time is a whole number of ticks and a float is refused: sums of floats drift, so that moments meant to be one fall
  apart.
* `run(until=T)` includes what is due at T, because a batch window that closes at T must still run.
* Ties can be shuffled. What comes first among the entries of one tick is otherwise the order in which they were
  scheduled, which is reproducible and yet an assumption that nobody wrote down.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast

from simpy import Environment, Event, Process, Timeout
from simpy.core import EmptySchedule, SimTime, StopSimulation
from simpy.events import NORMAL, EventPriority, ProcessGenerator

from simulations.engine.trace import Trace, untraced

TICK: Final = 1
SECOND: Final = 1_000_000 * TICK
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

PENDING_ADVISED: Final = 10_000
"""Keep `Clock.pending` below this. The heap costs about 0.5 us an entry there, and 8 us at a million entries, where
it is all that a run does. A model that gets so far holds a timer per policy; a `DayWheel` or a `TimeoutLane` holds
one for all."""

Argument = TypeVar("Argument")
Entry: TypeAlias = tuple[int, int, Callable[[Any], object], Any]
"""What waits on the heap: tick, key among the entries of that tick, function, argument."""

# Keys of one priority lie within this span, also when shuffled; an urgent event of SimPy's (the start of a process, an
# interrupt) lies a span below, and the end of a run a span above everything else of its tick.
_SPAN: Final = 1 << 100


class Clock(Environment):
    """A SimPy environment on whole ticks of one microsecond, starting at 0.

    `ties="fifo"` handles the entries of one tick in the order in which they were scheduled, as SimPy does. A seed
    shuffles them instead, the same way for the same seed: a result that changes with the seed rests on an order
    nobody modelled. `trace="hash"` keeps a hash of what happened, `"rows"` also every row, for the replay of one
    replication, and `"off"` nothing.
    """

    def __init__(self, *, ties: Literal["fifo"] | int = "fifo", trace: Literal["hash", "rows", "off"] = "hash") -> None:
        super().__init__(0)
        self.tick: int = 0
        """The present moment: what `now` gives, without a call."""
        self.agenda: Final[list[Entry]] = []
        """The heap itself. Only the parts of the engine push on it; everybody else has `call_at` and `call_in`."""
        self._queue = cast(Any, self.agenda)
        self.next_key: Final[Callable[[], int]] = count().__next__ if ties == "fifo" else _shuffled_keys(ties)
        """The key of the next entry among those of its tick."""
        self.trace: Final = None if trace == "off" else Trace(keep=trace)
        self.note: Final[Callable[[int, int, int], None]] = untraced if self.trace is None else self.trace.note
        """`note(tick, kind, entity)` writes a row of the trace, or nothing if there is none."""

    @property
    def now(self) -> int:
        return self.tick

    @property
    def pending(self) -> int:
        """How many entries wait on the heap; see `PENDING_ADVISED`."""
        return len(self.agenda)

    def call_at(self, tick: int, function: Callable[[Argument], object], argument: Argument) -> None:
        """Call `function(argument)` at a tick, which may be the present one. TypeError for a float, ValueError for
        the past."""
        heappush(self.agenda, (self._not_passed(tick), self.next_key(), function, argument))

    def call_in(self, ticks: int, function: Callable[[Argument], object], argument: Argument) -> None:
        """Call `function(argument)` after a delay. TypeError for a float, ValueError for a negative delay."""
        heappush(self.agenda, (self.tick + _whole(ticks), self.next_key(), function, argument))

    def withdraw(self, function: Callable[[Any], object]) -> list[Any]:
        """Take all pending calls of this very function object off the heap; their arguments, in the order they were
        due.

        It looks at every pending entry: something for an outage, not for every message.
        """
        withdrawn = sorted((entry for entry in self.agenda if entry[2] is function), key=lambda entry: entry[:2])
        if withdrawn:
            # In place, because a run in progress and every station hold this very list.
            self.agenda[:] = [entry for entry in self.agenda if entry[2] is not function]
            heapify(self.agenda)
        return [entry[3] for entry in withdrawn]

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        """SimPy's own way onto the heap; every timeout and every event that succeeds or fails passes here."""
        key = self.next_key()
        if priority != NORMAL:
            key += (priority - NORMAL) * _SPAN
        heappush(self.agenda, (self.tick + _whole(delay), key, _occur, event))

    # SimPy binds these three to every instance of its own class, but looks them up anew for each use by a subclass.
    def process(self, generator: ProcessGenerator) -> Process:
        return Process(self, generator)

    def timeout(self, delay: SimTime = 0, value: Any = None) -> Timeout:
        """An event after a whole number of ticks. TypeError for a float, ValueError for a negative delay."""
        return Timeout(self, delay, value)

    def event(self) -> Event:
        return Event(self)

    def step(self) -> None:
        if not self.agenda:
            raise EmptySchedule
        tick, _, function, argument = heappop(self.agenda)
        self.tick = self._now = tick
        function(argument)

    def run(self, until: SimTime | Event | None = None) -> Any:
        """Run to the end of the agenda, to the end of a tick, or until an event has happened, whose value is returned.

        A tick is included with all that is due at it, also what is only scheduled when it is reached; it may be the
        present one. TypeError for a float, ValueError for a tick that has passed, RuntimeError if the event can no
        longer happen. A call's exception comes out as it is, and so does, as SimPy's copy of it, the failure of an
        event nobody handled.
        """
        if isinstance(until, Event):
            if until.processed:
                return until.value
            until.callbacks.append(StopSimulation.callback)
        elif until is not None:
            heappush(self.agenda, (self._not_passed(until), _SPAN, _stop, None))
        agenda = self.agenda
        try:
            # This is step() in place: to call it would cost as much as what it does. The loop ends from within because
            # CPython 3.11 does not specialise one whose condition stands at its head, and a run is then 14 % slower.
            while True:
                if not agenda:
                    break
                tick, _, function, argument = heappop(agenda)
                self.tick = self._now = tick
                function(argument)
        except StopSimulation as stop:
            return stop.args[0]
        finally:
            self.withdraw(_stop)
        if isinstance(until, Event):
            raise RuntimeError(f"nothing is left on the agenda, and {until} has not happened")
        return None

    def _not_passed(self, tick: SimTime) -> int:
        if type(tick) is not int:
            raise TypeError(f"a tick is a whole number, not {tick!r}")
        if tick < self.tick:
            raise ValueError(f"tick {tick} has passed: it is {self.tick}")
        return tick


def _whole(ticks: SimTime) -> int:
    if type(ticks) is not int:
        raise TypeError(f"a delay is a whole number of ticks, not {ticks!r}")
    if ticks < 0:
        raise ValueError(f"a delay of {ticks} ticks lies in the past")
    return ticks


def _occur(event: Event) -> None:
    """An event of SimPy's comes off the heap: its callbacks run, and a failure that none of them handled is raised."""
    callbacks, event.callbacks = iter(event.callbacks), cast(Any, None)
    try:
        for callback in callbacks:
            callback(event)
    except StopSimulation:
        # The callbacks that are left run first thing when the run goes on.
        event.callbacks = list(callbacks)
        event.env.schedule(event, EventPriority(-1))
        raise
    if not event.ok and not event.defused:
        failure = cast(BaseException, event.value)
        raise type(failure)(*failure.args) from failure


def _stop(_: None) -> None:
    raise StopSimulation(None)


def _shuffled_keys(seed: int) -> Callable[[], int]:
    dice, turn = Random(seed).getrandbits, count().__next__
    return lambda: dice(32) << 64 | turn()
