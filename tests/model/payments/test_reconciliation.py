"""Reconciliation: every command in every state, and what an entry is judged to be."""

from datetime import timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import usd
from model.decider import Refusal
from model.money import Money
from model.payments.reconciliation import State, decider, evolve
from model.payments.reconciliation_events import (
    CheckMissing,
    Command,
    EditEntry,
    EntryDeposited,
    EntryEdited,
    EntryForced,
    EntryMatched,
    EntryMismatched,
    EntryMissed,
    EntrySettled,
    EntryVoided,
    Event,
    Expectation,
    ExpectMoney,
    ForcePost,
    MatchDeposit,
    MatchSettlement,
    MoneyExpected,
    VoidEntry,
)
from tests.model.payments.one_entry import ABOUT, DAY, LINE, MACHINE, about

LATER = DAY + timedelta(days=6)
EXPECTED = Expectation("ref-1", usd("100.00"), DAY)
EDITED = replace(EXPECTED, amount=usd("90.00"))


def asked(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        assert decision, command
        state = reduce(evolve, decision, state)
    return state


EXPECT = ExpectMoney(expectation=EXPECTED, **ABOUT)
SETTLE = MatchSettlement(line=LINE, **ABOUT)
DEPOSIT = MatchDeposit(batch_id="B-1", deposit_id="BANK-1", deposited="whole", **ABOUT)
EDIT = EditEntry(version=1, expectation=EDITED, by="ann", reason="a typing error", **ABOUT)
FORCE = ForcePost(by="ann", reason="seen at the bank", **ABOUT)
VOID = VoidEntry(by="ann", reason="never sold", **ABOUT)
CHECK = CheckMissing(**about(on=LATER))
UNDER = replace(LINE, amount=usd("90.00"))
STATES: dict[str, Any] = {
    "NoEntry": asked(),
    "expected": asked(EXPECT),
    "missing": asked(EXPECT, CHECK),
    "partial": asked(EXPECT, SETTLE),
    "posted": asked(EXPECT, SETTLE, DEPOSIT),
    "under": asked(EXPECT, replace(SETTLE, line=UNDER)),
    "split": asked(EXPECT, SETTLE, replace(DEPOSIT, deposited="split_mismatch")),
    "forced": asked(EXPECT, FORCE),
    "void": asked(EXPECT, VOID),
}
COMMANDS: dict[str, Any] = {
    "Expect": EXPECT,
    "Expect(other)": replace(EXPECT, expectation=EDITED),
    "Settle": SETTLE,
    "Settle(changed)": replace(SETTLE, line=replace(LINE, fee=usd("0.00"))),
    "Settle(more)": replace(SETTLE, line=replace(LINE, line_id="L-2", amount=usd("10.00"))),
    "Deposit": DEPOSIT,
    "Deposit(other)": replace(DEPOSIT, batch_id="B-9"),
    "Check(early)": CheckMissing(**about(on=LATER - timedelta(days=1))),
    "Check": CHECK,
    "Edit": EDIT,
    "Edit(stale)": replace(EDIT, version=9),
    "Edit(silent)": replace(EDIT, reason=""),
    "Force": FORCE,
    "Void": VOID,
}
TABLE = """
#                NoEntry        expected                      missing                       partial                       posted                        under                     split                         forced                        void
Expect           MoneyExpected  -                             -                             -                             -                             -                         -                             -                             -
Expect(other)    MoneyExpected  entry_reused                  entry_reused                  entry_reused                  entry_reused                  entry_reused              entry_reused                  entry_reused                  entry_reused
Settle           unknown_entry  EntrySettled                  EntrySettled                  -                             -                             line_changed              -                             EntrySettled                  entry_void
Settle(changed)  unknown_entry  EntrySettled                  EntrySettled                  line_changed                  line_changed                  line_changed              line_changed                  EntrySettled                  entry_void
Settle(more)     unknown_entry  EntrySettled+EntryMismatched  EntrySettled+EntryMismatched  EntrySettled+EntryMismatched  EntrySettled+EntryMismatched  EntrySettled              EntrySettled+EntryMismatched  EntrySettled+EntryMismatched  entry_void
Deposit          unknown_entry  unknown_batch                 unknown_batch                 EntryDeposited+EntryMatched   -                             EntryDeposited            EntryDeposited+EntryMatched   unknown_batch                 unknown_batch
Deposit(other)   unknown_entry  unknown_batch                 unknown_batch                 unknown_batch                 unknown_batch                 unknown_batch             unknown_batch                 unknown_batch                 unknown_batch
Check(early)     unknown_entry  -                             -                             -                             -                             -                         -                             -                             -
Check            unknown_entry  EntryMissed                   -                             -                             -                             -                         -                             -                             -
Edit             unknown_entry  EntryEdited                   EntryEdited                   EntryEdited+EntryMismatched   wrong_state                   EntryEdited               EntryEdited+EntryMismatched   wrong_state                   wrong_state
Edit(stale)      unknown_entry  stale_version                 stale_version                 stale_version                 wrong_state                   stale_version             stale_version                 wrong_state                   wrong_state
Edit(silent)     unknown_entry  note_missing                  note_missing                  note_missing                  wrong_state                   note_missing              note_missing                  wrong_state                   wrong_state
Force            unknown_entry  EntryForced+EntryMatched      EntryForced+EntryMatched      EntryForced+EntryMatched      -                             EntryForced+EntryMatched  EntryForced+EntryMatched      -                             wrong_state
Void             unknown_entry  EntryVoided                   EntryVoided                   entry_settled                 wrong_state                   entry_settled             entry_settled                 wrong_state                   -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


EVENTS: tuple[Any, ...] = (
    MoneyExpected(expectation=EXPECTED, **ABOUT),
    EntrySettled(line=LINE, status="partially_reconciled", **ABOUT),
    EntryDeposited(batch_id="B-1", deposit_id="BANK-1", deposited="whole", status="posted", **ABOUT),
    EntryMatched(amount=usd("100.00"), **ABOUT),
    EntryMismatched(status="under_amount", amount=usd("100.00"), **ABOUT),
    EntryMissed(expectation=EXPECTED, **ABOUT),
    EntryEdited(version=2, expectation=EDITED, status="expected", by="ann", reason="why", **ABOUT),
    EntryForced(by="ann", reason="why", **ABOUT),
    EntryVoided(by="ann", reason="why", **ABOUT),
)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    assert {type(event) for event in EVENTS} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in EVENTS)


# --- what an entry is judged to be


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, "partially_reconciled"),
        ({"amount": usd("100.01")}, "over_amount"),
        ({"amount": usd("99.99")}, "under_amount"),
        ({"amount": Money(10000, "EUR")}, "currency_mismatch"),
        ({"reference": "ref-2"}, "data_mismatch"),
        ({"paid_on": DAY + timedelta(days=3)}, "partially_reconciled"),
        ({"paid_on": DAY + timedelta(days=4)}, "data_mismatch"),
        ({"paid_on": DAY - timedelta(days=4)}, "data_mismatch"),
        ({"amount": Money(1, "EUR"), "reference": "ref-2"}, "currency_mismatch"),
        ({"amount": usd("1.00"), "reference": "ref-2"}, "data_mismatch"),
    ],
)
def test_the_first_thing_that_is_wrong_names_it(changes, wanted):
    assert asked(EXPECT, replace(SETTLE, line=replace(LINE, **changes))).status == wanted


def test_a_tolerance_is_the_carriers_choice():
    lenient = decider(load_carrier("lone_star_auto"))
    five_short = replace(SETTLE, line=replace(LINE, amount=usd("99.95")))

    assert lenient.decide(five_short, STATES["expected"]) == (
        EntrySettled(line=five_short.line, status="partially_reconciled", **ABOUT),
    )


def test_several_lines_make_one_entry_whole():
    """1:n: each in a batch of its own, and only all deposits post it."""
    first, second = (replace(LINE, line_id=f"L-{n}", amount=usd("50.00"), batch_id=f"B-{n}") for n in (1, 2))

    half = asked(EXPECT, replace(SETTLE, line=first))
    whole = asked(EXPECT, replace(SETTLE, line=first), replace(SETTLE, line=second), DEPOSIT)
    posted = asked(
        EXPECT, replace(SETTLE, line=first), replace(SETTLE, line=second), DEPOSIT, replace(DEPOSIT, batch_id="B-2")
    )

    assert [half.status, whole.status, posted.status] == ["under_amount", "partially_reconciled", "posted"]


def test_what_was_split_wrong_is_posted_when_the_bank_puts_it_right():
    assert asked(EXPECT, SETTLE, replace(DEPOSIT, deposited="split_mismatch"), DEPOSIT).status == "posted"
    assert asked(EXPECT, SETTLE, DEPOSIT, replace(DEPOSIT, deposited="split_mismatch")).status == "split_mismatch"


def test_an_edit_keeps_what_stood_there_and_is_judged_with_the_lines_that_came():
    edited = asked(EXPECT, replace(SETTLE, line=UNDER), EDIT)
    again = asked(EXPECT, replace(SETTLE, line=UNDER), EDIT, replace(EDIT, version=2, expectation=EXPECTED))

    assert (edited.status, edited.version, edited.archived, edited.how) == (
        "partially_reconciled",
        2,
        (EXPECTED,),
        "manual",
    )
    assert (again.status, again.version, again.archived) == ("under_amount", 3, (EXPECTED, EDITED))


def test_what_was_forced_stays_so_until_more_money_comes():
    forced = asked(EXPECT, replace(SETTLE, line=UNDER), FORCE, DEPOSIT)
    more = asked(EXPECT, replace(SETTLE, line=UNDER), FORCE, replace(SETTLE, line=replace(LINE, line_id="L-2")))

    assert (forced.status, forced.how) == ("posted", "force")
    assert more.status == "over_amount"


def test_what_was_missing_and_comes_is_missing_no_more():
    assert STATES["missing"].missing == "missing"
    assert asked(EXPECT, CHECK, SETTLE).missing == "in_time"
