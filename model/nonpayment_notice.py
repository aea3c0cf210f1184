"""When a notice of nonpayment may be mailed, and how long after it cover may end: what billing, which may send it with
a bill, and policy, which acts on it, both read.

    after_default     only once the due day is missed
    with_bill         with the bill, or any day after it
    pre_due_window    so many days ahead of the due day, or once it is missed

The regime is a row of law (`nonpay_notice_timing`) and the carrier's choice where the state is silent. This is an
executable reading for simulation and testing, not legal advice.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.carrier import Carrier
from model.jurisdiction import Law

Timing = Literal["after_default", "with_bill", "pre_due_window"]
Rules = dict[str, tuple[str, ...]]

NONPAYMENT: Rules = {
    "personal_auto": (
        "auto_nonpay_notice",
        "nonpay_notice_personal_auto_home",
        "auto_nonpay_notice_not_under_627_728",
        "personal_lines_nonpay_notice",
        "nonpay_notice",
    ),
    "home": (
        "home_nonpay_notice",
        "nonpay_notice_personal_auto_home",
        "nonpay_notice_property",
        "personal_lines_nonpay_notice",
        "nonpay_notice",
        "home_cancel_or_nonrenew_notice",
    ),
    "commercial": ("commercial_nonpay_notice", "nonpay_notice_commercial", "nonpay_notice"),
}
TIMING = "nonpay_notice_timing"
WINDOW_MAX, WINDOW_MIN = ("auto_pre_due_notice_window_max",), ("auto_pre_due_notice_window_min",)
MAIL_ADDS_DAYS: Rules = {"commercial": ("commercial_mailing_adds_days",)}
"""Where mailing lengthens a notice: California's commercial lines."""


class Days(Struct, frozen=True, gc=False):
    """So many calendar days, by the row of law or, where `row_id` is empty, by the carrier."""

    count: int
    row_id: str


def days_by(law: Law, line: str, rules: Rules, otherwise: int) -> Days:
    found = law.first_deadline(rules.get(line, ()), line)
    return Days(otherwise, "") if found is None else Days(found.count, found.row_id)


def posted(law: Law, line: str, days: Days) -> Days:
    """Longer where the law adds days for the mail."""
    by_post = law.first_deadline(MAIL_ADDS_DAYS.get(line, ()), line)
    return days if by_post is None else Days(days.count + by_post.count, days.row_id)


def nonpayment_days(law: Law, carrier: Carrier, line: str) -> Days:
    """Days from mailing to the first day on which cover may end for nonpayment."""
    return posted(law, line, days_by(law, line, NONPAYMENT, carrier.policy.notice_days_nonpayment))


def timing(law: Law, carrier: Carrier, line: str) -> Timing:
    """When a nonpayment notice may go out: the state's regime, or where it is silent the carrier's."""
    word = law.word(TIMING, line)
    match word:
        case "after_default" | "with_bill" | "pre_due_window":
            return word
        case _:
            return carrier.policy.nonpay_notice_timing


def mailing_window(law: Law, carrier: Carrier, line: str, due_on: date) -> tuple[date, date] | None:
    """The first and the last day on which a notice may be mailed ahead of a due day; None where that is no notice."""
    match timing(law, carrier, line):
        case "after_default":
            return None
        case "with_bill":
            return date.min, due_on
        case "pre_due_window":
            most, least = law.first_deadline(WINDOW_MAX, line), law.first_deadline(WINDOW_MIN, line)
            first = most.counted_back(due_on, law.holidays) if most else date.min
            return first, least.counted_back(due_on, law.holidays) if least else due_on
