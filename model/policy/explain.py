"""Why a term costs what it costs: for every cent the rule, the day count, the inputs, the rounding and the job.

    explain(carrier, period) -> reasons, which add up to what was booked

Each reason is data, and has a sentence for a person. Whatever was reversed is there too with what took it back, because
the net is only trusted by those who can see the gross.
"""

from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier
from model.daycount import DayCount
from model.money import Money, Rounding
from model.policy.proration import Step, extension, prorated, steps
from model.policy.terms import Charge
from model.policy.versions import Kind, Period, active

Rule = Literal["annual_rate", "rest_of_term", "flat", "cancellation_return", "gap", "retained", "extension_pro_rata"]


class Lineage(Struct, frozen=True, gc=False):
    """The version of the term that made a difference, and the job that wrote it."""

    version: int
    kind: Kind
    job_id: str


class Reason(Struct, frozen=True, gc=False):
    """`amount` = rounded((`after` - `before`) * `remaining` / `basis`), or by the rule named. `exact` is the amount in
    minor units before rounding; `lineage` the versions that took effect on the day.
    """

    pattern: str
    rule: Rule
    on: date
    before: Money
    after: Money
    remaining: int
    basis: int
    day_count: DayCount
    rounding: Rounding
    exact: str
    amount: Money
    lineage: tuple[Lineage, ...]

    @property
    def text(self) -> str:
        jobs = ", ".join(f"{one.kind} {one.job_id} (version {one.version})" for one in self.lineage)
        if self.rule in ("flat", "retained"):
            how = "in full"
        else:
            how = f"({self.after} - {self.before}) x {self.remaining}/{self.basis} by {self.day_count}"
        return (
            f"{self.on} {self.pattern}: {how} = {self.exact}, {self.rounding} to {self.amount}; {self.rule}"
            f"{f', from {jobs}' if jobs else ''}"
        )


class Explanation(Struct, frozen=True, gc=False):
    """Every reason of a pattern's booked amount, in the order of their days; they add up to `booked`."""

    pattern: str
    booked: Money
    reasons: tuple[Reason, ...]

    @property
    def text(self) -> str:
        return "\n".join((*(reason.text for reason in self.reasons), f"= {self.booked} {self.pattern} booked"))


def explain(carrier: Carrier, period: Period) -> tuple[Explanation, ...]:
    """Why each pattern of a term is booked at what it is."""
    nothing = Money(0, carrier.currency)
    found: dict[str, list[Reason]] = {charge.pattern: [] for charge in period.booked}
    for step in steps(carrier, period.terms, period.cover):
        found.setdefault(step.pattern, []).append(_reason(carrier, period, step))
    for charge in period.retained:
        found.setdefault(charge.pattern, []).append(_kept(carrier, period, charge))
    for charge in extension(carrier, period):
        found.setdefault(charge.pattern, []).append(_longer(carrier, period, charge))
    booked = {charge.pattern: charge.amount for charge in period.booked}
    return tuple(
        Explanation(pattern, booked.get(pattern, nothing), tuple(reasons)) for pattern, reasons in found.items()
    )


def _reason(carrier: Carrier, period: Period, step: Step) -> Reason:
    spread = prorated(carrier, step.pattern)
    remaining = min(step.term.remaining, step.term.basis) if spread else step.term.basis
    difference = step.after.minor - step.before.minor
    return Reason(
        pattern=step.pattern,
        rule=_rule(period, step) if spread else "flat",
        on=step.on,
        before=step.before,
        after=step.after,
        remaining=remaining,
        basis=step.term.basis,
        day_count=carrier.day_count_of(period.terms.product),
        rounding=carrier.rounding,
        exact=_exact(Fraction(difference * remaining, step.term.basis)),
        amount=step.amount,
        lineage=_lineage(period, step.on),
    )


def _rule(period: Period, step: Step) -> Rule:
    if step.on == period.terms.start and step.before.minor == 0:
        return "annual_rate"
    ended = any(one.effective == step.on and one.status == "cancelled" for one in active(period.versions))
    if ended and step.after.minor == 0:
        resumed = any(one.start >= step.on and one.status == "in_force" for one in period.cover)
        return "gap" if resumed else "cancellation_return"
    return "rest_of_term"


def _lineage(period: Period, on: date) -> tuple[Lineage, ...]:
    return tuple(Lineage(one.number, one.kind, one.job_id) for one in active(period.versions) if one.effective == on)


def _kept(carrier: Carrier, period: Period, charge: Charge) -> Reason:
    """What a cancellation kept by short rate or as a minimum."""
    on = max(one.effective for one in active(period.versions) if one.status == "cancelled")
    return _whole(carrier, period, charge, "retained", on)


def _longer(carrier: Carrier, period: Period, charge: Charge) -> Reason:
    return _whole(carrier, period, charge, "extension_pro_rata", period.terms.end)


def _whole(carrier: Carrier, period: Period, charge: Charge, rule: Rule, on: date) -> Reason:
    return Reason(
        pattern=charge.pattern,
        rule=rule,
        on=on,
        before=Money(0, carrier.currency),
        after=charge.amount,
        remaining=1,
        basis=1,
        day_count=carrier.day_count_of(period.terms.product),
        rounding=carrier.rounding,
        exact=_exact(Fraction(charge.amount.minor)),
        amount=charge.amount,
        lineage=_lineage(period, on),
    )


def _exact(minor: Fraction) -> str:
    """Minor units as a whole number and a remainder: `16986 + 30/365`."""
    whole, rest = divmod(abs(minor.numerator), minor.denominator)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}({whole} + {rest}/{minor.denominator})"
