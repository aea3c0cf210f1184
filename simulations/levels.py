"""What a run counts by day: things that happened up to the end of a day, and how many of something there are then."""

import polars as pl

from simulations.engine import DAY


class Daily:
    """Counts by name and day. A level is a count whose changes may be negative; both are added up at the end."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._changes: dict[str, list[int]] = {}

    def count(self, name: str, tick: int, amount: int = 1) -> None:
        """`amount` more of `name` from the day of `tick` on; what happens before day 0 counts on day 0."""
        day = max(tick // DAY, 0)
        if day < self._days:
            changes = self._changes.get(name)
            if changes is None:
                changes = self._changes[name] = [0] * self._days
            changes[day] += amount

    def frame(self, replication: int, names: tuple[str, ...]) -> pl.DataFrame:
        """replication, day and one cumulative column for each name, 0 throughout for what never happened."""
        nothing = [0] * self._days
        columns = {name: pl.Series(self._changes.get(name, nothing), dtype=pl.Int64).cum_sum() for name in names}
        days = pl.Series(range(self._days), dtype=pl.Int32)
        head = {"replication": pl.repeat(replication, self._days, dtype=pl.Int32, eager=True), "day": days}
        return pl.DataFrame({**head, **columns})
