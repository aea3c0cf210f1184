"""What a year costs, step by step, for a car, a home and a shop."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fixtures.carrier_profiles import load_carrier
from fixtures.rating_plans import RATING, load_plan
from model.decider import Refusal
from model.policy.rating import explained, rated

CAR = {
    "state": "TX",
    "territory": "urban",
    "driver_age": "23",
    "accidents": "1",
    "vehicle_value": "22000",
    "payment": "full",
}
HOME = {
    "state": "FL",
    "miles_to_coast": "0.5",
    "dwelling_limit": "350000",
    "construction": "masonry",
    "roof_age": "12",
    "hurricane_deductible_percent": "5",
    "opening_protection": "shutters",
}
SHOP = {
    "state": "TX",
    "business": "shop",
    "building_limit": "600000",
    "contents_limit": "120000",
    "sprinklers": "yes",
    "claims": "0",
}


def of(product, risk, *wanted) -> Any:
    return rated(load_plan(product), risk, wanted)


def amounts(rate) -> dict[str, str]:
    return {charge.pattern: str(charge.amount) for charge in rate.charges}


def test_a_car_in_texas():
    # 520 x 1.31 x 1.65 x 1.28 x 0.94, and the same for 410 and 180 with a vehicle value of 1.00.
    rate = of("personal_auto", CAR, "liability", "collision", "comprehensive")

    assert [str(premium) for _, premium in rate.premiums] == ["1352.37 USD", "1066.29 USD", "468.13 USD"]
    assert amounts(rate) == {"premium": "2886.79 USD", "tx_theft_prevention": "5.00 USD", "fee": "25.00 USD"}


def test_a_home_on_the_coast_of_florida():
    rate = of("homeowners", HOME, "dwelling", "contents")

    assert amounts(rate) == {
        "premium": "2359.86 USD",
        "fl_guaranty_assessment": "23.60 USD",
        "fl_emergency_management": "2.00 USD",
        "fee": "25.00 USD",
    }


def test_a_shop():
    rate = of("business_owners", SHOP, "building", "contents", "liability", "business_income")

    assert amounts(rate) == {"premium": "1838.25 USD", "fee": "25.00 USD"}


def test_every_step_multiplies_what_the_one_before_left():
    rate = of("homeowners", HOME, "dwelling")

    assert [(step.name, step.key, str(step.factor)) for step in rate.steps] == [
        ("distance to coast", "0", "1.95"),
        ("dwelling limit", "300000", "1.00"),
        ("construction", "masonry", "0.92"),
        ("roof age", "10", "1.00"),
        ("hurricane deductible", "5", "0.84"),
        ("opening protection", "shutters", "0.89"),
    ]
    assert all(step.after == step.before * step.factor for step in rate.steps)
    assert rate.steps[0].before == Decimal("1450.00")


def test_the_worksheet_reads_from_the_base_to_the_cent():
    lines = explained(of("homeowners", HOME, "contents"))

    assert lines[0] == "contents: base 260.00"
    assert lines[1].startswith("  x 1.95 distance to coast (0) = 507")
    assert lines[-4:] == (
        "premium: 415.13 USD",
        "fl_guaranty_assessment: 4.15 USD",
        "fl_emergency_management: 2.00 USD",
        "fee: 25.00 USD",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"driver_age": "15"}, "risk_unknown"),
        ({"territory": "lunar"}, "risk_unknown"),
        ({"driver_age": "23.123"}, "bad_number"),
        ({"driver_age": "-23"}, "bad_number"),
        ({"driver_age": "1e2"}, "bad_number"),
        ({"driver_age": "２３"}, "bad_number"),
        ({"driver_age": ""}, "bad_number"),
        ({"driver_age": "9" * 13}, "bad_number"),
    ],
)
def test_a_risk_that_no_table_knows_is_refused(change, code, answered):
    assert answered(of("personal_auto", {**CAR, **change}, "liability")) == code


def test_what_is_missing_is_named():
    risk = {key: value for key, value in CAR.items() if key != "accidents"}

    assert of("personal_auto", risk, "liability") == Refusal(
        "risk_incomplete", "accidents in three years needs 'accidents'"
    )
    assert of("personal_auto", CAR, "hail").code == "unknown_coverage"
    assert of("personal_auto", CAR).code == "no_coverage"


@pytest.mark.parametrize("carrier", ["coastal_mutual", "lone_star_auto"])
def test_every_levy_of_its_state_is_a_pattern_of_the_carrier(carrier):
    state = {"coastal_mutual": "FL", "lone_star_auto": "TX"}[carrier]
    profile = load_carrier(carrier)
    levied = {levy.pattern for levy in load_plan("homeowners").levies if levy.state in (state, "any")}

    assert levied <= {rule.pattern for rule in profile.patterns}


def test_a_product_without_rates_and_a_band_out_of_order_are_refused_with_their_place(tmp_path: Path):
    with pytest.raises(ValueError, match="no product 'boat' in rating; there are: business_owners"):
        load_plan("boat")
    for name in ("bases.csv", "factors.csv", "levies.csv"):
        (tmp_path / name).write_text((RATING / name).read_text(encoding="utf-8"), encoding="utf-8")
    factors = tmp_path / "factors.csv"
    factors.write_text(factors.read_text(encoding="utf-8").replace("bands,25,", "bands,20,"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"factors.csv, line 8, column 'key': 20 does not come after 21"):
        load_plan("personal_auto", folder=tmp_path)
    factors.write_text(factors.read_text(encoding="utf-8").replace(",0.82", ",a lot"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"column 'value': 'a lot' is not a number"):
        load_plan("personal_auto", folder=tmp_path)
