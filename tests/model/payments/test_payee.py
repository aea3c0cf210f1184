"""The register of payees: every command at every standing, two persons for bank details, and who is paid in a core."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, history, insured_id, payout_intent_id
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import DAY as LATER
from fixtures.settlement_histories import NOON, eligible, joint_request, mortgagee_id
from model.core import Core
from model.decider import Refusal
from model.payments.payee import (
    BankDetailsRecorded,
    Command,
    Event,
    Payee,
    PayeeScreened,
    PayeeVerified,
    RecordBankDetails,
    ScreenPayee,
    VerifyPayee,
    decider,
    evolve,
)
from model.payments.payout_commands import ApproveRun, EmitPayout, FreezeRun, ReserveFunds
from model.payments.payout_events import PayoutItem
from model.payments.payout_run import Frozen

MACHINE = decider()
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"party_id": "I-1", "on": DAY, "at": at(DAY)}
RECORDED = BankDetailsRecorded(token="tok_1", instead_of="", by="ann", **ABOUT)
CHANGED = BankDetailsRecorded(token="tok_2", instead_of="tok_1", by="ann", **ABOUT)
VERIFIED = PayeeVerified(token="tok_1", by="bob", **ABOUT)
CLEAR = PayeeScreened(found="clear", by="screening", **ABOUT)
HIT = PayeeScreened(found="hit", by="screening", **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES: dict[str, Any] = {
    "Nobody": folded(),
    "Recorded": folded(RECORDED),
    "Verified": folded(RECORDED, VERIFIED),
    "Clear": folded(RECORDED, VERIFIED, CLEAR),
    "Hit": folded(HIT, RECORDED, VERIFIED),
    "Changed": folded(RECORDED, VERIFIED, CLEAR, CHANGED),
}
RECORD = RecordBankDetails(token="tok_1", by="ann", **ABOUT)
VERIFY = VerifyPayee(token="tok_1", by="bob", **ABOUT)
SCREEN = ScreenPayee(found="clear", by="screening", **ABOUT)
COMMANDS: dict[str, Any] = {
    "RecordBankDetails": RECORD,
    "RecordBankDetails(other)": replace(RECORD, token="tok_2"),
    "VerifyPayee": VERIFY,
    "VerifyPayee(same)": replace(VERIFY, by="ann"),
    "VerifyPayee(other)": replace(VERIFY, token="tok_2"),
    "ScreenPayee": SCREEN,
    "ScreenPayee(hit)": replace(SCREEN, found="hit"),
}
TABLE = """
#                         Nobody               Recorded             Verified             Clear                Hit                  Changed
RecordBankDetails         BankDetailsRecorded  -                    -                    -                    -                    BankDetailsRecorded
RecordBankDetails(other)  BankDetailsRecorded  BankDetailsRecorded  BankDetailsRecorded  BankDetailsRecorded  BankDetailsRecorded  -
VerifyPayee               other_bank_details   PayeeVerified        -                    -                    -                    other_bank_details
VerifyPayee(same)         other_bank_details   same_person          -                    -                    -                    other_bank_details
VerifyPayee(other)        other_bank_details   other_bank_details   other_bank_details   other_bank_details   other_bank_details   PayeeVerified
ScreenPayee               PayeeScreened        PayeeScreened        PayeeScreened        -                    PayeeScreened        -
ScreenPayee(hit)          PayeeScreened        PayeeScreened        PayeeScreened        PayeeScreened        -                    PayeeScreened
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(event) for event in (RECORDED, VERIFIED, CLEAR)} == set(get_args(Event))


def test_other_bank_details_undo_the_verification_and_begin_a_wait_but_the_first_ones_do_not():
    assert STATES["Clear"] == Payee("tok_1", "ann", None, "verified", "clear")
    assert STATES["Changed"] == Payee("tok_2", "ann", DAY, "unverified", "clear")


def test_a_card_number_is_no_token(answered):
    pan = "4" + "1" * 15
    assert answered(MACHINE.decide(replace(RECORD, token=pan), STATES["Nobody"])) == "card_number"


# --- in a core

PAYOUT, INSURED = payout_intent_id(1), insured_id(1)


def office(*commands: Any) -> Core:
    """A core in which a claim's payment waits for its run; messages are delivered at once."""
    core = Core(*florida())
    for command in commands or history("a claim with a payment on its way", 1).commands:
        assert not isinstance(core.submit(command), Refusal), command
        core.drain(at=command.at)
    return core


def frozen(core: Core, *, run_id: str = "R") -> str:
    """What became of a run of the one payment: the code of its refusal, or its state."""
    state: Any = core.intent(PAYOUT)
    item = PayoutItem(PAYOUT, INSURED, "tok_1", state.order.amount)
    answer = core.submit(
        FreezeRun(run_id=run_id, items=(item,), frozen_by="ann", cut_off=NOON + timedelta(hours=1), on=LATER, at=NOON)
    )
    return answer.code if isinstance(answer, Refusal) else type(core.payout_runs.states[run_id]).__name__


def test_a_core_pays_nobody_whom_its_register_does_not_clear():
    core = office()
    record, verify, screen = eligible(INSURED, "tok_1")
    told = [frozen(core)]
    for command in (screen, record, verify):
        core.submit(command)
        told.append(frozen(core))
    assert told == ["screening_pending", "payee_unverified", "payee_unverified", Frozen.__name__]


def test_new_bank_details_cool_off_before_they_are_paid():
    core = office()
    record, verify, screen = eligible(INSURED, "tok_old")
    for command in (record, verify, screen):
        core.submit(command)
    assert frozen(core) == "payee_unverified", "the payment goes to an account that nobody recorded"
    days = core.carrier.settlement.payout_cooling_off_days
    for changed, wanted in ((LATER, "cooling_off"), (LATER - timedelta(days=days), Frozen.__name__)):
        again = office()
        for command in (record, verify, screen):
            again.submit(command)
        again.submit(RecordBankDetails(party_id=INSURED, token="tok_1", by="ann", on=changed, at=at(changed)))
        again.submit(VerifyPayee(party_id=INSURED, token="tok_1", by="bob", on=changed, at=at(changed)))
        assert frozen(again) == wanted


@pytest.mark.parametrize(
    ("found", "wanted"), [("hit", "screening_hit"), (None, "screening_pending"), ("clear", "Frozen")]
)
def test_whoever_endorses_a_cheque_too_is_screened_as_its_payee_is(found, wanted):
    core = office(*joint_request(1), *eligible(INSURED, "tok_1"))
    if found is not None:
        core.submit(ScreenPayee(party_id=mortgagee_id(1), found=found, by="screening", on=DAY, at=at(DAY)))
    assert frozen(core) == wanted


def test_an_item_of_a_run_that_was_frozen_is_not_sent_after_a_hit():
    core = office()
    for command in eligible(INSURED, "tok_1"):
        core.submit(command)
    assert frozen(core) == Frozen.__name__
    plan: Any = core.payout_runs.states["R"]
    about: dict[str, Any] = {"run_id": "R", "on": LATER, "at": NOON}
    core.submit(ApproveRun(manifest=plan.plan.manifest, approved_by="bob", **about))
    core.submit(ReserveFunds(available=plan.plan.total, **about))
    core.submit(ScreenPayee(party_id=INSURED, found="hit", by="screening", on=LATER, at=NOON))
    refused: Any = core.submit(EmitPayout(payment_id=PAYOUT, **about))
    assert refused.code == "screening_hit"
