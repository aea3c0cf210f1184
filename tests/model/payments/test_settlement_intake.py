"""Settlement files that come in: each once, its good rows matched, its bad ones a case for a person (INV-Y5)."""

from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import intent_id
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import DAY, NOON, settled_by_file
from model.core import Core
from model.payments.reconciliation_events import MatchSettlement
from model.payments.settlement_file import COLUMNS, SettlementFile, read_settlement
from model.payments.settlement_intake import ReceiveSettlement, SettlementReceived, decider, evolve
from model.payments.worklist import Waiting

MACHINE = decider()
HEADER = ",".join(COLUMNS)
ENTRY = intent_id(1, 0)
ROW = f"L-1,{ENTRY},{ENTRY},513.64,USD,1.50,{DAY.isoformat()},B-1"
STRAY = ROW.replace("L-1", "L-2").replace(ENTRY, "nobody")
BAD = ROW.replace("L-1", "L-3").replace("513.64", "a lot")


def file(*rows: str, file_id: str = "F-1") -> ReceiveSettlement:
    return ReceiveSettlement(processor="bank", file_id=file_id, body="\n".join((HEADER, *rows)), on=DAY, at=NOON)


def after(*commands: ReceiveSettlement) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


STATES: dict[str, Any] = {
    "NothingSettled": after(),
    "One": after(file(ROW)),
    "Two": after(file(ROW), file(STRAY, file_id="F-2")),
}
COMMANDS: dict[str, Any] = {
    "ReceiveSettlement": file(ROW),
    "ReceiveSettlement(other)": file(BAD),
    "ReceiveSettlement(new_id)": file(ROW, file_id="F-9"),
    "ReceiveSettlement(next)": file(ROW, STRAY, file_id="F-3"),
    "ReceiveSettlement(empty)": replace(file(file_id="F-4"), body=""),
}
TABLE = """
#                          NothingSettled      One                 Two
ReceiveSettlement          SettlementReceived  -                   -
ReceiveSettlement(other)   SettlementReceived  file_reused         file_reused
ReceiveSettlement(new_id)  SettlementReceived  file_sent_twice     file_sent_twice
ReceiveSettlement(next)    SettlementReceived  SettlementReceived  SettlementReceived
ReceiveSettlement(empty)   unreadable_file     unreadable_file     unreadable_file
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_event_keeps_the_good_rows_and_names_the_bad_ones():
    decision: Any = MACHINE.decide(file(ROW, BAD, STRAY), STATES["NothingSettled"])
    received: SettlementReceived = decision[0]
    assert [line.line_id for line in received.lines] == ["L-1", "L-2"]
    assert [(row.line, row.code) for row in received.bad] == [(3, "bad_amount")]


# --- in a core


def core(*commands: Any) -> Core:
    working = Core(*florida())
    for command in commands:
        working.submit(command)
    return working


def cases(of: Core) -> dict[str, str]:
    states: Any = of.worklist.states
    return {case: state.matter.text for case, state in states.items() if isinstance(state, Waiting)}


EXPECTED = settled_by_file(1)[0]


def test_a_file_settles_what_the_ledger_expects_and_its_bad_row_is_a_case():
    working = core(EXPECTED, file(ROW, BAD))
    entry: Any = working.reconciliation.states[ENTRY]
    assert entry.status == "partially_reconciled"
    assert list(cases(working)) == ["bank/F-1/bad_rows"]
    assert cases(working)["bank/F-1/bad_rows"].startswith("line 3: ")


def test_a_line_that_nobody_expects_is_a_case_and_the_other_lines_are_matched():
    working = core(EXPECTED, file(STRAY, ROW))
    entry: Any = working.reconciliation.states[ENTRY]
    assert [line.line_id for line in entry.lines] == ["L-1"]
    assert list(cases(working)) == ["L-2/unknown_entry"]
    assert [one.code for one in working.drain(at=NOON)] == ["unknown_entry"]


@pytest.mark.parametrize("again", [file(ROW, BAD), file(ROW, BAD, file_id="F-2"), file(ROW, file_id="F-2")])
def test_a_file_that_comes_again_or_a_line_of_it_changes_no_entry(again):
    once = core(EXPECTED, file(ROW, BAD))
    twice = core(EXPECTED, file(ROW, BAD), again)
    assert twice.reconciliation.states == once.reconciliation.states
    assert cases(twice) == cases(once)


def test_an_intake_that_matched_the_whole_file_or_nothing_would_lose_the_good_row():
    """The planted defect: a file with a bad row is thrown away."""
    found = read_settlement(file(ROW, BAD).body)
    assert isinstance(found, SettlementFile)
    strict = () if found.bad else found.lines
    working = core(EXPECTED, *(MatchSettlement(entry_id=one.entry_id, line=one, on=DAY, at=NOON) for one in strict))
    entry: Any = working.reconciliation.states[ENTRY]
    assert entry.status == "expected"
