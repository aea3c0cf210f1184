from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from simulations.catalogue import KINDS, find_kind
from simulations.parameters import BadScenario, changed, decoded, default_scenario, parameters, parsed
from simulations.run import Kind, Run

TOY = find_kind(str(Path(__file__).with_name("toy.py")))


class Pace(Enum):
    SLOW = "slow"
    FAST = "fast"


class Leg(Struct, frozen=True):
    days: int


class Odd(Struct, frozen=True, kw_only=True):
    """Every type that a parameter may have."""

    on: bool = False
    pace: Pace = Pace.SLOW
    share: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.5
    rate: Decimal = Decimal("0.1")
    least: float | None = None
    tags: tuple[str, ...] = ()
    mix: dict[str, float] | None = None
    legs: tuple[Leg, ...] = (Leg(1),)
    since: date = date(2026, 1, 1)


def nothing(scenario: Odd, seed: int, replication: int, progress: object) -> Run:
    raise AssertionError


ODD = Kind("odd", "Every type.", Odd, nothing, (), ())


def test_a_parameter_tells_its_unit_default_bounds_meaning_and_basis():
    found = {parameter.name: parameter for parameter in parameters(TOY)}
    assert found["claims"].unit == "claims"
    assert found["claims"].default == "200"
    assert found["claims"].allowed == "a whole number, at least 0, at most 100,000"
    assert found["claims"].meaning == "claims reported"
    assert found["topology"].choices == ("events", "point_to_point")
    assert [found[name].basis for name in ("adjusters", "closing_days_mean", "claims")] == [
        "assumed",
        "calibrated",
        "chosen",
    ]
    assert found["note"].default == "none"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("on", "true", True),
        ("pace", "fast", Pace.FAST),
        ("share", "0.25", 0.25),
        ("rate", "0.25", Decimal("0.25")),
        ("least", "none", None),
        ("least", "2", 2.0),
        ("tags", '["a", "b"]', ("a", "b")),
        ("mix", "{a = 0.5, b = 0.5}", {"a": 0.5, "b": 0.5}),
        ("legs", "[{days = 2}, {days = 3}]", (Leg(2), Leg(3))),
        ("since", "2026-02-28", date(2026, 2, 28)),
    ],
)
def test_text_is_read_by_the_type_of_the_parameter(name: str, text: str, value: object):
    assert parsed(ODD, {name: text}) == {name: value}


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("on", "perhaps", "it is true or false"),
        ("pace", "quick", "it is slow or fast"),
        ("pace", "fats", "it is slow or fast: did you mean 'fast'?"),
        ("share", "1", "it is a number, at least 0.0, below 1.0"),
        ("share", "nan", "it is a number"),
        ("share", "", "share='' is not allowed"),
        ("least", "inf", "it is a number or none"),
        ("tags", "a", "it is a list such as [a, b], each text"),
        ("tags", "[a, b", "it is a list"),
        ("mix", "{a = b}", "it is a table such as {a = b}, each a number"),
        ("legs", "[{weeks = 2}]", "each a table with days"),
        ("since", "2026-02-30", "it is a day such as 2026-09-10"),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(name: str, text: str, allowed: str):
    with pytest.raises(BadScenario, match="is not allowed") as refused:
        parsed(ODD, {name: text})
    assert allowed in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_that_is_nearly_right_is_recognised():
    with pytest.raises(BadScenario, match=r"toy has no parameter 'adjuster': did you mean 'adjusters'\?"):
        parsed(TOY, {"adjuster": "3"})


def test_a_name_that_is_far_off_gets_what_there_is():
    with pytest.raises(BadScenario, match="there is carrier, landfall, claims"):
        parsed(TOY, {"x": "3"})


def test_values_that_do_not_go_together_are_refused_in_the_scenarios_words():
    with pytest.raises(BadScenario, match=r"toy: adjusters: 2000 for 200 claims are too many"):
        changed(TOY, default_scenario(TOY), {"adjusters": 2000})


def test_a_file_gives_types_and_is_taken_at_its_word():
    assert decoded(TOY, {"claims": 5, "landfall": date(2026, 1, 2), "weights": [1, 0]}).weights == (1.0, 0.0)
    with pytest.raises(BadScenario, match=r"adjusters=2\.5 is not allowed"):
        decoded(TOY, {"adjusters": 2.5})


def kinds() -> list[Kind[Any]]:
    return list(KINDS.values())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_parameter_that_is_shipped_has_a_unit_a_meaning_and_bounds(kind: Kind[Any]):
    bare = [
        parameter.name
        for parameter in parameters(kind)
        if not parameter.unit
        or not parameter.meaning
        or ("number" in parameter.allowed and "at least" not in parameter.allowed and "above" not in parameter.allowed)
    ]
    assert bare == []


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_what_is_assumed_or_calibrated_is_a_parameter(kind: Kind[Any]):
    names = {parameter.name for parameter in parameters(kind)}
    assert {*kind.assumed, *kind.calibrated} <= names
    assert not set(kind.assumed) & set(kind.calibrated)
