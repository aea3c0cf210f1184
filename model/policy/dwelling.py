"""What policy was told of the dwelling that it insures: which claims damaged it, and whether it is repaired.

    Sound --NoteDamage--> Told --NoteRepair--> Told (repaired)

Either may be heard first, and both again; each claim has a line of its own.
"""

from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision


class NoteDamage(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    claim_id: str
    on: date
    at: datetime


class NoteRepair(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    claim_id: str
    on: date
    at: datetime


Command: TypeAlias = NoteDamage | NoteRepair


class DamageNoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    claim_id: str
    on: date
    at: datetime


class RepairNoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    claim_id: str
    on: date
    at: datetime


Event: TypeAlias = DamageNoted | RepairNoted


class Damage(Struct, frozen=True, gc=False):
    """What one claim did to the dwelling. `damaged_on` is None while only the repair was heard of."""

    claim_id: str
    damaged_on: date | None = None
    repaired_on: date | None = None


class Sound(Struct, frozen=True, gc=False, tag=True):
    pass


class Told(Struct, frozen=True, tag=True, gc=False):
    damages: tuple[Damage, ...]


State: TypeAlias = Sound | Told


def damages_of(state: State) -> tuple[Damage, ...]:
    return state.damages if isinstance(state, Told) else ()


def _damage(state: State, claim_id: str) -> Damage:
    for damage in damages_of(state):
        if damage.claim_id == claim_id:
            return damage
    return Damage(claim_id)


def decide(command: Command, state: State) -> Decision[Event]:
    known = _damage(state, command.claim_id)
    match command:
        case NoteDamage(policy_id=policy_id, claim_id=claim_id, on=on, at=at):
            return () if known.damaged_on else (DamageNoted(policy_id=policy_id, claim_id=claim_id, on=on, at=at),)
        case NoteRepair(policy_id=policy_id, claim_id=claim_id, on=on, at=at):
            return () if known.repaired_on else (RepairNoted(policy_id=policy_id, claim_id=claim_id, on=on, at=at),)


def evolve(state: State, event: Event) -> State:
    known = _damage(state, event.claim_id)
    match event:
        case DamageNoted(on=on):
            changed = replace(known, damaged_on=on)
        case RepairNoted(on=on):
            changed = replace(known, repaired_on=on)
        case _:
            assert_never(event)
    others = (one for one in damages_of(state) if one.claim_id != event.claim_id)
    return Told(tuple(sorted((*others, changed), key=lambda damage: damage.claim_id)))


def _stream(command: Command) -> str:
    return command.policy_id


def decider() -> Decider[Command, State, Event]:
    return Decider("dwelling", Sound(), _stream, decide, evolve)
