"""Reconciliation: every command in every state, three sides to the cent, and that a file read twice changes nothing."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.invariants import unreconciled
from model.money import Money
from model.payments.deposits import BankDeposit, compared
from model.payments.reconciliation import (
    EXCEPTIONS,
    OPEN,
    Entry,
    State,
    decider,
    evolve,
)
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
    SettlementLine,
    Status,
    VoidEntry,
)
from model.payments.reconciliation_summary import summed, unbalanced

CARRIER = florida()[1]
MACHINE = decider(CARRIER)
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"entry_id": "A-1-0", "on": DAY, "at": at(DAY)}
LATER = DAY + timedelta(days=6)
EXPECTED = Expectation("ref-1", usd("100.00"), DAY)
LINE = SettlementLine("L-1", "A-1-0", "ref-1", usd("100.00"), usd("2.90"), DAY, "B-1")
EDITED = replace(EXPECTED, amount=usd("90.00"))


def about(**changes: Any) -> dict[str, Any]:
    return ABOUT | changes


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


# --- deposits


def lines(*minors: int, fee: int = 0, batch: str = "B-1") -> list[SettlementLine]:
    line = replace(LINE, fee=Money(fee, "USD"), batch_id=batch)
    return [
        replace(line, line_id=f"{batch}-{number}", entry_id=f"A-{number}", amount=Money(minor, "USD"))
        for number, minor in enumerate(minors)
    ]


def bank(minor: int, *, batch: str = "B-1", name: str = "BANK-1", currency: str = "USD") -> BankDeposit:
    return BankDeposit(name, batch, Money(minor, currency), DAY)


@pytest.mark.parametrize(
    ("deposits", "wanted", "difference"),
    [
        ([bank(14900)], "whole", 0),
        ([bank(14899)], "split_mismatch", -1),
        ([bank(15000)], "split_mismatch", 100),
        ([bank(10000), bank(4900, name="BANK-2")], "whole", 0),
        ([bank(14900, currency="EUR")], "split_mismatch", 0),
    ],
)
def test_one_deposit_stands_for_many_lines_net_of_fees(deposits, wanted, difference):
    """n:1: 100.00 and 50.00 at 0.50 each come as 149.00."""
    (result,) = compared(lines(10000, 5000, fee=50), deposits, tolerance_minor=0).results

    assert (result.deposited, result.difference) == (wanted, difference)
    assert result.entries == ("A-0", "A-1")


def test_a_deposit_of_nothing_and_a_batch_without_a_deposit_are_both_named():
    found = compared(lines(1) + lines(2, batch="B-2"), [bank(1, batch="B-9")], tolerance_minor=0)

    assert [one.batch_id for one in found.unexpected] == ["B-9"]
    assert (found.results, found.outstanding) == ((), ("B-1", "B-2"))


# --- INV-Y5


class Desk:
    """All entries, and files that are read in."""

    def __init__(self, ledger: dict[str, int]) -> None:
        self.ledger = ledger
        self.entries: dict[str, Any] = {}
        for entry_id, minor in ledger.items():
            expectation = Expectation(entry_id, Money(minor, "USD"), DAY)
            self.ask(ExpectMoney(expectation=expectation, **about(entry_id=entry_id)))

    def ask(self, command: Any) -> None:
        state = self.entries.get(command.entry_id, MACHINE.initial)
        decision = MACHINE.decide(command, state)
        if not isinstance(decision, Refusal) and decision:
            self.entries[command.entry_id] = reduce(evolve, decision, state)

    def read(self, settled: list[SettlementLine], deposits: list[BankDeposit]) -> None:
        for line in settled:
            self.ask(MatchSettlement(line=line, **about(entry_id=line.entry_id)))
        for result in compared(settled, deposits, tolerance_minor=0).results:
            for entry_id in result.entries:
                of = about(entry_id=entry_id, deposit_id=result.deposit_id)
                self.ask(MatchDeposit(batch_id=result.batch_id, deposited=result.deposited, **of))


LEDGERS = st.dictionaries(st.sampled_from([f"A-{n}" for n in range(6)]), st.integers(1, 9999), min_size=1)


def settlement(data, ledger: dict[str, int]) -> tuple[list[SettlementLine], list[BankDeposit]]:
    settled = list[SettlementLine]()
    for number, (entry_id, minor) in enumerate(ledger.items()):
        for part in range(data.draw(st.integers(0, 2))):
            amount = data.draw(st.sampled_from([minor, minor, minor + 1, minor // 2]))
            reference = data.draw(st.sampled_from([entry_id, entry_id, "else"]))
            line = replace(LINE, line_id=f"L-{number}-{part}", entry_id=entry_id, reference=reference)
            line = replace(line, amount=Money(amount, "USD"))
            settled.append(replace(line, batch_id=data.draw(st.sampled_from(["B-1", "B-2"]))))
    nets: dict[str, int] = {"B-1": 0, "B-2": 0}
    for line in settled:
        nets[line.batch_id] += line.amount.minor - line.fee.minor
    wrong = data.draw(st.sampled_from([0, 0, 1]))
    return settled, [bank(net + wrong, batch=batch, name=f"BANK-{batch}") for batch, net in nets.items()]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(LEDGERS, st.data())
def test_every_cash_line_is_matched_expected_or_an_exception_and_a_file_read_again_changes_nothing(ledger, data):
    """INV-Y5."""
    desk = Desk(ledger)
    file = settlement(data, ledger)

    desk.read(*file)
    after = dict(desk.entries)
    desk.read(*file)

    assert desk.entries == after
    assert list(unreconciled(ledger, desk.entries)) == []
    heaps: set[Status] = {*OPEN, *EXCEPTIONS, "posted", "void"}
    assert all(isinstance(entry, Entry) and entry.status in heaps for entry in desk.entries.values())


def test_every_status_is_in_one_heap():
    assert {*OPEN, *EXCEPTIONS, "posted", "void"} == set(get_args(Status))
    assert not OPEN & EXCEPTIONS


def test_a_lost_a_changed_and_a_doubled_line_show():
    """INV-Y5 can fail."""
    desk = Desk({"A-0": 100, "A-1": 200})
    lost, changed = dict(desk.entries), dict(desk.entries)
    del lost["A-1"]
    changed["A-1"] = replace(changed["A-1"], expectation=replace(changed["A-1"].expectation, amount=Money(1, "USD")))

    assert unbalanced(desk.ledger, lost) == unbalanced(desk.ledger, changed) == ("A-1",)
    assert summed(lost.values()).total != 300
    extra = desk.entries | {"A-9": desk.entries["A-0"]}
    for wrong in (lost, changed, extra):
        assert {one.code for one in unreconciled(desk.ledger, wrong)} == {"INV-Y5"}
    line = replace(LINE, entry_id="A-0", reference="A-0", amount=Money(100, "USD"))
    desk.read([line, replace(line, line_id="the same under another name")], [])
    assert desk.entries["A-0"].status == "over_amount"
