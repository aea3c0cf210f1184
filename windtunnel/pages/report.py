"""The page of a run folder: of one run, or of a comparison."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import polars as pl
from matplotlib.axes import Axes

from fixtures.storms import published_closed, published_reported
from simulations import charts
from simulations.estimates import Outcomes, estimate
from simulations.experiment import Difference, differences
from simulations.records import Manifest, Record, written
from simulations.run_folder import read_record
from windtunnel.pages.frame import Block, Chart, Command, Fact, Page, Prose, Section, Table, render
from windtunnel.quantities import answer_name, difference, error_range, outcome_range, quantity
from windtunnel.story import Story, story_of

HEADLINES = (
    "reported", "closed_share_day_30", "closed_share_day_90", "first_payment_days_p50", "clocks_missed_share",
    "drift_dollars",
)  # fmt: skip
BASES = {
    "assumed": "assumed",
    "calibrated": "from published data",
    "set": "set for this run",
    "chosen": "choice of the experiment",
}
STORMS: tuple[Literal["irma", "ian"], ...] = ("irma", "ian")
OVERLAYS: tuple[Literal["open", "closed", "clocks_missed", "drift"], ...] = ("open", "closed", "clocks_missed", "drift")
NEEDS: dict[str, tuple[str, ...]] = {
    "open": ("open",),
    "closed": ("closed", "reported"),
    "clocks_missed": ("clocks_missed",),
    "drift": ("drift_minor",),
}


def write_report(folder: Path) -> None:
    """Draws report.html from what is in the folder. Raises RunFolderError."""
    record = read_record(folder)
    page = page_of_comparison(record) if record.manifest.vary else page_of_run(record)
    (folder / "report.html").write_text(render(page), encoding="utf-8")


def page_of_run(record: Record) -> Page:
    """What happened, what it cost, what would help, then every number and every parameter."""
    story = story_of(record)
    answers = record.outcomes[0]
    return Page(
        title=_title(record.manifest.scenario),
        context=_context(record.manifest),
        lead=story.happened[0],
        facts=tuple(_fact(name, answers[name]) for name in HEADLINES if name in answers),
        sections=(
            Section("What happened", (*_prose(story.happened[1:]), *_happened(record))),
            Section("What it cost", (*_prose(story.cost), *_cost(record))),
            *_helps(story, record.manifest),
            Section("Every answer", (_answers(answers, record.manifest.replications),)),
            _inputs(record.manifest),
        ),
        foot=_foot(record.manifest),
    )


def page_of_comparison(record: Record) -> Page:
    """What the settings differ by, on the same dice, then the course of each."""
    manifest = record.manifest
    settings = [run.setting for run in manifest.runs]
    found = differences(settings, record.outcomes)
    clear = [each for each in found if each.clear]
    lead = (
        f"{len(settings)} settings met the same {manifest.replications} storms. "
        f"They differ clearly in {len(clear)} of {len(found)} differences."
    )
    blocks: list[Block] = []
    for setting in settings[1:]:
        these = [each for each in found if each.other == setting]
        blocks.append(_difference_table(these, base=settings[0], other=setting))
    names = [setting_name(setting) for setting in settings]
    return Page(
        title=f"{_title(manifest.scenario)}: {' and '.join(name.replace('_', ' ') for name in manifest.vary)} compared",
        context=_context(manifest),
        lead=lead,
        facts=(),
        sections=(
            Section("What differs", (Prose((DIFFERENCES_SAY,)), *blocks)),
            Section("The course of each", tuple(_overlays(record.frames.daily, names))),
            Section("Every answer", (_side_by_side(record, names),)),
            _inputs(manifest),
        ),
        foot=_foot(manifest),
    )


DIFFERENCES_SAY = (
    "Each replication of one setting is compared with the same replication of the other, which met the same draws. "
    "The interval is the error of the mean difference at 95 %. Clear means that so large a difference would come up by "
    "chance in less than one of twenty comparisons like this one, with all settings counted (Holm)."
)


def setting_name(setting: Mapping[str, Any]) -> str:
    """`topology=events`, as it was asked for."""
    return ", ".join(f"{name}={written(value)}" for name, value in setting.items())


def _happened(record: Record) -> list[Block]:
    daily, cycles = record.frames.daily, record.frames.cycles
    blocks: list[Block] = []
    if any(column.startswith("backlog_") for column in daily.columns):
        alt = "Open claims by day, stacked by what they wait for."
        blocks.append(_chart(lambda ax: charts.backlog(ax, daily), alt))
    if {"reported", "closed"} <= set(daily.columns):
        counted = {storm.title(): [charts.Point(p.day, p.value) for p in published_reported(storm)] for storm in STORMS}
        shares = {storm.title(): [charts.Point(p.day, p.value) for p in published_closed(storm)] for storm in STORMS}
        alt = "Share of claims reported by day, beside published points of hurricanes Irma and Ian."
        blocks.append(_chart(lambda ax: charts.reported(ax, daily, counted), alt))
        alt = "Share of reported claims closed by day, beside published points of hurricanes Irma and Ian."
        blocks.append(_chart(lambda ax: charts.closed(ax, daily, shares), alt))
    if cycles["end"].is_not_null().any():
        alt = "Time within which half, 95 % and 99 % of each step were done."
        blocks.append(_chart(lambda ax: charts.cycles(ax, cycles), alt))
    return blocks


def _cost(record: Record) -> list[Block]:
    daily = record.frames.daily
    blocks: list[Block] = []
    if "clocks_missed" in daily.columns and daily["clocks_missed"].sum() > 0:
        blocks.append(
            _chart(lambda ax: charts.clocks_missed(ax, daily), "Legal deadlines missed by each day, counted.")
        )
        alt = "Legal deadlines missed by each day, for every 100 claims reported."
        blocks.append(_chart(lambda ax: charts.clocks_missed_share(ax, daily), alt))
    if "drift_minor" in daily.columns and daily["drift_minor"].sum() > 0:
        outage = outage_of(record.manifest)
        alt = "Dollars on which the systems disagree at the end of each day."
        blocks.append(_chart(lambda ax: charts.drift(ax, daily, outage), alt))
    return blocks


def outage_of(manifest: Manifest) -> tuple[float, float] | None:
    """From and until which day after the start the scenario's outage lasted, where it says so."""
    values = {parameter.name: parameter.value for parameter in manifest.parameters}
    start, hours = values.get("outage_starts_day"), values.get("outage_hours")
    struck = values.get("fault", "carrier_outage") == "carrier_outage"
    if not (struck and isinstance(start, int | float) and isinstance(hours, int | float) and hours > 0):
        return None
    return start, start + hours / 24.0


