"""Recoveries: every command in every state, and who gets what of the money that came back."""

from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, NOTICE, PAID, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims.claim import decider, evolve
from model.claims.commands import CloseClaim, ConfirmPayment, RequestPayment, SetReserve, SettleLoss, VerifyCoverage
from model.claims.events import ClaimReported
from model.claims.money_commands import ReceiveRecovery, RecoveryCommand, SetRecoveryReserve
from model.claims.recovery import shared
from model.claims.settlement import Valuation
from model.decider import Refusal
from model.invariants import CLAIM_INVARIANTS, judged
from model.money import Money
from model.published.seen import claim_view

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
NOTICED: dict[str, Any] = {"claim_id": "C", "on": NOTICE, "at": at(NOTICE)}
EARLIER: dict[str, Any] = {"claim_id": "C", "on": INSPECTED, "at": at(INSPECTED)}
ABOUT: dict[str, Any] = {"claim_id": "C", "on": PAID, "at": at(PAID)}
REPORTED = evolve(
    MACHINE.initial,
    ClaimReported(policy_id="P-000001", claimant_id="I", cause="fire", loss_at=at(NOTICE), intake="web", **NOTICED),
)


def asked(*commands, state=REPORTED, machine=MACHINE) -> Any:
    for command in commands:
        decision: Any = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


NINE_THOUSAND_PAID = (
    VerifyCoverage(coverage="dwelling", policy=insured(1), **NOTICED),
    SetReserve(line=DWELLING, amount=usd("9000.00"), **EARLIER),
    SettleLoss(exposure=1, valuation=Valuation(usd("10000.00"), usd("0.00"), usd("0.00")), **EARLIER),
    RequestPayment(payment_id="PAY", line=DWELLING, amount=usd("9000.00"), kind="final", payee_id="I", **EARLIER),
    ConfirmPayment(payment_id="PAY", **ABOUT),
)


def receive(amount: str = "6000.00", expense: str = "600.00", number: int = 1, **more) -> ReceiveRecovery:
    what: dict[str, Any] = {"line": DWELLING, "category": "subrogation", **more}
    return ReceiveRecovery(recovery_id=f"R-{number}", amount=usd(amount), expense=usd(expense), **what, **ABOUT)


def expect(amount: str, **more) -> SetRecoveryReserve:
    what: dict[str, Any] = {"line": DWELLING, "category": "subrogation", **more}
    return SetRecoveryReserve(amount=usd(amount), **what, **ABOUT)


