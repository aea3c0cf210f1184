"""A debited account: every command at every standing, and that no entry is made after the network has said no."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.payments.bank_account import (
    GOOD,
    AccountCorrected,
    AuthorizeDebits,
    BankAccount,
    Command,
    CorrectAccount,
    CorrectionAsked,
    DebitsAuthorized,
    DebitsStopped,
    Event,
    HearChange,
    HearReturn,
    decider,
    evolve,
    not_debited,
)
from model.payments.commands import HearProcessor, NoteChange, ReportSuccess, ReturnMoney, StartPayment, TimePassed
from model.payments.instrument import BankEntry
from model.payments.states import Failed, Processing

MACHINE = decider(florida()[0])
MONDAY = date(2026, 6, 1)
"""Six banking days later is Tuesday 9 June."""
DUE = date(2026, 6, 9)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


ABOUT: dict[str, Any] = {"account_id": "acct_1", "on": MONDAY, "at": at(MONDAY)}
ASKED = CorrectionAsked(code="C01", correct_by=DUE, **ABOUT)
STOPPED = DebitsStopped(code="R03", until="corrected", **ABOUT)
VOID = DebitsStopped(code="R07", until="authorized", **ABOUT)
CORRECTED = AccountCorrected(by="ann", **ABOUT)
AUTHORIZED = DebitsAuthorized(**ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES: dict[str, Any] = {
    "Good": folded(ASKED, STOPPED, VOID, AUTHORIZED, CORRECTED),
    "Asked": folded(ASKED),
    "Stopped": folded(STOPPED),
    "Void": folded(VOID),
}
HEARD = HearReturn(code="R03", **ABOUT)
COMMANDS: dict[str, Any] = {
    "HearChange": HearChange(code="C01", correct_by=DUE, **ABOUT),
    "HearChange(later)": HearChange(code="C02", correct_by=DUE + timedelta(days=1), **ABOUT),
    "HearChange(earlier)": HearChange(code="C02", correct_by=DUE - timedelta(days=1), **ABOUT),
    "HearReturn(R03)": HEARD,
    "HearReturn(R07)": replace(HEARD, code="R07"),
    "HearReturn(R01)": replace(HEARD, code="R01"),
    "CorrectAccount": CorrectAccount(by="ann", **ABOUT),
    "AuthorizeDebits": AuthorizeDebits(**ABOUT),
}
TABLE = """
#                    Good             Asked             Stopped           Void
HearChange           CorrectionAsked  -                 CorrectionAsked   CorrectionAsked
HearChange(later)    CorrectionAsked  -                 CorrectionAsked   CorrectionAsked
HearChange(earlier)  CorrectionAsked  CorrectionAsked   CorrectionAsked   CorrectionAsked
HearReturn(R03)      DebitsStopped    DebitsStopped     -                 DebitsStopped
HearReturn(R07)      DebitsStopped    DebitsStopped     DebitsStopped     -
HearReturn(R01)      -                -                 -                 -
CorrectAccount       -                AccountCorrected  AccountCorrected  -
AuthorizeDebits      -                -                 -                 DebitsAuthorized
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(event) for event in (ASKED, STOPPED, CORRECTED, AUTHORIZED)} == set(get_args(Event))
    assert STATES["Good"] == GOOD


@pytest.mark.parametrize("code", ["R05", "R07", "R10", "R29"])
def test_a_return_for_want_of_authority_voids_it(code):
    decision: Any = MACHINE.decide(replace(HEARD, code=code), GOOD)
    assert evolve(GOOD, *decision) == BankAccount(void=code)


@pytest.mark.parametrize("code", ["R02", "R03", "R04", "R20"])
def test_a_return_for_a_wrong_account_stops_it_until_it_is_corrected(code):
    decision: Any = MACHINE.decide(replace(HEARD, code=code), GOOD)
    assert evolve(GOOD, *decision) == BankAccount(stopped=code)


@pytest.mark.parametrize(("day", "code"), [(DUE, None), (DUE + timedelta(days=1), "change_not_corrected")])
def test_wrong_data_may_be_used_through_the_sixth_banking_day(day, code):
    """Nacha 2.12: within six banking days or before the next entry, whichever is later."""
    refusal = not_debited(STATES["Asked"], on=day)
    assert (None if refusal is None else refusal.code) == code


# --- in a core


def core() -> Core:
    return Core(*florida())


def ask(core: Core, *commands: Any) -> str:
    """What became of the last."""
    answer: Any = ()
    for command in commands:
        answer = core.submit(command)
    return answer.code if isinstance(answer, Refusal) else "+".join(type(event).__name__ for event in answer) or "-"


