"""A run in business words: what happened, what it cost, what would help. The terminal and the page tell the same."""

import shlex
from collections.abc import Iterable
from typing import Literal

import polars as pl
from msgspec import Struct

from simulations.charts import STAGES
from simulations.estimates import Estimate, estimate
from simulations.records import Manifest, Record, option
from windtunnel.quantities import duration, quantity, with_range

OWN_STAGES = ("intake", "triage", "assignment", "inspection", "settlement")
"""Where a claim waits for the insurer and nobody else."""

LEVERS: dict[str, tuple[str, Literal["more", "less"]]] = {
    "intake": ("phone_agents_per_10000_policies", "more"),
    "triage": ("triage_clerks_per_10000_policies", "more"),
    "assignment": ("adjusters_found_share", "more"),
    "inspection": ("appointment_days_mean", "less"),
    "documents": ("documents_days_mean", "less"),
    "settlement": ("adjusters_found_share", "more"),
    "contractor": ("contractor_days_mean", "less"),
    "payment": ("bank_answer_hours_mean", "less"),
}
"""The parameter that shortens a wait."""

CAUSES = {"lost": "messages that were lost", "doubled": "messages that were taken twice"}
TICKS_PER_SECOND = 1_000_000


class Advice(Struct, frozen=True, gc=False):
    """Something worth trying, and the options of `compare` that try it; empty where there is nothing to run."""

    says: str
    vary: str = ""


class Story(Struct, frozen=True):
    """Whole sentences, the most important first."""

    happened: tuple[str, ...]
    cost: tuple[str, ...]
    advice: tuple[Advice, ...]


def story_of(record: Record) -> Story:
    """Of a run, or of the first setting of a comparison. What a scenario does not measure is left out."""
    estimates = {name: estimate(outcomes) for name, outcomes in record.outcomes[0].items()}
    parameters = {parameter.name: parameter.value for parameter in record.manifest.parameters}
    return Story(
        tuple(_happened(estimates)) or ("Nothing was reported.",),
        (*_deadlines(estimates, record), *_drift(estimates, record.frames.drift)),
        (*_waiting(record.frames.daily, parameters), *_protection(estimates, parameters)),
    )


def command_of(advice: Advice, manifest: Manifest) -> str:
    """The comparison that shows what the advice is worth, with what this run had set; nothing where there is none."""
    if not advice.vary:
        return ""
    words = ["windtunnel", "compare", manifest.reference]
    for parameter in manifest.parameters:
        if parameter.basis == "set" and parameter.name != advice.vary.partition("=")[0]:
            words += option(parameter.name, parameter.value)
    return shlex.join([*words, "--vary", advice.vary])


def _happened(estimates: dict[str, Estimate]) -> Iterable[str]:
    if said := _said(estimates, "reported"):
        yield f"{said} were reported.{_closed(estimates)}"
    if said := _said(estimates, "first_payment_days_p50"):
        yield f"Half of those who were paid had their first money within {said} of their notice."
    if said := _said(estimates, "fnol_to_assignment_p50"):
        late = quantity(estimates["fnol_to_assignment_p95"].mean, estimates["fnol_to_assignment_p95"].unit)
        yield f"Half of the claims had an adjuster within {said}, 95 of 100 within {late}."
    if said := _said(estimates, "straight_through_share"):
        touches = estimates.get("manual_touches_per_claim")
        by_hand = f"; people touched a claim {touches.mean:.1f} times" if touches and touches.mean is not None else ""
        yield f"{said} of claims were paid without anybody's work{by_hand}."


def _closed(estimates: dict[str, Estimate]) -> str:
    names = {day: f"closed_share_day_{day}" for day in (30, 60, 90)}
    shares = [
        f"{quantity(estimates[name].mean, 'share')} by day {day}"
        for day, name in names.items()
        if name in estimates and estimates[name].mean is not None
    ]
    return f" Closed, of those reported by then: {', '.join(shares)}." if shares else ""


