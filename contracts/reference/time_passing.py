"""Time passes: whoever waits for an instant that has come hears of it, and nobody else is read.

    a state is written --> when it is next due, in the same transaction --> the instant has come --> told, written anew

Each is told in a transaction of its own, so that one that fails holds up nobody; it is told again the next time.
"""

import logging
from collections.abc import Callable, Generator
from datetime import datetime, timedelta

from contracts.reference.instants import microseconds
from contracts.reference.store import FIRST_DUE, DueStream, Store, Transaction
from contracts.reference.unit_of_work import FAULTS, UnitOfWork
from model.decider import Refusal
from model.due import TIMED, tell, waiting

LOG = logging.getLogger(__name__)
AT_ONCE = 100
"""How many are told before others may be answered."""
INDEXED = 1
ASK_AGAIN = timedelta(hours=1)


class TimePassing:
    def __init__(
        self, store: Store, unit_of_work: Callable[[Transaction], UnitOfWork], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._unit_of_work = unit_of_work
        self._clock = clock

    def begin(self) -> None:
        """Notes what is due of machines that this store has never noted any of: a database from before it did."""
        with self._store.writing() as transaction:
            unnoted = {name for name in TIMED if transaction.last_number(f"due:{name}") != INDEXED}
            if not unnoted:
                return
            for one in waiting(self._unit_of_work(transaction).core):
                if one.machine in unnoted:
                    transaction.set_due(one.machine, one.stream, microseconds(one.at))
            for name in unnoted:
                transaction.set_last_number(f"due:{name}", INDEXED)

    def tell_all(self) -> Generator[int]:
        """Tells everything that is due, the longest overdue first; after each hundred, how many those were. What is due
        again by then is told again.
        """
        now, last = self._clock(), FIRST_DUE
        while due := self._due(now, last):
            for one in due:
                self._tell(one, now)
            last = due[-1]
            yield len(due)

    def _due(self, now: datetime, after: DueStream) -> tuple[DueStream, ...]:
        with self._store.reading() as transaction:
            return transaction.due(now=microseconds(now), after=after, most=AT_ONCE)

    def _tell(self, due: DueStream, now: datetime) -> None:
        try:
            with self._store.writing() as transaction:
                unit = self._unit_of_work(transaction)
                answers = tell(unit.core, due.machine, due.stream, now)
                unit.write()
                # What had nothing to say may wait for another instant now, because of what happened elsewhere; what
                # still has nothing to say is not asked every minute.
                silent = not any(answer and not isinstance(answer, Refusal) for answer in answers)
                unit.write_due(due.machine, due.stream, not_before=now + ASK_AGAIN if silent else None)
        except FAULTS:
            LOG.exception("%s %s is told again the next time", due.machine, due.stream)
