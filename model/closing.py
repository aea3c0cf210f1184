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
    """Closes the days of a core whose entries a daybook keeps; it must have heard all that the core did."""

    def __init__(self, core: Core, books: Daybook) -> None:
        self._core = core
        self._books = books
        self._built: dict[date, int] = {}
        self._parts: dict[date, int] = {}

    def closed(self, day: date, *, at: datetime) -> Closed:
        """`at` is when it is closed (UTC): what is earned is posted then, so close a day before the next begins."""
        refused = [answer for answer in self._earned(day, at) if isinstance(answer, Refusal)]
        batches: list[str] = []
        for posted in sorted(self._books.days):
            if posted <= day and len(self._books.days[posted]) > self._built.get(posted, 0):
                answer = self._journal(posted, on=day, at=at)
                if isinstance(answer, Refusal):
                    refused.append(answer)
                else:
                    batches.append(answer)
        return Closed(day, tuple(batches), tuple(refused))

    def _earned(self, day: date, at: datetime) -> list[object]:
        accounts = [account for account in self._core.accounts.states.values() if isinstance(account, Account)]
        return [
            self._core.submit(command)
            for account in accounts
            for command in to_be_earned(account, through=day + timedelta(days=1), on=day, at=at)
        ]

    def _journal(self, posted: date, *, on: date, at: datetime) -> str | Refusal:
        entries = self._entries(posted)
        part = self._parts.get(posted, 0)
        answer = self._core.submit(BuildBatch(day=posted, part=part, entries=entries, on=on, at=at))
        if isinstance(answer, Refusal):
            return answer
        self._built[posted] = self._built.get(posted, 0) + len(entries)
        self._parts[posted] = part + 1
        name = batch_name(posted, part)
        self._core.submit(SendBatch(batch_id=name, attempt=1, on=on, at=at))
        return name

    def _entries(self, posted: date) -> tuple[Entry, ...]:
        return tuple(self._books.days[posted][self._built.get(posted, 0) :])

    def sent_again(self, *, on: date, at: datetime) -> tuple[str, ...]:
        """Every batch that was sent and not acknowledged, once more with the same bytes."""
        waiting = [state.batch for state in self._core.journals.states.values() if isinstance(state, Sent)]
        for batch in waiting:
            self._core.submit(SendBatch(batch_id=batch.batch_id, attempt=batch.attempts + 1, on=on, at=at))
        return tuple(batch.batch_id for batch in waiting)
