"""What becomes of a notice: it opens a claim, is denied or waits for its policy; and how the claim closes."""

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, LANDFALL, NOTICE, PAID, at, usd
from model.claims.claim import decider, evolve
from model.claims.commands import (
    AcknowledgeClaim,
    AttachPolicy,
    CloseClaim,
    ConfirmPayment,
    RecordInspection,
    RecordProofOfLoss,
    ReportClaim,
    RequestPayment,
    VerifyCoverage,
)
from model.claims.file import Closed, Open, Reported
from model.decider import Refusal
from tests.model.claims.one_claim import CARRIER, COMMANDS, LAW, MACHINE, NOTICED, PAYMENT, POLICY, STATES, about, asked

# --- notice


def test_a_loss_at_the_very_instant_of_the_notice_can_be_reported():
    command = ReportClaim(**{**NOTICED, "loss_at": at(NOTICE)}, **about(NOTICE))

    assert not isinstance(MACHINE.decide(command, STATES["Unreported"]), Refusal)


def test_a_notice_keeps_what_was_said_and_the_day_from_which_the_clocks_run():
    notice = STATES["Reported"].notice

    assert (notice.cause, notice.loss_at, notice.intake, notice.notice_on) == ("hurricane", LANDFALL, "phone", NOTICE)
    assert notice.acknowledged_on is notice.proof_on is notice.inspected_on is notice.decided_on is None


def test_the_days_that_the_clocks_look_at_are_the_first_of_their_kind():
    later = INSPECTED + timedelta(days=1)
    claim = asked(
        AcknowledgeClaim(**about(NOTICE)),
        RecordProofOfLoss(**about(INSPECTED)),
        COMMANDS["RecordInspection"],
        RecordInspection(exposure=1, estimate=usd("21000.00"), **about(later)),
        RequestPayment(**PAYMENT, **about(INSPECTED)),
        ConfirmPayment(payment_id="PAY", **about(PAID)),
        CloseClaim(**about(PAID + timedelta(days=3))),
    )
    notice = claim.notice

    assert (notice.acknowledged_on, notice.proof_on) == (NOTICE, INSPECTED)
    assert (notice.inspected_on, notice.decided_on) == (INSPECTED, PAID)
    assert claim.exposures[0].estimate == usd("21000.00")


def test_acknowledging_again_changes_nothing():
    claim = asked(AcknowledgeClaim(**about(NOTICE)))

    assert MACHINE.decide(AcknowledgeClaim(**about(INSPECTED)), claim) == ()
    assert MACHINE.decide(RecordProofOfLoss(**about(PAID)), asked(RecordProofOfLoss(**about(INSPECTED)))) == ()


# --- coverage


def test_cover_opens_one_exposure_with_the_carriers_average_reserve():
    claim = asked(COMMANDS["VerifyCoverage"], state=STATES["Reported"])

    assert [(e.number, e.claimant_id, e.coverage.code, e.estimate) for e in claim.exposures] == [
        (1, "I", "dwelling", None)
    ]
    assert [(line.key, line.open) for line in claim.lines] == [(DWELLING, 950000)]


def test_a_coverage_without_an_average_reserve_opens_without_a_line():
    assert asked(COMMANDS["VerifyCoverage(contents)"], state=STATES["Reported"]).lines == ()


@pytest.mark.parametrize(
    ("policy", "coverage", "reason"),
    [
        (replace(POLICY, end=date(2026, 9, 10)), "dwelling", "not_in_force"),
        (replace(POLICY, start=date(2026, 9, 11)), "dwelling", "not_in_force"),
        (replace(POLICY, cancelled_on=date(2026, 9, 10)), "dwelling", "cancelled_before_loss"),
        (POLICY, "flood", "coverage_absent"),
    ],
)
def test_a_loss_that_is_not_covered_closes_the_claim_with_its_reason(policy, coverage, reason):
    claim = asked(VerifyCoverage(coverage=coverage, policy=policy, **about(INSPECTED)), state=STATES["Reported"])

    assert isinstance(claim, Closed)
    assert (claim.outcome, claim.reason, claim.lines) == ("denied", reason, ())
    assert claim.notice.decided_on == INSPECTED


def test_a_notice_without_a_policy_is_kept_and_worked_until_the_policy_turns_up():
    unmatched = asked(COMMANDS["VerifyCoverage(none)"], state=STATES["Reported"])
    assert isinstance(unmatched, Reported)
    assert "match_policy" in [task.name for task in unmatched.notice.tasks if task.done_on is None]
    assert MACHINE.decide(COMMANDS["VerifyCoverage(none)"], unmatched) == ()

    attached = asked(AttachPolicy(policy_id="P-000002", **about(INSPECTED)), state=unmatched)
    assert [task.result for task in attached.notice.tasks if task.name == "match_policy"] == ["P-000002"]
    assert isinstance(asked(COMMANDS["VerifyCoverage(other)"], state=attached), Open)
    assert MACHINE.decide(COMMANDS["ReportClaim"], attached) == ()


def test_a_carrier_may_deny_a_notice_without_a_policy():
    choices = replace(CARRIER.claims, unmatched_notice="deny")
    machine: Any = decider(LAW, replace(CARRIER, claims=choices))

    denied = reduce(evolve, machine.decide(COMMANDS["VerifyCoverage(none)"], STATES["Reported"]), STATES["Reported"])
    assert isinstance(denied, Closed)
    assert denied.reason == "unknown_policy"


# --- closing


def test_closing_releases_what_is_still_reserved():
    claim = asked(CloseClaim(**about(PAID)))

    assert [(line.open, line.paid) for line in claim.lines] == [(0, 0)]
    assert (claim.outcome, claim.reason) == ("unpaid", None)
    assert claim.notice.decided_on == PAID


def test_a_claim_that_paid_something_closes_as_paid_and_stays_decided_on_that_day():
    claim = asked(CloseClaim(**about(PAID + timedelta(days=9))), state=STATES["Paid"])

    assert (claim.outcome, claim.notice.decided_on) == ("paid", PAID)


def test_a_claim_whose_payment_failed_closes_as_unpaid():
    assert asked(CloseClaim(**about(PAID)), state=STATES["Failed"]).outcome == "unpaid"


def test_closing_waits_for_a_payment_on_its_way():
    pending = STATES["Paying"]

    assert MACHINE.decide(CloseClaim(**about(PAID)), pending) == Refusal(
        "payment_pending", "a payment of claim C is still on its way"
    )
    assert asked(ConfirmPayment(payment_id="PAY", **about(PAID)), CloseClaim(**about(PAID)), state=pending).outcome == (
        "paid"
    )


def test_instants_without_a_zone_are_an_error_and_not_a_guess():
    naive = ReportClaim(**{**NOTICED, "loss_at": datetime.fromisoformat("2026-09-10T18:30:00")}, **about(NOTICE))

    with pytest.raises(TypeError):
        MACHINE.decide(naive, STATES["Unreported"])
