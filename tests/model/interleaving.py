"""A core whose messages arrive when a test says which: in any order that keeps each key's, and every one on record."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeAlias

from hypothesis import strategies as st

from fixtures.histories import (
    account_id,
    acknowledge,
    at,
    bind,
    cancel,
    intent_id,
    issue,
    quote,
    report,
    request,
    reserve,
    verify,
)
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.books import Books
from model.core import Command, Context, Core, Recorded, subscribers
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout, ReturnMoney
from model.published.envelope import Envelope
from model.reaction import Delivery
from model.resilience.replay import digest

Message: TypeAlias = tuple[str, Context]
Burst: TypeAlias = tuple[Command, ...]
Keys: TypeAlias = Callable[["World", Envelope, Context], frozenset[str]]
LATER = date(2026, 10, 1)


class World:
    """A core whose messages are delivered when it is said which; every event and every message is on record."""

    def __init__(self) -> None:
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.log: list[Recorded] = []
        self.published: list[Envelope] = []
        self.waiting: list[tuple[Envelope, Context]] = []
        self.delivered: list[Message] = []
        self.core.observers.extend((self.books, self.keep))

    def keep(self, recorded: Recorded) -> None:
        self.log.append(recorded)

    def ask(self, burst: Burst) -> None:
        for command in burst:
            self.core.submit(command)
        self.collect()

    def collect(self) -> None:
        while self.core.outbox:
            envelope = self.core.outbox.pop(0)
            self.published.append(envelope)
            self.waiting.extend((envelope, context) for context in subscribers(envelope.type))

    def deliver(self, envelope: Envelope, to: Context, *, repeat: str = "") -> None:
        self.core.deliver(envelope, to=to, at=at(LATER), repeat=repeat)
        self.delivered.append((envelope.id, to))
        self.collect()

    def drain(self) -> None:
        while self.waiting:
            self.deliver(*self.waiting.pop(0))

    def states(self) -> dict[str, object]:
        machines = dict.fromkeys(self.core.machines.values())
        return {f"{one.name} {name}": state for one in machines for name, state in one.states.items()}

    def digest(self) -> str:
        return digest(self.states())


def by_receiver(world: World, envelope: Envelope, to: Context) -> frozenset[str]:
    """The streams of everything that the message makes its receiver do."""
    delivery = Delivery(envelope.id, envelope.effective, at(LATER))
    commands = [
        command
        for reaction in world.core.reactions[envelope.type, to]
        for command in reaction.commands(envelope.data, delivery)
    ]
    return frozenset(f"{(one := world.core.machines[type(asked)]).name} {one.stream(asked)}" for asked in commands)


def by_publisher(world: World, envelope: Envelope, to: Context) -> frozenset[str]:
    _ = world
    return frozenset({f"{to} {envelope.source} {envelope.subject}"})


def in_force() -> World:
    world = World()
    for number in (1, 2):
        for step in (quote, bind, issue):
            world.ask((step(number),))
            world.drain()
    world.ask(tuple(invoiced(1)) + tuple(invoiced(2)))
    world.drain()
    return world


def invoiced(number: int) -> Iterator[Command]:
    for invoice in range(3):
        for kind in (BillInvoice, MarkInvoiceDue):
            yield kind(account_id=account_id(number), number=invoice, on=LATER, at=at(LATER))


INTENTS = [intent_id(number, invoice) for number in (1, 2) for invoice in range(3)]
ABOUT: dict[str, Any] = {"on": LATER, "at": at(LATER)}
REPORTS = [kind(intent_id=intent, **ABOUT) for intent in INTENTS for kind in (ReportSuccess, ReportTimeout)]
REASONED = [
    kind(intent_id=intent, reason="R01", **ABOUT) for intent in INTENTS for kind in (ReportFailure, ReturnMoney)
]
STEPS = [step(number) for number in (1, 2) for step in (report, acknowledge, verify, reserve, request, cancel)]
BURSTS = st.lists(st.lists(st.sampled_from([*STEPS, *REPORTS, *REPORTS, *REASONED]), max_size=8), max_size=5)


def interleaved(bursts, choose: Callable[[int], int], keys: Keys) -> World:
    """A world after bursts of commands; after each, the messages arrive in any order that keeps that of their keys."""
    world = in_force()
    for burst in bursts:
        world.ask(tuple(burst))
        while world.waiting:
            taken = set[str]()
            free = list[int]()
            for place, (envelope, to) in enumerate(world.waiting):
                mine = keys(world, envelope, to)
                if not mine & taken:
                    free.append(place)
                taken |= mine
            world.deliver(*world.waiting.pop(free[choose(len(free))]))
    return world


def first(_: int) -> int:
    return 0