def _chart(draw: Callable[[Axes], Axes], alt: str) -> Chart:
    figure = charts.new_figure()
    draw(figure.add_subplot())
    return Chart(figure, alt)


def _overlays(daily: pl.DataFrame, names: list[str]) -> list[Block]:
    dailies = {name: daily.filter(pl.col("setting") == place) for place, name in enumerate(names)}
    return [
        _chart(lambda ax, what=what: charts.overlay(ax, dailies, what), f"{charts.OVERLAYS[what][0]} of each setting.")
        for what in OVERLAYS
        if set(NEEDS[what]) <= set(daily.columns) and daily[NEEDS[what][0]].sum() > 0
    ]


def _helps(story: Story, manifest: Manifest) -> tuple[Section, ...]:
    blocks: list[Block] = []
    for advice in story.advice:
        if advice.vary:
            line = f"windtunnel compare {manifest.reference} --vary {advice.vary}"
            blocks.append(Command(f"{advice.says} To see what a change is worth:", line))
        else:
            blocks.append(Prose((advice.says,)))
    return (Section("What would help", tuple(blocks)),) if blocks else ()


def _answers(answers: Mapping[str, Outcomes], replications: int) -> Table:
    rows: list[tuple[str, ...]] = []
    for name, outcomes in answers.items():
        found = estimate(outcomes)
        row = (answer_name(name), quantity(found.mean, found.unit))
        rows.append(row if replications == 1 else (*row, error_range(found), outcome_range(found), str(found.runs)))
    if replications == 1:
        caption = "One replication: how sure these are, and how far outcomes lie apart, takes more (--replications 30)."
        return Table(caption, ("Answer", "Value"), tuple(rows), (1,))
    caption = f"Over {replications} replications. The error is that of the mean; nine of ten outcomes lie in the range."
    return Table(caption, ("Answer", "Mean", "Error, 95 %", "Range, 90 %", "Runs"), tuple(rows), (1, 2, 3, 4))


