"""Dead letters: who cannot be taken parks its whole key, because what comes after it means nothing without it.

    Flowing --(fails once more than allowed, or is poison)--> Parked --redrive--> Redriving --(all taken)--> Flowing
                                                                ^                    |
                                                                +------(fails)-------+

What arrives for a parked key waits behind, and a redrive hands everything on in its first order. A key of its own is
an aggregate: other keys go on.
"""

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

Failure = Literal["passing", "lasting"]
"""One that another try may mend (a deadlock, a caller that is down), or one that will not (poison)."""


class ParkingPolicy(Struct, frozen=True, gc=False):
    """`failures` that may pass are borne in a row, before the next one parks the key."""

    failures: int


class Letter(Struct, frozen=True, gc=False):
    """A message that waits. `code` and `text` are of its last failure, empty when it only waits behind another."""

    message_id: str
    attempts: int = 0
    code: str = ""
    text: str = ""
    first: int = 0
    last: int = 0


class Flowing(Struct, frozen=True, gc=False, tag=True):
    """`failing` is the message that is being tried again, in front of everything else of its key."""

    failing: Letter | None = None


class Parked(Struct, frozen=True, tag=True):
    letters: tuple[Letter, ...]


class Redriving(Struct, frozen=True, tag=True):
    letters: tuple[Letter, ...]


State: TypeAlias = Flowing | Parked | Redriving
EMPTY = Flowing()


def arrived(state: State, message_id: str) -> State:
    """A message has come for the key: it may be handed on when the state is Flowing, and else waits in it."""
    match state:
        case Flowing():
            return state
        case Parked(letters=letters) | Redriving(letters=letters):
            if any(letter.message_id == message_id for letter in letters):
                return state
            return replace(state, letters=(*letters, Letter(message_id)))


def taken(state: State, message_id: str) -> State:
    """The message was handed on and taken."""
    match state:
        case Flowing():
            return EMPTY
        case Parked():
            return state
        case Redriving(letters=letters):
            if letters[0].message_id != message_id:
                return state
            return Redriving(letters[1:]) if len(letters) > 1 else EMPTY


def failed(
    policy: ParkingPolicy, state: State, message_id: str, failure: Failure, *, code: str, text: str, now: int
) -> State:
    """The message was handed on and could not be taken."""
    match state:
        case Flowing(failing=failing):
            known = failing if failing is not None and failing.message_id == message_id else None
            letter = _failed_again(known or Letter(message_id, first=now), code, text, now)
            if failure == "passing" and letter.attempts <= policy.failures:
                return Flowing(letter)
            return Parked((letter,))
        case Parked(letters=letters) | Redriving(letters=letters):
            return Parked(
                tuple(
                    _failed_again(letter, code, text, now) if letter.message_id == message_id else letter
                    for letter in letters
                )
            )


def redriven(state: State) -> State:
    """Somebody has mended the cause: everything that waits is to be handed on, the oldest first."""
    match state:
        case Parked(letters=letters):
            return Redriving(letters)
        case Flowing() | Redriving():
            return state


def next_letter(state: State) -> str | None:
    """The message to hand on now during a redrive."""
    return state.letters[0].message_id if isinstance(state, Redriving) else None


def _failed_again(letter: Letter, code: str, text: str, now: int) -> Letter:
    return Letter(letter.message_id, letter.attempts + 1, code, text, letter.first or now, now)
