"""What a term costs, what of it is earned at a day, and what comes back when it ends early.

A term is charged in steps: its first day costs the annual rate, and every day on which the rate changes costs or
gives back the difference for what remains of the term, rounded once. What a job books is what the whole term should
cost after it, less what was booked before; a refund is therefore recorded less recomputed, never derived from a rate,
and the order in which changes were bound leaves no trace in the total.

    written(term) = rate_0 + sum over changes of rounded((rate_after - rate_before) * remaining / basis)

The same day count serves a charge and its refund. Source of the formula: BriteCore's public description of
endorsement premium, recomputed; it is carried out in integers.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.carrier import Carrier
from model.choices.policy import CancellationMethod, ShortRateStep
from model.daycount import Portion, portion
from model.jurisdiction import Law
from model.money import Money, Rounding, divide
from model.policy.edits import summed
from model.policy.terms import Charge, Terms
from model.policy.versions import Period, Segment, active

Cause: TypeAlias = Literal["insured", "insurer"]

# --- one amount


def pro_rata_return(written: Money, term: Portion, rounding: Rounding) -> Money:
    """The unearned part of `written`, rounded once; never more than was written."""
    return written.share(min(term.remaining, term.basis), term.basis, rounding)


def earned(written: Money, term: Portion, rounding: Rounding) -> Money:
    return written - pro_rata_return(written, term, rounding)


# --- a term in steps


class Step(Struct, frozen=True, gc=False):
    """On a day the annual rate of a pattern went from `before` to `after`: `amount` is what that cost or gave back."""

    on: date
    pattern: str
    before: Money
    after: Money
    term: Portion
    amount: Money


def steps(carrier: Carrier, terms: Terms, cover: Sequence[Segment], until: date | None = None) -> Iterator[Step]:
    """What each day of change costs, pattern by pattern. With `until`, as if the term ended there; what is fully
    earned does not come back for that.
    """
    nothing = Money(0, carrier.currency)
    day_count = carrier.day_count_of(terms.product)
    before: dict[str, Money] = {}
    for segment in cover:
        if until is not None and segment.start >= until:
            break
        accruing = {
            rate.pattern: rate.amount
            for rate in segment.rates
            if segment.status == "in_force" or not prorated(carrier, rate.pattern)
        }
        term = portion(day_count, start=terms.start, end=terms.end, on=min(segment.start, terms.end))
        for pattern in dict.fromkeys((*before, *accruing)):
            was, becomes = before.get(pattern, nothing), accruing.get(pattern, nothing)
            if was != becomes:
                yield Step(segment.start, pattern, was, becomes, term, cost(carrier, pattern, becomes - was, term))
        before = accruing
    if until is not None:
        term = portion(day_count, start=terms.start, end=terms.end, on=min(until, terms.end))
        for pattern, rate in before.items():
            if prorated(carrier, pattern) and rate.minor:
                yield Step(until, pattern, rate, nothing, term, cost(carrier, pattern, -rate, term))


def cost(carrier: Carrier, pattern: str, difference: Money, term: Portion) -> Money:
    """What a difference of the annual rate costs for the rest of the term: all of it where nothing accrues by day."""
    if pattern not in carrier.prorated:
        return difference
    remaining, basis = term.remaining, term.basis
    minor = difference.minor * (remaining if remaining < basis else basis)
    return Money(divide(minor, basis, carrier.rounding), difference.currency)


def prorated(carrier: Carrier, pattern: str) -> bool:
    return pattern in carrier.prorated


def written(carrier: Carrier, period: Period, until: date | None = None) -> tuple[Charge, ...]:
    """What a term costs by pattern, as it is cut into segments now; with `until`, what is earned by the morning of that
    day: both together give earned + unearned = written at every day.
    """
    nothing = Money(0, carrier.currency)
    found = [Charge(step.pattern, step.amount) for step in steps(carrier, period.terms, period.cover, until)]
    if until is None or until >= period.terms.end:
        found.extend(extension(carrier, period))
    patterns = [Charge(charge.pattern, nothing) for charge in period.terms.charges]
    return summed((*patterns, *found))


def extension(carrier: Carrier, period: Period) -> Iterator[Charge]:
    """Days of cover past the end of the term, at the last rate. Strategy `extension_premium` [K], practice: no public
    source says what such days cost; they are charged like any other day of the term, or not at all.
    """
    if period.until is None or not period.cover or carrier.policy.extension_premium == "free":
        return
    days, term = (period.until - period.terms.end).days, (period.terms.end - period.terms.start).days
    for rate in period.cover[-1].rates:
        if prorated(carrier, rate.pattern):
            yield Charge(rate.pattern, rate.amount.share(days, term, carrier.rounding))


def less(charges: tuple[Charge, ...], booked: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """What is to be booked so that `booked` becomes `charges`; patterns without a difference are left out."""
    differences = summed((*charges, *(Charge(charge.pattern, -charge.amount) for charge in booked)))
    return tuple(charge for charge in differences if charge.amount.minor)


# --- cancellation: named methods, and what bounds them


class Retention(Struct, frozen=True, gc=False):
    """How much of what pro rata would give back is kept, and why: `percent` of it, at least `minor` units in all."""

    method: CancellationMethod
    percent: int
    because: str


def retained(
    carrier: Carrier,
    law: Law,
    period: Period,
    *,
    on: date,
    cause: Cause,
    before: tuple[Charge, ...],
    booked: tuple[Charge, ...],
) -> tuple[Charge, ...]:
    """What a cancellation on a day keeps of `before` (what the term costs without later changes) beyond what was
    earned, by pattern; never more than was booked, so that nobody pays for leaving.

    Only the premium is short-rated or has a minimum, and only when the insured asks: never a cancellation by the
    insurer, a rewrite or a flat one [K]. The law comes last: a state can ban short rate or bound what is kept.
    """
    if cause == "insurer" or (on <= period.terms.start and carrier.policy.flat_cancellation == "returns_all"):
        return ()
    gross = next((charge.amount for charge in before if charge.pattern == "premium"), Money(0, carrier.currency))
    by_now = written(carrier, period, on)
    by_days = next((charge.amount for charge in by_now if charge.pattern == "premium"), gross)
    unearned = gross - by_days
    if unearned.minor <= 0:
        return ()
    line = carrier.line_of(period.terms.product)
    kept = short_rate(carrier, law, line, period.terms, on, unearned, by_days)
    minimum = max(
        carrier.policy.minimum_earned_minor,
        divide(gross.minor * carrier.policy.minimum_earned_percent, 100, carrier.rounding),
    )
    kept = max(kept, min(minimum - by_days.minor, unearned.minor))
    most = most_retained(law, line, unearned)
    kept = min(kept, most.minor if most is not None else kept, _premium(booked, carrier) - by_days.minor)
    return (Charge("premium", Money(kept, carrier.currency)),) if kept > 0 else ()


def _premium(charges: tuple[Charge, ...], carrier: Carrier) -> int:
    found = (charge.amount for charge in charges if charge.pattern == "premium")
    return next(found, Money(0, carrier.currency)).minor


def short_rate(
    carrier: Carrier, law: Law, line: str, terms: Terms, on: date, unearned: Money, earned_by_days: Money
) -> int:
    """Minor units kept by the carrier's method when the insured cancels.

    `short_rate_90` gives back 90 percent of what pro rata would, the percent being a key of the carrier;
    `short_rate_table` keeps the share of the term's premium that the table says for the days in force. Both are trade
    practice (https://internationalbcs.com, read second hand); the shipped table is ASSUMED.
    """
    method = carrier.policy.insured_cancellation
    if method == "pro_rata" or short_rate_is_banned(law, line, on):
        return 0
    if method == "short_rate_90":
        back = unearned.share(carrier.policy.short_rate_return_percent, 100, carrier.rounding)
        return unearned.minor - back.minor
    days = (on - terms.start).days
    percent = table_percent(carrier.policy.short_rate_table, days)
    whole = unearned + earned_by_days
    return whole.share(percent, 100, carrier.rounding).minor - earned_by_days.minor


def table_percent(table: Sequence[ShortRateStep], days: int) -> int:
    """Percent of the annual premium that is earned after so many days: the first step that reaches them, else all."""
    for step in table:
        if days <= step.days:
            return step.earned_percent
    return 100


def short_rate_is_banned(law: Law, line: str, on: date) -> bool:
    """Texas for personal auto and residential from 2026-09-01 (28 TAC 5.7015 as adopted)."""
    rule = "pro_rata_required_personal_auto_residential_from"
    if line not in ("personal_auto", "home") or not law.has(rule, line):
        return False
    return on >= date.fromisoformat(law.row(rule, line).value)


def most_retained(law: Law, line: str, unearned: Money) -> Money | None:
    """The most that may be kept of unearned premium when the insured cancels; None where the state sets nothing.

    Florida auto: 10 percent (Fla. Stat. 627.7283, as the row cites).
    """
    percent = law.percent("max_retention_insured_cancels_auto", line)
    return None if percent is None else unearned.share(percent, 100, "down")


# --- in force


def in_force_premium(carrier: Carrier, terms: Sequence[Period], on: date) -> Money:
    """What a year costs of what is insured on a day: the annual rates of the premium of the segments that are in force
    then. Of two terms that have the day the one that began last rules.
    """
    for period in sorted(terms, key=lambda one: one.terms.start, reverse=True):
        for segment in period.cover:
            if segment.start <= on < segment.end:
                rates = segment.rates if segment.status == "in_force" else ()
                minor = sum(rate.amount.minor for rate in rates if rate.pattern == "premium")
                return Money(minor, carrier.currency)
    return Money(0, carrier.currency)


# --- earning


class Earning(Struct, frozen=True, gc=False):
    """Minor units of a pattern at the morning of a day; earned + unearned = written."""

    pattern: str
    on: date
    written: int
    earned: int
    unearned: int


def earning(carrier: Carrier, period: Period, on: date) -> tuple[Earning, ...]:
    """What is written, earned and unearned of every pattern. What is fully earned is earned when it is booked, what a
    cancellation kept on the day of the cancellation.
    """
    ends = on >= period.end
    by_now = {charge.pattern: charge.amount.minor for charge in written(carrier, period, None if ends else on)}
    # A cancellation that was undone keeps nothing, however late in the term it was.
    cancelled = (
        [one.effective for one in active(period.versions) if one.status == "cancelled"] if period.retained else []
    )
    if cancelled and on >= max(cancelled):
        for charge in period.retained:
            by_now[charge.pattern] = by_now.get(charge.pattern, 0) + charge.amount.minor
    found: list[Earning] = []
    for charge in period.booked:
        whole = charge.amount.minor
        part = by_now.get(charge.pattern, 0) if prorated(carrier, charge.pattern) else whole
        found.append(Earning(charge.pattern, on, whole, part, whole - part))
    return tuple(found)
