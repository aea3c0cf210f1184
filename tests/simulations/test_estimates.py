from math import atan, pi, sqrt

import pytest

from simulations.estimates import Outcomes, estimate, holm, paired_difference


def shares(*values: float | None) -> Outcomes:
    return Outcomes("share", values)


def test_the_error_of_a_mean_is_students_t_over_replications():
    # By hand: mean 3, standard deviation sqrt(2.5), t of 4 degrees 2.776445 from a printed table.
    found = estimate(shares(2, 1, 4, 3, 5))
    half = 2.776445 * sqrt(2.5) / sqrt(5)
    assert found.mean == 3.0
    assert (found.ci_low, found.ci_high) == (pytest.approx(3 - half, abs=1e-5), pytest.approx(3 + half, abs=1e-5))
    assert (found.runs, found.unit) == (5, "share")


def test_the_range_of_outcomes_is_made_of_outcomes():
    found = estimate(shares(*range(1, 21)))
    assert (found.p05, found.p50, found.p95) == (1, 10, 19)
    assert estimate(shares(0, 0, 0, 1, 1, 1)).p50 == 0


def test_one_replication_knows_neither_its_error_nor_a_range():
    found = estimate(shares(0.25))
    assert (found.mean, found.p50, found.runs) == (0.25, 0.25, 1)
    assert (found.ci_low, found.ci_high, found.p05, found.p95) == (None, None, None, None)


def test_what_was_not_measured_is_left_out_and_not_counted():
    assert estimate(shares(None, 2, None, 4)) == estimate(shares(2, 4))
    assert estimate(shares(None, 2, None, 4)).runs == 2
    nothing = estimate(shares(None, None))
    assert (nothing.mean, nothing.p50, nothing.runs) == (None, None, 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_answer_that_is_no_number_is_refused(value: float):
    with pytest.raises(ValueError, match="finite number"):
        estimate(shares(1.0, value))


def test_differences_are_taken_in_pairs():
    # By hand: differences 1, 0, 2, 1; t of 3 degrees 3.182446 from a printed table.
    found = paired_difference(shares(1, 2, 3, 4), shares(2, 2, 5, 5))
    half = 3.182446 * sqrt(2 / 3) / 2
    assert found.mean == 1.0
    assert (found.ci_low, found.ci_high) == (pytest.approx(1 - half, abs=1e-5), pytest.approx(1 + half, abs=1e-5))


def test_the_p_value_of_a_difference_is_that_of_students_t():
    # With 3 degrees of freedom the distribution of t = sqrt(6) has a closed form.
    below = 0.5 + (sqrt(2) / 3 + atan(sqrt(2))) / pi
    found = paired_difference(shares(1, 2, 3, 4), shares(2, 2, 5, 5))
    assert found.p == pytest.approx(2 * (1 - below))


def test_a_pair_with_a_gap_is_no_pair():
    found = paired_difference(shares(1, None, 3), shares(2, 5, None))
    assert (found.mean, found.runs, found.ci_low, found.p) == (1.0, 1, None, None)
    assert paired_difference(shares(None), shares(1)).mean is None


def test_unequal_numbers_of_replications_are_no_pairs():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        paired_difference(shares(1), shares(1, 2))


def test_a_difference_that_never_varies_is_beyond_doubt_and_none_is_none():
    assert paired_difference(shares(1, 2, 3), shares(2, 3, 4)).p == 0.0
    assert paired_difference(shares(1, 2, 3), shares(1, 2, 3)).p == 1.0


def test_holm_multiplies_by_how_many_are_left_and_never_goes_down():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    assert holm([0.02]) == (0.02,)


def test_holm_counts_only_what_was_compared():
    assert holm([None, 0.02, None, 0.03]) == (None, 0.04, None, 0.04)
