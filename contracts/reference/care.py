"""What a person sees and does about a store: what waits, what is stuck, and having it handed on once the cause is
mended. A server may run on the same database meanwhile.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Literal, cast

import msgspec
from msgspec import Struct

from contracts.reference.defects import Defects
from contracts.reference.instants import instant
from contracts.reference.relay import CONTEXTS
from contracts.reference.service import Service, utc_now
from contracts.reference.store import Store, StoreUnusable
from fixtures.jurisdictions import florida_law
from model import waiting
from model.carrier import Carrier
from model.core import Context
from model.payments import intent
from model.payments.ach import ReturnRates, ach_rules, return_rates
from model.payments.origination import debits_of
from model.payments.positive_pay import issue_file, register_of
from model.payments.webhook_out import EnableEndpoint
from model.resilience.dead_letters import Letter

Enabling = Literal["enabled", "was_enabled", "unknown"]
LETTER = msgspec.json.Decoder(Letter)


class ParkedKey(Struct, frozen=True):
    """A key whose events wait: `code` and `text` are of the failure of the first, `since` when it failed first and
    `last` when it did last, after so many `attempts`.
    """

    context: str
    subject: str
    events: tuple[str, ...]
    code: str
    text: str
    attempts: int
    since: datetime
    last: datetime


class RefusedEvent(Struct, frozen=True):
    """An event that a context answered with a no, which is an answer and is not handed on again."""

    context: str
    event: str
    code: str
    text: str


class Waits(Struct, frozen=True):
    """Everything that was published and is not with everyone who wants it."""

    parked: tuple[ParkedKey, ...]
    refused: tuple[RefusedEvent, ...]
    undelivered: int


class Redelivered(Struct, frozen=True):
    """How many events went out that had never been tried, how many of the parked keys' were taken, and what is parked
    still.
    """

    delivered: int
    taken: int
    parked: tuple[ParkedKey, ...]


class StuckThing(Struct, frozen=True):
    """A process or a payment that a person should look at: since when, and in one sentence why."""

    what: str
    stream: str
    since: datetime
    says: str


class Care:
    """Raises StoreUnusable where the database is not ours, and what it raises (SQLAlchemyError) where it is busy."""

    def __init__(self, store: Store, carrier: Carrier, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._clock = clock
        self.service = Service(store, florida_law(), carrier, Defects(), clock)

    def waits(self) -> Waits:
        with self._store.reading() as transaction:
            waiting_keys = transaction.parked_keys()
            parked = tuple([_key(*key, transaction.parked(*key)) for key in waiting_keys])
            behind = {(one.context, event) for one in parked for event in one.events}
            refused = tuple(
                [
                    RefusedEvent(one.context, one.event_id, one.code, one.text)
                    for one in transaction.dead_letters()
                    if (one.context, one.event_id) not in behind
                ]
            )
            return Waits(parked, refused, transaction.count_undelivered())

    def redeliver(self, chosen: tuple[Context, str] | None = None) -> Redelivered:
        """Hands on what waits: of one key, or of all of them and what was never delivered, each key in its order."""
        delivered = self.service.relay.deliver() if chosen is None else 0
        taken = 0
        for one in self.waits().parked:
            if chosen is None or chosen == (one.context, one.subject):
                taken += self.service.relay.redrive(CONTEXTS[one.context], one.subject)
        parked = self.waits().parked
        return Redelivered(delivered, taken, tuple([one for one in parked if _is_of(one, chosen)]))

    def enable(self, endpoint_id: str) -> Enabling:
        """Sends webhooks again to an endpoint that had said that it was gone."""
        at = self._clock()
        with self._store.writing() as transaction:
            unit = self.service.unit_of_work(transaction)
            state = unit.core.webhooks_out.states.get(endpoint_id)
            if state is None:
                return "unknown"
            events = unit.core.submit(EnableEndpoint(endpoint_id=endpoint_id, on=at.date(), at=at))
            unit.write()
        return "enabled" if events else "was_enabled"

    def stuck(self) -> tuple[StuckThing, ...]:
        """Processes that wait for a person or for an answer that is overdue, and payments whose end nobody knows; the
        one that waits longest first.
        """
        with self._store.reading() as transaction:
            core, now = self.service.unit_of_work(transaction).core, self._clock()
            found = [StuckThing(one.process, one.process_id, one.since, one.says) for one in waiting.stuck(core, now)]
            found += [
                StuckThing("payment", one.intent_id, one.since, _of_payment(one, now))
                for one in waiting.stuck_payments(core, now)
            ]
        return tuple(sorted(found, key=lambda one: (one.since, one.what, one.stream)))

    def return_rates(self, as_of: date | None = None) -> ReturnRates:
        """What the ACH network judges the insurer by, over the debits of the days up to one (today)."""
        with self._store.reading() as transaction:
            core = self.service.unit_of_work(transaction).core
            debits = debits_of([cast("intent.State", state) for state in core.intents.states.values()])
            rules = ach_rules(core.law.network("US-ACH"))
            return return_rates(rules, debits, as_of=as_of or self._clock().date())

    def issue_file(self) -> str:
        """What the bank is sent of every cheque, so that it pays no other (positive pay)."""
        with self._store.reading() as transaction:
            stored = self.service.unit_of_work(transaction).core.intents.states.items()
            return issue_file(register_of([(intent_id, cast("intent.State", state)) for intent_id, state in stored]))


@contextmanager
def caring(database: Path, carrier: Carrier) -> Generator[Care]:
    """The care of a database that is there. Raises StoreUnusable."""
    if not database.is_file():
        raise StoreUnusable(f"database {database}: there is no such file")
    store = Store(str(database))
    try:
        yield Care(store, carrier)
    finally:
        store.close()


def _key(context: str, subject: str, stored: tuple[bytes, ...]) -> ParkedKey:
    letters = [LETTER.decode(letter) for letter in stored]
    head = letters[0]
    return ParkedKey(
        context,
        subject,
        tuple([letter.message_id for letter in letters]),
        head.code,
        head.text,
        head.attempts,
        instant(head.first),
        instant(head.last),
    )


def _is_of(key: ParkedKey, chosen: tuple[Context, str] | None) -> bool:
    return chosen is None or chosen == (key.context, key.subject)


def _of_payment(stuck: waiting.StuckPayment, now: datetime) -> str:
    hours = (now - stuck.since).total_seconds() / 3600
    return f"payment {stuck.intent_id} has no end that anybody knows, {hours:.0f} h ({stuck.because})"
