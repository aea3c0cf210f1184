"""The page of a run folder: of one run, or of a comparison."""

from collections.abc import Callable, Mapping
from typing import Literal

from matplotlib.axes import Axes

from fixtures.storms import published_closed, published_reported
from simulations import charts
from simulations.estimates import Outcomes, estimate
from simulations.records import Manifest, Record, written
from windtunnel.pages.frame import Block, Chart, Charts, Command, Fact, Page, Prose, Section, Table
from windtunnel.quantities import answer_name, error_range, outcome_range, quantity
from windtunnel.story import Story, command_of, story_of

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
CONFIDENCES = {
    "confirmed-primary": "were read in the law itself",
    "confirmed-secondary": "were read in a secondary source",
}
STORMS: tuple[Literal["irma", "ian"], ...] = ("irma", "ian")


def page_of_run(record: Record) -> Page:
    """What happened, what it cost, what would help, then every number and every parameter."""
    story = story_of(record)
    answers = record.outcomes[0]
    return Page(
        title=title_of(record.manifest.scenario),
        context=context_of(record.manifest),
        lead=story.happened[0],
        facts=tuple(_fact(name, answers[name]) for name in HEADLINES if name in answers),
        sections=(
            Section("What happened", (*_prose(story.happened[1:]), *_happened(record))),
            Section("What it cost", (*_prose(story.cost), *_cost(record))),
            *_helps(story, record.manifest),
            Section("Every answer", (_answers(answers, record.manifest.replications),)),
            inputs(record.manifest),
        ),
        foot=foot_of(record.manifest),
    )


def _happened(record: Record) -> tuple[Block, ...]:
    daily, cycles = record.frames.daily, record.frames.cycles
    drawn: list[Chart] = []
    if any(column.startswith("backlog_") for column in daily.columns):
        alt = "Open claims by day, stacked by what they wait for."
        drawn.append(chart_of(lambda ax: charts.backlog(ax, daily), alt))
    if {"reported", "closed"} <= set(daily.columns):
        counted = {storm.title(): [charts.Point(p.day, p.value) for p in published_reported(storm)] for storm in STORMS}
        shares = {storm.title(): [charts.Point(p.day, p.value) for p in published_closed(storm)] for storm in STORMS}
        alt = "Share of claims reported by day, beside published points of hurricanes Irma and Ian."
        drawn.append(chart_of(lambda ax: charts.reported(ax, daily, counted), alt))
        alt = "Share of reported claims closed by day, beside published points of hurricanes Irma and Ian."
        drawn.append(chart_of(lambda ax: charts.closed(ax, daily, shares), alt))
    if cycles["end"].is_not_null().any():
        alt = "Time within which half, 95% and 99% of each step were done."
        drawn.append(chart_of(lambda ax: charts.cycles(ax, cycles), alt))
    return charts_of(drawn)


def _cost(record: Record) -> tuple[Block, ...]:
    daily = record.frames.daily
    drawn: list[Chart] = []
    if "clocks_missed" in daily.columns and daily["clocks_missed"].sum() > 0:
        drawn.append(
            chart_of(lambda ax: charts.clocks_missed(ax, daily), "Legal deadlines missed by each day, counted.")
        )
        alt = "Legal deadlines missed by each day, for every 100 claims reported."
        drawn.append(chart_of(lambda ax: charts.clocks_missed_share(ax, daily), alt))
    if "drift_minor" in daily.columns and daily["drift_minor"].sum() > 0:
        outage = outage_of(record.manifest)
        alt = "Dollars on which the systems disagree at the end of each day."
        drawn.append(chart_of(lambda ax: charts.drift(ax, daily, outage), alt))
    return charts_of(drawn)


