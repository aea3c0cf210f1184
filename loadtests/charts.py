"""Charts of a load: each draws its record on an `ax` and returns it. Seconds run from the first possible arrival.

figure = new_figure()
rates(figure.add_subplot(), profile, record)
"""

from typing import Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from fixtures.portable_math import Floats
from loadtests.arrivals import intended_rate
from loadtests.journeys import requests_per_arrival
from loadtests.load_profiles import Profile
from simulations.chart_marks import BLUE, GREEN, INK, ORANGE, PURPLE, RED, SKY, TEXT_PT, apart, frame, label, new_figure

__all__ = ["drops", "lag", "latencies", "new_figure", "rates"]

MOST_BINS: Final = 60
FEWEST_BINS: Final = 6
PER_BIN: Final = 10
WIDTHS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 3_600.0)
"""Seconds."""

QUANTILES: Final = ((0.5, "half", SKY), (0.95, "95 %", BLUE), (0.99, "99 %", PURPLE))


def rates(ax: Axes, profile: Profile, record: pl.DataFrame) -> Axes:
    """Journeys that were meant to begin, did begin, and ended well, per second."""
    width, starts = _bins(profile, record)
    first = _came(record).filter(pl.col("step") == 0)
    peak = profile.rate / requests_per_arrival(profile)
    middle = starts + width / 2.0
    meant = intended_rate(profile.arrivals, seconds=profile.seconds, peak=peak, at=middle)
    sent = _counts(first.filter(~pl.col("dropped"))["sent"], starts, width) / width
    done = _counts(_well_ended(record), starts, width) / width
    ax.plot(middle, meant, color=INK, linewidth=1.4, linestyle=(0, (4, 3)))
    ax.plot(middle, sent, color=BLUE, linewidth=2.2)
    ax.plot(middle, done, color=GREEN, linewidth=2.2, linestyle=(0, (1, 1)))
    highest = max(float(meant.max()), float(sent.max()), float(done.max()))
    ends = apart([float(meant[-1]), float(sent[-1]), float(done[-1])], highest=highest)
    for name, colour, height in zip(("meant", "begun", "ended well"), (INK, BLUE, GREEN), ends, strict=True):
        label(ax, name, profile.seconds, height, colour=colour, offset=(7, 0))
    frame(ax, "What was asked of the deployment", "journeys a second: meant by the arrival curve, begun, ended well")
    return _over_seconds(ax, profile, highest)


def latencies(ax: Axes, profile: Profile, record: pl.DataFrame) -> Axes:
    """Latency from the intended instant, within which half, 95 % and 99 % of the requests of a moment were answered."""
    width, starts = _bins(profile, record)
    took = (
        _came(record)
        .filter(~pl.col("dropped"))
        .select(
            ((pl.col("intended") / width).floor().cast(pl.Int64)).alias("bin"),
            ((pl.col("done") - pl.col("intended")) * 1_000.0).alias("ms"),
        )
    )
    lines = took.group_by("bin").agg(
        pl.col("ms").quantile(share, "equiprobable").alias(name) for share, name, _ in QUANTILES
    )
    lines = pl.DataFrame({"bin": np.arange(starts.size)}).join(lines, on="bin", how="left").sort("bin")
    highest = max(float(np.nanmax(lines[name].to_numpy(), initial=0.0)) for _, name, _ in QUANTILES)
    ends: list[float] = []
    for _, name, colour in QUANTILES:
        values = lines[name].to_numpy()
        ax.plot(starts + width / 2.0, values, color=colour, linewidth=2.2, marker="o", markersize=2.5)
        known = values[np.isfinite(values)]
        ends.append(float(known[-1]) if known.size else 0.0)
    for (_, name, colour), height in zip(QUANTILES, apart(ends, highest=highest), strict=True):
        label(ax, name, profile.seconds, height, colour=colour, offset=(7, 0))
    if profile.warm_up_seconds > 0.0:
        ax.axvspan(0.0, profile.warm_up_seconds, color=INK, alpha=0.06, linewidth=0)
    frame(ax, "How long people waited", "milliseconds from the intended instant to the answer")
    return _over_seconds(ax, profile, highest)


def lag(ax: Axes, profile: Profile, record: pl.DataFrame) -> Axes:
    """How late the generator sent each arrival, with the bound that 99 of 100 must keep."""
    first = _came(record).filter(pl.col("step") == 0, ~pl.col("dropped"))
    late = ((first["sent"] - first["intended"]) * 1_000.0).to_numpy()
    bound = profile.service_levels.max_generator_lag_ms
    ax.scatter(first["intended"].to_numpy(), late, s=7, color=BLUE, alpha=0.5, linewidths=0)
    ax.axhline(bound, color=RED, linewidth=1.4, linestyle=(0, (4, 3)))
    label(ax, "bound", profile.seconds, bound, colour=RED, offset=(7, 0))
    frame(ax, "How late the generator was", "milliseconds from the intended instant of each arrival until it was sent")
    return _over_seconds(ax, profile, max(bound, float(late.max()) if late.size else 0.0))


def drops(ax: Axes, profile: Profile, record: pl.DataFrame) -> Axes:
    """Arrivals that were never sent, because as many journeys as allowed were under way."""
    width, starts = _bins(profile, record)
    counts = _counts(record.filter(pl.col("dropped"))["intended"], starts, width)
    ax.bar(starts, counts, width=width * 0.9, align="edge", color=ORANGE)
    frame(ax, "Arrivals that were dropped", f"in each {width:g} s")
    return _over_seconds(ax, profile, float(counts.max()) if counts.size else 0.0)


def _bins(profile: Profile, record: pl.DataFrame) -> tuple[float, Floats]:
    """Width and starts of bins: at most sixty, and few enough that some ten journeys begin in each."""
    most = min(MOST_BINS, max(FEWEST_BINS, record["arrival"].n_unique() / PER_BIN))
    width = next((width for width in WIDTHS if profile.seconds / width <= most), WIDTHS[-1])
    return width, np.arange(0.0, profile.seconds, width)


def _counts(instants: pl.Series, starts: Floats, width: float) -> Floats:
    edges = np.append(starts, starts[-1] + width)
    return np.histogram(instants.drop_nulls().to_numpy(), edges)[0].astype(np.float64)


def _well_ended(record: pl.DataFrame) -> pl.Series:
    """When each journey was done whose last request was answered as it should be."""
    ended = (
        _came(record)
        .group_by("arrival")
        .agg(pl.col("done").sort_by("step").last(), pl.col("verdict").sort_by("step").last())
    )
    return ended.filter(pl.col("verdict") == "good")["done"]


def _came(record: pl.DataFrame) -> pl.DataFrame:
    return record.filter(pl.col("intended") >= 0.0)


def _over_seconds(ax: Axes, profile: Profile, highest: float) -> Axes:
    ax.set_xlim(0.0, profile.seconds)
    ax.set_xlabel("seconds since the load began", fontsize=TEXT_PT, color=INK)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    ax.set_ylim(0.0, max(highest, 1e-9) * 1.08)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6))

    def tick(value: float, position: int | None) -> str:
        return f"{value:,g}"

    ax.yaxis.set_major_formatter(FuncFormatter(tick))
    return ax
