"""The close of a day: what was posted reaches the general ledger once, whole, and reconciles to the cent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from fixtures.histories import START, at, history, play
from fixtures.jurisdictions import florida
from fixtures.money_histories import MONEY_HISTORIES, money_history
from model.billing.journal import (
    AcknowledgeBatch,
    BatchSent,
    ExtractLine,
    JournalBody,
    Sent,
    batch_name,
    reconciled,
)
from model.books import Daybook
from model.closing import Close
from model.core import Core
from model.ledger import Entry, Posting
from model.money import parse_amount

TOLD = ("direct bill: an agency sold it, and it is cancelled", "a lockbox batch with cheques in suspense")


def evening(day: date) -> datetime:
    return datetime.combine(day, time(23), UTC)


class GeneralLedger:
    """What is at the other end: it takes every batch id once and acknowledges what it has."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.taken: dict[str, str] = {}
        self.offered = 0
        core.observers.append(self.heard)

    def heard(self, recorded: Any) -> None:
        if isinstance(recorded.event, BatchSent):
            self.offered += 1
            assert self.taken.setdefault(recorded.event.batch_id, recorded.event.body) == recorded.event.body

    def acknowledge(self, day: date) -> None:
        for name, state in list(self.core.journals.states.items()):
            if isinstance(state, Sent):
                digest = state.batch.digest
                self.core.submit(
                    AcknowledgeBatch(batch_id=name, receipt=f"R-{name}", digest=digest, on=day, at=evening(day))
                )

    def extract(self) -> list[ExtractLine]:
        return [
            ExtractLine(name, line.number, line.currency, cents(line.debit) - cents(line.credit))
            for name, body in self.taken.items()
            for line in msgspec.json.decode(body, type=JournalBody).lines
        ]


def cents(text: str) -> int:
    return parse_amount(text, "USD").minor


def lived() -> tuple[Core, Daybook, GeneralLedger, Close]:
    core = Core(*florida())
    books = Daybook(core.carrier)
    core.observers.append(books)
    ledger = GeneralLedger(core)
    play(core, history("a policy with nine installments, three paid"))
    for number, name in enumerate(TOLD, 2):
        play(core, money_history(name, number))
    return core, books, ledger, Close(core, books)


def year(close: Close, ledger: GeneralLedger) -> date:
    """Closes a day of every week from before the term to after it, and is acknowledged."""
    day = START - timedelta(days=60)
    while day < START + timedelta(days=380):
        assert close.closed(day, at=evening(day)).refused == ()
        ledger.acknowledge(day)
        day += timedelta(days=7)
    return day


def test_a_year_of_closes_reconciles_with_the_general_ledger_and_earns_all_premium():
    core, books, ledger, close = lived()
    year(close, ledger)
    ours = [(batch_name(day, 0), tuple(entries)) for day, entries in books.days.items()]
    carrier = core.carrier
    sums: dict[str, int] = {}
    for line in ledger.extract():
        sums[line.number] = sums.get(line.number, 0) + line.minor
    wanted: dict[str, int] = {}
    for (name, _), minor in books.ledger.balances.items():
        number = carrier.chart_of_accounts[name]
        wanted[number] = wanted.get(number, 0) + minor

    assert {number: minor for number, minor in sums.items() if minor} == {n: m for n, m in wanted.items() if m}
    assert reconciled(carrier, ours, ledger.extract()) == ()
    assert books.ledger.balances["unearned_premium", "USD"] == 0
    assert books.ledger.balances["earned_premium", "USD"] < 0


def test_a_day_that_is_closed_again_sends_nothing_and_later_entries_go_as_its_next_part():
    core, books, ledger, close = lived()
    day = max(books.days)
    first = close.closed(day, at=evening(day))
    offered = ledger.offered

    assert (close.closed(day, at=evening(day)).batches, ledger.offered) == ((), offered)
    play(core, money_history(next(iter(MONEY_HISTORIES)), 7))
    later = close.closed(day, at=evening(day)).batches
    assert later
    assert not set(later) & set(first.batches)
    assert any(name.endswith("-1") for name in later)


def test_what_was_not_acknowledged_is_sent_again_with_the_same_bytes_and_taken_once():
    _, books, ledger, close = lived()
    day = max(books.days)
    sent = close.closed(day, at=evening(day)).batches
    taken = dict(ledger.taken)

    assert close.sent_again(on=day, at=evening(day)) == sent
    assert (ledger.taken, ledger.offered) == (taken, 2 * len(sent))
    ledger.acknowledge(day)
    assert close.sent_again(on=day, at=evening(day)) == ()


def test_a_day_with_an_entry_that_cannot_be_booked_is_named_and_the_others_are_sent():
    _, books, ledger, close = lived()
    day = max(books.days)
    lame = Entry("account:A#9", (Posting("cash", 1, "USD"),))
    books.days.setdefault(day, []).append(lame)
    told = close.closed(day, at=at(day))

    assert [(one.code, "account:A#9" in one.text) for one in told.refused] == [("unbalanced", True)]
    assert batch_name(day, 0) not in ledger.taken
    assert len(ledger.taken) == len(told.batches) == len(books.days) - 1
