"""When return premium has to be back, state by state, and what a late refund costs."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import CANCELLED, at, terms, usd
from fixtures.jurisdictions import florida, state_law
from fixtures.rule_rows import load_rules
from model.choices.policy import PolicyChoices, Product
from model.policy.commands import CancelPolicy
from model.policy.refunds import BY_THE_CANCELLATION, RETURN, WORDS, late_refund, refund_due, refund_of

AS_OF = date(2026, 10, 1)
PRODUCTS = (Product("auto", "personal_auto"), Product("homeowners", "home"), Product("shop", "commercial"))
CARRIER = replace(florida()[1], policy=PolicyChoices(products=PRODUCTS))
TABLE = """
TX  home           insured  2026-10-23  tx.cancellation.return_premium_personal
TX  personal_auto  insurer  2026-10-23  tx.cancellation.return_premium_personal
CA  home           insurer  2026-11-06  ca.cancellation.return_premium_personal
CA  commercial     insured  2027-01-29  ca.cancellation.return_premium_commercial
FL  personal_auto  insured  2026-10-31  fl.cancellation.return_premium_auto_insured_cancels
FL  personal_auto  insurer  2026-10-16  fl.cancellation.return_premium_auto_insurer_cancels
LA  home           insured  2026-10-31  la.cancellation.return_premium_insured_cancels
GA  home           insurer  2026-10-01  ga.cancellation.return_premium
OH  personal_auto  insurer  2026-09-30  oh.cancellation.auto_return_premium
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
SILENT: list[tuple[str, str, Any]] = [
    ("TX", "commercial", "insurer"),
    ("FL", "home", "insured"),
    ("LA", "home", "insurer"),
    ("GA", "home", "insured"),
    ("NY", "home", "insurer"),
]


@pytest.mark.parametrize(("state", "line", "cause", "due", "row"), ROWS)
def test_return_premium_is_due_on_the_day_of_the_state(state, line, cause, due, row):
    """Texas and California are two of the six policy dates that were worked out without the model."""
    found = refund_due(state_law(state, AS_OF), line, cause, cancelled_on=AS_OF, learned_on=AS_OF)

    assert found is not None
    assert (found.due, found.row_id) == (date.fromisoformat(due), row)


@pytest.mark.parametrize(("state", "line", "cause"), SILENT)
def test_a_state_without_a_row_sets_no_day(state, line, cause):
    """Florida's row for homes rests on a weak source and is no law."""
    assert refund_due(state_law(state, AS_OF), line, cause, cancelled_on=AS_OF, learned_on=AS_OF) is None


def test_california_counts_from_the_day_on_which_the_insurer_learned_of_it():
    law, later = state_law("CA", AS_OF), date(2026, 10, 12)
    due = [refund_due(law, "home", "insured", cancelled_on=AS_OF, learned_on=learned) for learned in (AS_OF, later)]

    assert due[0] != due[1]
    texas = state_law("TX", AS_OF)
    assert refund_due(texas, "home", "insured", cancelled_on=AS_OF, learned_on=later) == refund_due(
        texas, "home", "insured", cancelled_on=AS_OF, learned_on=AS_OF
    )


def test_every_row_of_law_on_return_premium_is_in_a_table():
    booked = {key for keys in (*RETURN.values(), *BY_THE_CANCELLATION.values()) for key in keys}
    rows = [row for row in load_rules() if row.id.split(".")[1] == "cancellation" and "return_premium" in row.rule]

    assert {row.rule for row in rows} - {"return_premium_to_finance_company"} == booked
    assert {row.value for row in rows if row.unit == "text"} == set(WORDS)


def test_a_cancellation_says_when_what_it_gave_back_is_due(in_force):
    desk = in_force()
    (cancelled, *_) = desk.ask(CancelPolicy(**desk.about(CANCELLED, reason="insured_request")))
    law = state_law("TX", CANCELLED)

    due = refund_of(law, CARRIER, terms(1), cancelled)
    assert due is not None
    assert due.row_id == "tx.cancellation.return_premium_personal"
    assert due.due == law.deadline("return_premium_personal", "home").due(CANCELLED, law.holidays)
    assert refund_of(law, CARRIER, terms(1), replace(cancelled, returned=())) is None
    assert cancelled.at == at(CANCELLED)


@pytest.mark.parametrize(
    ("state", "line", "paid_on", "days", "interest"),
    [
        ("FL", "personal_auto", "2026-10-31", 0, "0.00"),
        ("FL", "personal_auto", "2026-11-01", 1, "48.00"),  # 8 percent of it, once
        ("FL", "personal_auto", "2027-10-31", 365, "48.00"),
        ("CA", "home", "2026-11-10", 10, "1.64"),  # 600 * 10 % * 10 / 365
        ("CA", "home", "2027-10-31", 365, "60.00"),
        ("TX", "home", "2027-10-31", 365, "0.00"),
    ],
)
def test_a_late_refund_costs_what_the_rows_say(state, line, paid_on, days, interest):
    found = late_refund(
        state_law(state, AS_OF),
        line,
        usd("600.00"),
        due=date(2026, 10, 31),
        paid_on=date.fromisoformat(paid_on),
        rounding="half_up",
    )

    assert (found.days_late, found.interest) == (days, usd(interest))
    assert bool(found.row_id) is (interest != "0.00")
