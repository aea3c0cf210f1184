"""Charts of a run: each draws a frame on an `ax` and returns it.

    figure = new_figure()
    backlog(figure.add_subplot(), run.frames.daily)

With several replications a line is the median of that day, and the band around it holds nine of ten outcomes.
"""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Literal

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from simulations.chart_marks import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINE,
    ORANGE,
    PURPLE,
    RED,
    SERIES,
    SKY,
    TEXT_PT,
    YELLOW,
    Banded,
    Floats,
    Point,
    apart,
    band,
    banded,
    count,
    counts,
    dollars,
    frame,
    new_figure,
    points,
    shares,
)

__all__ = [
    "Point",
    "backlog",
    "clocks_missed",
    "clocks_missed_share",
    "closed",
    "cycles",
    "drift",
    "new_figure",
    "overlay",
    "reported",
]

STAGES: dict[str, tuple[str, str]] = {
    "intake": ("taking the notice", SKY),
    "triage": ("triage", BLUE),
    "assignment": ("an adjuster", PURPLE),
    "inspection": ("inspection", RED),
    "documents": ("papers from the insured", ORANGE),
    "settlement": ("settlement", GREEN),
    "contractor": ("the repair", GREY),
    "payment": ("payment", YELLOW),
}
"""What a claim of each stage waits for, and its colour."""

MEASURES: dict[str, str] = {
    "consumer_lag": "message sent to message heard",
    "issue_to_invoice": "policy issued to invoice",
    "quote_to_bind": "quote to bind",
    "fnol_to_assignment": "notice to adjuster",
    "notice_to_first_payment": "notice to first payment",
    "approve_to_pay": "approval to payment",
}
"""What a cycle is called in the business."""

