"""The page of a comparison: what the settings differ by on the same dice, then the course of each."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from simulations import charts
from simulations.estimates import estimate
from simulations.records import Record
from windtunnel.contrast import Contrast, contrasts, setting_name
from windtunnel.pages.frame import Block, Chart, Page, Prose, Section, Table
from windtunnel.pages.run_page import chart_of, charts_of, context_of, foot_of, inputs, title_of
from windtunnel.quantities import answer_name, quantity

OVERLAYS: tuple[tuple[Literal["open", "closed", "clocks_missed", "drift"], tuple[str, ...]], ...] = (
    ("open", ("open",)),
    ("closed", ("closed", "reported")),
    ("clocks_missed", ("clocks_missed",)),
    ("drift", ("drift_minor",)),
)
"""The charts, and the columns that each needs."""

EXPLAINED = (
    "Each replication of one setting is compared with the same replication of the other, which met the same draws. "
    "The error is that of the mean difference, at 95%. Clear means that so large a difference would come up by chance "
    "in less than one of twenty comparisons like this one, with all settings counted (Holm)."
)


def page_of_comparison(record: Record) -> Page:
    """Every setting against the first."""
    manifest = record.manifest
    told = contrasts(record)
    names = [setting_name(run.setting) for run in manifest.runs]
    return Page(
        title=f"{title_of(manifest.scenario)}: {' and '.join(manifest.vary).replace('_', ' ')}",
        context=context_of(manifest),
        lead=" ".join(f"{each.title}: {each.says[:1].lower()}{each.says[1:]}" for each in told[:1]),
        facts=(),
        sections=(
            *(Section(each.title, _contrast(each)) for each in told),
            Section("The course of each", charts_of(_overlays(record.frames.daily, names))),
            Section("Every answer", (_side_by_side(record, names),)),
            inputs(manifest),
        ),
        foot=(EXPLAINED, *foot_of(manifest)),
    )


def _contrast(told: Contrast) -> tuple[Block, ...]:
    blocks: list[Block] = [Prose((told.says,))]
    if told.rows:
        columns = ("Answer", "Difference", "Error, 95%", "")
        blocks.append(Table("Mean of the differences in pairs", columns, told.rows, (1, 2)))
    if told.same:
        blocks.append(Prose((f"The same in every pair: {'; '.join(told.same)}.",)))
    return tuple(blocks)


def _overlays(daily: pl.DataFrame, names: Sequence[str]) -> list[Chart]:
    dailies = {name: daily.filter(pl.col("setting") == place) for place, name in enumerate(names)}
    return [
        chart_of(
            lambda ax, what=what: charts.overlay(ax, dailies, what), f"{charts.OVERLAYS[what][0]} of each setting."
        )
        for what, columns in OVERLAYS
        if set(columns) <= set(daily.columns) and daily[columns[0]].sum() > 0
    ]


def _side_by_side(record: Record, names: Sequence[str]) -> Table:
    answers = dict.fromkeys(name for outcomes in record.outcomes for name in outcomes)
    rows: list[tuple[str, ...]] = []
    for answer in answers:
        found = [
            (outcomes[answer].unit, estimate(outcomes[answer])) for outcomes in record.outcomes if answer in outcomes
        ]
        rows.append((answer_name(answer), *(quantity(each.mean, unit) for unit, each in found), answer))
    caption = f"Means over {record.manifest.replications} replications"
    return Table(caption, ("Answer", *names, "Name"), tuple(rows), tuple(range(1, len(names) + 1)))
