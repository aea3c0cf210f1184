"""The network's days, limits and rates, from its own rows."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import state_law
from model.decider import Refusal
from model.jurisdiction import LawMissing
from model.payments.ach import (
    Debit,
    Presentment,
    ach_rules,
    correction_due,
    final_on,
    last_presentment,
    present_again,
    return_due,
    return_rates,
    reversal_due,
    reverse,
    same_day_settlement,
    settles_on,
    validated,
)

LAW = state_law("US-ACH")
RULES = ach_rules(LAW)
SETTLED = date(2026, 6, 18)
EASTERN = ZoneInfo("America/New_York")


def code(answer: object) -> str | None:
    return answer.code if isinstance(answer, Refusal) else None


# --- the four dates that were worked out apart from the model


def test_insufficient_funds_come_back_within_two_banking_days_and_juneteenth_is_none():
    assert return_due(RULES, code="R01", settled_on=SETTLED) == date(2026, 6, 23)


def test_an_unauthorized_debit_comes_back_within_sixty_calendar_days():
    assert return_due(RULES, code="R10", settled_on=SETTLED) == date(2026, 8, 17)


def test_the_last_presentment_is_a_hundred_and_eighty_days_after_the_first_settled():
    assert last_presentment(RULES, SETTLED) == date(2026, 12, 15)


def test_a_notice_of_change_is_followed_within_six_banking_days_and_the_third_of_july_is_one():
    assert correction_due(RULES, received_on=date(2026, 7, 1)) == date(2026, 7, 9)


# --- windows


@pytest.mark.parametrize("returned", ["R05", "R07", "R10", "R11"])
def test_what_a_consumer_may_dispute_comes_back_for_sixty_days(returned):
    assert RULES.windows[returned].count == 60
    assert RULES.windows[returned].unit == "calendar_day"


def test_every_other_code_has_two_banking_days_and_a_code_without_a_window_has_none():
    others = {one: window for one, window in RULES.windows.items() if one not in ("R05", "R07", "R10", "R11")}

    assert len(others) == 12
    assert {(window.count, window.unit) for window in others.values()} == {(2, "banking_day")}
    assert return_due(RULES, code="R06", settled_on=SETTLED) is None


def test_a_debit_is_final_when_no_code_can_bring_it_back_in_time():
    assert final_on(RULES, SETTLED) == date(2026, 8, 18)


def test_the_next_entry_puts_off_the_correction_of_a_notice_of_change():
    assert correction_due(RULES, received_on=date(2026, 7, 1), next_entry_on=date(2026, 8, 1)) == date(2026, 8, 1)
    assert correction_due(RULES, received_on=date(2026, 7, 1), next_entry_on=date(2026, 7, 2)) == date(2026, 7, 9)


def test_an_entry_settles_on_the_next_banking_day():
    assert settles_on(RULES, date(2026, 7, 2)) == date(2026, 7, 3)
    assert settles_on(RULES, date(2026, 6, 18)) == date(2026, 6, 22)


# --- presented again

LACKING = Presentment(SETTLED, "R01")


@pytest.mark.parametrize(
    ("earlier", "on", "wanted"),
    [
        ((), SETTLED, None),
        ((LACKING,), date(2026, 12, 15), None),
        ((LACKING,), date(2026, 12, 16), "ach_presentment_window_over"),
        ((LACKING, Presentment(date(2026, 7, 1), "R09")), date(2026, 7, 15), None),
        ((LACKING, LACKING, LACKING), date(2026, 7, 15), "ach_presentments_used_up"),
        ((LACKING, Presentment(SETTLED, "R02")), date(2026, 7, 15), "ach_stopped"),
        *(((Presentment(SETTLED, stop),), date(2026, 7, 15), "ach_stopped") for stop in ("R03", "R08", "R10", "R29")),
    ],
)
def test_a_debit_is_presented_three_times_within_its_window_and_never_after_a_stop(earlier, on, wanted):
    """INV-Y3."""
    assert code(present_again(RULES, earlier, on=on)) == wanted


# --- reversing entries


@pytest.mark.parametrize(
    ("reason", "direction", "on", "wanted"),
    [
        ("duplicate", "debit", date(2026, 6, 26), None),
        ("duplicate", "debit", date(2026, 6, 27), "reversal_too_late"),
        ("wrong_amount", "credit", SETTLED, None),
        ("wrong_receiver", "credit", SETTLED, None),
        ("debit_too_early", "debit", SETTLED, None),
        ("debit_too_early", "credit", SETTLED, "reversal_reason_not_allowed"),
        ("credit_too_late", "credit", SETTLED, None),
        ("credit_too_late", "debit", SETTLED, "reversal_reason_not_allowed"),
        ("payer_has_changed_his_mind", "debit", SETTLED, "reversal_reason_not_allowed"),
    ],
)
def test_an_entry_is_reversed_within_five_banking_days_for_an_error_of_ours_only(reason, direction, on, wanted):
    assert reversal_due(RULES, SETTLED) == date(2026, 6, 26)
    assert code(reverse(RULES, reason, direction=direction, settled_on=SETTLED, on=on)) == wanted


def test_a_wrong_date_was_no_reason_before_the_rule_of_2021():
    before = ach_rules(state_law("US-ACH", date(2021, 6, 29)))

    assert before.reversal_reasons == {"duplicate", "wrong_amount", "wrong_receiver"}


# --- same day


@pytest.mark.parametrize(
    ("at", "settles"),
    [
        (time(10, 30), time(13)),
        (time(10, 31), time(17)),
        (time(14, 45), time(17)),
        (time(16, 45), time(18)),
    ],
)
def test_a_same_day_entry_settles_with_its_window(at, settles):
    answer = same_day_settlement(RULES, datetime.combine(SETTLED, at, EASTERN), usd("1000000.00"))

    assert answer == datetime.combine(SETTLED, settles, EASTERN)


@pytest.mark.parametrize(
    ("at", "amount", "wanted"),
    [
        (datetime(2026, 6, 18, 16, 46, tzinfo=EASTERN), "1.00", "same_day_windows_closed"),
        (datetime(2026, 6, 18, 9, tzinfo=EASTERN), "1000000.01", "same_day_limit"),
        (datetime(2026, 6, 19, 9, tzinfo=EASTERN), "1.00", "no_banking_day"),
        (datetime(2026, 6, 20, 9, tzinfo=EASTERN), "1.00", "no_banking_day"),
    ],
)
def test_what_cannot_settle_on_the_same_day_is_refused(at, amount, wanted):
    assert code(same_day_settlement(RULES, at, usd(amount))) == wanted


def test_before_the_limit_of_today_nobody_says_what_settled_on_the_same_day():
    before = ach_rules(state_law("US-ACH", date(2022, 3, 17)))
    at = datetime(2022, 3, 17, 9, tzinfo=EASTERN)

    assert code(same_day_settlement(before, at, usd("1.00"))) == "same_day_limit_unknown"


# --- account validation


@pytest.mark.parametrize(
    ("entry_class", "account", "wanted"),
    [("WEB", "new", "account_not_validated"), ("WEB", "validated", None), ("PPD", "new", None)],
)
def test_a_web_debit_needs_a_validated_account(entry_class, account, wanted):
    assert code(validated(RULES, entry_class=entry_class, account=account, on=SETTLED)) == wanted


def test_before_the_rule_held_no_account_had_to_be_validated():
    before = ach_rules(state_law("US-ACH", date(2021, 3, 18)))

    assert validated(before, entry_class="WEB", account="new", on=date(2021, 3, 18)) is None


# --- the rates of a portfolio


def portfolio(**returned: int) -> list[Debit]:
    """A thousand debits, of which so many came back with each code."""
    codes = [name for name, count in returned.items() for _ in range(count)]
    return [Debit(date(2026, 6, 1), one) for one in codes + [""] * (1_000 - len(codes))]


@pytest.mark.parametrize(
    ("returned", "above"),
    [
        ({"R10": 5, "R02": 30, "R01": 115}, ()),
        ({"R10": 6}, ("unauthorized",)),
        ({"R05": 1, "R07": 1, "R10": 1, "R11": 1, "R29": 1, "R51": 1}, ("unauthorized",)),
        ({"R02": 11, "R03": 10, "R04": 10}, ("administrative",)),
        ({"R01": 151}, ("overall",)),
        ({"R10": 6, "R02": 31, "R01": 114}, ("unauthorized", "administrative", "overall")),
    ],
)
def test_an_originator_is_judged_by_the_share_of_its_debits_that_came_back(returned, above):
    rates = return_rates(RULES, portfolio(**returned), as_of=date(2026, 7, 1))

    assert (rates.entries, rates.above) == (1_000, above)


def test_only_debits_originated_in_the_last_sixty_days_count():
    old = [Debit(date(2026, 5, 2), "R10"), Debit(date(2026, 5, 3), "R01"), Debit(date(2026, 7, 2), "R10")]
    rates = return_rates(RULES, old, as_of=date(2026, 7, 1))

    assert (rates.entries, rates.unauthorized, rates.overall) == (1, Decimal(0), Decimal(100))
    assert return_rates(RULES, [], as_of=date(2026, 7, 1)).above == ()


# --- what is missing is said


@pytest.mark.parametrize("rule", ["return_R01_timeframe", "reversal_timeframe", "same_day_window_2"])
def test_a_law_that_lacks_a_row_is_not_guessed(rule):
    rows = {key: row for key, row in LAW.rows.items() if key[0] != rule and not rule.startswith("return_")}

    with pytest.raises(LawMissing):
        ach_rules(replace(LAW, rows=rows))


def test_a_window_in_other_words_is_not_guessed():
    key = ("same_day_window_2", "any")
    rows = LAW.rows | {key: replace(LAW.rows[key], value="in the afternoon")}

    with pytest.raises(LawMissing, match="in the afternoon"):
        ach_rules(replace(LAW, rows=rows))
