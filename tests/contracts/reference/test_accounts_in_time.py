"""Days pass in the reference deployment: accounts are billed, fall due, are dunned, and lose their cover, by its clock
alone and without a read of any account that has nothing to do.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from contracts.reference import tables
from contracts.reference.defects import Defects
from contracts.reference.service import Service
from contracts.reference.store import FIRST_DUE, IN_MEMORY, Store
from contracts.reference.unit_of_work import UnitOfWork
from fixtures import histories
from fixtures.jurisdictions import florida
from model.billing.commands import ReceivePayment
from model.billing.earning import earned_minor
from model.billing.orders import HearOrder, LiftOrder, Order
from model.core import Command

LAW, CARRIER = florida()
KNOWN = histories.IN_FORCE[0](1).at
ACCOUNT, POLICY = histories.account_id(1), histories.policy_id(1)
DAY = timedelta(days=1)
FIRST_DUE_DAY = date(2026, 6, 1)


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


class World:
    """A deployment whose clock is where it was put, with policies that were issued and never touched again."""

    def __init__(self, store: Store, policies: int = 1) -> None:
        self.now = KNOWN
        self.store = store
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: self.now)
        for number in range(1, policies + 1):
            for step in histories.IN_FORCE:
                self.ask(step(number))

    def ask(self, command: Command) -> None:
        with self.store.writing() as transaction:
            unit = UnitOfWork(transaction, LAW, CARRIER)
            unit.core.submit(command)
            unit.write()
        self.service.relay.deliver()

    def until(self, day: date) -> "World":
        """The clock goes on day by day, at six in the morning UTC."""
        while self.now.date() < day:
            self.now = datetime.combine(self.now.date() + DAY, datetime.min.time(), UTC) + timedelta(hours=6)
            self.service.pass_time()
        return self

    def pays_first(self, on: date) -> "World":
        about: dict[str, Any] = {"account_id": ACCOUNT, "payment_id": "FIRST", "on": on, "at": self.now}
        self.ask(ReceivePayment(payer_id=self.account().invoices[0].payer_id, amount=histories.usd("513.64"), **about))
        return self

    def account(self) -> Any:
        return self.core().account(ACCOUNT)

    def core(self) -> Any:
        with self.store.reading() as transaction:
            core = UnitOfWork(transaction, LAW, CARRIER).core
            core.account(ACCOUNT)
            core.policy(POLICY)
            return core

    def told(self, *kinds: str) -> list[tuple[str, str]]:
        """The events of these kinds that were recorded, each with the day on which it took effect."""
        with self.store.reading() as transaction:
            rows = transaction._connection.execute(select(tables.EVENTS.c.recorded, tables.EVENTS.c.event)).all()
        found = [(recorded[:10], kind) for recorded, event in rows for kind in kinds if f'"{kind}"'.encode() in event]
        return sorted(found)

    def due(self) -> list[str]:
        with self.store.reading() as transaction:
            noted = transaction.due(now=2**60, after=FIRST_DUE, most=1000)
        return [str(datetime.fromtimestamp(one.at / 1e6, UTC).date()) for one in noted if one.machine == "account"]


def test_bills_go_out_and_fall_due_on_their_days_and_nobody_asks_for_it(store):
    world = World(store)
    invoices = world.account().invoices[:3]
    world.until(FIRST_DUE_DAY).pays_first(FIRST_DUE_DAY).until(date(2026, 7, 12))

    assert world.told("InvoiceBilled") == [(str(one.bill_on), "InvoiceBilled") for one in invoices]
    assert world.told("InvoiceFellDue") == [(str(one.due_on), "InvoiceFellDue") for one in invoices[:2]]


def test_who_stops_paying_is_reminded_and_warned_and_loses_the_cover_after_the_notice_days_of_the_state(store):
    world = World(store).until(FIRST_DUE_DAY).pays_first(FIRST_DUE_DAY).until(date(2026, 8, 1))

    assert world.told("DunningStepTaken", "CancellationRequested", "NoticeGiven", "PolicyCancelled") == [
        ("2026-07-06", "DunningStepTaken"),
        ("2026-07-13", "DunningStepTaken"),
        ("2026-07-16", "CancellationRequested"),
        ("2026-07-16", "NoticeGiven"),
        ("2026-07-26", "PolicyCancelled"),
    ]


def test_who_pays_between_the_notice_and_its_day_keeps_the_cover(store):
    world = World(store).until(FIRST_DUE_DAY).pays_first(FIRST_DUE_DAY).until(date(2026, 7, 20))
    assert type(world.core().policy(POLICY)).__name__ == "PendingCancel"
    paid: dict[str, Any] = {"account_id": ACCOUNT, "payment_id": "LATE", "on": date(2026, 7, 20), "at": world.now}
    payer = world.account().invoices[1].payer_id
    world.ask(ReceivePayment(payer_id=payer, amount=histories.usd("220.18"), **paid))
    world.until(date(2026, 7, 31))

    assert world.told("CancellationRescinded", "PolicyCancelled") == [("2026-07-20", "CancellationRescinded")]
    assert type(world.core().policy(POLICY)).__name__ == "InForce"


def test_an_hour_asked_again_changes_nothing(store):
    world = World(store).until(date(2026, 7, 6))
    before = world.told("InvoiceBilled", "InvoicePastDue", "DelinquencyStarted")
    for _ in range(3):
        world.now += timedelta(hours=1)
        assert world.service.pass_time() == 0

    assert world.told("InvoiceBilled", "InvoicePastDue", "DelinquencyStarted") == before


def test_an_account_with_nothing_to_do_is_not_read(store):
    world = World(store, policies=2).until(date(2026, 5, 20))
    other = (tables.STREAMS.c.machine == "account") & (tables.STREAMS.c.stream == histories.account_id(2))
    with store.writing() as transaction:
        transaction._connection.execute(update(tables.STREAMS).where(other).values(state=b"?"))

    world.until(date(2026, 5, 31))
    assert world.due() == ["2026-06-01", "2026-06-01"]


def test_an_order_makes_every_account_look_at_its_days_anew_and_so_does_its_end(store):
    """It is heard after the day of the next bill was noted, and forbids bills; lifted, what waited is billed."""
    world = World(store).until(date(2026, 5, 1))
    assert world.due() == ["2026-05-12"]
    order = Order("ORDER", ("FL",), (), (), ("invoicing",), date(2026, 5, 2), None)
    world.ask(HearOrder(order=order, on=date(2026, 5, 1), at=world.now))
    assert world.due() == ["2026-05-01"]
    world.until(date(2026, 6, 10))
    assert world.told("InvoiceBilled") == []
    world.ask(LiftOrder(order_id="ORDER", on=date(2026, 6, 11), at=world.now))
    world.until(date(2026, 6, 11))

    assert world.told("HoldPlaced", "HoldReleased") == [("2026-05-02", "HoldPlaced"), ("2026-06-11", "HoldReleased")]
    assert world.told("InvoiceBilled")[0] == ("2026-06-11", "InvoiceBilled")


def test_what_is_due_and_has_nothing_to_say_is_not_asked_every_minute(store):
    """An order that was over before any night found it leaves nothing to do, and its account does not know that."""
    world = World(store).until(date(2026, 5, 1))
    order = Order("ORDER", ("FL",), (), (), ("invoicing",), date(2026, 4, 20), date(2026, 4, 25))
    world.ask(HearOrder(order=order, on=date(2026, 5, 1), at=world.now))

    assert [world.service.pass_time(), world.service.pass_time()] == [1, 0]
    world.now += timedelta(hours=1)
    assert world.service.pass_time() == 1


def test_who_never_pays_anything_of_a_first_term_loses_the_cover_with_notice_too(store):
    world = World(store).until(date(2026, 7, 1))

    assert world.told("CancellationRequested", "NoticeGiven", "PolicyCancelled") == [
        ("2026-06-08", "CancellationRequested"),
        ("2026-06-08", "NoticeGiven"),
        ("2026-06-18", "PolicyCancelled"),
    ]


# --- the close of a day


def kept(world: World, machine: str) -> dict[str, Any]:
    with world.store.reading() as transaction:
        return dict(getattr(UnitOfWork(transaction, LAW, CARRIER).core, machine).states)


def journal(world: World) -> dict[str, Any]:
    """Every batch that was sent, by its day."""
    states = kept(world, "journals")
    bodies = [msgspec.json.decode(state.batch.body) for _, state in sorted(states.items())]
    assert {type(state).__name__ for state in states.values()} <= {"Sent"}
    return {body["batch_id"]: body for body in bodies}


def test_the_journal_of_a_day_is_there_the_morning_after_and_only_once(store):
    world = World(store)
    known = KNOWN.date()
    assert journal(world) == {}

    world.until(known + DAY)
    first = journal(world)
    assert [body["day"] for body in first.values()] == [str(known)]
    world.now += timedelta(hours=1)
    world.service.pass_time()
    assert journal(world) == first


def test_the_days_of_a_term_earn_its_premium_and_the_journals_say_so_to_the_cent(store):
    world = World(store).until(FIRST_DUE_DAY).pays_first(FIRST_DUE_DAY).until(date(2026, 6, 12))
    (earned,) = kept(world, "earnings").values()
    account = world.account()

    assert earned.through == date(2026, 6, 12)
    assert earned.minor == earned_minor(CARRIER, account, POLICY, earned.through) > 0
    number = CARRIER.chart_of_accounts["earned_premium"]
    lines = [line for body in journal(world).values() for line in body["lines"] if line["number"] == number]
    assert len(lines) == 11
    assert sum(Decimal(line["credit"]) - Decimal(line["debit"]) for line in lines) * 100 == earned.minor


def test_days_that_a_deployment_slept_over_each_get_a_journal_of_their_own(store):
    world = World(store).until(FIRST_DUE_DAY).pays_first(FIRST_DUE_DAY)
    world.now += 5 * DAY
    world.service.pass_time()
    days = [body["day"] for body in journal(world).values()]

    assert days == sorted(set(days))
    assert {str(FIRST_DUE_DAY), str(FIRST_DUE_DAY + 4 * DAY)} <= set(days)


def test_an_account_that_cannot_be_read_keeps_the_others_from_nothing(store):
    world = World(store, policies=2).until(date(2026, 6, 1))
    other = (tables.STREAMS.c.machine == "account") & (tables.STREAMS.c.stream == histories.account_id(2))
    with store.writing() as transaction:
        transaction._connection.execute(update(tables.STREAMS).where(other).values(state=b"?"))
    world.until(date(2026, 6, 3))

    assert list(kept(world, "earnings")) == [f"{ACCOUNT}/{POLICY}"]
    assert str(date(2026, 6, 2)) in {body["day"] for body in journal(world).values()}
