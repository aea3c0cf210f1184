from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from fixtures.storms import published_closed, published_reported
from simulations import charts
from simulations.catalogue import find_kind
from simulations.chart_marks import apart, banded, count, dollars
from simulations.charts import Point, new_figure
from simulations.experiment import Experiment, replicate

TOY = find_kind(str(Path(__file__).with_name("toy.py")))
ONE = replicate(TOY, TOY.scenario(), seed=1, replications=1)
MANY = replicate(TOY, TOY.scenario(), seed=1, replications=7)
DAILY = MANY.frames().daily
COUNTS = {
    "Irma": [Point(point.day, point.value) for point in published_reported("irma")],
    "Ian": [Point(point.day, point.value) for point in published_reported("ian")],
}
SHARES = {"Irma": [Point(point.day, point.value) for point in published_closed("irma")]}

DRAWN: dict[str, Callable[[Axes, Experiment], Axes]] = {
    "backlog": lambda ax, of: charts.backlog(ax, of.frames().daily),
    "reported": lambda ax, of: charts.reported(ax, of.frames().daily, COUNTS),
    "closed": lambda ax, of: charts.closed(ax, of.frames().daily, SHARES),
    "clocks_missed": lambda ax, of: charts.clocks_missed(ax, of.frames().daily),
    "clocks_missed_share": lambda ax, of: charts.clocks_missed_share(ax, of.frames().daily),
    "drift": lambda ax, of: charts.drift(ax, of.frames().daily, (4.4, 4.65)),
    "cycles": lambda ax, of: charts.cycles(ax, of.frames().cycles),
    "overlay": lambda ax, of: charts.overlay(ax, {"a": of.frames().daily, "b": of.frames().daily}, "open"),
}


def heights(ax: Axes) -> list[float]:
    """How high each area reaches."""
    return [float(np.asarray(path.vertices)[:, 1].max()) for area in ax.collections for path in area.get_paths()]


def points(ax: Axes) -> np.ndarray:
    return next(np.asarray(each.get_offsets()) for each in ax.collections if isinstance(each, PathCollection))


def texts(ax: Axes) -> list[str]:
    found = [text.get_text() for text in ax.texts]
    return [ax.get_title(loc="left"), *found]


def drawn(name: str, of: Experiment = MANY) -> Axes:
    ax = new_figure().add_subplot()
    assert DRAWN[name](ax, of) is ax
    return ax


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("of", [ONE, MANY], ids=["one", "many"])
def test_a_chart_says_what_it_shows_in_which_unit_and_can_be_saved(name: str, of: Experiment):
    ax = drawn(name, of)
    title, *others = texts(ax)
    assert title
    assert others
    assert any("median of 7" in text for text in others) == (of is MANY)
    assert ax.get_xlabel() or name == "cycles"
    image = BytesIO()
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(image)
    assert image.getvalue().startswith(b"\x89PNG")


def test_a_line_is_the_median_and_its_band_nine_of_ten_outcomes():
    matrix = DAILY.pivot(on="replication", index="day", values="closed").drop("day").to_numpy()
    found = banded(DAILY, pl.col("closed"))
    assert found.replications == 7
    assert np.array_equal(found.middle, np.median(matrix, axis=1))
    assert np.array_equal(found.low, np.quantile(matrix, 0.05, axis=1))
    assert np.array_equal(found.high, np.quantile(matrix, 0.95, axis=1))


def test_counties_of_one_day_are_summed_before_anything_is_compared():
    counties = pl.concat([DAILY.with_columns(pl.lit(name).alias("county")) for name in ("Lee", "Dade")])
    assert np.array_equal(banded(counties, pl.col("closed")).middle, 2 * banded(DAILY, pl.col("closed")).middle)
    share = pl.col("closed") / pl.col("reported")
    assert np.array_equal(banded(counties, share).middle, banded(DAILY, share).middle)


