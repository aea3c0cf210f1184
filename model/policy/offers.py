"""Which terms may be offered at all."""

from datetime import date

from model.carrier import Carrier
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


def unacceptable(carrier: Carrier, terms: Terms, *, may_end: date | None = None) -> Refusal | None:
    """Why these terms cannot be offered, if they cannot. A term is annual, or ends on `may_end`."""
    if not (on_calendar(terms.start) and on_calendar(terms.end)):
        return unknown_day(terms.start)
    if terms.end not in (months_after(terms.start, 12), may_end):
        return Refusal("term_not_annual", f"an annual term from {terms.start} ends on {months_after(terms.start, 12)}")
    if not terms.coverages:
        return Refusal("no_coverage", "a policy insures at least one coverage")
    offered = carrier.offered_coverages(terms.product)
    if offered:
        for coverage in terms.coverages:
            if coverage.code not in offered:
                return Refusal("unknown_coverage", f"{carrier.name} offers no {coverage.code!r} in {terms.product}")
    weights = [payer.weight for payer in terms.payers]
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        return Refusal("no_payer", "somebody has to pay: name a payer with a positive weight, and none with a negative")
    plan = carrier.plan(terms.plan)
    if isinstance(plan, Refusal):
        return plan
    for charge in terms.charges:
        rule = carrier.pattern(charge.pattern)
        if isinstance(rule, Refusal):
            return rule
    known = carrier.currency
    for charge in terms.charges:
        if charge.amount.currency != known:
            return _wrong_currency(carrier, charge.amount.currency)
    for coverage in terms.coverages:
        for amount in (coverage.limit, coverage.deductible, coverage.hurricane_deductible):
            if amount.currency != known:
                return _wrong_currency(carrier, amount.currency)
    for charge in terms.charges:
        if charge.amount.minor < 0:
            return Refusal("negative_charge", f"a new term cannot charge {charge.amount} for {charge.pattern}")
    return None


def _wrong_currency(carrier: Carrier, currency: str) -> Refusal:
    return Refusal("wrong_currency", f"{carrier.name} writes in {carrier.currency}, not {currency}")