SMALL_SHARE = 0.04
TICKS_PER_SECOND = 1_000_000
DURATIONS = (
    (1e-3, "1 ms"), (1e-2, "10 ms"), (0.1, "0.1 s"), (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"),
    (3600, "1 h"), (86400, "1 day"), (7 * 86400, "1 week"), (30 * 86400, "1 month"), (120 * 86400, "4 months"),
    (365 * 86400, "1 year"),
)  # fmt: skip

OVERLAYS: dict[str, tuple[str, str, pl.Expr]] = {
    "open": ("Open claims", "claims open at the end of each day", pl.col("open")),
    "closed": ("Claims closed", "share of reported claims that are closed", pl.col("closed") / pl.col("reported")),
    "clocks_missed": ("Legal deadlines missed", "deadlines missed by the end of each day", pl.col("clocks_missed")),
    "drift": ("Money on which the systems disagree", "at the end of each day", pl.col("drift_minor") / 100.0),
}


def backlog(ax: Axes, daily: pl.DataFrame) -> Axes:
    """Open claims at the end of each day, stacked by what they wait for. Stages that never matter are drawn as one."""
    stages = [column.removeprefix("backlog_") for column in daily.columns if column.startswith("backlog_")]
    levels = {stage: banded(daily, pl.col(f"backlog_{stage}")) for stage in stages}
    some = next(iter(levels.values()))
    peak = max(float(np.sum([level.middle for level in levels.values()], axis=0).max()), 1.0)
    large = [stage for stage in stages if levels[stage].middle.max() >= SMALL_SHARE * peak]
    rows = [(*STAGES.get(stage, (stage, GREY)), levels[stage].middle) for stage in large]
    rows.append(("", LINE, some.middle * 0.0 + sum(levels[stage].middle for stage in stages if stage not in large)))
    below = np.zeros_like(some.days)
    for name, colour, level in rows:
        ax.fill_between(some.days, below, below + level, color=colour, linewidth=0.6, edgecolor="#ffffff60")
        _name_area(ax, some.days, below, level, name=name, peak=peak)
        below = below + level
    says = "claims open at the end of each day"
    frame(ax, "What open claims were waiting for", says, replications=some.replications)
    counts(ax, some.days, highest=peak)
    return ax


def reported(ax: Axes, daily: pl.DataFrame, published: Mapping[str, Sequence[Point]] | None = None) -> Axes:
    """Claims reported by each day as a share of those reported by the last day that run and published counts have in
    common; a published count of that day is taken between the points around it."""
    storms = published or {}
    last = min([*daily["day"].tail(1).to_list(), *(shown[-1].day for shown in storms.values() if shown)])
    whole = pl.col("reported").filter(pl.col("day") == last).first().over("replication")
    line = banded(daily.filter(pl.col("day") <= last), pl.col("reported") / whole)
    band(ax, line, colour=BLUE, name="this run")
    _published(ax, {storm: _as_shares(shown, last) for storm, shown in storms.items()})
    says = f"share of the claims that were reported by day {last}"
    frame(ax, _beside("How fast notices came in", storms), says, replications=line.replications, bands="drawn")
    shares(ax, line.days)
    return ax


def closed(ax: Axes, daily: pl.DataFrame, published: Mapping[str, Sequence[Point]] | None = None) -> Axes:
    """The share closed, paid or not, of the claims reported by each day, beside published shares."""
    storms = published or {}
    line = banded(daily, pl.col("closed") / pl.col("reported"))
    band(ax, line, colour=BLUE, name="this run")
    _published(ax, {storm: [point for point in shown if point.day <= line.days[-1]] for storm, shown in storms.items()})
    says = "share of reported claims that are closed"
    frame(ax, _beside("How fast claims were closed", storms), says, replications=line.replications, bands="drawn")
    shares(ax, line.days)
    return ax


def clocks_missed(ax: Axes, daily: pl.DataFrame) -> Axes:
    """Legal clocks missed by each day, as a count."""
    return _from_zero(
        ax,
        banded(daily, pl.col("clocks_missed")),
        colour=RED,
        title="Legal deadlines missed",
        says="missed by the end of each day",
    )


def clocks_missed_share(ax: Axes, daily: pl.DataFrame) -> Axes:
    """Legal clocks missed by each day for every hundred claims reported by then. A claim has several clocks."""
    return _from_zero(
        ax,
        banded(daily, 100.0 * pl.col("clocks_missed") / pl.col("reported")),
        colour=RED,
        title="Legal deadlines missed, by claims",
        says="missed for every 100 claims reported",
    )


def drift(ax: Axes, daily: pl.DataFrame, outage: tuple[float, float] | None = None) -> Axes:
    """Dollars on which the systems disagree at the end of each day; `outage` is from and until which day, counted from
    the start of the event as the axis is."""
    level = banded(daily, pl.col("drift_minor") / 100.0)
    # The end of day 0 is one day after the start.
    line = Banded(level.days + 1.0, level.low, level.middle, level.high, level.replications)
    if outage is not None:
        # Six hours of a hundred days would be a hairline.
        ax.axvspan(outage[0], max(outage[1], outage[0] + line.days[-1] / 200), color=ORANGE, alpha=0.5, linewidth=0)
        ax.annotate(
            "outage", (outage[1], 1), (7, -2), xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            color=INK, fontsize=TEXT_PT,
        )  # fmt: skip
    band(ax, line, colour=PURPLE, name=dollars(float(line.middle[-1])))
    title, says = "Money on which the systems disagree", "at the end of each day"
    frame(ax, title, says, replications=line.replications, bands="drawn")
    counts(ax, line.days, highest=float(line.high.max()), unit="dollars")
    return ax


def cycles(ax: Axes, cycles: pl.DataFrame) -> Axes:
    """How long each step took, of those that ended: median, 95th and 99th percentile, each the median over
    replications. The axis is logarithmic, from a message to a repair."""
    rows = _cycle_quantiles(cycles)
    for place, row in enumerate(rows.iter_rows(named=True)):
        marks = [max(row[name], 1e-3) for name in ("p50", "p95", "p99")]
        ax.plot(marks, [place] * 3, color=BLUE, linewidth=3, alpha=0.35, solid_capstyle="round", zorder=2)
        ax.scatter(marks, [place] * 3, s=(95, 55, 25), color=BLUE, zorder=3, linewidths=0)
    names = [MEASURES.get(str(measure), str(measure)) for measure in rows["measure"]]
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    replications = cycles["replication"].n_unique()
    frame(
        ax,
        "How long things took",
        "until half (large dot), 95% and 99% (small dot) were done",
        replications=replications,
    )
    _durations(ax, min(rows["p50"].to_list()), max(rows["p99"].to_list()))
    return ax


def overlay(
    ax: Axes, dailies: Mapping[str, pl.DataFrame], what: Literal["open", "closed", "clocks_missed", "drift"]
) -> Axes:
    """The same line for several settings, each with its name. Bands are drawn for two; more would hide each other."""
    title, says, value = OVERLAYS[what]
    lines = {name: banded(daily, value) for name, daily in dailies.items()}
    first = next(iter(lines.values()))
    highest = 1.0 if what == "closed" else max(float(line.high.max()) for line in lines.values())
    ends = apart([float(line.middle[-1]) for line in lines.values()], highest=highest)
    bands = "drawn" if len(lines) < 3 else "none"
    for (name, line), colour, end in zip(lines.items(), cycle(SERIES), ends, strict=False):
        band(ax, line, colour=colour, name=name, label_at=end, bands=bands)
    frame(ax, title, says, replications=first.replications, bands=bands)
    if what == "closed":
        shares(ax, first.days)
    else:
        counts(ax, first.days, highest=highest, unit="dollars" if what == "drift" else "count")
    return ax


def _from_zero(ax: Axes, line: Banded, *, colour: str, title: str, says: str) -> Axes:
    band(ax, line, colour=colour, name=count(float(line.middle[-1])))
    frame(ax, title, says, replications=line.replications, bands="drawn")
    counts(ax, line.days, highest=float(line.high.max()))
    return ax


def _as_shares(shown: Sequence[Point], last: int) -> list[Point]:
    """Counts as shares of the count of the last day, which is taken on a straight line between its neighbours."""
    whole = float(np.interp(last, [point.day for point in shown], [point.value for point in shown]))
    return [Point(point.day, point.value / whole) for point in shown if point.day <= last]


def _published(ax: Axes, storms: Mapping[str, Sequence[Point]]) -> None:
    looks = cycle(((RED, "o"), (GREEN, "s")))
    for (storm, shown), (colour, marker) in zip(storms.items(), looks, strict=False):
        others = [point for name, those in storms.items() if name != storm for point in those]
        points(ax, shown, name=storm, colour=colour, marker=marker, others=others)


def _name_area(ax: Axes, days: Floats, below: Floats, level: Floats, *, name: str, peak: float) -> None:
    """Writes the name where the area is thickest, away from the edges where it would be cut."""
    edge = len(days) // 8
    inner = level[edge : max(len(days) - edge, edge + 1)]
    place = int(np.argmax(inner)) + edge
    if level[place] >= 0.06 * peak:
        ax.text(
            days[place], below[place] + level[place] / 2, name, ha="center", va="center", fontsize=TEXT_PT,
            color="#10151c", path_effects=[withStroke(linewidth=2.5, foreground="#ffffffa0")],
        )  # fmt: skip


def _cycle_quantiles(cycles: pl.DataFrame) -> pl.DataFrame:
    """One row per measure with p50, p95 and p99 in seconds; the slowest first, so that it is drawn at the bottom."""
    seconds = (pl.col("end") - pl.col("start")) / TICKS_PER_SECOND
    ended = cycles.filter(pl.col("end").is_not_null())
    each = ended.group_by("replication", "measure").agg(
        seconds.quantile(share, "higher").alias(name) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    )
    return each.group_by("measure").agg(pl.col("p50", "p95", "p99").median()).sort("p50", "measure", descending=True)


def _durations(ax: Axes, shortest: float, longest: float) -> None:
    """A logarithmic axis with the durations that people name."""
    low, high = max(shortest, 1e-3) / 2.5, max(longest, 1e-2) * 2.5
    named: list[tuple[float, str]] = []
    for seconds, name in DURATIONS:
        room = seconds / named[-1][0] if named else high / low
        if low <= seconds <= high and room > (high / low) ** 0.12:
            named.append((seconds, name))
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_xticks([seconds for seconds, _ in named], [name for _, name in named])
    ax.set_xticks([], minor=True)
    ax.grid(axis="x", color=LINE, linewidth=0.8)
    ax.grid(visible=False, axis="y")


def _beside(title: str, published: Mapping[str, Sequence[Point]]) -> str:
    return f"{title}, beside {' and '.join(published)}" if published else title
