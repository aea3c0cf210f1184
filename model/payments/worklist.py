"""What only a person can decide about a payment: each case with its reason, taken by one, resolved or given back.

    NoCase --OpenCase--> Waiting --TakeCase--> Taken --ResolveCase--> Resolved
                            ^                    |
                            +----ReturnCase------+

Every refusal that says "reconcile before moving on", every unknown code and every payment whose answer never came is a
case. The same reason of the same payment opens one case, however often it is reported. Money that a person moves by
hand needs a second one, as everywhere.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.decider import Decider, Decision, Refusal
from model.money import Money

Resolution = Literal["refund", "post_by_hand", "write_off", "ask_again", "no_fault"]
MOVES_MONEY: frozenset[Resolution] = frozenset({"refund", "post_by_hand", "write_off"})


class Matter(Struct, frozen=True, gc=False):
    """What is wrong with which payment. `code` is that of the refusal or of the failure; the amount is None where
    whoever reported it named none.
    """

    intent_id: str
    correlation_id: str
    code: str
    text: str
    amount: Money | None


# --- commands


class OpenCase(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    matter: Matter
    on: date
    at: datetime


class TakeCase(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    by: str
    on: date
    at: datetime


class ReturnCase(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    by: str
    on: date
    at: datetime


class ResolveCase(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`approved_by` is the second person, where money moves."""

    case_id: str
    by: str
    resolution: Resolution
    note: str
    approved_by: str = ""
    on: date
    at: datetime


Command: TypeAlias = OpenCase | TakeCase | ReturnCase | ResolveCase

# --- events


class CaseOpened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    matter: Matter
    on: date
    at: datetime


class CaseTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    by: str
    on: date
    at: datetime


class CaseReturned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    by: str
    on: date
    at: datetime


class CaseResolved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    case_id: str
    matter: Matter
    by: str
    resolution: Resolution
    note: str
    approved_by: str
    on: date
    at: datetime


Event: TypeAlias = CaseOpened | CaseTaken | CaseReturned | CaseResolved

# --- states


class NoCase(Struct, frozen=True, gc=False, tag=True):
    pass


class Waiting(Struct, frozen=True, gc=False, tag=True):
    matter: Matter
    since: datetime


class Taken(Struct, frozen=True, gc=False, tag=True):
    matter: Matter
    since: datetime
    by: str


class Resolved(Struct, frozen=True, gc=False, tag=True):
    matter: Matter
    resolution: Resolution


State: TypeAlias = NoCase | Waiting | Taken | Resolved

# --- the machine


def case_id(intent_id: str, code: str) -> str:
    """One case for each reason of each payment."""
    return f"{intent_id}/{code}"


def decider() -> Decider[Command, State, Event]:
    return Decider("worklist", NoCase(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.case_id


def decide(command: Command, state: State) -> Decision[Event]:
    match command, state:
        case OpenCase(case_id=case, matter=matter, on=on, at=at), NoCase():
            return (CaseOpened(case_id=case, matter=matter, on=on, at=at),)
        case OpenCase(matter=matter), (Waiting(matter=known) | Taken(matter=known) | Resolved(matter=known)):
            same = (matter.intent_id, matter.code) == (known.intent_id, known.code)
            return () if same else Refusal("case_reused", f"{command.case_id} is about another matter")
        case TakeCase(case_id=case, by=by, on=on, at=at), Waiting():
            return (CaseTaken(case_id=case, by=by, on=on, at=at),)
        case ((TakeCase(by=by) | ReturnCase(by=by) | ResolveCase(by=by)), Taken(by=taker)) if by != taker:
            return Refusal("taken_by_another", f"{taker} works on {command.case_id}")
        case TakeCase(), Taken():
            return ()
        case ReturnCase(case_id=case, by=by, on=on, at=at), Taken():
            return (CaseReturned(case_id=case, by=by, on=on, at=at),)
        case ReturnCase(), Waiting():
            return ()
        case ResolveCase(), Taken(matter=matter):
            return _resolved(command, matter)
        case ResolveCase(resolution=resolution), Resolved(resolution=known) if resolution == known:
            return ()
        case (
            (TakeCase() | ReturnCase() | ResolveCase()),
            (NoCase() | Waiting() | Resolved()),
        ):
            return Refusal(
                "wrong_state", f"{type(command).__name__} is not possible when the case is {type(state).__name__}"
            )


def _resolved(command: ResolveCase, matter: Matter) -> Decision[Event]:
    if not command.note.strip():
        return Refusal("note_missing", "whoever resolves a case says why")
    if command.resolution in MOVES_MONEY:
        if not command.approved_by:
            return Refusal("approval_missing", f"a {command.resolution} needs a second person")
        if command.approved_by == command.by:
            return Refusal("same_person", f"{command.by} cannot approve what they do themselves")
    return (
        CaseResolved(
            case_id=command.case_id,
            matter=matter,
            by=command.by,
            resolution=command.resolution,
            note=command.note,
            approved_by=command.approved_by,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case CaseOpened(matter=matter, at=at):
            return Waiting(matter, at)
        case CaseTaken(by=by):
            return Taken(state.matter, state.since, by) if isinstance(state, Waiting) else state
        case CaseReturned():
            return Waiting(state.matter, state.since) if isinstance(state, Taken) else state
        case CaseResolved(matter=matter, resolution=resolution):
            return Resolved(matter, resolution)
        case _:
            assert_never(event)


def worklist(cases: Iterable[tuple[str, State]]) -> tuple[str, ...]:
    """The cases that nobody works on, the oldest first, and of the same instant the largest."""
    waiting = [
        (state.since, -(amount.minor if (amount := state.matter.amount) else 0), case)
        for case, state in cases
        if isinstance(state, Waiting)
    ]
    return tuple(case for _, _, case in sorted(waiting))