PAID_OUT = asked(*NINE_THOUSAND_PAID)
STATES: dict[str, Any] = {
    "Unreported": MACHINE.initial,
    "Reported": REPORTED,
    "Open": PAID_OUT,
    "Expecting": asked(expect("6000.00"), state=PAID_OUT),
    "Recovered": asked(receive(), state=PAID_OUT),
    "Closed": asked(CloseClaim(**ABOUT), state=PAID_OUT),
}
EURO = replace(usd("1.00"), currency="EUR")
COMMANDS = {
    "SetRecoveryReserve": expect("6000.00"),
    "SetRecoveryReserve(minus)": expect("-0.01"),
    "SetRecoveryReserve(line)": expect("1.00", line=replace(DWELLING, category="roof")),
    "SetRecoveryReserve(euro)": replace(expect("1.00"), amount=EURO),
    "ReceiveRecovery": receive(),
    "ReceiveRecovery(other)": receive("6000.01"),
    "ReceiveRecovery(salvage)": receive("500.00", "0.00", 2, category="salvage"),
    "ReceiveRecovery(nothing)": receive("0.00", "0.00", 3),
    "ReceiveRecovery(costly)": receive("1.00", "-0.01", 3),
    "ReceiveRecovery(line)": receive(number=3, line=replace(DWELLING, category="roof")),
    "ReceiveRecovery(euro)": replace(receive(number=3), expense=EURO),
}
TABLE = """
#                          Unreported   Reported     Open                                     Expecting                                Recovered                                Closed
SetRecoveryReserve         wrong_state  wrong_state  RecoveryReserveChanged                   -                                        RecoveryReserveChanged                   RecoveryReserveChanged
SetRecoveryReserve(minus)  wrong_state  wrong_state  negative_amount                          negative_amount                          negative_amount                          negative_amount
SetRecoveryReserve(line)   wrong_state  wrong_state  unknown_line                             unknown_line                             unknown_line                             unknown_line
SetRecoveryReserve(euro)   wrong_state  wrong_state  wrong_currency                           wrong_currency                           wrong_currency                           wrong_currency
ReceiveRecovery            wrong_state  wrong_state  RecoveryReserveChanged+RecoveryReceived  RecoveryReceived                         -                                        RecoveryReserveChanged+RecoveryReceived
ReceiveRecovery(other)     wrong_state  wrong_state  RecoveryReserveChanged+RecoveryReceived  RecoveryReserveChanged+RecoveryReceived  recovery_reused                          RecoveryReserveChanged+RecoveryReceived
ReceiveRecovery(salvage)   wrong_state  wrong_state  RecoveryReserveChanged+RecoveryReceived  RecoveryReserveChanged+RecoveryReceived  RecoveryReserveChanged+RecoveryReceived  RecoveryReserveChanged+RecoveryReceived
ReceiveRecovery(nothing)   wrong_state  wrong_state  not_positive                             not_positive                             not_positive                             not_positive
ReceiveRecovery(costly)    wrong_state  wrong_state  negative_amount                          negative_amount                          negative_amount                          negative_amount
ReceiveRecovery(line)      wrong_state  wrong_state  unknown_line                             unknown_line                             unknown_line                             unknown_line
ReceiveRecovery(euro)      wrong_state  wrong_state  wrong_currency                           wrong_currency                           wrong_currency                           wrong_currency
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(RecoveryCommand))


def with_choices(**choices) -> Any:
    return decider(LAW, replace(CARRIER, claims=replace(CARRIER.claims, **choices)))


@pytest.mark.parametrize(
    ("strategy", "expense", "insured_gets"),
    [
        ("pro_rata", "insurer_bears_expense", "600.00"),
        ("pro_rata", "net_of_expense", "540.00"),
        ("made_whole", "net_of_expense", "1000.00"),
        ("insurer_first", "net_of_expense", "0.00"),
    ],
)
def test_a_claim_shares_a_recovery_as_its_carrier_does(strategy, expense, insured_gets):
    """V13, in the file of a claim."""
    machine = with_choices(subrogation=strategy, recovery_expense=expense)
    claim = asked(receive(), state=PAID_OUT, machine=machine)

    assert claim.receipts[0].to_insured == usd(insured_gets)
    assert claim.lines == PAID_OUT.lines


def test_two_recoveries_share_like_one():
    once = asked(receive("6000.00", "600.00"), state=PAID_OUT)
    twice = asked(receive("3000.00", "300.00"), receive("3000.00", "300.00", 2), state=PAID_OUT)

    assert sum(receipt.to_insured.minor for receipt in twice.receipts) == once.receipts[0].to_insured.minor


def test_nobody_gets_back_more_deductible_than_was_borne():
    machine = with_choices(subrogation="made_whole")
    claim = asked(receive("800.00", "0.00"), receive("800.00", "0.00", 2), state=PAID_OUT, machine=machine)

    assert [receipt.to_insured for receipt in claim.receipts] == [usd("800.00"), usd("200.00")]


def test_a_recovery_that_nobody_expected_makes_its_own_reserve():
    [line] = STATES["Recovered"].recoveries
    assert (line.expected, line.received, line.open, line.expense) == (600000, 600000, 0, 60000)

    [line] = asked(receive(), state=STATES["Expecting"]).recoveries
    assert (line.expected, line.received) == (600000, 600000)

    [line] = asked(receive("6500.00"), state=STATES["Expecting"]).recoveries
    assert (line.expected, line.received) == (650000, 650000)


def test_what_is_expected_can_be_expected_no_more():
    [line] = asked(receive("1000.00"), expect("0.00"), state=STATES["Expecting"]).recoveries

    assert (line.expected, line.received, line.open) == (100000, 100000, 0)


def test_salvage_is_the_insurers_and_lowers_the_net_cost_alone():
    claim = asked(COMMANDS["ReceiveRecovery(salvage)"], state=PAID_OUT)
    view: Any = claim_view("C", claim)

    assert claim.receipts[0].to_insured == usd("0.00")
    assert (view.incurred.amount, view.net_incurred.amount) == ("9000.00", "8500.00")
    assert list(judged(CLAIM_INVARIANTS, "C", view)) == []


CENTS = st.integers(0, 10**7)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    strategy=st.sampled_from(["pro_rata", "made_whole", "insurer_first"]),
    expense_share=st.sampled_from(["insurer_bears_expense", "net_of_expense"]),
    recovered=CENTS, expense=CENTS, paid=CENTS, deductible=CENTS,
)  # fmt: skip
def test_the_shares_add_up_and_stay_within_the_deductible(
    strategy, expense_share, recovered, expense, paid, deductible
):
    """INV-C7."""
    found = shared(
        strategy,
        expense_share,
        recovered=Money(recovered, "USD"),
        expense=Money(expense, "USD"),
        paid=Money(paid, "USD"),
        deductible_left=Money(deductible, "USD"),
        rounding="half_up",
    )
    net = max(recovered - expense, 0) if expense_share == "net_of_expense" and strategy != "made_whole" else recovered

    assert 0 <= found.insured.minor <= min(deductible, recovered)
    assert found.insured.minor + found.insurer.minor == (net if deductible else recovered)
    assert found.insurer.minor >= 0
