"""What a year of a risk costs: factors out of tables, step by step, so that every cent can be told where it is from.

    premium of a coverage = base * factor * factor * ..., rounded once
    taxes and fees        = percent of the premium, or an amount, by state and product

The tables are data (fixtures/rating) and handed in; a risk is described by words and numbers under names that the
tables know. The same description gives the same premium, and the same steps.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from model.decider import Refusal
from model.money import DECIMALS, Money, Rounding, divide
from model.policy.terms import Charge

Risk = Mapping[str, str]
"""What is known of a risk, by the names that the tables use; numbers as plain decimal text."""
MOST_CHARACTERS = 12
"""Of a number that describes a risk: more is a typing error."""


class Factor(Struct, frozen=True, gc=False):
    """`by` names the fact of the risk that decides. Words are looked up; for `bands` the keys are lower limits, and the
    value of the last that is not above the number holds.
    """

    name: str
    by: str
    kind: Literal["words", "bands"]
    values: tuple[tuple[str, Decimal], ...]


class RatedCoverage(Struct, frozen=True, gc=False):
    """`base` is what a year costs before any factor, in the currency's main unit."""

    coverage: str
    base: Decimal
    factors: tuple[Factor, ...]


class Levy(Struct, frozen=True, gc=False):
    """A tax, an assessment or a fee that rides on the premium: its own charge pattern, and where its number is from."""

    pattern: str
    state: str
    product: str
    kind: Literal["percent", "amount"]
    value: Decimal
    source: str


class RatingPlan(Struct, frozen=True, gc=False):
    """How one product is rated, in one currency; `pattern` is the premium's charge pattern."""

    product: str
    currency: str
    rounding: Rounding
    coverages: tuple[RatedCoverage, ...]
    levies: tuple[Levy, ...]
    pattern: str = "premium"


class RatingStep(Struct, frozen=True, gc=False):
    """One line of the worksheet. `before` and `after` are exact, in the currency's main unit."""

    coverage: str
    name: str
    key: str
    factor: Decimal
    before: Decimal
    after: Decimal


class Rated(Struct, frozen=True, gc=False):
    """The charges of a year, the premium of each coverage, and every step that led there."""

    charges: tuple[Charge, ...]
    premiums: tuple[tuple[str, Money], ...]
    steps: tuple[RatingStep, ...]


def rated(plan: RatingPlan, risk: Risk, wanted: tuple[str, ...]) -> Rated | Refusal:
    """What the wanted coverages of a risk cost for a year; a refusal names the fact or the coverage that is wrong."""
    steps: list[RatingStep] = []
    premiums: list[tuple[str, Money]] = []
    by_name = {one.coverage: one for one in plan.coverages}
    if not wanted:
        return Refusal("no_coverage", "a policy insures at least one coverage")
    for coverage in wanted:
        rule = by_name.get(coverage)
        if rule is None:
            return Refusal("unknown_coverage", f"{plan.product} has no coverage {coverage!r}")
        amount = rule.base
        for factor in rule.factors:
            found = _value(factor, risk)
            if isinstance(found, Refusal):
                return found
            key, value = found
            steps.append(RatingStep(coverage, factor.name, key, value, amount, amount * value))
            amount *= value
        premiums.append((coverage, _money(amount, plan)))
    total = Money(sum(premium.minor for _, premium in premiums), plan.currency)
    charges = (Charge(plan.pattern, total), *_levied(plan, risk, total))
    return Rated(charges, tuple(premiums), tuple(steps))


def _value(factor: Factor, risk: Risk) -> tuple[str, Decimal] | Refusal:
    """The key that decided and its factor."""
    said = risk.get(factor.by)
    if said is None:
        return Refusal("risk_incomplete", f"{factor.name} needs {factor.by!r}")
    if factor.kind == "words":
        for key, value in factor.values:
            if key == said:
                return key, value
        return Refusal("risk_unknown", f"{factor.by} = {said!r} is in no row of {factor.name}")
    number = _plain(said)
    if number is None:
        return Refusal("bad_number", f"{factor.by} = {said!r} is not a plain number")
    place = bisect_right([Decimal(key) for key, _ in factor.values], number) - 1
    if place < 0:
        return Refusal("risk_unknown", f"{factor.by} = {said} is below every band of {factor.name}")
    return factor.values[place]


def _plain(text: str) -> Decimal | None:
    """Digits with at most two decimals; None for anything else."""
    whole, _, part = text.partition(".")
    good = text.isascii() and whole.isdigit() and (part.isdigit() or part == "") and len(part) <= 2
    return Decimal(text) if good and not text.endswith(".") and len(text) <= MOST_CHARACTERS else None


def _money(amount: Decimal, plan: RatingPlan) -> Money:
    """Rounded once, to the currency's own minor unit."""
    numerator, denominator = amount.as_integer_ratio()
    return Money(divide(numerator * 10 ** DECIMALS[plan.currency], denominator, plan.rounding), plan.currency)


def _levied(plan: RatingPlan, risk: Risk, premium: Money) -> Iterator[Charge]:
    state = risk.get("state", "")
    for levy in plan.levies:
        if levy.state not in (state, "any") or levy.product not in (plan.product, "any"):
            continue
        if levy.kind == "percent":
            amount = premium.times(levy.value / 100, plan.rounding)
        else:
            amount = _money(levy.value, plan)
        if amount.minor:
            yield Charge(levy.pattern, amount)


def explained(rate: Rated) -> tuple[str, ...]:
    """The worksheet as lines for a person."""
    lines: list[str] = []
    for coverage, premium in rate.premiums:
        mine = [step for step in rate.steps if step.coverage == coverage]
        base = f"{mine[0].before}" if mine else f"{premium}"
        lines.append(f"{coverage}: base {base}")
        lines.extend(f"  x {step.factor} {step.name} ({step.key}) = {step.after:f}" for step in mine)
        lines.append(f"  = {premium}")
    lines.extend(f"{charge.pattern}: {charge.amount}" for charge in rate.charges)
    return tuple(lines)