def test_a_share_of_nothing_counts_as_none():
    empty = DAILY.with_columns(reported=pl.lit(0), closed=pl.lit(0))
    assert banded(empty, pl.col("closed") / pl.col("reported")).high.max() == 0.0


def test_the_lines_carry_their_names_and_no_legend_is_needed():
    assert {"this run", "Irma", "Ian"} <= set(texts(drawn("reported")))
    assert {"a", "b"} <= set(texts(drawn("overlay")))
    assert drawn("reported").get_legend() is None


def test_published_counts_become_shares_of_the_last_day_in_common():
    storm = {"Storm": [Point(10, 50.0), Point(30, 100.0), Point(50, 200.0)]}
    daily = DAILY.filter(pl.col("day") <= 40)
    ax = charts.reported(new_figure().add_subplot(), daily, storm)
    # Day 40 lies half way between 100 and 200.
    assert np.allclose(points(ax), [(10, 50 / 150), (30, 100 / 150)])
    assert np.asarray(ax.lines[0].get_ydata())[-1] == 1.0


def test_published_shares_after_the_last_day_are_not_shown():
    ax = charts.closed(new_figure().add_subplot(), DAILY, {"Storm": [Point(10, 0.1), Point(900, 0.9)]})
    assert len(points(ax)) == 1


def test_claims_are_stacked_up_to_all_that_are_open():
    ax = drawn("backlog")
    medians = sum(banded(DAILY, pl.col(f"backlog_{stage}")).middle for stage in ("inspection", "documents"))
    assert max(heights(ax)) == pytest.approx(np.max(medians))
    assert "inspection" in texts(ax)


def test_stages_that_never_matter_are_drawn_as_one():
    daily = DAILY.with_columns(backlog_payment=pl.lit(1), backlog_triage=pl.lit(1))
    ax = charts.backlog(new_figure().add_subplot(), daily)
    assert len(ax.collections) == 3
    assert not {"payment", "triage"} & set(texts(ax))


def test_a_run_in_which_nothing_happened_can_be_drawn():
    nothing = replicate(TOY, TOY.scenario(claims=0), seed=1, replications=2)
    drawable = [name for name in DRAWN if name != "cycles"]
    titles = [texts(drawn(name, nothing))[0] for name in drawable]
    assert all(titles)


def test_an_outage_is_shaded_from_when_it_began():
    ax = drawn("drift")
    assert "outage" in texts(ax)
    assert ax.patches[0].get_extents().x0 == pytest.approx(ax.transData.transform((4.4, 0))[0])
    assert "outage" not in texts(charts.drift(new_figure().add_subplot(), DAILY))


def test_durations_are_those_that_ended_and_are_named_as_people_name_them():
    cycles = pl.DataFrame(
        {"replication": [0] * 4, "measure": ["quote_to_bind"] * 4, "start": [0] * 4, "end": [1e6, 2e6, 3e6, None]}
    )
    ax = charts.cycles(new_figure().add_subplot(), cycles)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["quote to bind"]
    assert np.asarray(ax.lines[0].get_xdata()).tolist() == [2.0, 3.0, 3.0]
    assert "1 s" in [label.get_text() for label in ax.get_xticklabels()]


def test_labels_are_moved_apart_and_keep_their_order():
    assert apart([1.0, 1.0, 0.5], highest=1.0) == [1.0, pytest.approx(1.055), 0.5]


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "$0"), (950, "$950"), (12_345, "$12.3k"), (999_700, "$1m"), (4_560_000, "$4.56m"), (2.5e9, "$2.5bn")],
)
def test_dollars_are_said_in_three_figures(value: float, said: str):
    assert dollars(value) == said


@pytest.mark.parametrize(("value", "said"), [(1234.0, "1,234"), (2.5, "2.5"), (0, "0")])
def test_counts_have_their_thousands_apart(value: float, said: str):
    assert count(value) == said
