"""Named day counts, anchored due dates, and business days over a given set of holidays.

The portion of a term that has run is kept as two integers, never as a float, and the same day count serves a charge
and its refund.
"""

from calendar import monthrange
from collections.abc import Sequence, Set
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

DayCount = Literal["actual/actual_in_term", "actual/365F", "30E/360", "anchored_months", "three_decimal_factor"]
Roll = Literal["none", "forward"]

NO_HOLIDAYS: frozenset[date] = frozenset()
MOST_DAYS = 100_000
"""Days that are kept, more than two centuries of them: whoever asks for more begins anew."""
_DAYS: dict[date, date] = {}


class Portion(Struct, frozen=True, gc=False):
    """Day-count units of a term that have run and that remain, and the units that a full annual amount is for."""

    elapsed: int
    remaining: int
    basis: int


def portion(day_count: DayCount, *, start: date, end: date, on: date) -> Portion:
    """How [start, end) divides when `on` begins.

    `actual/actual_in_term` divides by the days of the very term (366 in a leap term), `actual/365F` always by 365,
    `30E/360` counts months of 30 days, a 31st being a 30th. `anchored_months` counts whole months from the first day of
    the term and the part of the month that has begun, in days of that very month. `three_decimal_factor` rounds what
    remains of the very term to thousandths, half up, as the printed wheels of the trade do; it changes cents.
    """
    match day_count:
        case "actual/actual_in_term":
            day, last = on.toordinal(), end.toordinal()
            first = start.toordinal()
            return Portion(day - first, last - day, last - first)
        case "actual/365F":
            return Portion((on - start).days, (end - on).days, 365)
        case "30E/360":
            return Portion(_thirty_day_months(start, on), _thirty_day_months(on, end), _thirty_day_months(start, end))
        case "anchored_months":
            return _anchored_portion(start, end, on)
        case "three_decimal_factor":
            last, days = end.toordinal(), (end - start).days
            remaining = (2000 * (last - on.toordinal()) + days) // (2 * days)
            return Portion(1000 - remaining, remaining, 1000)


def _thirty_day_months(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * 30 + min(end.day, 30) - min(start.day, 30)


def _anchored_portion(start: date, end: date, on: date) -> Portion:
    """Months and fractions of months over one denominator, so that the portions stay integers."""
    elapsed, elapsed_length = _months_since(start, on)
    whole, whole_length = _months_since(start, end)
    run, term = elapsed * whole_length, whole * elapsed_length
    return Portion(run, term - run, term)


def _months_since(anchor: date, on: date) -> tuple[int, int]:
    """How many months `on` lies after its anchor, as a fraction: (units, units in a month)."""
    months = (on.year - anchor.year) * 12 + on.month - anchor.month
    if months_after(anchor, months) > on:
        months -= 1
    began = months_after(anchor, months)
    length = (months_after(anchor, months + 1) - began).days
    return months * length + (on - began).days, length


def kept_day(day: date) -> date:
    """The same day, as the one object that stands for it in all that is kept: a book says few days, and says each of
    them millions of times.
    """
    if len(_DAYS) > MOST_DAYS:
        _DAYS.clear()
    return _DAYS.setdefault(day, day)


def kept_days(days: Sequence[date]) -> list[date]:
    """Each of them as `kept_day`; in a plan are dozens."""
    if len(_DAYS) > MOST_DAYS:
        _DAYS.clear()
    return list(map(_DAYS.setdefault, days, days))


def days_after(day: date, days: int) -> date:
    """The day so many `days` later, in a third of the time that a timedelta takes."""
    return date.fromordinal(day.toordinal() + days)


def months_after(anchor: date, months: int) -> date:
    """The day `months` after `anchor`, clamped to the end of its month.

    Always counted from the original anchor: chaining from the clamped date would turn the 31st into the 28th for ever.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    if anchor.day <= 28:
        return date(year, month + 1, anchor.day)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def is_business_day(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def rolled(day: date, roll: Roll, holidays: Set[date]) -> date:
    """`day` itself, or the next business day when the roll is forward."""
    while roll == "forward" and not is_business_day(day, holidays):
        day += timedelta(days=1)
    return day


def nearest_business_day(day: date, roll: Literal["none", "following", "preceding"], holidays: Set[date]) -> date:
    """`day` itself where it has business or nothing rolls; else the next or the last business day."""
    step = timedelta(days={"none": 0, "following": 1, "preceding": -1}[roll])
    while step and not is_business_day(day, holidays):
        day += step
    return day


def business_days_after(day: date, count: int, holidays: Set[date]) -> date:
    """The `count`-th business day after `day`; the day itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        if is_business_day(day, holidays):
            count -= 1
    return day


def business_days_before(day: date, count: int, holidays: Set[date]) -> date:
    """The `count`-th business day before `day`; the day itself is not counted."""
    while count > 0:
        day -= timedelta(days=1)
        if is_business_day(day, holidays):
            count -= 1
    return day