def outage_of(manifest: Manifest) -> tuple[float, float] | None:
    """From and until which day after the start the scenario's outage lasted, where it says so."""
    values = {parameter.name: parameter.value for parameter in manifest.parameters}
    start, hours = values.get("outage_starts_day"), values.get("outage_hours")
    struck = values.get("fault", "carrier_outage") == "carrier_outage"
    if not (struck and isinstance(start, int | float) and isinstance(hours, int | float) and hours > 0):
        return None
    return start, start + hours / 24.0


def chart_of(draw: Callable[[Axes], Axes], alt: str) -> Chart:
    figure = charts.new_figure()
    draw(figure.add_subplot())
    return Chart(figure, alt)


def charts_of(drawn: list[Chart]) -> tuple[Block, ...]:
    return (Charts(tuple(drawn)),) if drawn else ()


def _helps(story: Story, manifest: Manifest) -> tuple[Section, ...]:
    blocks: list[Block] = []
    for advice in story.advice:
        line = command_of(advice, manifest)
        blocks.append(Command(f"{advice.says} To see what that is worth:", line) if line else Prose((advice.says,)))
    return (Section("What would help", tuple(blocks)),) if blocks else ()


def _answers(answers: Mapping[str, Outcomes], replications: int) -> Table:
    rows: list[tuple[str, ...]] = []
    for name, outcomes in answers.items():
        found = estimate(outcomes)
        row = (answer_name(name), quantity(found.mean, found.unit))
        more = () if replications == 1 else (error_range(found), outcome_range(found), str(found.runs))
        rows.append((*row, *more, name))
    if replications == 1:
        caption = "One replication: how sure these are, and how far outcomes lie apart, takes more (--replications 30)."
        return Table(caption, ("Answer", "Value", "Name"), tuple(rows), (1,))
    caption = f"Over {replications} replications. The error is that of the mean; nine of ten outcomes lie in the range."
    return Table(caption, ("Answer", "Mean", "Error, 95%", "Range, 90%", "Runs", "Name"), tuple(rows), (1, 2, 3, 4))


def inputs(manifest: Manifest) -> Section:
    rows = tuple(
        (each.name, written(each.value), each.unit, BASES[each.basis], each.meaning) for each in manifest.parameters
    )
    columns = ("Parameter", "Value", "Unit", "Where it is from", "Meaning")
    say = [f"{len(manifest.assumed)} parameters are assumed and {len(manifest.calibrated)} rest on published data."]
    if manifest.law_confidence:
        shares = [
            f"{quantity(share, 'share')} {CONFIDENCES.get(name, name)}"
            for name, share in manifest.law_confidence.items()
        ]
        say.append(f"Of the legal rules in force, {' and '.join(shares)}.")
    again = Command("The same again, to the last event:", manifest.command)
    return Section("What went in", (Prose((" ".join(say),)), again, Table("", columns, rows, (1,))))


def _fact(name: str, outcomes: Outcomes) -> Fact:
    found = estimate(outcomes)
    return Fact(answer_name(name), quantity(found.mean, found.unit).removesuffix(" claims"), outcome_range(found))


def _prose(paragraphs: tuple[str, ...]) -> tuple[Block, ...]:
    return (Prose(paragraphs),) if paragraphs else ()


def title_of(scenario: str) -> str:
    return scenario.replace("_", " ").capitalize()


def context_of(manifest: Manifest) -> str:
    parts = [manifest.carrier or "", f"law as of {manifest.law_as_of}" if manifest.law_as_of else ""]
    parts += [f"seed {manifest.seed}", "one replication" if manifest.replications == 1 else ""]
    parts += [f"{manifest.replications} replications"] if manifest.replications > 1 else []
    return " · ".join(part for part in parts if part)


def foot_of(manifest: Manifest) -> tuple[str, ...]:
    versions = ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    changed = " with changes" if manifest.commit_changed else ""
    commit = f"; commit {manifest.commit}{changed}" if manifest.commit else ""
    return (
        f"Made by {versions}{commit}.",
        f"Trace hash {manifest.trace_hash}.",
        "A simulation on assumptions that are listed above: an aid to decisions, not legal advice.",
    )
