"""Which terms may be offered at all."""

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from model.carrier import Carrier, unknown_pattern
from model.daycount import months_after
from model.decider import Refusal
from model.policy.terms import Terms

FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Days outside are typing errors, and clocks counted from them would leave the calendar."""


def on_calendar(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def all_on_calendar(*days: date | None) -> bool:
    return all(day is None or on_calendar(day) for day in days)


def unknown_day(day: date) -> Refusal:
    return Refusal("unknown_day", f"{day} is not a day that a policy knows")


@cache
def is_zone(name: str) -> bool:
    """Whether a term can begin and end at an hour of this zone (IANA); asked of every offer, and remembered."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def unacceptable(carrier: Carrier, terms: Terms, *, may_end: date | None = None) -> Refusal | None:
    """Why these terms cannot be offered, if they cannot. A term is annual, or ends on `may_end`."""
    start, end = terms.start, terms.end
    year, last_year = start.year, end.year
    if not (FIRST_YEAR <= year <= LAST_YEAR and FIRST_YEAR <= last_year <= LAST_YEAR):
        return unknown_day(start)
    # The same day a year later is the common case, and needs no day to be counted.
    same_day = last_year == year + 1 and end.month == start.month and end.day == start.day
    if not same_day and end != months_after(start, 12) and end != may_end:
        return Refusal("term_not_annual", f"an annual term from {start} ends on {months_after(start, 12)}")
    if not is_zone(terms.zone):
        return Refusal("unknown_zone", f"{terms.zone!r} is no time zone: name it as in America/New_York")
    if not terms.coverages:
        return Refusal("no_coverage", "a policy insures at least one coverage")
    product = carrier.products.get(terms.product)
    if product is not None and product.coverages:
        for coverage in terms.coverages:
            if coverage.code not in product.coverages:
                return Refusal("unknown_coverage", f"{carrier.name} offers no {coverage.code!r} in {terms.product}")
    weight = 0
    for payer in terms.payers:
        if payer.weight < 0:
            weight = 0
            break
        weight += payer.weight
    if weight <= 0:
        return Refusal("no_payer", "somebody has to pay: name a payer with a positive weight, and none with a negative")
    if terms.plan not in carrier.plans:
        return Refusal("unknown_payment_plan", f"{carrier.name} has no payment plan {terms.plan!r}")
    return _wrong_money(carrier, terms)


def _wrong_money(carrier: Carrier, terms: Terms) -> Refusal | None:
    """What is wrong with the money of terms: an unknown pattern first, then any other currency, then less than
    nothing.
    """
    known, rules = carrier.currency, carrier.rules
    foreign, below = "", None
    for charge in terms.charges:
        if charge.pattern not in rules:
            return unknown_pattern(carrier.name, charge.pattern)
        amount = charge.amount
        if amount.currency != known:
            foreign = foreign or amount.currency
        if amount.minor < 0:
            below = below or charge
    if foreign:
        return _wrong_currency(carrier, foreign)
    for coverage in terms.coverages:
        if (
            coverage.limit.currency != known
            or coverage.deductible.currency != known
            or coverage.hurricane_deductible.currency != known
            or (coverage.aggregate is not None and coverage.aggregate.currency != known)
        ):
            return _wrong_currency(carrier, next(one.currency for one in coverage.amounts if one.currency != known))
    if below is not None:
        return Refusal("negative_charge", f"a new term cannot charge {below.amount} for {below.pattern}")
    return None


def _wrong_currency(carrier: Carrier, currency: str) -> Refusal:
    return Refusal("wrong_currency", f"{carrier.name} writes in {carrier.currency}, not {currency}")
