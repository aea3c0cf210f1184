"""Journeys: how long things take from one moment to another, by what they concern."""

from typing import Literal

import polars as pl

from simulations.engine import SECOND

Measure = Literal[
    "quote_to_bind", "issue_to_invoice", "fnol_to_assignment", "approve_to_pay", "notice_to_first_payment"
]
UNITS: dict[Measure, tuple[str, int]] = {
    "quote_to_bind": ("days", 86_400 * SECOND),
    "issue_to_invoice": ("seconds", SECOND),
    "fnol_to_assignment": ("hours", 3_600 * SECOND),
    "approve_to_pay": ("hours", 3_600 * SECOND),
    "notice_to_first_payment": ("days", 86_400 * SECOND),
}


class Journeys:
    """Starts and ends by measure and entity, in ticks. Only the first start and the first end of each count."""

    def __init__(self) -> None:
        self._started: dict[Measure, dict[str, int]] = {measure: {} for measure in UNITS}
        self._ended: dict[Measure, dict[str, int]] = {measure: {} for measure in UNITS}

    def start(self, measure: Measure, entity: str, tick: int) -> None:
        self._started[measure].setdefault(entity, tick)

    def end(self, measure: Measure, entity: str, tick: int) -> None:
        """Ignored for what never started."""
        if entity in self._started[measure]:
            self._ended[measure].setdefault(entity, tick)

    def lengths(self, measure: Measure) -> list[int]:
        """Ticks from start to end of all that have ended."""
        started = self._started[measure]
        return [end - started[entity] for entity, end in self._ended[measure].items()]

    def frame(self, replication: int, journey: str) -> pl.DataFrame:
        """One row per journey begun: replication, measure, journey, entity, start, end (null while it goes on)."""
        frames = [
            pl.DataFrame(
                {
                    "measure": [measure] * len(started),
                    "entity": list(started),
                    "start": list(started.values()),
                    "end": [self._ended[measure].get(entity) for entity in started],
                },
                schema={"measure": pl.String, "entity": pl.String, "start": pl.Int64, "end": pl.Int64},
            )
            for measure, started in self._started.items()
        ]
        return pl.concat(frames).select(
            pl.lit(replication).cast(pl.Int32).alias("replication"),
            "measure",
            pl.lit(journey).alias("journey"),
            "entity",
            "start",
            "end",
        )
