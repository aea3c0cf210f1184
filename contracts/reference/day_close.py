"""The morning after: premium that the day earned is booked, and the journal of what was posted is built and sent.

    every unit of work --its entries--> postings of a day --the next morning--> earned premium --> one batch a day

Accounts earn in steps, each a transaction of its own, so that others are answered in between and one account that fails
holds up nobody; the journal is one transaction at the end. Who is interrupted begins again and books nothing twice. A
deployment that slept over some days closes them together: each day that was posted on has a batch of its own.
"""

import logging
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from contracts.reference.store import Store, Transaction
from contracts.reference.unit_of_work import FAULTS, UnitOfWork
from model.books import Daybook
from model.closing import Close
from model.ledger import Entry

LOG = logging.getLogger(__name__)
AT_ONCE = 100
"""How many accounts earn before others may be answered."""
LAST_CLOSED = "closed_day"
ENTRIES = msgspec.json.Decoder(Entry)


class DayClose:
    def __init__(
        self, store: Store, unit_of_work: Callable[[Transaction], UnitOfWork], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._unit_of_work = unit_of_work
        self._clock = clock

    def close(self) -> Generator[int]:
        """Closes what lies before today (UTC), where that was not done; after each hundred accounts, how many."""
        day = self._clock().date() - timedelta(days=1)
        with self._store.reading() as transaction:
            if transaction.last_number(LAST_CLOSED) >= day.toordinal():
                return
            accounts = transaction.streams("account")
        # What a day earned is posted in its last moment.
        at = datetime.combine(day, time.max, UTC)
        for first in range(0, len(accounts), AT_ONCE):
            some = accounts[first : first + AT_ONCE]
            for account_id in some:
                self._earn(account_id, day, at)
            yield len(some)
        self._journal(day, at)

    def _earn(self, account_id: str, day: date, at: datetime) -> None:
        try:
            with self._store.writing() as transaction:
                unit = self._unit_of_work(transaction)
                for refused in Close(unit.core, unit.books).earned((account_id,), day, at=at):
                    LOG.warning("account %s earns nothing: %s", account_id, refused.code)
                unit.write()
        except FAULTS:
            LOG.exception("what account %s earned is booked the next time", account_id)

    def _journal(self, day: date, at: datetime) -> None:
        with self._store.writing() as transaction:
            unit = self._unit_of_work(transaction)
            posted = Daybook(unit.core.carrier)
            for of, entry in transaction.postings(until=day.isoformat()):
                posted.days.setdefault(date.fromisoformat(of), []).append(ENTRIES.decode(entry))
            close = Close(unit.core, posted)
            for refused in close.journaled(day, at=at).refused:
                LOG.warning("an entry stays out of the journal: %s (%s)", refused.code, refused.text)
            unit.write()
            for of in close.built:
                transaction.unpost(of.isoformat())
            transaction.set_last_number(LAST_CLOSED, day.toordinal())
