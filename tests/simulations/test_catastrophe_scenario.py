"""What can be set in `catastrophe`, and what is refused with the parameter's name."""

from collections import Counter
from typing import Any

import pytest
from msgspec import Meta, ValidationError, convert
from msgspec import inspect as types
from msgspec.structs import replace

from simulations.business import Habits
from simulations.catastrophe import KIND, habits_of
from simulations.catastrophe_scenario import ASSUMED, CALIBRATED, CHOSEN, CatastropheScenario
from simulations.parameters import parameters

FIELDS = CatastropheScenario.__struct_fields__


def test_the_defaults_are_a_scenario() -> None:
    assert convert({}, CatastropheScenario) == CatastropheScenario()
    assert sum(CatastropheScenario().billing_mix().values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"policies": 0}, r"\$\.policies"),
        ({"policies": 5_000_001}, r"\$\.policies"),
        ({"horizon_days": 366}, r"\$\.horizon_days"),
        ({"claim_share": 1.5}, r"\$\.claim_share"),
        ({"duplicate_share": -0.1}, r"\$\.duplicate_share"),
        ({"loss_share_mean": 0.0}, r"\$\.loss_share_mean"),
        ({"topology": "carrier_pigeon"}, r"\$\.topology"),
        ({"storm": "andrew"}, r"\$\.storm"),
        ({"landfall": "soon"}, r"\$\.landfall"),
        ({"reconciliation_clerks": 1.5}, r"\$\.reconciliation_clerks"),
        ({"field_caseload": 0}, r"\$\.field_caseload"),
        ({"policeis": 5}, "policeis"),
        ({"monthly_share": 0.5}, "monthly_share.* sum to 1.38, and must sum to 1"),
        ({"mortgagee_share": 0.0}, "mortgagee_share.* sum to 0.38"),
        ({"phone_share": 0.9, "web_share": 0.2}, "phone_share, web_share"),
        ({"adjusters_found_share": 0.2}, "adjusters_found_at_landfall_share"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        convert(given, CatastropheScenario)


@pytest.mark.parametrize(
    "given",
    [
        {"monthly_share": 0.74, "mortgagee_share": 0.0},
        {"phone_share": 1.0, "web_share": 0.0},
        {"adjusters_found_share": 0.32},
        {"law_as_of": "2017-09-10"},
        {"claim_share": 0.0},
        {"policies": 1, "horizon_days": 1},
    ],
)
def test_a_parameter_at_the_edge_of_what_is_allowed_is_allowed(given: dict[str, Any]) -> None:
    assert convert(given, CatastropheScenario) != CatastropheScenario()


def test_a_variant_is_checked_as_a_scenario_is() -> None:
    with pytest.raises(ValueError, match="shares sum to"):
        replace(CatastropheScenario(), monthly_share=0.9)


def test_every_parameter_says_what_it_is_and_in_which_unit() -> None:
    info = types.type_info(CatastropheScenario)
    assert isinstance(info, types.StructType)
    for field in info.fields:
        assert isinstance(field.type, types.Metadata), field.name
        assert (field.type.extra or {}).get("unit"), field.name
        assert (field.type.extra_json_schema or {}).get("description"), field.name
    told = parameters(KIND)
    assert tuple(one.name for one in told) == FIELDS
    assert all(one.unit and one.meaning and one.allowed and one.default for one in told)
    assert Meta(description="x") != Meta(description="y")


def test_every_parameter_is_calibrated_assumed_or_chosen_and_only_one_of_them() -> None:
    assert Counter(CALIBRATED + CHOSEN + ASSUMED) == Counter(FIELDS)
    assert (KIND.assumed, KIND.calibrated) == (ASSUMED, CALIBRATED)
    basis = Counter(one.basis for one in parameters(KIND))
    assert basis == Counter(calibrated=len(CALIBRATED), chosen=len(CHOSEN), assumed=len(ASSUMED))


def test_every_habit_of_the_people_around_the_book_is_a_parameter() -> None:
    assert set(Habits.__struct_fields__) <= set(FIELDS)
    habits = habits_of(CatastropheScenario(renewal_share=0.5, return_share=0.25))
    assert (habits.renewal_share, habits.return_share) == (0.5, 0.25)
