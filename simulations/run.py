"""What one replication of a scenario leaves behind: frames, answers, and what is needed to do it again."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import polars as pl
from msgspec import Struct

S = TypeVar("S", bound=Struct)


class Answer(Struct, frozen=True, gc=False):
    """One number that a scenario answers with; None when nothing happened that could be measured."""

    value: float | None
    unit: str


class Frames(Struct, frozen=True):
    """The four frames of a run.

    daily: replication, day (0 = start of the event), cumulative counts at the end of that day (reported, closed,
        closed_unpaid, clocks_missed, paid_minor) and levels (open, backlog_<stage>).
    cycles: replication, measure, journey, entity, start, end (ticks of 1 us since the start of the event; `end` is null
        while it has not ended).
    drift: replication, kind, entity, at, found_at, repaired_at (ticks, null where it did not happen), minor, cause.
    stations: replication, station, servers, arrived, finished, busy_share, queue_mean, queue_peak, wait_mean_ticks.
    """

    daily: pl.DataFrame
    cycles: pl.DataFrame
    drift: pl.DataFrame
    stations: pl.DataFrame


class Run(Struct, frozen=True):
    """One replication. `law_confidence` counts the law rows used by their confidence."""

    replication: int
    seed: int
    trace_hash: str
    answers: dict[str, Answer]
    frames: Frames
    law_confidence: dict[str, int]


class Progress(Protocol):
    """Called now and then with the part of one replication that is done, 0 to 1."""

    def __call__(self, done: float) -> None: ...


class Kind(Struct, Generic[S], frozen=True):
    """A kind of scenario: its value type with defaults and units, and what runs one replication of it.

    `assumed` and `calibrated` name the parameters that rest on an assumption or on published data.
    """

    name: str
    says: str
    scenario: type[S]
    run: Callable[[S, int, int, Progress], Run]
    assumed: tuple[str, ...]
    calibrated: tuple[str, ...]
