import pytest

from simulations.estimates import Estimate, Outcomes, estimate
from windtunnel.errors import BadInput, NothingChecked
from windtunnel.expectations import failure, parse_condition

MISSED: dict[str, Estimate] = {
    "missed": estimate(Outcomes("share", (0.125, 0.25, 0.375))),
    "nothing": estimate(Outcomes("share", (None,))),
    "single": estimate(Outcomes("share", (0.5,))),
}


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("missed>0.24", True),
        ("missed > 25 %", False),
        ("missed>=25%", True),
        ("missed<0.25", False),
        ("missed<=0.25", True),
        ("missed==0.25", True),
        ("missed != 0.25", False),
        ("missed.p95>0.37", True),
        ("missed.p05<.125", False),
        ("missed > 1e-3", True),
        ("missed > -1", True),
    ],
)
def test_a_condition_compares_an_answer_with_a_number(text: str, fails: bool):
    assert (failure(parse_condition(text), MISSED) is not None) == fails


def test_a_failure_says_what_was_found_and_what_was_asked():
    assert (
        failure(parse_condition("missed.p95 > 0.25"), MISSED)
        == "missed.p95 is 0.375, and this fails if missed.p95 > 0.25"
    )


@pytest.mark.parametrize(
    "text",
    ["", "missed", "missed>", ">0.2", "missed=0.2", "missed>a", "a>1 and b>2", "0.2>missed", "__import__('os')>1"],
)
def test_anything_else_is_bad_input(text: str):
    with pytest.raises(BadInput, match="it takes ANSWER>NUMBER"):
        parse_condition(text)


def test_a_field_that_an_answer_does_not_have_is_bad_input():
    with pytest.raises(BadInput, match="an answer has no 'p99'"):
        parse_condition("missed.p99>1")


def test_what_nobody_measured_cannot_pass():
    with pytest.raises(NothingChecked, match="nothing was not measured, so nothing was checked"):
        failure(parse_condition("nothing>0.2"), MISSED)
    with pytest.raises(NothingChecked, match="with so few replications"):
        failure(parse_condition("single.p95>0.2"), MISSED)
