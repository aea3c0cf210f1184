"""What is wrong with an offer is refused by its code before anything can come of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import QUOTED, at, policy_id, terms
from fixtures.jurisdictions import florida
from fixtures.rating_plans import load_plan
from model.core import Core
from model.money import Money
from model.policy.commands import CancelPolicy, OpenJob, QuoteJob, QuotePolicy
from model.policy.proposals import Submission
from model.policy.rating import RatedCoverage, rated


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "America", "../etc/passwd", "America/New_York\0", "EST5EDT7"])
def test_a_zone_that_no_clock_keeps_is_refused(zone, answered):
    """Later, the hour at which its cover begins would be nobody's."""
    core = Core(*florida())
    offered = replace(terms(1), zone=zone)
    about: dict[str, Any] = {"policy_id": "P", "on": QUOTED, "at": at(QUOTED)}
    core.submit(OpenJob(**about, job_id="S", proposal=Submission(offered)))

    assert answered(core.submit(QuotePolicy(**about, terms=offered))) == "unknown_zone"
    assert answered(core.submit(QuoteJob(**about, job_id="S"))) == "unknown_zone"


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "UTC"])
def test_every_zone_of_a_calendar_is_taken(zone, answered):
    offered = QuotePolicy(policy_id="P", terms=replace(terms(1), zone=zone), on=QUOTED, at=at(QUOTED))

    assert answered(Core(*florida()).submit(offered)) == "PolicyQuoted"


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("insured_request", "yes"),
        ("total_loss", "no"),
        ("nonpayment", "no"),
        ("rewritten", "no"),
        ("underwriting", "no"),
    ],
)
def test_only_who_asks_to_leave_bears_a_short_rate(reason, kept, in_force):
    """Neither the insurer's cancellation nor that of a car that is gone costs a penalty (practice)."""
    desk = in_force(insured_cancellation="short_rate_90")
    (cancelled, *_) = desk.ask(
        CancelPolicy(policy_id=policy_id(1), reason=reason, on=date(2026, 9, 1), at=at(date(2026, 9, 1)))
    )

    assert bool(cancelled.retained) is (kept == "yes")


def test_a_premium_is_in_the_minor_unit_of_its_currency():
    """A yen has no cents, and a dinar a thousand."""
    plan = replace(load_plan("homeowners"), coverages=(RatedCoverage("dwelling", Decimal("1450.5"), ()),), levies=())

    for currency, minor in (("USD", 145050), ("JPY", 1451)):
        found: Any = rated(replace(plan, currency=currency), {"state": "FL"}, ("dwelling",))
        assert found.charges[0].amount == Money(minor, currency)
