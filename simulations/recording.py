"""Keeping what happened in one replication, row by row, when somebody asks for it.

A run keeps a hash of its trace and forgets the rows. A scenario that can be replayed makes its clock with
`Clock(trace=wanted())` and then says `offer(clock.trace)`; under `recorded()` the rows are kept and found there.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import polars as pl

from simulations.engine.trace import Trace

_offered: ContextVar[list[Trace] | None] = ContextVar("offered", default=None)


def wanted() -> Literal["hash", "rows"]:
    """What a clock made now shall keep of its trace."""
    return "hash" if _offered.get() is None else "rows"


def offer(trace: Trace | None) -> None:
    """Hands the trace of a clock to whoever records; nothing happens when nobody does."""
    traces = _offered.get()
    if traces is not None and trace is not None:
        traces.append(trace)


@contextmanager
def recorded() -> Generator[list[Trace]]:
    """The traces that scenarios run in this block offer, with all their rows."""
    traces: list[Trace] = []
    token = _offered.set(traces)
    try:
        yield traces
    finally:
        _offered.reset(token)


def trace_frame(traces: list[Trace]) -> pl.DataFrame:
    """Rows as (tick, kind, entity): ticks of 1 us since the start of the event, in the order in which they happened."""
    ticks, kinds, entities = [], [], []
    for trace in traces:
        for tick, kind, entity in trace.rows():
            ticks.append(tick)
            kinds.append(kind)
            entities.append(entity)
    schema = {"tick": pl.Int64, "kind": pl.String, "entity": pl.Int64}
    return pl.DataFrame({"tick": ticks, "kind": kinds, "entity": entities}, schema=schema)
