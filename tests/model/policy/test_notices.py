"""When a notice may be mailed, what it does, and what a late one costs."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, terms, usd
from fixtures.jurisdictions import florida, state_law
from fixtures.rule_rows import load_rules
from model.choices.policy import PolicyChoices, Product
from model.decider import Refusal
from model.nonpayment_notice import NONPAYMENT, timing
from model.policy.commands import GiveNotice
from model.policy.notices import (
    NONRENEWAL,
    OTHER_REASON,
    cancellation_notice,
    cover_ends,
    equity_floor,
    nonrenewal_window,
    notice_days,
    paid_to,
)
from model.policy.terms import Charge

COASTAL = florida()[1]
PRODUCTS = (Product("auto", "personal_auto"), Product("home", "home"), Product("shop", "commercial"))
CARRIER = replace(COASTAL, policy=PolicyChoices(products=PRODUCTS))
AS_OF = date(2026, 6, 1)


def offered(product, start=date(2026, 1, 1), premium="1200.00"):
    charges = (Charge("premium", usd(premium)),)
    return replace(terms(1), product=product, start=start, end=start.replace(year=start.year + 1), charges=charges)


def asked(mailed, reason: Any = "nonpayment", **about) -> Any:
    return GiveNotice(policy_id="P", reason=reason, mailed_on=mailed, on=mailed, at=at(mailed), **about)


def given(state, product, command, as_of=AS_OF, carrier=CARRIER, **about) -> Any:
    return cancellation_notice(state_law(state, as_of), carrier, offered(product, **about), command)


# --- the six policy dates of the worked checks


def test_new_york_mails_nonrenewals_in_a_window():
    window = nonrenewal_window(state_law("NY", AS_OF), CARRIER, "home", date(2026, 12, 31))

    assert (window.first, window.last) == (date(2026, 11, 1), date(2026, 11, 16))


def test_texas_returns_premium_in_fifteen_business_days():
    law = state_law("TX", date(2026, 10, 1))

    assert law.deadline("return_premium_personal", "home").due(date(2026, 10, 1), law.holidays) == date(2026, 10, 23)


def test_california_returns_premium_in_twenty_five_business_days():
    law = state_law("CA", date(2026, 10, 1))

    assert law.deadline("return_premium_personal", "home").due(date(2026, 10, 1), law.holidays) == date(2026, 11, 6)


def test_new_jersey_auto_is_not_cancelled_before_the_premium_received_is_nearly_used_up():
    law, policy = state_law("NJ", AS_OF), offered("auto")

    assert paid_to(CARRIER, policy, usd("400.00")) == date(2026, 5, 1)
    assert equity_floor(law, CARRIER, policy, usd("400.00")) == date(2026, 4, 21)
    notice = given("NJ", "auto", asked(date(2026, 4, 1), due_on=date(2026, 3, 15), received=usd("400.00")))
    assert notice.effective == date(2026, 4, 21)


def test_california_auto_can_be_cured_through_the_tenth_day():
    notice = given("CA", "auto", asked(date(2026, 4, 3), due_on=date(2026, 4, 1)))

    assert (notice.effective, notice.cure_until) == (date(2026, 4, 13), date(2026, 4, 13))


# --- timing regimes


@pytest.mark.parametrize(
    ("state", "product", "regime"),
    [
        ("CA", "auto", "after_default"),
        ("MI", "auto", "after_default"),
        ("OH", "auto", "with_bill"),
        ("OH", "home", "with_bill"),
        ("CO", "auto", "pre_due_window"),
        ("TX", "auto", "after_default"),
    ],
)
def test_a_state_says_when_a_nonpayment_notice_may_go_out_or_the_carrier_does(state, product, regime):
    line = CARRIER.line_of(product)
    assert timing(state_law(state, AS_OF), CARRIER, line) == regime
    silent = replace(CARRIER, policy=replace(CARRIER.policy, nonpay_notice_timing="with_bill"))
    assert timing(state_law(state, AS_OF), silent, line) == ("with_bill" if state == "TX" else regime)


@pytest.mark.parametrize(
    ("state", "mailed", "fits"),
    [
        ("CA", date(2026, 5, 1), "no"),
        ("CA", date(2026, 5, 4), "yes"),
        ("OH", date(2026, 4, 1), "yes"),
        ("CO", date(2026, 3, 31), "no"),
        ("CO", date(2026, 4, 1), "yes"),
        ("CO", date(2026, 4, 21), "yes"),
        ("CO", date(2026, 4, 22), "no"),
        ("CO", date(2026, 5, 4), "yes"),
    ],
)
def test_a_notice_ahead_of_the_due_date_stands_only_where_the_state_lets_it(state, mailed, fits):
    answer = given(state, "auto", asked(mailed, due_on=date(2026, 5, 1)))

    assert (answer.code if isinstance(answer, Refusal) else "given") == (
        "given" if fits == "yes" else "notice_too_early"
    )


# --- days, reasons, mailing


@pytest.mark.parametrize(
    ("state", "product", "reason", "days", "rule"),
    [
        ("FL", "home", "nonpayment", 10, "nonpay_notice_property"),
        ("FL", "auto", "other", 45, "auto_cancel_notice_not_under_627_728"),
        ("NY", "auto", "nonpayment", 15, "auto_nonpay_notice"),
        ("PA", "home", "nonpayment", 30, "home_cancel_or_nonrenew_notice"),
        ("LA", "auto", "underwriting", 20, "auto_cancel_notice_in_first_60"),
        ("WA", "home", "other", 60, "cancel_notice_other"),
        ("CO", "home", "other", 60, "home_cancel_or_nonrenew_notice"),
        ("CA", "shop", "nonpayment", 15, "commercial_nonpay_notice"),
        ("AZ", "shop", "other", 45, "commercial_cancel_notice"),
        ("NC", "home", "nonpayment", 10, ""),
    ],
)
def test_days_come_from_the_row_of_the_state_or_from_the_carrier(state, product, reason, days, rule):
    found = notice_days(state_law(state, AS_OF), CARRIER, CARRIER.line_of(product), reason)

    assert found.count == days
    assert found.row_id.split(".")[-1] == rule


def test_every_rule_key_in_the_tables_is_a_row_of_some_state():
    known = {row.rule for row in load_rules()}
    keys = {key for table in (NONPAYMENT, OTHER_REASON, NONRENEWAL) for keys in table.values() for key in keys}
    assert keys <= known


def test_the_underwriting_period_ends():
    sixtieth_day = date(2026, 3, 2)
    answer = given("TX", "home", asked(sixtieth_day, "underwriting"))
    assert answer == Refusal("reason_not_allowed", "the underwriting period is over: name a reason that the law allows")
    assert given("TX", "home", asked(date(2026, 2, 27), "underwriting")).effective == date(2026, 3, 9)


def test_there_is_no_mail_on_a_holiday_unless_the_carrier_counts_from_the_next_day():
    juneteenth, day_before_a_saturday_holiday = date(2026, 6, 19), date(2026, 7, 3)
    assert given("FL", "home", asked(juneteenth)).code == "not_a_mailing_day"
    assert given("FL", "home", asked(day_before_a_saturday_holiday)).mailed_on == day_before_a_saturday_holiday
    rolling = replace(CARRIER, policy=replace(CARRIER.policy, mail_on_closed_days="next_business_day"))
    notice = given("FL", "home", asked(juneteenth), carrier=rolling)
    assert (notice.mailed_on, notice.effective) == (date(2026, 6, 22), date(2026, 7, 2))


@pytest.mark.parametrize(
    ("days", "answer"), [(14, "notice_too_short"), (15, "given"), (30, "given"), (31, "notice_too_early")]
)
def test_a_new_jersey_notice_takes_effect_in_a_window(days, answer):
    mailed = date(2026, 6, 2)
    found = given("NJ", "auto", asked(mailed, effective=mailed + timedelta(days=days)))

    assert (found.code if isinstance(found, Refusal) else "given") == answer


# --- nonrenewal


@pytest.mark.parametrize(
    ("state", "product", "days_to_end", "ends_late"),
    [
        ("CA", "home", 75, 0),
        ("CA", "home", 74, 1),
        ("CA", "home", 20, 55),
        ("LA", "home", 10, 20),
        ("FL", "home", 119, 1),
        ("NJ", "auto", 61, 0),
    ],
)
def test_a_late_notice_of_nonrenewal_keeps_cover_up(state, product, days_to_end, ends_late):
    """California 75 days from the notice, Louisiana 30 from mailing; elsewhere the notice counts anew."""
    ends = date(2026, 12, 31)
    law, line = state_law(state, AS_OF), CARRIER.line_of(product)
    window = nonrenewal_window(law, CARRIER, line, ends)

    assert cover_ends(law, line, window, ends - timedelta(days=days_to_end), ends) == ends + timedelta(days=ends_late)


def test_new_jersey_auto_is_told_sixty_to_ninety_days_before():
    window = nonrenewal_window(state_law("NJ", AS_OF), CARRIER, "personal_auto", date(2026, 12, 31))

    assert (window.first, window.last) == (date(2026, 10, 2), date(2026, 11, 1))


def test_where_a_state_says_nothing_the_carrier_does():
    window = nonrenewal_window(state_law("GA", AS_OF), CARRIER, "personal_auto", date(2026, 12, 31))

    assert (window.first, window.days, window.row_id) == (None, CARRIER.policy.nonrenewal_notice_days, "")
