"""Cases for a person: every command in every state, two persons where money moves, the oldest first."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from model.payments.worklist import (
    CaseOpened,
    CaseResolved,
    CaseReturned,
    CaseTaken,
    Command,
    Event,
    Matter,
    OpenCase,
    Resolution,
    ResolveCase,
    ReturnCase,
    State,
    TakeCase,
    case_id,
    decider,
    evolve,
    worklist,
)

MACHINE = decider()
DAY = date(2026, 6, 1)
CASE = case_id("A-1-0", "success_after_failure")
ABOUT: dict[str, Any] = {"case_id": CASE, "on": DAY, "at": at(DAY)}
MATTER = Matter("A-1-0", "policy:P-1", "success_after_failure", "it came late", usd("100.00"))
OPENED = CaseOpened(matter=MATTER, **ABOUT)
TAKEN = CaseTaken(by="ann", **ABOUT)
RETURNED = CaseReturned(by="ann", **ABOUT)
RESOLVED = CaseResolved(matter=MATTER, by="ann", resolution="refund", note="paid twice", approved_by="bob", **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES: dict[str, Any] = {
    "NoCase": folded(),
    "Waiting": folded(OPENED, TAKEN, RETURNED),
    "Taken": folded(OPENED, TAKEN),
    "Resolved": folded(OPENED, TAKEN, RESOLVED),
}
REFUND = ResolveCase(by="ann", resolution="refund", note="paid twice", approved_by="bob", **ABOUT)
COMMANDS: dict[str, Any] = {
    "OpenCase": OpenCase(matter=MATTER, **ABOUT),
    "OpenCase(again)": OpenCase(matter=replace(MATTER, text="and again", amount=usd("1.00")), **ABOUT),
    "OpenCase(other)": OpenCase(matter=replace(MATTER, code="unknown_code"), **ABOUT),
    "TakeCase": TakeCase(by="ann", **ABOUT),
    "TakeCase(other)": TakeCase(by="bob", **ABOUT),
    "ReturnCase": ReturnCase(by="ann", **ABOUT),
    "ReturnCase(other)": ReturnCase(by="bob", **ABOUT),
    "ResolveCase": REFUND,
    "ResolveCase(silent)": replace(REFUND, note=" "),
    "ResolveCase(alone)": replace(REFUND, approved_by=""),
    "ResolveCase(same)": replace(REFUND, approved_by="ann"),
    "ResolveCase(other)": replace(REFUND, by="bob"),
    "ResolveCase(else)": replace(REFUND, resolution="ask_again"),
}
TABLE = """
#                    NoCase       Waiting      Taken             Resolved
OpenCase             CaseOpened   -            -                 -
OpenCase(again)      CaseOpened   -            -                 -
OpenCase(other)      CaseOpened   case_reused  case_reused       case_reused
TakeCase             wrong_state  CaseTaken    -                 wrong_state
TakeCase(other)      wrong_state  CaseTaken    taken_by_another  wrong_state
ReturnCase           wrong_state  -            CaseReturned      wrong_state
ReturnCase(other)    wrong_state  -            taken_by_another  wrong_state
ResolveCase          wrong_state  wrong_state  CaseResolved      -
ResolveCase(silent)  wrong_state  wrong_state  note_missing      -
ResolveCase(alone)   wrong_state  wrong_state  approval_missing  -
ResolveCase(same)    wrong_state  wrong_state  same_person       -
ResolveCase(other)   wrong_state  wrong_state  taken_by_another  -
ResolveCase(else)    wrong_state  wrong_state  CaseResolved      wrong_state
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (OPENED, TAKEN, RETURNED, RESOLVED)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


@pytest.mark.parametrize("resolution", get_args(Resolution))
def test_a_second_person_is_needed_where_money_moves_and_only_there(resolution, answered):
    alone = replace(REFUND, resolution=resolution, approved_by="")

    moves = resolution in ("refund", "post_by_hand", "write_off")
    assert answered(MACHINE.decide(alone, STATES["Taken"])) == ("approval_missing" if moves else "CaseResolved")


def test_the_list_has_the_oldest_first_and_of_one_instant_the_largest_and_nobody_elses_work():
    def waiting(minor, hours):
        opened = replace(OPENED, matter=replace(MATTER, amount=usd(minor)), at=at(DAY) + timedelta(hours=hours))
        return folded(opened)

    cases: list[tuple[str, State]] = [
        ("late", waiting("900.00", 2)),
        ("small", waiting("1.00", 0)),
        ("taken", STATES["Taken"]),
        ("large", waiting("5.00", 0)),
        ("done", STATES["Resolved"]),
    ]

    assert worklist(cases) == ("large", "small", "late")