def _deadlines(estimates: dict[str, Estimate], record: Record) -> Iterable[str]:
    missed = estimates.get("clocks_missed_share")
    if missed is None or missed.mean is None:
        return
    if missed.mean == 0.0:
        yield "No legal deadline that people must meet was missed."
    else:
        daily = record.frames.daily
        first = daily.filter(pl.col("clocks_missed") > 0)["day"].to_list() if "clocks_missed" in daily.columns else []
        since = f", the first of them on day {min(first)}" if first else ""
        said = _said(estimates, "clocks_missed_share")
        yield f"{said} of the legal deadlines that people must meet were missed{since}."
    late = estimates.get("acknowledge_missed_share")
    if late is not None and late.mean:
        yield f"{_said(estimates, 'acknowledge_missed_share')} of acknowledgements came too late."


def _drift(estimates: dict[str, Estimate], drift: pl.DataFrame) -> Iterable[str]:
    dollars, records = estimates.get("drift_dollars"), estimates.get("drift_count")
    if dollars is None or records is None or dollars.mean is None or records.mean is None:
        return
    if records.mean == 0.0:
        yield "The systems never disagreed about money for longer than a message takes."
        return
    said, number = _said(estimates, "drift_dollars"), quantity(records.mean, "count")
    yield f"The systems came to disagree about {said} in {number} records{_causes(drift)}."
    found = drift.filter(pl.col("found_at").is_not_null())
    waits = ((found["found_at"] - found["at"]) / TICKS_PER_SECOND).to_list()
    left = drift.filter(pl.col("repaired_at").is_null()).height / max(drift.height, 1)
    if waits:
        late = duration(sorted(waits)[len(waits) // 2])
        still = quantity(left, "share")
        yield f"Half of it was found within {late}; {still} of the records were still wrong at the end."


def _causes(drift: pl.DataFrame) -> str:
    counts = drift.group_by("cause").len().sort("len", "cause", descending=[True, False])
    named = [
        f"{quantity(row['len'] / drift.height, 'share')} from {CAUSES.get(row['cause'], row['cause'])}"
        for row in counts.head(2).iter_rows(named=True)
    ]
    return f", {' and '.join(named)}" if named else ""


def _waiting(daily: pl.DataFrame, parameters: dict[str, object]) -> Iterable[Advice]:
    stages = [column.removeprefix("backlog_") for column in daily.columns if column.startswith("backlog_")]
    days = {stage: float(daily[f"backlog_{stage}"].sum()) for stage in stages}
    total = sum(days.values())
    if total == 0.0:
        return
    longest = max(days, key=days.__getitem__)
    yield Advice(
        f"Open claims spent {quantity(days[longest] / total, 'share')} of their time waiting for {_stage(longest)}.",
        _try(longest, parameters),
    )
    own = [stage for stage in stages if stage in OWN_STAGES and days[stage] > 0.0]
    if own and longest not in own:
        worst = max(own, key=days.__getitem__)
        share = quantity(days[worst] / total, "share")
        yield Advice(
            f"Of what the insurer alone can shorten, {_stage(worst)} held claims longest: {share} of their time.",
            _try(worst, parameters),
        )


def _protection(estimates: dict[str, Estimate], parameters: dict[str, object]) -> Iterable[Advice]:
    dollars = estimates.get("drift_dollars")
    if dollars is not None and dollars.mean and parameters.get("topology") == "point_to_point":
        yield Advice(
            "Messages that wait for their receiver and are known when they come twice would avoid most of the drift.",
            "topology=point_to_point,events",
        )


def _try(stage: str, parameters: dict[str, object]) -> str:
    """Half as much again of what is scarce, or half of what takes long."""
    name, direction = LEVERS.get(stage, ("", "more"))
    value = parameters.get(name)
    if not isinstance(value, int | float) or value <= 0:
        return ""
    other = value * (1.5 if direction == "more" else 0.5)
    return f"{name}={value:g},{min(other, 1.0) if name.endswith('_share') else other:g}"


def _stage(stage: str) -> str:
    return STAGES.get(stage, (stage, ""))[0]


def _said(estimates: dict[str, Estimate], name: str) -> str:
    """The mean, and between which values nine of ten outcomes lie; nothing where it was not measured."""
    found = estimates.get(name)
    if found is None or found.mean is None:
        return ""
    return with_range(found)
