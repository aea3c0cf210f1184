"""What must hold of a term, worked out in another way than the model does."""

from datetime import timedelta
from fractions import Fraction

from model.policy.edits import AdjustCharge
from model.policy.versions import active


def costs_what_its_days_cost(carrier, period) -> bool:
    """The premium of a term, day by day in exact fractions, from its holding versions in the order of their days.

    Every change rounds once, by half a cent at most. Only for terms that count actual days and kept nothing.
    """
    if carrier.day_count != "actual/actual_in_term" or period.retained or period.until:
        return True
    holding = active(period.versions)
    days = (period.terms.end - period.terms.start).days
    rate, covers, cost = Fraction(240000), False, Fraction(0)
    marks = [*((one.effective, one) for one in holding), (period.terms.end, None)]
    since = period.terms.start
    for day, version in marks:
        day = min(day, period.terms.end)
        cost += rate * (day - since).days / days if covers else 0
        since = day
        if version is not None:
            rate += sum(
                edit.by.minor for edit in version.edits if isinstance(edit, AdjustCharge) and edit.pattern == "premium"
            )
            covers = version.status == "in_force"
    booked = next(charge.amount.minor for charge in period.booked if charge.pattern == "premium")
    base = period.terms.charges[0].amount.minor
    return base != 240000 or abs(booked - cost) <= Fraction(len(holding) + 1, 2)


def without_fees(charges):
    return tuple(charge for charge in charges if charge.pattern != "fee")


def reinstated_is_as_before(was, now) -> dict[str, str]:
    """INV-P5: cancelled and reinstated without a lapse, the term is booked and cut as if neither had happened, but for
    the fee.
    """
    if was.until is not None:
        return {}
    booked = (
        {one.pattern: one.amount for one in without_fees(was.booked)},
        {one.pattern: one.amount for one in without_fees(now.booked)},
    )
    if booked[0] != booked[1]:
        return {"INV-P5": f"{booked[0]} was booked, now {booked[1]}"}
    cover = [
        [(one.status, one.coverages, without_fees(one.rates)) for one in rules_by_day(period)] for period in (was, now)
    ]
    return {} if cover[0] == cover[1] else {"INV-P5": "another cover than before the cancellation"}


def rules_by_day(period):
    """The segment that rules on every fifth day of the term."""
    for day in range(0, (period.terms.end - period.terms.start).days, 5):
        on = period.terms.start + timedelta(days=day)
        yield next(one for one in period.cover if one.start <= on < one.end)
