"""A notice that came later than the state allows is taken and warned of, at the desk where it is reported."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import LANDFALL, history, play, policy_id
from fixtures.jurisdictions import florida_law
from model.core import Core
from model.desk import Desk
from model.published.requests import ReportClaimRequest


@pytest.mark.parametrize(
    ("on", "as_of", "warned"),
    [
        (date(2026, 9, 15), date(2026, 9, 15), ()),
        (date(2027, 9, 10), date(2026, 9, 15), ()),
        (date(2027, 9, 11), date(2026, 9, 15), ("late_notice",)),
        (date(2027, 9, 11), date(2022, 9, 28), ()),
    ],
    ids=["at once", "on the last day of the year", "a day later", "under a law without that row"],
)
def test_florida_gives_a_year_from_the_loss_and_warns_after_it(on, as_of, warned):
    core = Core(florida_law(as_of), load_carrier("coastal_mutual"))
    play(core, history("a policy in force"))
    asked = ReportClaimRequest(
        policy_id=policy_id(1), claimant_id="I", coverage="dwelling", cause="hurricane", loss_at=LANDFALL,
        intake="phone", on=on,
    )  # fmt: skip

    now = datetime(on.year, on.month, on.day, 16, tzinfo=UTC)
    view: Any = Desk(core, lambda kind: f"{kind}-1").answer("report_claim", "", asked, now)

    assert (view.status, view.warnings) == ("open", warned)
