"""What a load came to: service levels, the generator's own lateness, wrong answers, the audit, and one exit code.

Which code when several apply, the first that does:

    7  the deployment became unreachable or refused us: nobody knows where the money is
    1  wrong answers, or wrong money: true however badly the load was generated
    5  no load was made, or none of an operation that has a service level
    4  the audit could judge nothing
    6  the generator was saturated: its latencies are its own, and no service level is judged by them
    3  a service level was missed
    0  good
"""

from typing import Literal

import polars as pl
from msgspec import Struct

from loadtests.audit import Audit
from loadtests.load_profiles import Profile

ExitCode = Literal[0, 1, 3, 4, 5, 6, 7]
LAG_QUANTILE = 0.99


class Level(Struct, frozen=True, kw_only=True):
    """One operation, from intended instant to answer. `holds` is None where no level is set or nothing was asked."""

    operation: str
    requests: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    bound_ms: float | None
    holds: bool | None


class Lateness(Struct, frozen=True, kw_only=True):
    """How late the generator sent what the arrival curve set. `dropped` arrivals were never sent."""

    p50_ms: float | None
    p99_ms: float | None
    bound_ms: float
    dropped: int
    holds: bool


class WrongAnswers(Struct, frozen=True, gc=False):
    """How many answers to an operation were wrong, and what was wrong with the first."""

    operation: str
    says: str
    requests: int


class Measured(Struct, frozen=True, kw_only=True):
    """What the record of a load says by itself. Warm-up and book count for nothing but wrong answers."""

    arrivals: int
    requests: int
    unanswered: int
    levels: tuple[Level, ...]
    generator: Lateness
    wrong: tuple[WrongAnswers, ...]
    unanswered_share: float
    max_unanswered_share: float


class Verdict(Struct, frozen=True, kw_only=True):
    """verdict.json. `reasons` are sentences, that of the exit code first."""

    exit_code: ExitCode
    reasons: tuple[str, ...]
    profile: str
    deployment: str
    began: str
    seed: int
    rate: float
    seconds: float
    measured: Measured


def measure(profile: Profile, record: pl.DataFrame) -> Measured:
    """Exact percentiles, the smallest value that so many are within."""
    came = record.filter(pl.col("intended") >= 0.0)
    judged = came.filter(pl.col("intended") >= profile.warm_up_seconds)
    sent = judged.filter(~pl.col("dropped"))
    unanswered = sent.filter(pl.col("verdict") == "unanswered").height
    return Measured(
        arrivals=came.filter(pl.col("step") == 0).height,
        requests=came.filter(~pl.col("dropped")).height,
        unanswered=unanswered,
        levels=tuple(_levels(profile, sent)),
        generator=_lateness(profile, came, sent),
        wrong=_wrong(record),
        unanswered_share=unanswered / max(sent.height, 1),
        max_unanswered_share=profile.service_levels.max_unanswered_share,
    )


def judged(measured: Measured, audit: Audit | None, *, lost: str = "") -> tuple[ExitCode, tuple[str, ...]]:
    """The exit code and why, the decisive reason first. `lost` says how the deployment was lost before its audit."""
    reasons: list[tuple[ExitCode, str]] = [(7, lost)] if lost else []
    reasons += [*_wrongs(measured, audit), *_no_load(measured)]
    if audit is not None and audit.exit_code == 4:
        reasons.append((4, "the audit found nothing that it could judge"))
    reasons += [*_saturation(measured), *_missed(measured)]
    if not reasons:
        levels = sum(level.holds is True for level in measured.levels)
        return 0, (f"{levels} service levels kept, every answer right, every cent where it belongs",)
    return reasons[0][0], tuple(says for _, says in reasons)


def _no_load(measured: Measured) -> list[tuple[ExitCode, str]]:
    if not measured.requests:
        return [(5, "no load was made: nothing was sent")]
    without = [level.operation for level in measured.levels if level.bound_ms is not None and not level.requests]
    if without:
        return [(5, f"no load was made that could be judged on {', '.join(without)}: a longer load or a higher rate")]
    return []


