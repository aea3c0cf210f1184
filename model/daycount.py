"""Named day counts, anchored due dates, and business days over a given set of holidays.

The portion of a term that has run is kept as two integers, never as a float, and the same day count serves a charge
and its refund.
"""

from calendar import monthrange
from collections.abc import Set
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

DayCount = Literal["actual/actual_in_term", "actual/365F", "30E/360"]
Roll = Literal["none", "forward"]

NO_HOLIDAYS: frozenset[date] = frozenset()


class Portion(Struct, frozen=True, gc=False):
    """Day-count units of a term that have run and that remain, and the units that a full annual amount is for."""

    elapsed: int
    remaining: int
    basis: int


def portion(day_count: DayCount, *, start: date, end: date, on: date) -> Portion:
    """How [start, end) divides when `on` begins.

    `actual/actual_in_term` divides by the days of the very term (366 in a leap term), `actual/365F` always by 365,
    `30E/360` counts months of 30 days, a 31st being a 30th.
    """
    match day_count:
        case "actual/actual_in_term":
            return Portion((on - start).days, (end - on).days, (end - start).days)
        case "actual/365F":
            return Portion((on - start).days, (end - on).days, 365)
        case "30E/360":
            return Portion(_thirty_day_months(start, on), _thirty_day_months(on, end), _thirty_day_months(start, end))


def _thirty_day_months(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * 30 + min(end.day, 30) - min(start.day, 30)


def months_after(anchor: date, months: int) -> date:
    """The day `months` after `anchor`, clamped to the end of its month.

    Always counted from the original anchor: chaining from the clamped date would turn the 31st into the 28th for ever.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def is_business_day(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def rolled(day: date, roll: Roll, holidays: Set[date]) -> date:
    """`day` itself, or the next business day when the roll is forward."""
    while roll == "forward" and not is_business_day(day, holidays):
        day += timedelta(days=1)
    return day


def business_days_after(day: date, count: int, holidays: Set[date]) -> date:
    """The `count`-th business day after `day`; the day itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        if is_business_day(day, holidays):
            count -= 1
    return day
