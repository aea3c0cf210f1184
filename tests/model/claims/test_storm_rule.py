"""The storm rule, which no row of ours makes law: named strategies, and the default forbids nothing."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import history, play
from fixtures.jurisdictions import florida
from fixtures.rule_rows import load_rules
from model.claims.storm_rule import Damage, damage_of, may_end_cover
from model.core import Core

REPAIRED = date(2026, 11, 1)
DAMAGED = Damage("P", "C", None)
MENDED = Damage("P", "C", REPAIRED)


@pytest.mark.parametrize(
    ("rule", "damage", "on", "allowed"),
    [
        ("no_rule", DAMAGED, "2026-10-01", True),
        ("until_repaired", None, "2026-10-01", True),
        ("until_repaired", DAMAGED, "2030-01-01", False),
        ("until_repaired", MENDED, "2026-10-31", False),
        ("until_repaired", MENDED, "2026-11-01", True),
        ("until_90_days_after_repair", MENDED, "2027-01-29", False),
        ("until_90_days_after_repair", MENDED, "2027-01-30", True),
    ],
)
def test_a_damaged_dwelling_keeps_its_cover_as_long_as_the_strategy_says(rule, damage, on, allowed):
    refused = may_end_cover(rule, damage, on=date.fromisoformat(on))

    assert (refused is None) is allowed
    assert refused is None or refused.code == "dwelling_not_repaired"


def test_an_open_claim_of_a_storm_tells_of_the_damage():
    core = Core(*florida())
    play(core, history("a claim open with a reserve"))
    play(core, history("a claim paid and closed", 2))
    claim: Any = core.claim("C-000001")

    assert damage_of("C-000001", claim, None) == Damage("P-000001", "C-000001", None)
    assert damage_of("C-000002", core.claim("C-000002"), None) is None
    fire = replace(claim, notice=replace(claim.notice, cause="fire"))
    assert damage_of("C-000001", fire, None) is None


def test_there_is_still_no_row_that_would_make_it_law():
    law = [row for row in load_rules() if row.id.split(".")[1] != "operating"]
    assert [row.id for row in law if "repair" in row.rule] == []
