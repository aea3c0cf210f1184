"""Time passes in the reference deployment: what is due stands beside the states, and nothing else is read for it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from contracts.reference import tables, unit_of_work
from contracts.reference.defects import Defects
from contracts.reference.instants import microseconds
from contracts.reference.service import Service
from contracts.reference.store import FIRST_DUE, IN_MEMORY, Store
from contracts.reference.time_passing import AT_ONCE
from contracts.reference.unit_of_work import UnitOfWork
from fixtures import histories
from fixtures.jurisdictions import florida
from fixtures.process_histories import PROCESS_HISTORIES, process_history
from fixtures.settlement_histories import SETTLEMENT_HISTORIES, settlement_history
from model.core import Command
from model.due import Due, waiting
from model.payments import holds

LAW, CARRIER = florida()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAYING = histories.history("a claim with a payment on its way")


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


class World:
    """A deployment whose clock is where it was put."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.store = store
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: self.now)

    def tell(self, commands: Sequence[Command]) -> "World":
        for command in commands:
            self.now = command.at
            with self.store.writing() as transaction:
                unit = self.unit(transaction)
                unit.core.submit(command)
                unit.write()
            self.service.relay.deliver()
        return self

    def unit(self, transaction) -> UnitOfWork:
        return UnitOfWork(transaction, LAW, CARRIER)

    def noted(self) -> list[tuple[int, str, str]]:
        with self.store.reading() as transaction:
            found = transaction.due(now=2**60, after=FIRST_DUE, most=1000)
        return [(one.at, one.machine, one.stream) for one in found]

    def waiting(self) -> list[tuple[int, str, str]]:
        with self.store.reading() as transaction:
            found: list[Due] = sorted(waiting(self.unit(transaction).core))
        return [(microseconds(one.at), one.machine, one.stream) for one in found]

    def spoil(self, machine: str, stream: str) -> None:
        """Nobody can read the state of a stream any more."""
        with self.store.writing() as transaction:
            of_stream = (tables.STREAMS.c.machine == machine) & (tables.STREAMS.c.stream == stream)
            transaction._connection.execute(update(tables.STREAMS).where(of_stream).values(state=b"?"))


def funding(*expiries: datetime, fund: str = "claims") -> list[Command]:
    moment: dict[str, Any] = {"on": NOW.date(), "at": NOW}
    amount = histories.usd("10.00")
    total = histories.usd("9000.00")
    placed = [
        holds.PlaceHold(fund_id=fund, hold_id=f"H-{number}", amount=amount, expires_at=expires, **moment)
        for number, expires in enumerate(expiries)
    ]
    return [holds.FundAccount(fund_id=fund, funding_id="F", amount=total, **moment), *placed]


TOLD = {
    **{name: settlement_history(name) for name in SETTLEMENT_HISTORIES},
    **{name: process_history(name) for name in PROCESS_HISTORIES},
    "a claim with a payment on its way": PAYING,
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_what_is_noted_as_due_is_what_the_states_say(store, told):
    world = World(store).tell(told.commands)

    assert world.noted() == world.waiting()


def test_a_unit_that_noted_nothing_would_be_found(store, monkeypatch):
    monkeypatch.setattr(unit_of_work, "TIMED", {})
    world = World(store).tell(PAYING.commands)

    assert world.noted() == []
    assert world.waiting() != []


def test_what_is_due_is_noted_with_the_state_or_not_at_all(store):
    class PowerCut(Exception):
        pass

    def fund_and_fail():
        with store.writing() as transaction:
            unit = World(store).unit(transaction)
            for command in funding(NOW + HOUR):
                unit.core.submit(command)
            unit.write()
            raise PowerCut

    with pytest.raises(PowerCut):
        fund_and_fail()
    assert World(store).noted() == []


def test_only_what_is_due_is_read(store):
    world = World(store).tell([*funding(NOW + HOUR), *funding(NOW + 2 * HOUR, fund="other")])
    world.spoil("fund", "other")

    world.now = NOW + HOUR
    assert world.service.pass_time() == 1
    assert world.noted() == [(microseconds(NOW + 2 * HOUR), "fund", "other")]
    assert world.service.pass_time() == 0


def test_one_that_fails_holds_up_nobody_and_is_told_again(store, caplog):
    world = World(store).tell([*funding(NOW + HOUR), *funding(NOW + 2 * HOUR, fund="other")])
    world.spoil("fund", "claims")

    world.now = NOW + 3 * HOUR
    assert world.service.pass_time() == 2
    assert "fund claims is told again the next time" in caplog.text
    assert world.noted() == [(microseconds(NOW + HOUR), "fund", "claims")]
    assert world.service.pass_time() == 1


def test_a_payout_that_nobody_answers_is_inquired_about_until_a_person_has_it(store):
    world = World(store).tell(PAYING.commands)
    for _ in range(60):
        world.now += 12 * HOUR
        world.service.pass_time()

    assert [one for one in world.noted() if one[1] != "account"] == []
    with store.reading() as transaction:
        state: Any = world.unit(transaction).core.intent(histories.payout_intent_id(1))
    assert (type(state).__name__, state.person) == ("Unknown", "unresolved")


def test_many_are_told_in_steps_between_which_others_are_answered(store):
    world = World(store)
    for number in range(AT_ONCE + 20):
        world.tell(funding(NOW + HOUR, fund=f"fund-{number:03}"))
    world.now = NOW + HOUR

    assert list(world.service.time_passing()) == [AT_ONCE, 20]
    assert world.noted() == []


def test_what_was_not_told_of_a_machine_before_is_noted_at_the_start(store):
    """As in a database from before there was such a note."""
    world = World(store).tell(PAYING.commands)
    before = world.noted()
    with store.writing() as transaction:
        transaction._connection.execute(delete(tables.DUE))
        assert transaction.last_number("due:intent") == 0
    assert world.noted() == []

    world.service.begin()
    assert world.noted() == before != []

    with store.writing() as transaction:
        transaction._connection.execute(delete(tables.DUE))
    world.service.begin()
    assert world.noted() == [], "it is looked for once only"


def test_due_instants_are_kept_to_the_microsecond(store):
    instant = NOW + timedelta(microseconds=1)
    world = World(store).tell(funding(instant))

    world.now = NOW
    assert world.service.pass_time() == 0
    world.now = instant
    assert world.service.pass_time() == 1
    with store.reading() as transaction:
        assert transaction._connection.execute(select(tables.DUE)).all() == []
