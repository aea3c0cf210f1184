"""Numbers as people say them: 31%, 2.3 days, $44.1k, 1,843 claims."""

from simulations.chart_marks import dollars
from simulations.estimates import Estimate

SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
PLAIN = ("count", "ratio", "")

ANSWERS: dict[str, str] = {
    "reported": "claims reported",
    "closed_share_day_30": "closed by day 30",
    "closed_share_day_60": "closed by day 60",
    "closed_share_day_90": "closed by day 90",
    "fnol_to_assignment": "notice to adjuster",
    "approve_to_pay": "approval to payment",
    "issue_to_invoice": "policy issued to invoice",
    "quote_to_bind": "quote to bind",
    "first_payment_days_p50": "notice to first payment, half within",
    "clocks_missed_share": "legal deadlines missed",
    "acknowledge_missed_share": "acknowledgements that came late",
    "straight_through_share": "claims that nobody had to touch",
    "manual_touches_per_claim": "times that people touched a claim",
    "consumer_lag_p99": "message on its way, 99% within",
    "calls_shed_by_breaker": "calls not made because those before them failed",
    "calls_shed_by_limit": "calls not made because too many were under way",
    "calls_told_to_wait": "calls that were told to come again",
    "drift_count": "records on which systems disagreed",
    "drift_dollars": "dollars on which systems disagreed",
    "drift_dollar_days": "the same dollars, each for as long as it stood",
}
"""Answers in the words of the business."""

QUANTILES = {"_p50": "half within", "_p95": "95% within", "_p99": "99% within"}


def answer_name(answer: str) -> str:
    """An answer in words: those of the business where they are known, else its own."""
    if answer in ANSWERS:
        return ANSWERS[answer]
    stem, within = answer[:-4], QUANTILES.get(answer[-4:])
    name = ANSWERS.get(stem, stem.replace("_", " "))
    return f"{name}, {within}" if within else answer.replace("_", " ")


def quantity(value: float | None, unit: str) -> str:
    """A value with its unit."""
    if value is None:
        return "not measured"
    if unit == "share":
        return f"{100.0 * value:.1f}%" if abs(value) < 0.1 and value != 0.0 else f"{100.0 * value:.0f}%"
    if unit in SECONDS:
        return duration(value * SECONDS[unit])
    if unit == "dollars":
        return dollars(value)
    if unit == "dollar-days":
        return f"{dollars(value)} × days"
    return figure(value) if unit in PLAIN else f"{figure(value)} {unit}"


def difference(value: float | None, unit: str) -> str:
    """A value with its sign. Shares differ by points, for 10 % more of 40 % could be 44 % or 50 %."""
    if value is None:
        return "not measured"
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    if unit == "share":
        return f"{sign}{abs(100.0 * value):.1f} points"
    return sign + quantity(abs(value), unit)


def outcome_range(estimate: Estimate) -> str:
    """`244 to 259 claims`, in which nine of ten outcomes lie, or nothing with one replication."""
    return _between(estimate.p05, estimate.p95, estimate.unit)


def error_range(estimate: Estimate) -> str:
    """Between which values the mean lies, at 95 %, or nothing with one replication."""
    return _between(estimate.ci_low, estimate.ci_high, estimate.unit)


def with_range(estimate: Estimate) -> str:
    """`251 (244 to 259) claims`: the mean, and between which values nine of ten outcomes lie."""
    said = [quantity(value, estimate.unit) for value in (estimate.mean, estimate.p05, estimate.p95)]
    if estimate.p05 is None:
        return said[0]
    (mean, low, high), unit = _apart(said)
    return f"{mean} ({low} to {high}){unit}"


def _between(low: float | None, high: float | None, unit: str) -> str:
    """Two quantities, with the unit once if they share it."""
    if low is None or high is None:
        return ""
    (first, second), own = _apart([quantity(low, unit), quantity(high, unit)])
    return f"{first} to {second}{own}"


def _apart(said: list[str]) -> tuple[list[str], str]:
    """The numbers, and the unit that all of them have, with the space before it."""
    units = {one.partition(" ")[2] for one in said}
    if len(units) > 1 or units == {""}:
        return said, ""
    return [one.partition(" ")[0] for one in said], f" {units.pop()}"


def duration(seconds: float) -> str:
    """In the largest unit of which there are at least two, or one day."""
    size = abs(seconds)
    if size < 1.0:
        return f"{1000.0 * seconds:.0f} ms"
    for limit, unit_seconds, unit in ((120.0, 1.0, "s"), (7200.0, 60.0, "min"), (172_800.0, 3600.0, "h")):
        if size < limit:
            return f"{figure(seconds / unit_seconds)} {unit}"
    return f"{figure(seconds / 86400.0)} days"


def figure(value: float) -> str:
    """Two or three figures, with thousands apart."""
    if value == round(value) or abs(value) >= 100.0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1.0 else f"{value:.2g}"
