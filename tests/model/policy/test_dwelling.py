"""What policy was told of a dwelling: every command in every state, and in any order."""

from datetime import date
from functools import reduce
from itertools import permutations
from typing import Any, get_args

import pytest

from fixtures.histories import at
from model.decider import Refusal
from model.policy.dwelling import (
    Command,
    Damage,
    DamageNoted,
    Event,
    NoteDamage,
    NoteRepair,
    RepairNoted,
    State,
    damages_of,
    decider,
    evolve,
)

MACHINE = decider()
STRUCK, MENDED = date(2026, 9, 10), date(2026, 11, 1)


def about(on: date, claim_id: str = "C-1") -> dict[str, Any]:
    return {"policy_id": "P", "claim_id": claim_id, "on": on, "at": at(on)}


DAMAGED, REPAIRED = DamageNoted(**about(STRUCK)), RepairNoted(**about(MENDED))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "Sound": folded(),
    "Damaged": folded(DAMAGED),
    "Repaired": folded(DAMAGED, REPAIRED),
    "Repaired(unheard)": folded(REPAIRED),
}
COMMANDS = {
    "NoteDamage": NoteDamage(**about(STRUCK)),
    "NoteRepair": NoteRepair(**about(MENDED)),
    "NoteDamage(other)": NoteDamage(**about(STRUCK, "C-2")),
}
TABLE = """
#                  Sound        Damaged      Repaired     Repaired(unheard)
NoteDamage         DamageNoted  -            -            DamageNoted
NoteRepair         RepairNoted  RepairNoted  -            -
NoteDamage(other)  DamageNoted  DamageNoted  DamageNoted  DamageNoted
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    assert {type(event) for event in (DAMAGED, REPAIRED)} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in (DAMAGED, REPAIRED))


@pytest.mark.parametrize("order", list(permutations([*COMMANDS.values(), COMMANDS["NoteDamage"]])))
def test_every_order_of_hearing_ends_the_same(order):
    state: Any = MACHINE.initial
    for command in order:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)

    assert damages_of(state) == (Damage("C-1", STRUCK, MENDED), Damage("C-2", STRUCK))