def start(number: int, day: date, **about: Any) -> StartPayment:
    asked: dict[str, Any] = {
        "intent_id": f"I-{number}",
        "purpose": "collection",
        "subject": "A",
        "reference": str(number),
        "party_id": "payer",
        "amount": usd("100.00"),
        "method": "ach",
        "on": day,
        "at": at(day),
    }
    return StartPayment(**asked | about)


def debited(core: Core, day: date = MONDAY, **about: Any) -> None:
    """A first entry of the account, which settles."""
    assert ask(core, start(1, day, **about), ReportSuccess(intent_id="I-1", on=day, at=at(day))) == "PaymentSucceeded"


NOTED = NoteChange(intent_id="I-1", attempt=1, code="C01", on=MONDAY, at=at(MONDAY))
AFTER = DUE + timedelta(days=1)


def test_after_a_notice_of_change_no_entry_is_made_with_uncorrected_data_once_its_day_is_over():
    working = core()
    debited(working)
    ask(working, NOTED)
    assert ask(working, start(2, DUE)) == "PaymentStarted"
    assert ask(working, start(3, AFTER)) == "change_not_corrected"
    assert ask(working, start(4, AFTER, party_id="other")) == "PaymentStarted"
    assert ask(working, start(5, AFTER, method="wallet")) == "PaymentStarted"
    corrected = CorrectAccount(account_id="payer", by="ann", on=AFTER, at=at(AFTER))
    assert ask(working, corrected, start(3, AFTER)) == "PaymentStarted"


def test_a_named_account_is_stopped_and_not_its_payers_other_one():
    working = core()
    named = BankEntry("PPD", "validated", account_id="acct_1")
    debited(working, bank=named)
    ask(working, NOTED)
    assert ask(working, start(2, AFTER, bank=named)) == "change_not_corrected"
    assert ask(working, start(2, AFTER)) == "PaymentStarted"


@pytest.mark.parametrize(
    ("code", "wanted"), [("R07", "authorization_void"), ("R02", "account_stopped"), ("R08", "PaymentStarted")]
)
def test_what_a_settled_entry_came_back_for_stops_the_next(code, wanted):
    working = core()
    debited(working)
    assert ask(working, ReturnMoney(intent_id="I-1", reason=code, on=MONDAY, at=at(MONDAY))) == "MoneyReturned"
    assert ask(working, start(2, AFTER)) == wanted


def test_what_an_entry_failed_for_stops_the_next_until_the_payer_authorises_anew():
    working = core()
    failed = HearProcessor(
        intent_id="I-1", attempt=1, says="failed", network="US-ACH", code="R29", on=MONDAY, at=at(MONDAY)
    )
    ask(working, start(1, MONDAY), failed)
    assert ask(working, start(2, AFTER)) == "authorization_void"
    assert (
        ask(working, AuthorizeDebits(account_id="payer", on=AFTER, at=at(AFTER)), start(2, AFTER)) == "PaymentStarted"
    )


@pytest.mark.parametrize("noted", ["corrected in time", "not corrected"])
def test_a_debit_that_is_presented_again_uses_corrected_data_or_is_given_up(noted):
    working = core()
    ask(working, start(1, MONDAY))
    failed = HearProcessor(
        intent_id="I-1", attempt=1, says="failed", network="US-ACH", code="R01", on=MONDAY, at=at(MONDAY)
    )
    assert ask(working, NOTED, failed) == "AttemptFailed"
    state: Any = working.intent("I-1")
    again = max(state.retry_at, at(AFTER))
    if noted == "corrected in time":
        ask(working, CorrectAccount(account_id="payer", by="ann", on=MONDAY, at=at(MONDAY)))
    ask(working, TimePassed(intent_id="I-1", on=again.date(), at=again))
    after: Any = working.intent("I-1")
    assert isinstance(after, Processing if noted == "corrected in time" else Failed)
    if isinstance(after, Failed):
        assert after.reason == "change_not_corrected"


@pytest.mark.parametrize("purpose", ["payout", "disbursement"])
def test_what_goes_out_and_comes_back_stops_no_debit(purpose):
    working = core()
    debited(working, purpose=purpose)
    ask(working, ReturnMoney(intent_id="I-1", reason="R02", on=MONDAY, at=at(MONDAY)))
    assert ask(working, start(2, AFTER)) == "PaymentStarted"


def test_a_core_that_forgets_what_came_back_would_debit_again():
    """The planted defect: the account's stream is lost."""
    working = core()
    debited(working)
    ask(working, ReturnMoney(intent_id="I-1", reason="R10", on=MONDAY, at=at(MONDAY)))
    assert ask(working, start(2, AFTER)) == "authorization_void"
    working.bank_accounts.states.clear()
    assert ask(working, start(2, AFTER)) == "PaymentStarted"
