import pytest

from simulations.estimates import Outcomes, estimate
from windtunnel.quantities import answer_name, difference, error_range, outcome_range, quantity, with_range


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.314, "share", "31%"),
        (0.0421, "share", "4.2%"),
        (0.0, "share", "0%"),
        (1843.0, "claims", "1,843 claims"),
        (3.52, "touches", "3.5 touches"),
        (22.3, "count", "22.3"),
        (1.6, "hours", "96 min"),
        (26.0, "hours", "26 h"),
        (72.0, "hours", "3 days"),
        (0.0355, "seconds", "36 ms"),
        (18.26, "days", "18.3 days"),
        (44_103.2, "dollars", "$44.1k"),
        (895_593.2, "dollar-days", "$896k × days"),
        (None, "share", "not measured"),
    ],
)
def test_a_number_is_said_with_its_unit(value: float | None, unit: str, said: str):
    assert quantity(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.021, "share", "+2.1 points"),
        (-44_800, "dollars", "−$44.8k"),
        (0.0, "hours", "±0 ms"),
        (None, "days", "not measured"),
    ],
)
def test_a_difference_has_a_sign_and_shares_differ_by_points(value: float | None, unit: str, said: str):
    assert difference(value, unit) == said


def test_a_range_says_its_unit_once_where_both_ends_share_it():
    claims = estimate(Outcomes("claims", (244.0, 250.0, 259.0)))
    assert outcome_range(claims) == "244 to 259 claims"
    assert with_range(claims) == "251 (244 to 259) claims"
    waits = estimate(Outcomes("hours", (1.0, 3.0, 5.0)))
    assert with_range(waits) == "3 h (60 min to 5 h)"
    assert error_range(claims).endswith(" claims")


def test_one_replication_has_no_range():
    single = estimate(Outcomes("claims", (244.0,)))
    assert (with_range(single), outcome_range(single), error_range(single)) == ("244 claims", "", "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("reported", "claims reported"),
        ("approve_to_pay_p95", "approval to payment, 95% within"),
        ("first_payment_days_p50", "notice to first payment, half within"),
        ("batches_late_share", "batches late share"),
        ("queue_p99", "queue, 99% within"),
    ],
)
def test_answers_have_names_in_the_business(answer: str, said: str):
    assert answer_name(answer) == said
