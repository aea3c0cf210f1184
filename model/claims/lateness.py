"""What a missed clock costs, where the rows say it: interest, a penalty by the day, and what a court may add.

Interest is simple, by the day, on what was due from the last day on time until it was paid; of how many days a year is,
is practice (model.choices.claims.LateInterest), since the rows give the rate alone. What depends on how a court sees
the insurer's conduct (Louisiana's penalty for an arbitrary delay, Colorado's twofold benefit) is told apart from what
falls due by itself.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Literal

from msgspec import Struct

from model.choices.claims import LateInterest
from model.claims.clock_rules import MONEY_CLOCKS
from model.claims.clocks import ClaimClock
from model.jurisdiction import Law
from model.money import Money, Rounding

INTEREST = ("late_payment_interest", "late_interest")
DAYS_OF_A_YEAR: dict[LateInterest, int] = {"simple_365_days": 365, "simple_360_days": 360}


class LateCost(Struct, frozen=True):
    """`interest` and `penalty` fall due by themselves, `at_stake` if a court finds the delay unreasonable. `rows` are
    the ids of the rules, for their citations.
    """

    days_late: int
    interest: Money
    penalty: Money
    at_stake: Money
    rows: tuple[str, ...]

    @property
    def certain(self) -> Money:
        return self.interest + self.penalty


def late_cost(
    law: Law,
    clocks: Sequence[ClaimClock],
    *,
    due: Money,
    today: date,
    line: str,
    rounding: Rounding,
    words: frozenset[str] = frozenset(),
    interest_by: LateInterest = "simple_365_days",
) -> LateCost:
    """The cost of the money clock that was missed by most: days count once, whatever the number of clocks they miss."""
    days = max((clock.days_late(today) for clock in clocks if clock.name in MONEY_CLOCKS), default=0)
    nothing = Money(0, due.currency)
    if days == 0 or due.minor <= 0:
        return LateCost(days, nothing, nothing, nothing, ())
    interest, rows = _interest(law, due, days, line, rounding, DAYS_OF_A_YEAR[interest_by])
    penalty = nothing
    if law.has("civil_penalty_per_day_over_60", line):
        row = law.row("civil_penalty_per_day_over_60", line)
        penalty = Money(int(Decimal(row.value) * 100) * days, due.currency)
        rows = (*rows, row.id)
    at_stake, more = _at_stake(law, due, line, rounding, words)
    return LateCost(days, interest, penalty, at_stake, (*rows, *more))


def _interest(
    law: Law, due: Money, days: int, line: str, rounding: Rounding, year: int
) -> tuple[Money, tuple[str, ...]]:
    rule = next((rule for rule in INTEREST if law.has(rule, line)), None)
    if rule is None:
        return Money(0, due.currency), ()
    row = law.row(rule, line)
    numerator, denominator = (Decimal(row.value) / 100).as_integer_ratio()
    interest = due.share(numerator * days, denominator * year, rounding)
    if law.has("late_interest_small_claim", line) and due.minor <= law.usd("late_interest_small_claim", line).minor:
        cap = law.usd("late_interest_small_claim_cap", line)
        interest = interest if interest.minor < cap.minor else cap
    return interest, (row.id,)


def _at_stake(
    law: Law, due: Money, line: str, rounding: Rounding, words: frozenset[str]
) -> tuple[Money, tuple[str, ...]]:
    if law.has("catastrophic_penalty", line) and "cat_la_22_1892_2" in words:
        row = law.row("catastrophic_penalty", line)
        part = due.times(Decimal(row.value) / 100, rounding)
        least = law.usd("catastrophic_penalty_minimum", line)
        return (part if part.minor > least.minor else least), (row.id,)
    if law.has("unreasonable_delay_damages", line):
        row = law.row("unreasonable_delay_damages", line)
        return due.times(Decimal(row.value), rounding), (row.id,)
    return Money(0, due.currency), ()


class PortfolioTest(Struct, frozen=True, gc=False):
    """A test of all claims of an insurer together: the median of their payment periods against a limit, in days."""

    row_id: str
    limit_days: int
    median_days: float
    holds: Literal["yes", "no"]


def median_payment_period(
    law: Law, periods: Sequence[int], *, party: Literal["first_party", "third_party"]
) -> PortfolioTest | None:
    """Illinois judges an auto insurer by the median of its payment periods, in days; None where the law has no such
    test or nothing was paid.
    """
    rule = "auto_first_party_delay_letter" if party == "first_party" else "auto_third_party_pd_delay_letter"
    if not periods or not law.has(rule, "personal_auto"):
        return None
    row = law.row(rule, "personal_auto")
    middle = float(median(periods))
    return PortfolioTest(row.id, int(row.value), middle, "yes" if middle <= int(row.value) else "no")
