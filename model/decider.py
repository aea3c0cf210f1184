"""A machine of the trade: what may be asked of it, what it answers, what then is so.

    command --decide--> events --evolve--> state
                   \\--> Refusal

`decide` says what happens and `evolve` says what then is so. Neither reads a clock, rolls dice, makes ids or does
I/O, so the same machine can act in a simulation, serve a request, judge somebody else's answer and audit a ledger.
"""

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar, final

from msgspec import Struct

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@final
class Refusal(Struct, frozen=True, gc=False):
    """A business "no". `code` is a snake_case fact that is never renamed; `text` is one sentence for a person.

    Nothing else is one, so that the hot paths may ask `type(answer) is Refusal`.
    """

    code: str
    text: str


Decision: TypeAlias = tuple[E, ...] | Refusal
"""Events in order, `()` for a command that was answered before, or a refusal."""


class Decider(Struct, Generic[C, S, E], frozen=True):
    """One machine, made with a law and a carrier.

    `stream` names the aggregate a command is for, `initial` is the state before anything happened.
    """

    name: str
    initial: S
    stream: Callable[[C], str]
    decide: Callable[[C, S], Decision[E]]
    evolve: Callable[[S, E], S]
