"""What all charts share: colours, bands over replications, labels that need no legend, and quiet axes.

Colours are close to those of Okabe and Ito (Color universal design, 2008), which the colour-blind can tell apart, and
nothing is said by colour alone: lines and areas carry their names.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# A page replaces these three by its own, for dark screens and for paper.
INK: Final = "#1b2430"
LINE: Final = "#d4d9e0"
PAPER: Final = "#fefefe"

BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, PURPLE, YELLOW, GREY = "#56b4e9", "#b0568a", "#f0e442", "#9aa3ad"
SERIES: Final = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, GREY)
TEXT_PT: Final = 10


class Point(Struct, frozen=True, gc=False):
    """A published figure: days after the event, and a count or a share."""

    day: int
    value: float


class Banded(Struct, frozen=True):
    """Of each day: the 5th, 50th and 95th percentile over replications."""

    days: Floats
    low: Floats
    middle: Floats
    high: Floats
    replications: int


def new_figure(width_px: int = 580, height_px: int = 380) -> Figure:
    """A figure at 100 pixels an inch, in which text has the size that is meant for a page."""
    return Figure(figsize=(width_px / 100, height_px / 100), dpi=100, layout="constrained", facecolor=PAPER)


def banded(daily: pl.DataFrame, value: pl.Expr) -> Banded:
    """A value of each day over replications. Rows of one replication and day (counties, lines) are summed first; a day
    on which the value is not defined (nothing reported yet) counts as 0."""
    keys = ["replication", "day"]
    numbers = [name for name, kind in daily.schema.items() if kind.is_numeric() and name not in (*keys, "setting")]
    totals = daily.group_by(keys).agg(pl.col(numbers).sum()).sort(keys)
    values = totals.select(*keys, value.fill_nan(0.0).fill_null(0.0).cast(pl.Float64).alias("value"))
    wide = values.pivot(on="replication", index="day", values="value").sort("day")
    matrix = wide.drop("day").to_numpy()
    low, middle, high = np.quantile(matrix, (0.05, 0.5, 0.95), axis=1)
    return Banded(wide["day"].to_numpy().astype(np.float64), low, middle, high, matrix.shape[1])


def frame(ax: Axes, title: str, says: str, *, replications: int = 1, bands: Literal["drawn", "none"] = "none") -> None:
    """Title, what is drawn in which unit, and quiet axes."""
    if replications > 1:
        says += f"\nmedian of {replications} replications" + (", band from 5% to 95%" if bands == "drawn" else "")
    ax.set_title(title, loc="left", fontsize=13, fontweight="bold", color=INK, pad=40 if replications > 1 else 25)
    ax.annotate(
        says, (0, 1), (0, 8), xycoords="axes fraction", textcoords="offset points", fontsize=TEXT_PT, color=INK,
        va="bottom",
    )  # fmt: skip
    ax.set_facecolor("none")
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(LINE)
    ax.grid(axis="y", color=LINE, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", length=0, labelsize=TEXT_PT, labelcolor=INK)


def band(
    ax: Axes,
    line: Banded,
    *,
    colour: str,
    name: str,
    label_at: float | None = None,
    bands: Literal["drawn", "none"] = "drawn",
) -> None:
    """The median with its band, and its name behind the last day."""
    if line.replications > 1 and bands == "drawn":
        ax.fill_between(line.days, line.low, line.high, color=colour, alpha=0.22, linewidth=0)
    ax.plot(line.days, line.middle, color=colour, linewidth=2.2, solid_capstyle="round", zorder=3)
    height = float(line.middle[-1]) if label_at is None else label_at
    label(ax, name, line.days[-1], height, colour=colour, offset=(7, 0))


def label(ax: Axes, text: str, x: float, y: float, *, colour: str, offset: tuple[float, float]) -> None:
    """Text to the right of a place, with paper behind it so that it can be read across lines."""
    ax.annotate(
        text, (x, y), offset, textcoords="offset points", ha="left", va="center", color=colour, fontsize=TEXT_PT,
        fontweight="bold", annotation_clip=False, path_effects=[withStroke(linewidth=3, foreground=PAPER)], zorder=5,
    )  # fmt: skip


def points(
    ax: Axes, shown: Sequence[Point], *, name: str, colour: str, marker: str, others: Sequence[Point] = ()
) -> None:
    """Published figures, with the name beside the one that lies farthest from what else is published."""
    if not shown:
        return
    days, values = np.array([point.day for point in shown]), np.array([point.value for point in shown])
    ax.scatter(days, values, s=34, color=colour, marker=marker, zorder=4, edgecolors=PAPER, linewidths=0.8)
    wide, high = max(days.max(), 1), max(values.max(), 1e-9)
    room = np.full(len(days), 1.0)
    for other in others:
        room = np.minimum(room, np.hypot((days - other.day) / wide, (values - other.value) / high))
    # Neither where all lines begin nor at the edge of the chart.
    room[(days < 0.15 * wide) | (days > 0.9 * wide)] = -1.0
    place = int(np.argmax(room))
    label(ax, name, days[place], values[place], colour=colour, offset=(6, -12))


def over_days(ax: Axes, days: Floats) -> None:
    ax.set_xlim(0.0, days[-1])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 3, 6, 10]))
    ax.set_xlabel("days since the event began", fontsize=TEXT_PT, color=INK)


def shares(ax: Axes, days: Floats) -> None:
    """0 to 100 % over days."""
    over_days(ax, days)
    ax.set_ylim(0.0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))


def counts(ax: Axes, days: Floats, *, highest: float, unit: Literal["count", "dollars"] = "count") -> None:
    """From 0 over days."""
    over_days(ax, days)
    ax.set_ylim(0.0, max(highest, 1e-9) * 1.08)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=unit == "count" and highest >= 5))
    written = dollars if unit == "dollars" else count

    def tick(value: float, position: int | None) -> str:
        return written(value)

    ax.yaxis.set_major_formatter(FuncFormatter(tick))


def apart(heights: Sequence[float], *, highest: float) -> list[float]:
    """Heights for labels, moved so that no two lie on each other, in the order of the lines they belong to."""
    gap = 0.055 * max(highest, 1e-9)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    moved = list(heights)
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + gap)
    return moved


def count(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 10 else f"{value:,.1f}"


def dollars(value: float) -> str:
    """Three figures, as one says them: $950, $12.3k, $4.56m."""
    for size, suffix in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        # What rounds to a thousand of a unit is one of the next.
        if abs(value) >= 0.9995 * size:
            return f"${value / size:.3g}{suffix}" if abs(value) < 1000.0 * size else f"${value / size:,.0f}{suffix}"
    return f"${value:,.0f}"