def _difference_table(these: list[Difference], *, base: Mapping[str, Any], other: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            answer_name(each.answer),
            difference(each.mean, each.unit),
            ""
            if each.ci_low is None
            else f"{difference(each.ci_low, each.unit)} to {difference(each.ci_high, each.unit)}",
            {True: "clear", False: "", None: "not known"}[each.clear],
        )
        for each in these
    )
    caption = f"{setting_name(other)} less {setting_name(base)}"
    return Table(caption, ("Answer", "Difference", "Error, 95 %", ""), rows, (1, 2))


def _side_by_side(record: Record, names: list[str]) -> Table:
    answers = list(dict.fromkeys(name for outcomes in record.outcomes for name in outcomes))
    rows = tuple(
        (
            answer_name(answer),
            *(
                quantity(estimate(of[answer]).mean, of[answer].unit) if answer in of else "not measured"
                for of in record.outcomes
            ),
        )
        for answer in answers
    )
    caption = f"Means over {record.manifest.replications} replications."
    return Table(caption, ("Answer", *names), rows, tuple(range(1, len(names) + 1)))


def _inputs(manifest: Manifest) -> Section:
    rows = tuple(
        (each.name, written(each.value), each.unit, BASES[each.basis], each.meaning) for each in manifest.parameters
    )
    columns = ("Parameter", "Value", "Unit", "Where it is from", "Meaning")
    say = [f"{len(manifest.assumed)} parameters are assumed and {len(manifest.calibrated)} rest on published data."]
    if manifest.law_confidence:
        shares = [f"{quantity(share, 'share')} {name}" for name, share in manifest.law_confidence.items()]
        say.append(f"Of the legal rules in force, {', '.join(shares)}.")
    again = Command("The same again, to the last event:", manifest.command)
    return Section("What went in", (Prose((" ".join(say),)), again, Table("", columns, rows, (1,))))


def _fact(name: str, outcomes: Outcomes) -> Fact:
    found = estimate(outcomes)
    return Fact(answer_name(name), quantity(found.mean, found.unit), outcome_range(found))


def _prose(paragraphs: tuple[str, ...]) -> tuple[Block, ...]:
    return (Prose(paragraphs),) if paragraphs else ()


def _title(scenario: str) -> str:
    return scenario.replace("_", " ").capitalize()


def _context(manifest: Manifest) -> str:
    parts = [manifest.carrier or "", f"law as of {manifest.law_as_of}" if manifest.law_as_of else ""]
    parts += [f"seed {manifest.seed}", "one replication" if manifest.replications == 1 else ""]
    parts += [f"{manifest.replications} replications"] if manifest.replications > 1 else []
    return " · ".join(part for part in parts if part)


def _foot(manifest: Manifest) -> tuple[str, ...]:
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    changed = " with changes" if manifest.commit_changed else ""
    commit = f"; commit {manifest.commit}{changed}" if manifest.commit else ""
    return (
        f"Made by {versions}{commit}.",
        f"Trace hash {manifest.trace_hash}.",
        "A simulation on assumptions that are listed above: an aid to decisions, not legal advice.",
    )
