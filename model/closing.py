"""The close of a day: premium that its days earned is booked, and the journal of what was posted goes to the ledger.

Who closes a day again finds it closed: nothing is earned twice, and a journal is built anew only for entries that were
posted after the last one, as the next part of the day. What the general ledger did not acknowledge is sent again.
"""

from datetime import date, datetime, timedelta

from msgspec import Struct

from model.billing.earning import to_be_earned
from model.billing.journal import BuildBatch, SendBatch, Sent, batch_name
from model.billing.standing import Account
from model.books import Daybook
from model.core import Core
from model.decider import Refusal
from model.ledger import Entry


class Closed(Struct, frozen=True):
    """What the close of a day built and sent, and the entries that nobody could book, each with its code."""

    day: date
    batches: tuple[str, ...]
    refused: tuple[Refusal, ...]


class Close:
    """Closes the days of a core whose entries a daybook keeps; it must have heard all that the core did, or be given
    what no journal has yet. `built` says how many entries of a day went into a batch here.
    """

    def __init__(self, core: Core, books: Daybook) -> None:
        self._core = core
        self._books = books
        self.built: dict[date, int] = {}

    def closed(self, day: date, *, at: datetime) -> Closed:
        """`at` is when it is closed (UTC): what is earned is posted then, so close a day before the next begins."""
        refused = self.earned(tuple(self._core.accounts.states), day, at=at)
        journal = self.journaled(day, at=at)
        return Closed(day, journal.batches, (*refused, *journal.refused))

    def earned(self, accounts: tuple[str, ...], day: date, *, at: datetime) -> tuple[Refusal, ...]:
        """Books what the policies of these accounts earned by the end of a day; what was refused of it."""
        known = [self._core.account(account_id) for account_id in accounts]
        answers = [
            self._core.submit(command)
            for account in known
            if isinstance(account, Account)
            for command in to_be_earned(account, through=day + timedelta(days=1), on=day, at=at)
        ]
        return tuple([answer for answer in answers if isinstance(answer, Refusal)])

    def journaled(self, day: date, *, at: datetime) -> Closed:
        """Builds and sends a batch for every day up to this one that has entries which no batch has."""
        refused: list[Refusal] = []
        batches: list[str] = []
        for posted in sorted(self._books.days):
            if posted <= day and len(self._books.days[posted]) > self.built.get(posted, 0):
                answer = self._journal(posted, on=day, at=at)
                if isinstance(answer, Refusal):
                    refused.append(answer)
                else:
                    batches.append(answer)
        return Closed(day, tuple(batches), tuple(refused))

    def _journal(self, posted: date, *, on: date, at: datetime) -> str | Refusal:
        entries = self._entries(posted)
        part = 0
        while batch_name(posted, part) in self._core.journals.states:
            part += 1
        answer = self._core.submit(BuildBatch(day=posted, part=part, entries=entries, on=on, at=at))
        if isinstance(answer, Refusal):
            return answer
        self.built[posted] = self.built.get(posted, 0) + len(entries)
        name = batch_name(posted, part)
        self._core.submit(SendBatch(batch_id=name, attempt=1, on=on, at=at))
        return name

    def _entries(self, posted: date) -> tuple[Entry, ...]:
        return tuple(self._books.days[posted][self.built.get(posted, 0) :])

    def sent_again(self, *, on: date, at: datetime) -> tuple[str, ...]:
        """Every batch that was sent and not acknowledged, once more with the same bytes."""
        waiting = [state.batch for state in self._core.journals.states.values() if isinstance(state, Sent)]
        for batch in waiting:
            self._core.submit(SendBatch(batch_id=batch.batch_id, attempt=batch.attempts + 1, on=on, at=at))
        return tuple(batch.batch_id for batch in waiting)
