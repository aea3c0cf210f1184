"""A desk to rehearse journeys at, and the book that they draw from."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from contracts.spelling import SILENCE, Reply, reply_of
from fixtures.jurisdictions import florida
from fixtures.variates import Variates
from loadtests.asking import Advanced, Ask, Walk, advance
from loadtests.journeys import Insured, Scene, opening
from model.core import Core
from model.decider import Refusal
from model.desk import Desk
from model.published.operations import BY_NAME, status_of

TODAY = date(2026, 9, 15)
NOW = datetime(2026, 9, 15, 15, tzinfo=UTC)


class Rehearsal:
    """The model in the place of a deployment: answers each ask, and every key once. What was published arrives after
    so many further asks as `late` says.
    """

    def __init__(self, *, late: int = 0) -> None:
        law, carrier = florida(TODAY)
        self.core = Core(law, carrier)
        self.desk = Desk(self.core, self._new_id)
        self.asked: list[tuple[Ask, Advanced]] = []
        self.bend: Callable[[Ask, Reply], Reply] = lambda _, reply: reply
        self._late = late
        self._waited = 0
        self._made = 0
        self._answers: dict[str, Reply] = {}

    def _new_id(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self._made:06d}"

    def carry(self, walk: Walk) -> list[tuple[Ask, Advanced]]:
        """Asks everything that a journey asks; what it asked, and what became of each."""
        begun = len(self.asked)
        ask: Ask | None = next(walk)
        while ask is not None:
            advanced = advance(walk, ask, self.bend(ask, self._reply(ask)))
            self.asked.append((ask, advanced))
            ask = advanced.following
        return self.asked[begun:]

    def book(self, size: int) -> tuple[Insured, ...]:
        opened: list[Insured] = []

        def one(scene: Scene) -> Walk:
            opened.append((yield from opening(scene)))

        for number in range(size):
            self.carry(one(scene(number, run="book")))
        return tuple(opened)

    def _reply(self, ask: Ask) -> Reply:
        if ask.key is not None and ask.key in self._answers:
            return self._answers[ask.key]
        answer = self.desk.answer(ask.operation, ask.subject, ask.request, NOW)
        if self.core.outbox:
            self._waited += 1
            if self._waited > self._late:
                self._waited = 0
                self.core.drain(at=NOW)
        if isinstance(answer, Refusal):
            status, body = status_of(answer.code), msgspec.json.encode({"code": answer.code})
        else:
            status, body = BY_NAME[ask.operation].success, msgspec.json.encode(answer)
        reply = reply_of(ask.operation, status, body)
        if ask.key is not None:
            self._answers[ask.key] = reply
        return reply


def scene(arrival: int, *, book: tuple[Insured, ...] = (), retry_share: float = 0.0, run: str = "run") -> Scene:
    return Scene(
        arrival=arrival,
        dice=Variates(1),
        today=TODAY,
        run=run,
        person="AnaSmith",
        book=book,
        retry_share=retry_share,
    )


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal()


@pytest.fixture
def late_rehearsal() -> Rehearsal:
    return Rehearsal(late=2)


@pytest.fixture
def at() -> Callable[..., Scene]:
    """The scene of an arrival."""
    return scene


@pytest.fixture
def silence() -> Reply:
    return SILENCE
