"""The page of a load folder."""

from collections.abc import Callable

import polars as pl
from matplotlib.axes import Axes

from loadtests import charts
from loadtests.audit import Audit
from loadtests.load_profiles import Profile
from loadtests.verdict import Verdict
from windtunnel.pages.frame import Block, Chart, Charts, Command, Fact, Page, Prose, Section, Table
from windtunnel.spoken_load import audit_summary, milliseconds, sentence, skipped_summary

HEADINGS = {
    0: "Good",
    1: "Wrong",
    3: "Too slow",
    4: "Nothing could be audited",
    5: "No load was made",
    6: "The generator was saturated",
    7: "The deployment was lost",
}
SHOWN_FINDINGS = 100


def page_of_load(profile: Profile, record: pl.DataFrame, verdict: Verdict, found: Audit | None) -> Page:
    """The verdict, the load as it went, the levels, the audit."""
    measured = verdict.measured
    return Page(
        title=f"{HEADINGS[verdict.exit_code]}: {verdict.profile} on {verdict.deployment}",
        context=f"load test · {verdict.began[:16].replace('T', ' ')} UTC · seed {verdict.seed}",
        lead=sentence(verdict.reasons[0]),
        facts=(
            Fact("requests", f"{measured.requests:,}", f"in {measured.arrivals:,} journeys"),
            Fact("at the height", f"{verdict.rate:g}/s", f"for {verdict.seconds:g} s"),
            Fact("wrong answers", f"{sum(each.requests for each in measured.wrong):,}"),
            Fact("unanswered", f"{measured.unanswered:,}"),
            Fact("dropped", f"{measured.generator.dropped:,}"),
            Fact("cents off", "not audited" if found is None else f"{found.off_minor:,}"),
        ),
        sections=(
            Section("How the load went", _went(profile, record)),
            Section("What was promised", (*_also(verdict), _levels(verdict))),
            Section("Where the money is", _audit(found)),
            Section("Once more", (Command("The same arrivals again:", _again(verdict)),)),
        ),
        foot=(
            profile.says and f"{profile.name}: {profile.says}.",
            "Latency counts from the instant at which a person came, whether or not the generator could send at once.",
        ),
    )


def _went(profile: Profile, record: pl.DataFrame) -> tuple[Block, ...]:
    if record.filter(pl.col("intended") >= 0.0).is_empty():
        return (Prose(("Nothing was sent.",)),)

    def chart(draw: Callable[[Axes, Profile, pl.DataFrame], Axes], alt: str) -> Chart:
        figure = charts.new_figure()
        draw(figure.add_subplot(), profile, record)
        return Chart(figure, alt)

    drawn = [
        chart(charts.rates, "Journeys a second: meant, begun, and ended well."),
        chart(charts.latencies, "Latency over time: half, 95 % and 99 % of requests."),
        chart(charts.lag, "How late the generator sent each arrival."),
    ]
    if record["dropped"].any():
        drawn.append(chart(charts.drops, "Arrivals that were dropped over time."))
    return (Charts(tuple(drawn)),)


def _also(verdict: Verdict) -> tuple[Block, ...]:
    """What was wrong beside that which decided."""
    return (Prose(tuple(sentence(reason) for reason in verdict.reasons[1:])),) if len(verdict.reasons) > 1 else ()


def _levels(verdict: Verdict) -> Table:
    rows = tuple(
        (
            level.operation.replace("_", " "),
            f"{level.requests:,}",
            *(milliseconds(value) for value in (level.p50_ms, level.p95_ms, level.p99_ms, level.bound_ms)),
            {True: "kept", False: "missed", None: ""}[level.holds],
        )
        for level in verdict.measured.levels
    )
    columns = ("Operation", "Requests", "Half within", "95 % within", "99 % within", "Promised for 95 %", "")
    return Table("After the warm-up, exact quantiles.", columns, rows, (1, 2, 3, 4, 5))


def _audit(found: Audit | None) -> tuple[Block, ...]:
    if found is None:
        return (Prose(("Nobody could look.",)),)
    blocks: list[Block] = [Prose((audit_summary(found), *skipped_summary(found)))]
    if found.findings:
        rows = tuple(
            (each.code, each.subject, each.text, f"{each.minor:+,}" if each.minor else "")
            for each in found.findings[:SHOWN_FINDINGS]
        )
        caption = f"{len(found.findings)} findings" if len(rows) == len(found.findings) else f"The first {len(rows)}"
        blocks.append(Table(caption, ("Rule", "Of", "What is wrong", "Cents off"), rows, (3,)))
    return tuple(blocks)


def _again(verdict: Verdict) -> str:
    options = f"--rate {verdict.rate:g} --seconds {verdict.seconds:g} --seed {verdict.seed}"
    return f"windtunnel load {verdict.deployment} {verdict.profile} {options}"
