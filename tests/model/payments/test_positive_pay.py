"""Positive pay: what the bank is told of our cheques, and what it may not pay without asking (Y13)."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import claim_id, history, insured_id, payment_id, payout_intent_id, usd
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import DAY, NOON, joint_request, mortgagee_id
from model.choices.settlement import SettlementChoices
from model.claims.money_commands import StopCheque
from model.core import Core
from model.decider import Refusal
from model.payments.commands import HearProcessor, ReportSuccess
from model.payments.positive_pay import COLUMNS, PresentedCheque, answered, issue_file, misfit, register_of
from model.payments.presenting import PresentCheque, Presented, decider
from model.payments.worklist import OpenCase

INTENT, INSURED, BANK = payout_intent_id(1), insured_id(1), mortgagee_id(1)
SERIAL = f"{INTENT}/1"
CHOICES = SettlementChoices()
PRESENTED = PresentedCheque(SERIAL, usd("14000.00"), DAY + timedelta(days=5), (INSURED,), (INSURED,))
ISSUED = ReportSuccess(intent_id=INTENT, on=DAY, at=NOON)
STOPPED = StopCheque(claim_id=claim_id(1), payment_id=payment_id(1), reason="lost", on=DAY, at=NOON)
CLEARED = HearProcessor(intent_id=INTENT, attempt=1, says="cleared", on=DAY, at=NOON)


def core(*commands: Any, joint: tuple[Any, ...] = ()) -> Core:
    working = Core(*florida())
    for command in (*(joint or history("a claim with a payment on its way").commands), *commands):
        assert not isinstance(working.submit(command), Refusal), command
        working.drain(at=command.at)
    return working


def register(of: Core) -> Any:
    states: Any = of.intents.states
    return register_of(states.items())


def test_a_cheque_is_in_the_register_once_it_was_issued():
    assert register(core()) == {}
    (cheque,) = register(core(ISSUED)).values()
    assert (cheque.serial, cheque.standing, cheque.issued_on) == (SERIAL, "outstanding", DAY)
    assert (cheque.amount, cheque.payees) == (usd("14000.00"), (INSURED,))


def test_the_bank_is_told_of_what_may_be_paid_and_what_may_not_any_more():
    for commands, standing in (((ISSUED,), "outstanding"), ((ISSUED, STOPPED), "void")):
        rows = list(csv.reader(issue_file(register(core(*commands))).splitlines()))
        assert rows == [list(COLUMNS), [SERIAL, standing, "2026-10-05", "14000.00", "USD", INSURED]]
    assert issue_file(register(core(ISSUED, CLEARED))).splitlines() == [",".join(COLUMNS)]


def test_a_cheque_of_joint_payees_names_them_with_an_and():
    text = issue_file(register(core(ISSUED, joint=joint_request(1))))
    assert f"{INSURED} AND {BANK}" in text


def test_a_name_with_a_comma_or_a_quote_stays_one_field():
    (cheque,) = register(core(ISSUED)).values()
    name = 'Ann "Smith", widow'
    rows = list(csv.reader(issue_file({SERIAL: replace(cheque, payees=(name,))}).splitlines()))
    assert rows[1][-1] == name


@pytest.mark.parametrize(
    ("commands", "changes", "wrong"),
    [
        ((ISSUED,), {}, None),
        ((ISSUED,), {"payees": None}, None),
        ((ISSUED,), {"serial": "forged/1"}, "not_issued"),
        ((), {}, "not_issued"),
        ((ISSUED, STOPPED), {}, "void"),
        ((ISSUED, CLEARED), {}, "paid_before"),
        ((ISSUED,), {"amount": usd("94000.00")}, "other_amount"),
        ((ISSUED,), {"payees": ("a stranger",)}, "other_payee"),
        ((ISSUED,), {"amount": usd("1.00"), "payees": ("a stranger",)}, "other_amount"),
        ((ISSUED,), {"presented_on": DAY + timedelta(days=180)}, None),
        ((ISSUED,), {"presented_on": DAY + timedelta(days=181)}, "stale"),
    ],
)
def test_what_does_not_fit_is_named_by_the_first_thing_that_is_wrong(commands, changes, wrong):
    assert misfit(CHOICES, register(core(*commands)), replace(PRESENTED, **changes)) == wrong


def test_a_cheque_that_fits_is_cleared_in_both_contexts():
    working = core(ISSUED)
    command = answered(CHOICES, register(working), PRESENTED, at=NOON)
    assert isinstance(command, HearProcessor)
    working.submit(command)
    assert working.drain(at=NOON) == ()
    claim: Any = working.claim(claim_id(1))
    assert [one.status for one in claim.payments] == ["cleared"]
    assert misfit(CHOICES, register(working), PRESENTED) == "paid_before"


@pytest.mark.parametrize(("endorsed_by", "case"), [((INSURED, BANK), ""), ((INSURED,), "endorsement_missing")])
def test_the_endorsements_that_the_bank_saw_decide_whether_a_joint_cheque_clears(endorsed_by, case):
    working = core(ISSUED, joint=joint_request(1))
    presented = replace(PRESENTED, payees=(BANK, INSURED), endorsed_by=endorsed_by)
    working.submit(answered(CHOICES, register(working), presented, at=NOON))
    assert working.drain(at=NOON) == ()
    assert set(working.worklist.states) == ({f"{INTENT}/{case}"} if case else set())
    claim: Any = working.claim(claim_id(1))
    assert [one.status for one in claim.payments] == ["issued" if case else "cleared"]


@pytest.mark.parametrize("default", ["return", "pay"])
def test_one_that_does_not_fit_is_a_case_that_says_what_the_bank_will_do(default):
    working = core(ISSUED)
    choices = SettlementChoices(positive_pay_default=default)
    altered = replace(PRESENTED, amount=usd("94000.00"))
    case = answered(choices, register(working), altered, at=NOON)
    assert isinstance(case, OpenCase)
    assert (case.matter.intent_id, case.matter.code) == (INTENT, "cheque_other_amount")
    assert f"the bank will {default} it" in case.matter.text
    assert case.matter.amount == usd("94000.00")
    working.submit(case)
    assert list(working.worklist.states) == [f"{SERIAL}/cheque_other_amount"]
    assert working.submit(case) == ()


def asked_about(cheque: PresentedCheque) -> PresentCheque:
    return PresentCheque(cheque=cheque, on=cheque.presented_on, at=NOON)


@pytest.mark.parametrize(
    ("changes", "cases"),
    [
        ({}, set()),
        ({"amount": usd("94000.00")}, {f"{SERIAL}/cheque_other_amount"}),
        ({"serial": "forged/1"}, {"forged/1/cheque_not_issued"}),
        ({"serial": "forged"}, {"forged/cheque_not_issued"}),
        ({"payees": ("a stranger",)}, {f"{SERIAL}/cheque_other_payee"}),
    ],
    ids=str,
)
def test_what_the_bank_asks_about_reaches_the_core_by_a_command(changes, cases):
    working = core(ISSUED, asked_about(replace(PRESENTED, **changes)))
    assert set(working.worklist.states) == cases
    claim: Any = working.claim(claim_id(1))
    assert [one.status for one in claim.payments] == ["issued" if cases else "cleared"]


def test_a_presentment_that_is_told_twice_is_one_and_another_on_a_later_day_is_a_second():
    working = core(ISSUED, asked_about(PRESENTED))
    assert working.submit(asked_about(PRESENTED)) == ()
    assert set(working.worklist.states) == set()
    decision: Any = working.submit(asked_about(replace(PRESENTED, presented_on=DAY + timedelta(days=6))))
    assert decision[0].wrong == "paid_before"
    assert set(working.worklist.states) == {f"{SERIAL}/cheque_paid_before"}


NOTHING_PRESENTED = core(ISSUED)
MACHINE = decider(NOTHING_PRESENTED.carrier, NOTHING_PRESENTED)
STATES: dict[str, Any] = {"NotPresented": MACHINE.initial, "Presented": Presented((PRESENTED,))}
COMMANDS: dict[str, Any] = {
    "PresentCheque": asked_about(PRESENTED),
    "PresentCheque(other)": asked_about(replace(PRESENTED, amount=usd("1.00"))),
}
TABLE = """
#                     NotPresented     Presented
PresentCheque         ChequePresented  -
PresentCheque(other)  ChequePresented  ChequePresented
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_a_register_that_forgets_a_stop_would_have_the_bank_pay_it():
    """The planted defect: a register of what was issued, without what became of it."""
    kept = {serial: replace(one, standing="outstanding") for serial, one in register(core(ISSUED, STOPPED)).items()}
    assert misfit(CHOICES, register(core(ISSUED, STOPPED)), PRESENTED) == "void"
    assert misfit(CHOICES, kept, PRESENTED) is None