def _wrongs(measured: Measured, audit: Audit | None) -> list[tuple[ExitCode, str]]:
    found: list[tuple[ExitCode, str]] = [
        (1, f"{each.requests} wrong answers to {each.operation}: {each.says}") for each in measured.wrong
    ]
    if audit is not None and audit.findings:
        first = audit.findings[0]
        off = f", {audit.off_minor} cents off" if audit.off_minor else ""
        found.append((1, f"the audit found {len(audit.findings)} things wrong{off}; first {first.code}: {first.text}"))
    return found


def _saturation(measured: Measured) -> list[tuple[ExitCode, str]]:
    lateness = measured.generator
    found: list[tuple[ExitCode, str]] = []
    if lateness.dropped:
        dropped = f"{lateness.dropped} of {measured.arrivals} arrivals were dropped"
        found.append((6, f"{dropped}: as many journeys as max_in_flight allows were under way"))
    if lateness.p99_ms is not None and lateness.p99_ms > lateness.bound_ms:
        late = f"the generator sent 1 of 100 arrivals {lateness.p99_ms:.0f} ms late or later"
        found.append((6, f"{late}; {lateness.bound_ms:g} ms are allowed"))
    return found


def _missed(measured: Measured) -> list[tuple[ExitCode, str]]:
    found: list[tuple[ExitCode, str]] = [
        (3, f"{level.operation}: 95 % within {level.p95_ms:.0f} ms, {level.bound_ms:g} ms were promised")
        for level in measured.levels
        if level.holds is False
    ]
    if measured.unanswered_share > measured.max_unanswered_share:
        share = f"{100 * measured.unanswered_share:.2g} % of requests"
        found.append((3, f"{share} went unanswered, {100 * measured.max_unanswered_share:g} % may"))
    return found


def _levels(profile: Profile, sent: pl.DataFrame) -> list[Level]:
    took = (pl.col("done") - pl.col("intended")) * 1_000.0
    found = {
        str(each["operation"]): each
        for each in sent.group_by("operation")
        .agg(
            pl.len().alias("requests"),
            *(took.quantile(share, "equiprobable").alias(f"p{round(100 * share)}") for share in (0.5, 0.95, 0.99)),
        )
        .iter_rows(named=True)
    }
    bounds = {str(name): bound for name, bound in profile.service_levels.p95_ms.items()}
    nothing = {"requests": 0, "p50": None, "p95": None, "p99": None}
    levels: list[Level] = []
    for name in sorted(found.keys() | bounds.keys()):
        each, bound = found.get(name, nothing), bounds.get(name)
        levels.append(
            Level(
                operation=name,
                requests=each["requests"],
                p50_ms=each["p50"],
                p95_ms=each["p95"],
                p99_ms=each["p99"],
                bound_ms=bound,
                holds=None if bound is None or each["p95"] is None else each["p95"] <= bound,
            )
        )
    return levels


def _lateness(profile: Profile, came: pl.DataFrame, sent: pl.DataFrame) -> Lateness:
    """Only of what the arrival curve set: within a journey there is nobody to be late but the deployment."""
    first = sent.filter(pl.col("step") == 0)
    late = (first["sent"] - first["intended"]) * 1_000.0
    p50, p99 = late.quantile(0.5, "equiprobable"), late.quantile(LAG_QUANTILE, "equiprobable")
    bound = profile.service_levels.max_generator_lag_ms
    dropped = came.filter(pl.col("dropped")).height
    return Lateness(
        p50_ms=p50, p99_ms=p99, bound_ms=bound, dropped=dropped, holds=not dropped and (p99 is None or p99 <= bound)
    )


def _wrong(record: pl.DataFrame) -> tuple[WrongAnswers, ...]:
    grouped = (
        record.filter(pl.col("verdict") == "wrong")
        .group_by("operation", maintain_order=True)
        .agg(pl.col("says").first(), pl.len().alias("requests"))
        .sort("requests", descending=True)
    )
    return tuple(WrongAnswers(*each) for each in grouped.iter_rows())
