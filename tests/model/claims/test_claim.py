"""The claim: every command in every state, and what a claim may become."""

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, LANDFALL, NOTICE, PAID, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims.claim import decider, evolve
from model.claims.commands import (
    AcknowledgeClaim,
    CloseClaim,
    Command,
    ConfirmPayment,
    FailPayment,
    RecordInspection,
    RecordProofOfLoss,
    ReportClaim,
    RequestPayment,
    SetReserve,
    VerifyCoverage,
)
from model.claims.events import (
    ClaimAcknowledged,
    ClaimClosed,
    ClaimReported,
    CoverageDenied,
    CoverageVerified,
    Event,
    LossInspected,
    PaymentFailed,
    PaymentIssued,
    PaymentRequested,
    ProofOfLossReceived,
    ReserveChanged,
)
from model.claims.file import Closed, State
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
POLICY = insured(1)
COVERAGE = POLICY.coverages[0]
EURO = replace(usd("1.00"), currency="EUR")


def about(day) -> dict[str, Any]:
    return {"claim_id": "C", "on": day, "at": at(day)}


NOTICED: dict[str, Any] = {
    "policy_id": POLICY.policy_id, "claimant_id": "I", "cause": "hurricane", "loss_at": LANDFALL, "intake": "phone",
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "payment_id": "PAY", "line": DWELLING, "amount": usd("4000.00"), "kind": "partial", "payee_id": "I",
}  # fmt: skip
REPORTED = ClaimReported(**NOTICED, **about(NOTICE))
VERIFIED = CoverageVerified(exposure=1, coverage=COVERAGE, **about(NOTICE))
DENIED = CoverageDenied(reason="not_in_force", **about(NOTICE))
ACKNOWLEDGED = ClaimAcknowledged(**about(NOTICE))
PROVEN = ProofOfLossReceived(**about(INSPECTED))
SEEN = LossInspected(exposure=1, estimate=usd("20000.00"), **about(INSPECTED))
AVERAGE = ReserveChanged(line=DWELLING, change=usd("9500.00"), reason="average", **about(NOTICE))
REQUESTED = PaymentRequested(**PAYMENT, **about(INSPECTED))
ISSUED = PaymentIssued(payment_id="PAY", line=DWELLING, amount=usd("4000.00"), **about(PAID))
FAILED = PaymentFailed(payment_id="PAY", reason="account closed", **about(PAID))
RELEASED = ReserveChanged(line=DWELLING, change=usd("-5500.00"), reason="released", **about(PAID))
CLOSED = ClaimClosed(outcome="paid", **about(PAID))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


