"""When return premium has to be back with whom it belongs to, and what a late refund costs.

Which rows of law feed it stands in the tables of this file. A state without a row sets no day, and what is late there
costs nothing. This is an executable reading for simulation and testing, not legal advice.
"""

from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from model.carrier import Carrier
from model.jurisdiction import Law
from model.money import Money, Rounding
from model.policy.events import PolicyCancelled
from model.policy.proration import Cause
from model.policy.terms import Terms
from model.policy.transactions import cause_of

DAYS_OF_A_YEAR = 365
"""Interest by the day is simple and of a year of 365 days (practice; the rows give the rate alone)."""
RETURN: dict[tuple[str, Cause], tuple[str, ...]] = {
    ("personal_auto", "insured"): (
        "return_premium_auto_insured_cancels",
        "return_premium_personal",
        "return_premium_insured_cancels",
    ),
    ("personal_auto", "insurer"): ("return_premium_auto_insurer_cancels", "return_premium_personal"),
    ("home", "insured"): ("return_premium_residential", "return_premium_personal", "return_premium_insured_cancels"),
    ("home", "insurer"): ("return_premium_residential", "return_premium_personal"),
    ("commercial", "insured"): ("return_premium_commercial", "return_premium_insured_cancels"),
    ("commercial", "insurer"): ("return_premium_commercial",),
}
BY_THE_CANCELLATION: dict[str, tuple[str, ...]] = {
    "personal_auto": ("auto_return_premium", "return_premium"),
    "home": ("return_premium",),
    "commercial": ("return_premium",),
}
"""Rules that name the day of the cancellation and no count; `WORDS` are the words of their rows, by days after it. Both
are about a cancellation by the insurer, who knows the day beforehand.
"""
WORDS = {"on or before cancellation date": 0, "before effective date of cancellation": -1}
INTEREST: dict[str, tuple[str, ...]] = {
    "personal_auto": ("late_refund_interest_auto", "late_refund_interest"),
    "home": ("late_refund_interest",),
    "commercial": ("late_refund_interest",),
}


class RefundDue(Struct, frozen=True, gc=False):
    """`due` is the last day on time, by the row of law."""

    due: date
    row_id: str


class LateRefund(Struct, frozen=True, gc=False):
    """What being late by so many days costs on top of the refund; nothing, and no row, where the state says nothing."""

    days_late: int
    interest: Money
    row_id: str


def refund_due(law: Law, line: str, cause: Cause, *, cancelled_on: date, learned_on: date) -> RefundDue | None:
    """The last day for the return premium of a cancellation. `learned_on` is when the insurer learned of what makes it
    due, from which some states count; None where the state sets no day.
    """
    rule = law.first_deadline(RETURN.get((line, cause), ()), line)
    if rule is not None:
        since = learned_on if rule.trigger == "return_premium_event" else cancelled_on
        return RefundDue(rule.due(since, law.holidays), rule.row_id)
    for key in BY_THE_CANCELLATION.get(line, ()) if cause == "insurer" else ():
        days = WORDS.get(law.word(key, line) or "")
        if days is not None:
            return RefundDue(cancelled_on + timedelta(days=days), law.row(key, line).id)
    return None


def refund_of(law: Law, carrier: Carrier, terms: Terms, cancelled: PolicyCancelled) -> RefundDue | None:
    """The last day for what a cancellation gave back; None too where nothing came back."""
    if not any(charge.amount.minor < 0 for charge in cancelled.returned):
        return None
    line = carrier.line_of(terms.product)
    learned = cancelled.at.date()
    return refund_due(law, line, cause_of(cancelled.reason), cancelled_on=cancelled.on, learned_on=learned)


def late_refund(law: Law, line: str, owed: Money, *, due: date, paid_on: date, rounding: Rounding) -> LateRefund:
    """Interest on a refund of `owed` that was due on a day: a part of it once, or by the year where the row says so."""
    late = max((paid_on - due).days, 0)
    rule = next((key for key in INTEREST.get(line, ()) if law.has(key, line)), None)
    if rule is None or late == 0 or owed.minor <= 0:
        return LateRefund(late, Money(0, owed.currency), "")
    row = law.row(rule, line)
    numerator, denominator = (Decimal(row.value) / 100).as_integer_ratio()
    if row.unit == "percent_per_year":
        numerator, denominator = numerator * late, denominator * DAYS_OF_A_YEAR
    return LateRefund(late, owed.share(numerator, denominator, rounding), row.id)
