"""How the account's machine is put together from files that each know one thing.

A file offers `answers(law, carrier)`, what it answers to its commands, and `EFFECTS`, what its events do; account.py
gathers them in one table each. A command or an event is found by its type at once, however many there are.
"""

from collections.abc import Callable
from typing import TypeAlias, TypeVar, cast

from model.billing.commands import Command
from model.billing.events import Event
from model.billing.standing import Account, State
from model.decider import Decision

C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

Answer: TypeAlias = Callable[[Command, Account], Decision[Event]]
Opening: TypeAlias = Callable[[Command, State], Decision[Event]]
Effect: TypeAlias = Callable[[Account, Event], Account]


def answer(kind: type[C], decide: Callable[[C, Account], Decision[Event]]) -> tuple[type[Command], Answer]:
    """An entry of a table of answers: `decide` is only ever called with commands of its kind."""
    return kind, cast("Answer", decide)


def opening(kind: type[C], decide: Callable[[C, State], Decision[Event]]) -> tuple[type[Command], Opening]:
    """An entry of the table of commands that may open an account."""
    return kind, cast("Opening", decide)


def effect(kind: type[E], evolve: Callable[[Account, E], Account]) -> tuple[type[Event], Effect]:
    """An entry of a table of effects: `evolve` is only ever called with events of its kind."""
    return kind, cast("Effect", evolve)
