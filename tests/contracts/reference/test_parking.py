"""A context that fails at an event parks the key of it: what comes later waits, and a redrive keeps the order."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contracts.reference.defects import Defects
from contracts.reference.service import Service
from contracts.reference.store import IN_MEMORY, Store
from fixtures import histories
from fixtures.jurisdictions import florida
from model.core import Core

LAW, CARRIER = florida()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUED = [*histories.history("a policy in force").commands]
STORY = [*ISSUED, histories.cancel(1)]


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


class Trouble:
    """Billing cannot take what `bad` names, as if its part of the core were wrong."""

    def __init__(self, store: Store) -> None:
        self.bad: set[str] = set()
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: NOW)
        self.relay = self.service.relay
        make = self.service.unit_of_work

        def unit_of_work(transaction):
            unit = make(transaction)
            deliver = unit.core.deliver

            def or_fail(envelope, **about: Any):
                if about["to"] == "billing" and envelope.id in self.bad:
                    raise ValueError("billing is broken")
                return deliver(envelope, **about)

            unit.core.deliver = or_fail
            return unit

        self.relay._unit_of_work = unit_of_work

    def tell(self, store: Store, commands) -> None:
        for command in commands:
            with store.writing() as transaction:
                unit = self.service.unit_of_work(transaction)
                unit.core.submit(command)
                unit.write()
            self.relay.deliver()


def letters(store):
    with store.reading() as transaction:
        return [(one.event_id, one.code) for one in transaction.dead_letters()], transaction.parked_keys()


def account(store, number=1):
    with store.reading() as transaction:
        unit = Service(store, LAW, CARRIER, Defects(), lambda: NOW).unit_of_work(transaction)
        return unit.core.account(histories.account_id(number))


def in_memory():
    core = Core(LAW, CARRIER)
    for command in STORY:
        core.submit(command)
        core.drain(at=NOW)
    return core


def events_of(store):
    with store.reading() as transaction:
        return [msgspec.json.decode(one.envelope)["id"] for one in transaction.published(after=0, most=99)]


def test_what_comes_after_a_failure_waits_behind_it_and_a_redrive_ends_where_no_failure_would_have(store):
    """X6, and INV-X4 with a redrive."""
    trouble = Trouble(store)
    trouble.tell(store, ISSUED)
    trouble.bad.clear()
    assert letters(store) == ([], ())

    first = Store(IN_MEMORY)
    broken = Trouble(first)
    broken.bad = {events_of(store)[0]}
    broken.tell(first, STORY)

    (letter,), keys = letters(first)
    assert letter == (events_of(store)[0], "fault")
    assert keys == (("billing", histories.policy_id(1)),)
    assert account(first) == Core(LAW, CARRIER).accounts.initial, "the cancellation waits and is not refused"

    assert broken.relay.redrive("billing", histories.policy_id(1)) == 0, "nothing was mended"
    broken.bad.clear()
    assert broken.relay.redrive("billing", histories.policy_id(1)) == 2
    assert letters(first) == ([], ())
    assert account(first) == in_memory().account(histories.account_id(1))
    first.close()


def test_other_keys_and_other_contexts_go_on(store):
    trouble = Trouble(store)
    trouble.bad = {"policy:" + histories.policy_id(1) + "#3"}
    trouble.tell(store, [*STORY, histories.quote(2), histories.bind(2), histories.issue(2)])

    assert account(store, 2) != account(store, 1)
    with store.reading() as transaction:
        core = trouble.service.unit_of_work(transaction).core
        assert core.known_policies.states[histories.policy_id(1)]


def test_a_redrive_that_fails_on_the_way_keeps_the_rest_in_order(store):
    trouble = Trouble(store)
    policy = histories.policy_id(1)
    trouble.bad = {f"policy:{policy}#3"}
    trouble.tell(store, STORY)
    second = events_of(store)[-1]
    trouble.bad = {second}

    assert trouble.relay.redrive("billing", policy) == 1
    assert letters(store) == ([(second, "fault")], (("billing", policy),))
    trouble.bad.clear()
    assert trouble.relay.redrive("billing", policy) == 1
    assert account(store) == in_memory().account(histories.account_id(1))


def test_a_key_that_is_not_parked_has_nothing_to_redrive(store):
    assert Trouble(store).relay.redrive("billing", "P-NONE") == 0


def test_a_letter_that_was_never_published_is_an_error_of_ours(store):
    trouble = Trouble(store)
    with store.writing() as transaction:
        transaction.park("billing", "P-9", [b'{"message_id": "policy:P-9#1"}'])

    with pytest.raises(LookupError, match="was never published"):
        trouble.relay.redrive("billing", "P-9")


class Interrupted(Store):
    """After the first look into it, something else happens, as another process on the same database may do it."""

    def __init__(self, database: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(database)
        self.meanwhile: Callable[[], object] | None = meanwhile

    @contextmanager
    def reading(self):
        with super().reading() as transaction:
            yield transaction
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()


def test_what_another_process_parks_during_a_redrive_is_not_lost(tmp_path):
    """A server goes on to answer while somebody has its keys redriven."""
    path = str(tmp_path / "core.db")
    serving = Store(path)
    server = Trouble(serving)
    server.bad = {f"policy:{histories.policy_id(1)}#3"}
    server.tell(serving, ISSUED)
    mending = Interrupted(path, lambda: server.tell(serving, [histories.cancel(1)]))
    mended = Service(mending, LAW, CARRIER, Defects(), lambda: NOW)

    assert mended.relay.redrive("billing", histories.policy_id(1)) == 2
    assert letters(serving) == ([], ())
    assert account(serving) == in_memory().account(histories.account_id(1))
    mending.close()
    serving.close()
