"""Notices of cancellation and nonrenewal: when one may be mailed, and from which day what it says can be so.

Which rows of law feed which notice stands in the tables of this file and nowhere else. The first row that a state has
for the line holds; where it has none the carrier's own days do, and every answer says which it was. This is an
executable reading for simulation and testing, not legal advice.
"""

from datetime import date, timedelta
from typing import get_args

from msgspec import Struct

from model.carrier import Carrier
from model.daycount import is_business_day, rolled
from model.decider import Refusal
from model.jurisdiction import Law
from model.money import Money
from model.nonpayment_notice import Days, Rules, days_by, mailing_window, nonpayment_days, posted
from model.policy.commands import GiveNotice, NoticeReason
from model.policy.proration import prorated
from model.policy.terms import Terms

INSURER_REASONS: frozenset[str] = frozenset(get_args(NoticeReason))
"""Reasons for which the insurer cancels, which take a notice."""

# --- which rule keys feed which notice, by the law's word for the line

OTHER_REASON: Rules = {
    "personal_auto": (
        "auto_cancel_notice_other",
        "auto_cancel_notice_not_under_627_728",
        "auto_cancel_or_nonrenew_notice",
        "cancel_notice_other",
        "cancel_notice_general",
        "cancel_notice_general_not_nonpay",
    ),
    "home": (
        "home_cancel_notice_other",
        "home_cancel_or_nonrenew_notice",
        "property_cancel_or_nonrenew_notice",
        "cancel_notice_other",
        "cancel_notice_general",
        "cancel_notice_general_not_nonpay",
    ),
    "commercial": (
        "commercial_cancel_notice_other",
        "commercial_cancel_notice",
        "commercial_cancel_or_nonrenew_notice",
        "cancel_notice_commercial_property",
        "commercial_termination_notice",
        "cancel_notice_other",
        "cancel_notice_general",
        "cancel_notice_general_not_nonpay",
    ),
}
IN_UNDERWRITING_PERIOD: Rules = {"personal_auto": ("auto_cancel_notice_in_first_60",), "home": (), "commercial": ()}
UNDERWRITING_PERIOD: Rules = {
    "personal_auto": ("auto_underwriting_period", "underwriting_period_personal_auto", "underwriting_period"),
    "home": (
        "home_underwriting_period",
        "underwriting_period_homeowners",
        "underwriting_period_residential",
        "underwriting_period",
    ),
    "commercial": ("underwriting_period_commercial_liability", "underwriting_period"),
}
NONRENEWAL: Rules = {
    "personal_auto": (
        "auto_nonrenewal_notice",
        "auto_nonrenewal_notice_min",
        "auto_cancel_or_nonrenew_notice",
        "nonrenewal_notice",
        "nonrenewal_notice_min",
    ),
    "home": (
        "home_nonrenewal_notice",
        "nonrenewal_notice_residential",
        "home_cancel_or_nonrenew_notice",
        "property_cancel_or_nonrenew_notice",
        "property_nonrenewal_notice",
        "nonrenewal_notice",
        "nonrenewal_notice_min",
    ),
    "commercial": (
        "commercial_nonrenewal_notice",
        "nonrenewal_or_renewal_premium_notice_commercial",
        "commercial_cancel_or_nonrenew_notice",
        "commercial_termination_notice",
    ),
}
NONRENEWAL_AT_MOST: Rules = {
    "personal_auto": ("auto_nonrenewal_notice_max", "nonrenewal_notice_max"),
    "home": ("nonrenewal_notice_max",),
    "commercial": (),
}
LATE_NONRENEWAL = "late_nonrenewal_extends_cover"
MAX_LEAD = ("auto_nonpay_notice_max_lead",)
EQUITY_FLOOR = ("auto_equity_date_floor",)
CURED_THROUGH = "auto_nonpay_cure_through_notice_period"


class CancellationNotice(Struct, frozen=True, gc=False):
    """What a notice that was mailed does: nothing is cancelled before `earliest`; paid through `cure_until`, nothing at
    all.
    """

    mailed_on: date
    effective: date
    earliest: date
    cure_until: date
    row_id: str


def underwriting_period(law: Law, carrier: Carrier, line: str) -> Days:
    """How long from inception the insurer may still cancel for any reason that is not forbidden."""
    return days_by(law, line, UNDERWRITING_PERIOD, carrier.policy.underwriting_period_days)


def notice_days(law: Law, carrier: Carrier, line: str, reason: NoticeReason) -> Days:
    """Days from mailing to the earliest effective day. Short notice inside the underwriting period is a strategy [K]
    unless a row says how short.
    """
    match reason:
        case "nonpayment":
            return nonpayment_days(law, carrier, line)
        case "underwriting":
            days = days_by(law, line, IN_UNDERWRITING_PERIOD, carrier.policy.notice_days_in_underwriting_period)
        case "other":
            days = days_by(law, line, OTHER_REASON, carrier.policy.notice_days_other)
    return posted(law, line, days)