OPENED = (REPORTED, VERIFIED, AVERAGE)
STATES = {
    "Unreported": folded(),
    "Reported": folded(REPORTED),
    "Open": folded(*OPENED),
    "Paying": folded(*OPENED, REQUESTED),
    "Paid": folded(*OPENED, REQUESTED, ISSUED),
    "Failed": folded(*OPENED, REQUESTED, FAILED),
    "Closed": folded(*OPENED, REQUESTED, ISSUED, RELEASED, CLOSED),
    "Denied": folded(REPORTED, DENIED, replace(CLOSED, outcome="denied")),
}
COMMANDS = {
    "ReportClaim": ReportClaim(**NOTICED, **about(NOTICE)),
    "ReportClaim(other)": ReportClaim(**{**NOTICED, "cause": "fire"}, **about(NOTICE)),
    "ReportClaim(future)": ReportClaim(**{**NOTICED, "loss_at": at(NOTICE) + timedelta(seconds=1)}, **about(NOTICE)),
    "VerifyCoverage": VerifyCoverage(coverage="dwelling", policy=POLICY, **about(NOTICE)),
    "VerifyCoverage(flood)": VerifyCoverage(coverage="flood", policy=POLICY, **about(NOTICE)),
    "VerifyCoverage(contents)": VerifyCoverage(coverage="contents", policy=POLICY, **about(NOTICE)),
    "AcknowledgeClaim": AcknowledgeClaim(**about(NOTICE)),
    "RecordProofOfLoss": RecordProofOfLoss(**about(INSPECTED)),
    "RecordInspection": RecordInspection(exposure=1, estimate=usd("20000.00"), **about(INSPECTED)),
    "RecordInspection(2)": RecordInspection(exposure=2, estimate=usd("20000.00"), **about(INSPECTED)),
    "RecordInspection(nothing)": RecordInspection(exposure=1, estimate=usd("0.00"), **about(INSPECTED)),
    "RecordInspection(minus)": RecordInspection(exposure=1, estimate=usd("-0.01"), **about(INSPECTED)),
    "RecordInspection(euro)": RecordInspection(exposure=1, estimate=EURO, **about(INSPECTED)),
    "SetReserve": SetReserve(line=DWELLING, amount=usd("14000.00"), **about(INSPECTED)),
    "SetReserve(same)": SetReserve(line=DWELLING, amount=usd("9500.00"), **about(INSPECTED)),
    "SetReserve(low)": SetReserve(line=DWELLING, amount=usd("3999.99"), **about(INSPECTED)),
    "SetReserve(2)": SetReserve(line=replace(DWELLING, exposure=2), amount=usd("1.00"), **about(INSPECTED)),
    "SetReserve(euro)": SetReserve(line=DWELLING, amount=EURO, **about(INSPECTED)),
    "RequestPayment": RequestPayment(**PAYMENT, **about(INSPECTED)),
    "RequestPayment(new)": RequestPayment(**{**PAYMENT, "payment_id": "PAY-2"}, **about(INSPECTED)),
    "RequestPayment(reused)": RequestPayment(**{**PAYMENT, "amount": usd("1.00")}, **about(INSPECTED)),
    "RequestPayment(much)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("5500.01")}, **about(INSPECTED)
    ),
    "RequestPayment(line)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "line": replace(DWELLING, category="contents")}, **about(INSPECTED)
    ),
    "RequestPayment(euro)": RequestPayment(**{**PAYMENT, "payment_id": "PAY-2", "amount": EURO}, **about(INSPECTED)),
    "RequestPayment(nothing)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("0.00")}, **about(INSPECTED)
    ),
    "ConfirmPayment": ConfirmPayment(payment_id="PAY", **about(PAID)),
    "ConfirmPayment(which)": ConfirmPayment(payment_id="PAY-7", **about(PAID)),
    "FailPayment": FailPayment(payment_id="PAY", reason="account closed", **about(PAID)),
    "FailPayment(which)": FailPayment(payment_id="PAY-7", reason="account closed", **about(PAID)),
    "CloseClaim": CloseClaim(**about(PAID)),
}
TABLE = """
#                          Unreported      Reported                         Open                        Paying                 Paid                        Failed                      Closed           Denied
ReportClaim                ClaimReported   -                                -                           -                      -                           -                           -                -
ReportClaim(other)         ClaimReported   claim_id_reused                  claim_id_reused             claim_id_reused        claim_id_reused             claim_id_reused             claim_id_reused  claim_id_reused
ReportClaim(future)        loss_in_future  claim_id_reused                  claim_id_reused             claim_id_reused        claim_id_reused             claim_id_reused             claim_id_reused  claim_id_reused
VerifyCoverage             wrong_state     CoverageVerified+ReserveChanged  -                           -                      -                           -                           -                -
VerifyCoverage(flood)      wrong_state     CoverageDenied+ClaimClosed       -                           -                      -                           -                           -                -
VerifyCoverage(contents)   wrong_state     CoverageVerified                 -                           -                      -                           -                           -                -
AcknowledgeClaim           wrong_state     ClaimAcknowledged                ClaimAcknowledged           ClaimAcknowledged      ClaimAcknowledged           ClaimAcknowledged           wrong_state      wrong_state
RecordProofOfLoss          wrong_state     wrong_state                      ProofOfLossReceived         ProofOfLossReceived    ProofOfLossReceived         ProofOfLossReceived         wrong_state      wrong_state
RecordInspection           wrong_state     wrong_state                      LossInspected               LossInspected          LossInspected               LossInspected               wrong_state      wrong_state
RecordInspection(2)        wrong_state     wrong_state                      unknown_exposure            unknown_exposure       unknown_exposure            unknown_exposure            wrong_state      wrong_state
RecordInspection(nothing)  wrong_state     wrong_state                      LossInspected               LossInspected          LossInspected               LossInspected               wrong_state      wrong_state
RecordInspection(minus)    wrong_state     wrong_state                      negative_amount             negative_amount        negative_amount             negative_amount             wrong_state      wrong_state
RecordInspection(euro)     wrong_state     wrong_state                      wrong_currency              wrong_currency         wrong_currency              wrong_currency              wrong_state      wrong_state
SetReserve                 wrong_state     wrong_state                      ReserveChanged              ReserveChanged         ReserveChanged              ReserveChanged              wrong_state      wrong_state
SetReserve(same)           wrong_state     wrong_state                      -                           -                      ReserveChanged              -                           wrong_state      wrong_state
SetReserve(low)            wrong_state     wrong_state                      ReserveChanged              reserve_below_pending  ReserveChanged              ReserveChanged              wrong_state      wrong_state
SetReserve(2)              wrong_state     wrong_state                      unknown_exposure            unknown_exposure       unknown_exposure            unknown_exposure            wrong_state      wrong_state
SetReserve(euro)           wrong_state     wrong_state                      wrong_currency              wrong_currency         wrong_currency              wrong_currency              wrong_state      wrong_state
RequestPayment             wrong_state     wrong_state                      PaymentRequested            -                      -                           -                           wrong_state      wrong_state
RequestPayment(new)        wrong_state     wrong_state                      PaymentRequested            PaymentRequested       PaymentRequested            PaymentRequested            wrong_state      wrong_state
RequestPayment(reused)     wrong_state     wrong_state                      PaymentRequested            payment_reused         payment_reused              payment_reused              wrong_state      wrong_state
RequestPayment(much)       wrong_state     wrong_state                      PaymentRequested            reserve_required       reserve_required            PaymentRequested            wrong_state      wrong_state
RequestPayment(line)       wrong_state     wrong_state                      unknown_line                unknown_line           unknown_line                unknown_line                wrong_state      wrong_state
RequestPayment(euro)       wrong_state     wrong_state                      wrong_currency              wrong_currency         wrong_currency              wrong_currency              wrong_state      wrong_state
RequestPayment(nothing)    wrong_state     wrong_state                      not_positive                not_positive           not_positive                not_positive                wrong_state      wrong_state
ConfirmPayment             wrong_state     wrong_state                      unknown_payment             PaymentIssued          -                           already_failed              -                unknown_payment
ConfirmPayment(which)      wrong_state     wrong_state                      unknown_payment             unknown_payment        unknown_payment             unknown_payment             unknown_payment  unknown_payment
FailPayment                wrong_state     wrong_state                      unknown_payment             PaymentFailed          already_issued              -                           already_issued   unknown_payment
FailPayment(which)         wrong_state     wrong_state                      unknown_payment             unknown_payment        unknown_payment             unknown_payment             unknown_payment  unknown_payment
CloseClaim                 wrong_state     wrong_state                      ReserveChanged+ClaimClosed  payment_pending        ReserveChanged+ClaimClosed  ReserveChanged+ClaimClosed  -                -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (
        REPORTED, VERIFIED, DENIED, ACKNOWLEDGED, PROVEN, SEEN, AVERAGE, REQUESTED, ISSUED, FAILED, RELEASED, CLOSED,
    )  # fmt: skip

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def asked(*commands, state=STATES["Open"]) -> Any:
    """The claim after commands that must all be accepted."""
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


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
        (None, "dwelling", "unknown_policy"),
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
