"""A comparison in business words: what one setting has instead of another, and what that changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from simulations.estimates import estimate
from simulations.experiment import Difference, differences
from simulations.records import Record, written
from windtunnel.quantities import answer_name, difference

HEADLINES = (
    "clocks_missed_share", "drift_dollars", "first_payment_days_p50", "closed_share_day_90", "closed_share_day_30",
    "manual_touches_per_claim", "consumer_lag_p99", "drift_count",
)  # fmt: skip
TOLD = 3
WORTH_TELLING = 0.01
"""Of the base's mean: what is smaller may be beyond doubt and is still nothing that anybody would act on."""


class Contrast(Struct, frozen=True):
    """One setting against the first. `rows` are answer, difference, error and verdict, the clear ones first; `same`
    are the answers that came out the same in every pair."""

    title: str
    says: str
    rows: tuple[tuple[str, str, str, str], ...]
    same: tuple[str, ...]


def contrasts(record: Record) -> tuple[Contrast, ...]:
    """Every setting but the first, against the first."""
    settings = [run.setting for run in record.manifest.runs]
    found = differences(settings, record.outcomes)
    means = {answer: estimate(outcomes).mean or 0.0 for answer, outcomes in record.outcomes[0].items()}
    return tuple(
        _contrast(settings[0], other, [each for each in found if each.other == other], means) for other in settings[1:]
    )


def setting_name(setting: Mapping[str, Any]) -> str:
    """The values alone, since all settings have the same parameters: `events, 0.9`."""
    return ", ".join(written(value) for value in setting.values())


def _contrast(
    base: Mapping[str, Any], other: Mapping[str, Any], these: Sequence[Difference], means: Mapping[str, float]
) -> Contrast:
    changes = [
        f"{name.replace('_', ' ')} {written(other[name])} instead of {written(base[name])}"
        for name in other
        if other[name] != base[name]
    ]
    different = [each for each in these if not _same(each)]
    return Contrast(
        title=f"With {', '.join(changes)}",
        says=_headline(different, means),
        rows=tuple(_row(each) for each in sorted(different, key=lambda each: not each.clear)),
        same=tuple(answer_name(each.answer) for each in these if _same(each)),
    )


def _headline(different: Sequence[Difference], means: Mapping[str, float]) -> str:
    clear = {each.answer: each for each in different if each.clear and _worth_telling(each, means[each.answer])}
    first = [clear[answer] for answer in HEADLINES if answer in clear]
    rest = [each for answer, each in clear.items() if answer not in HEADLINES]
    told = [f"{answer_name(each.answer)} {difference(each.mean, each.unit)}" for each in (*first, *rest)[:TOLD]]
    if told:
        return f"Clearly different: {'; '.join(told)}."
    if any(each.clear is None for each in different):
        return "One replication cannot tell a difference from luck: give it more with --replications."
    if any(each.clear for each in different):
        return "What is clearly different differs by less than 1%."
    return "No answer is clearly different." if different else "Every answer is the same."


def _worth_telling(each: Difference, base_mean: float) -> bool:
    return each.mean is not None and abs(each.mean) >= WORTH_TELLING * abs(base_mean)


def _same(each: Difference) -> bool:
    return each.mean == 0.0 and each.ci_low in (None, 0.0)


def _row(each: Difference) -> tuple[str, str, str, str]:
    error = ""
    if each.ci_low is not None:
        error = f"{difference(each.ci_low, each.unit)} to {difference(each.ci_high, each.unit)}"
    return answer_name(each.answer), difference(each.mean, each.unit), error, "clear" if each.clear else ""