def mailing_day(law: Law, carrier: Carrier, wanted: date) -> date | Refusal:
    """The day that counts as the day of mailing: there is no mail on a weekend or holiday."""
    if is_business_day(wanted, law.holidays):
        return wanted
    if carrier.policy.mail_on_closed_days == "refuse":
        return Refusal("not_a_mailing_day", f"nothing is mailed on {wanted}")
    return rolled(wanted, "forward", law.holidays)


def cancellation_notice(law: Law, carrier: Carrier, terms: Terms, ask: GiveNotice) -> CancellationNotice | Refusal:
    """The notice as it will stand, or why it cannot be given. Counted from the actual day of mailing."""
    line = carrier.line_of(terms.product)
    mailed = mailing_day(law, carrier, ask.mailed_on)
    if isinstance(mailed, Refusal):
        return mailed
    if ask.reason == "underwriting" and (mailed - terms.start).days >= underwriting_period(law, carrier, line).count:
        return Refusal("reason_not_allowed", "the underwriting period is over: name a reason that the law allows")
    if ask.reason == "nonpayment":
        wrong = _wrong_timing(law, carrier, line, ask, mailed)
        if wrong is not None:
            return wrong
    days = notice_days(law, carrier, line, ask.reason)
    earliest = mailed + timedelta(days=days.count)
    if ask.due_on is not None:
        # One that was mailed ahead of default ends nothing before the day that is missed (O.R.C. 3937.32(A)(5)).
        earliest = max(earliest, ask.due_on)
    if ask.reason == "nonpayment" and ask.received is not None:
        floor = equity_floor(law, carrier, terms, ask.received)
        earliest = earliest if floor is None else max(earliest, floor)
    effective = ask.effective or max(earliest, terms.start, ask.on)
    if effective < earliest:
        return Refusal("notice_too_short", f"mailed on {mailed}, it takes effect on {earliest} at the earliest")
    lead = law.first_deadline(MAX_LEAD, line) if ask.reason == "nonpayment" else None
    if lead is not None and effective > lead.due(mailed, law.holidays):
        return Refusal("notice_too_early", f"a notice is mailed at most {lead.count} days before it takes effect")
    last_day = effective - timedelta(days=1)
    cured = effective if ask.reason == "nonpayment" and law.has(CURED_THROUGH, line) else last_day
    return CancellationNotice(mailed, effective, earliest, cured, days.row_id)


def _wrong_timing(law: Law, carrier: Carrier, line: str, ask: GiveNotice, mailed: date) -> Refusal | None:
    if ask.due_on is None or mailed > ask.due_on:
        return None
    window = mailing_window(law, carrier, line, ask.due_on)
    if window is None:
        return Refusal("notice_too_early", f"nothing was missed before {ask.due_on}: a notice before is no notice")
    first, last = window
    if first <= mailed <= last:
        return None
    return Refusal("notice_too_early", f"ahead of {ask.due_on} it is mailed from {first} through {last}")


def paid_to(carrier: Carrier, terms: Terms, received: Money) -> date:
    """The last full day that the premium received buys pro rata: start + received / (annual / days of the term) - 1."""
    annual = sum(charge.amount.minor for charge in terms.charges if prorated(carrier, charge.pattern))
    days = (terms.end - terms.start).days
    bought = days if annual <= 0 else min(max(received.minor, 0) * days // annual, days)
    return terms.start + timedelta(days=bought - 1)


def equity_floor(law: Law, carrier: Carrier, terms: Terms, received: Money) -> date | None:
    """The earliest day that the premium received leaves for a cancellation; None where the state sets no such floor.

    New Jersey auto: 10 days before the last day that is paid for (N.J.A.C. 11:3-7.6(b)).
    """
    rule = law.first_deadline(EQUITY_FLOOR, carrier.line_of(terms.product))
    return None if rule is None else rule.counted_back(paid_to(carrier, terms, received), law.holidays)


# --- nonrenewal


class NonrenewalWindow(Struct, frozen=True, gc=False):
    """The first and last day on which a notice of nonrenewal is in time; `first` None where any earlier day will do."""

    first: date | None
    last: date
    days: int
    row_id: str


def nonrenewal_window(law: Law, carrier: Carrier, line: str, ends: date) -> NonrenewalWindow:
    days = days_by(law, line, NONRENEWAL, carrier.policy.nonrenewal_notice_days)
    most = law.first_deadline(NONRENEWAL_AT_MOST.get(line, ()), line)
    first = None if most is None else most.counted_back(ends, law.holidays)
    return NonrenewalWindow(first, ends - timedelta(days=days.count), days.count, days.row_id)


def cover_ends(law: Law, line: str, window: NonrenewalWindow, mailed: date, ends: date) -> date:
    """When cover ends after a notice of nonrenewal. A late one keeps it up for the days that the state says from the
    mailing; where it says none the days of the notice itself, counted anew (practice, of a carrier whose
    `late_nonrenewal` extends cover at all [K]).
    """
    if mailed <= window.last:
        return ends
    late = law.first_deadline((LATE_NONRENEWAL,), line)
    return max(ends, mailed + timedelta(days=window.days if late is None else late.count))
