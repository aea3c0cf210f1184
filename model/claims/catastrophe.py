"""A catastrophe as the industry numbers it: a code, a window of time, an area and perils.

    Undeclared --DeclareCatastrophe--> Declared --ReviseCatastrophe--> Declared

The code is YYNN: the year, and a number from 11 to 99 that begins anew every year (as PCS numbers events; the fact is
from secondary sources). A declaration may come weeks after the first claims, and may still be revised: claims are
tagged by `model.claims.tagging`, at notice and again after each revision.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.claims.clock_rules import OVERLAYS
from model.claims.designation import Designation
from model.claims.vocabulary import Cause
from model.decider import Decider, Decision, Refusal

FIRST_NUMBER, LAST_NUMBER = 11, 99


class Catastrophe(Struct, frozen=True):
    """Losses in [starts_at, ends_at) (UTC) by one of `perils` in one of `areas`: a state (`FL`) or a county of it
    (`FL/Monroe`). `hours_clause` is kept for reinsurance, which is not modelled: hours that count as one event.
    `designations` are the acts of regulators by which its claims have other clocks.
    """

    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    areas: tuple[str, ...]
    perils: tuple[Cause, ...]
    hours_clause: int | None = None
    designations: tuple[Designation, ...] = ()


def designations(catastrophes: Iterable[Catastrophe]) -> tuple[Designation, ...]:
    """What regulators designated for any of some catastrophes."""
    return tuple([one for catastrophe in catastrophes for one in catastrophe.designations])


class DeclareCatastrophe(Struct, frozen=True, kw_only=True, tag=True):
    catastrophe: Catastrophe
    on: date
    at: datetime


class ReviseCatastrophe(Struct, frozen=True, kw_only=True, tag=True):
    catastrophe: Catastrophe
    on: date
    at: datetime


Command: TypeAlias = DeclareCatastrophe | ReviseCatastrophe


class CatastropheDeclared(Struct, frozen=True, kw_only=True, tag=True):
    catastrophe: Catastrophe
    on: date
    at: datetime


class CatastropheRevised(Struct, frozen=True, kw_only=True, tag=True):
    catastrophe: Catastrophe
    on: date
    at: datetime


Event: TypeAlias = CatastropheDeclared | CatastropheRevised


class Undeclared(Struct, frozen=True, gc=False, tag=True):
    pass


class Declared(Struct, frozen=True, tag=True):
    catastrophe: Catastrophe


State: TypeAlias = Undeclared | Declared

# --- rules


def code_is_well_formed(catastrophe: Catastrophe) -> Refusal | None:
    code = catastrophe.code
    well = len(code) == 4 and code.isascii() and code.isdigit() and FIRST_NUMBER <= int(code[2:]) <= LAST_NUMBER
    if not well:
        return Refusal("bad_catastrophe_code", f"{code!r} is not a year and a number from 11 to 99 (2217)")
    return None


def window_is_open(catastrophe: Catastrophe) -> Refusal | None:
    if catastrophe.ends_at <= catastrophe.starts_at:
        return Refusal("empty_window", f"nothing happens between {catastrophe.starts_at} and {catastrophe.ends_at}")
    return None


def window_is_one_event(carrier: Carrier, catastrophe: Catastrophe) -> Refusal | None:
    """A window of a hundred years is a slip of the pen, and every day of it is read."""
    longest = carrier.claims.catastrophe_longest_days
    if catastrophe.ends_at - catastrophe.starts_at > timedelta(days=longest):
        return Refusal("window_too_long", f"{catastrophe.code} lasts longer than {longest} days")
    return None


def year_fits(catastrophe: Catastrophe) -> Refusal | None:
    if int(catastrophe.code[:2]) != catastrophe.starts_at.year % 100:
        return Refusal("bad_catastrophe_code", f"{catastrophe.code} is not a code of {catastrophe.starts_at.year}")
    return None


def somewhere_and_something(catastrophe: Catastrophe) -> Refusal | None:
    if not catastrophe.areas or not catastrophe.perils:
        return Refusal("no_area_or_peril", f"{catastrophe.code} strikes no area or by no peril")
    return None


def designations_are_known(catastrophe: Catastrophe) -> Refusal | None:
    """An act names an overlay that the clocks know, a place of the catastrophe, and days in their order."""
    states = {area.partition("/")[0] for area in catastrophe.areas}
    for one in catastrophe.designations:
        if one.word not in OVERLAYS or one.state not in states or one.losses_to < one.losses_from:
            return Refusal("bad_designation", f"{catastrophe.code}: {one.word!r} in {one.state} changes no clock")
    return None


def refused(carrier: Carrier, catastrophe: Catastrophe) -> Refusal | None:
    """The first rule that a catastrophe breaks."""
    return (
        code_is_well_formed(catastrophe)
        or window_is_open(catastrophe)
        or window_is_one_event(carrier, catastrophe)
        or year_fits(catastrophe)
        or somewhere_and_something(catastrophe)
        or designations_are_known(catastrophe)
    )


# --- the machine


def _decide(carrier: Carrier, command: Command, state: State) -> Decision[Event]:
    wrong = refused(carrier, command.catastrophe)
    if wrong is not None:
        return wrong
    match command, state:
        case DeclareCatastrophe(catastrophe=catastrophe, on=on, at=at), Undeclared():
            return (CatastropheDeclared(catastrophe=catastrophe, on=on, at=at),)
        case DeclareCatastrophe(catastrophe=catastrophe), Declared(catastrophe=known):
            same = catastrophe == known
            return () if same else Refusal("catastrophe_code_reused", f"{known.code} was declared otherwise; revise it")
        case ReviseCatastrophe(catastrophe=catastrophe, on=on, at=at), Declared(catastrophe=known):
            return () if catastrophe == known else (CatastropheRevised(catastrophe=catastrophe, on=on, at=at),)
        case ReviseCatastrophe(), Undeclared():
            return Refusal("wrong_state", f"{command.catastrophe.code} was never declared")


def evolve(state: State, event: Event) -> State:
    _ = state
    match event:
        case CatastropheDeclared(catastrophe=catastrophe) | CatastropheRevised(catastrophe=catastrophe):
            return Declared(catastrophe)
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return command.catastrophe.code


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        return _decide(carrier, command, state)

    return Decider("catastrophe", Undeclared(), _stream, decide, evolve)
