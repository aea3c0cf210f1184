"""The journal: every command in every state, the same bytes every time, and differences named to the cent."""

from datetime import date
from functools import reduce
from hashlib import sha256
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import carrier_names, load_carrier
from fixtures.histories import at, history, play, usd
from fixtures.jurisdictions import florida
from fixtures.money_histories import MONEY_HISTORIES, money_history
from model.billing.journal import (
    AcknowledgeBatch,
    BatchAcknowledged,
    BatchBuilt,
    BatchRejected,
    BatchSent,
    BuildBatch,
    Command,
    Event,
    ExtractLine,
    JournalBody,
    RejectBatch,
    SendBatch,
    State,
    Unreconciled,
    batch_name,
    decider,
    evolve,
    journal,
    reconciled,
)
from model.books import Daybook
from model.core import Core
from model.decider import Refusal
from model.invariants.money import unbalanced
from model.ledger import Account, Entry, Posting, transfer
from model.money import parse_amount

CARRIER = florida()[1]
MACHINE = decider(CARRIER)
DAY, NEXT = date(2026, 6, 1), date(2026, 6, 2)
PAID = Entry("account:A#3", transfer(usd("100.00"), debit="cash", credit="unapplied_cash"))
SPENT = Entry("account:A#4", transfer(usd("60.00"), debit="unapplied_cash", credit="receivable_billed"))
BODY = (
    '{"batch_id":"GL-2026-06-01","day":"2026-06-01","entries":2,"lines":['
    '{"number":"1010","currency":"USD","debit":"100.00","credit":"0.00"},'
    '{"number":"1220","currency":"USD","debit":"0.00","credit":"60.00"},'
    '{"number":"2310","currency":"USD","debit":"60.00","credit":"100.00"}]}'
)
DIGEST = sha256(BODY.encode()).hexdigest()
NAME = "GL-2026-06-01"


def about() -> dict[str, Any]:
    return {"batch_id": NAME, "on": NEXT, "at": at(NEXT)}


BUILT = BatchBuilt(body=BODY, digest=DIGEST, **about())
SENT = BatchSent(body=BODY, attempt=1, **about())
TAKEN = BatchAcknowledged(receipt="GL-1", **about())
NOT_TAKEN = BatchRejected(reason="period closed", **about())


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "NoBatch": folded(),
    "Built": folded(BUILT),
    "Sent": folded(BUILT, SENT),
    "Rejected": folded(BUILT, SENT, NOT_TAKEN),
    "Acknowledged": folded(BUILT, SENT, TAKEN),
}


def build(*entries: Entry) -> BuildBatch:
    return BuildBatch(day=DAY, part=0, entries=entries, on=NEXT, at=at(NEXT))


def entry_of(*postings: Posting) -> Entry:
    return Entry("bad", postings)


COMMANDS = {
    "BuildBatch": build(PAID, SPENT),
    "BuildBatch(other)": build(PAID),
    "BuildBatch(nothing)": build(),
    "BuildBatch(unbalanced)": build(entry_of(Posting("cash", 5, "USD"))),
    "BuildBatch(mixed)": build(
        entry_of(*PAID.postings, Posting("cash", 5, "EUR"), Posting("unapplied_cash", -5, "EUR"))
    ),
    "SendBatch": SendBatch(attempt=1, **about()),
    "SendBatch(again)": SendBatch(attempt=2, **about()),
    "SendBatch(skipping)": SendBatch(attempt=3, **about()),
    "AcknowledgeBatch": AcknowledgeBatch(receipt="GL-1", digest=DIGEST, **about()),
    "AcknowledgeBatch(other)": AcknowledgeBatch(receipt="GL-2", digest=DIGEST, **about()),
    "AcknowledgeBatch(bytes)": AcknowledgeBatch(receipt="GL-1", digest="0" * 64, **about()),
    "RejectBatch": RejectBatch(reason="period closed", **about()),
}
TABLE = """
#                        NoBatch           Built         Sent               Rejected           Acknowledged
BuildBatch               BatchBuilt        -             -                  -                  -
BuildBatch(other)        BatchBuilt        batch_reused  batch_reused       batch_reused       batch_reused
BuildBatch(nothing)      nothing_posted    nothing_posted  nothing_posted   nothing_posted     nothing_posted
BuildBatch(unbalanced)   unbalanced        unbalanced    unbalanced         unbalanced         unbalanced
BuildBatch(mixed)        mixed_currencies  mixed_currencies  mixed_currencies  mixed_currencies  mixed_currencies
SendBatch                unknown_batch     BatchSent     -                  -                  -
SendBatch(again)         unknown_batch     out_of_order  BatchSent          BatchSent          -
SendBatch(skipping)      unknown_batch     out_of_order  out_of_order       out_of_order       -
AcknowledgeBatch         unknown_batch     wrong_state   BatchAcknowledged  BatchAcknowledged  -
AcknowledgeBatch(other)  unknown_batch     wrong_state   BatchAcknowledged  BatchAcknowledged  acknowledged_twice
AcknowledgeBatch(bytes)  unknown_batch     wrong_state   other_bytes        other_bytes        -
RejectBatch              unknown_batch     wrong_state   BatchRejected      -                  wrong_state
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (BUILT, SENT, TAKEN, NOT_TAKEN)} == set(get_args(Event))


def test_a_batch_is_the_same_bytes_whoever_builds_it_and_whenever_it_is_sent():
    assert MACHINE.decide(build(PAID, SPENT), folded()) == (BUILT,)
    (again,) = _of(MACHINE.decide(COMMANDS["SendBatch(again)"], STATES["Rejected"]))
    assert (again.body, again.attempt) == (BODY, 2)


def _of(decision) -> Any:
    return decision


def test_an_account_without_a_number_is_refused_with_the_entry_that_uses_it():
    chart = {name: number for name, number in CARRIER.chart_of_accounts.items() if name != "unapplied_cash"}
    answer = journal(replace(CARRIER, chart_of_accounts=chart), build(SPENT))

    assert isinstance(answer, Refusal)
    assert (answer.code, "unapplied_cash (account:A#4)" in answer.text) == ("unmapped_account", True)


@pytest.mark.parametrize("name", carrier_names())
def test_a_shipped_carrier_numbers_every_account_of_the_ledger(name):
    chart = load_carrier(name).chart_of_accounts

    assert set(chart) == set(get_args(Account))
    assert len(set(chart.values())) == len(chart)


# --- whole days of a core


def days() -> tuple[Core, Daybook]:
    core = Core(*florida())
    books = Daybook(core.carrier)
    core.observers.append(books)
    play(core, history("a policy cancelled midway"))
    for number, name in enumerate(MONEY_HISTORIES, 2):
        play(core, money_history(name, number))
    return core, books


def batches(books: Daybook) -> list[tuple[str, tuple[Entry, ...]]]:
    return [(batch_name(day, 0), tuple(entries)) for day, entries in sorted(books.days.items())]


def extract_of(books: Daybook) -> list[ExtractLine]:
    """What a general ledger that took every batch holds."""
    lines: list[ExtractLine] = []
    for day, entries in sorted(books.days.items()):
        body = journal(CARRIER, BuildBatch(day=day, part=0, entries=tuple(entries), on=day, at=at(day)))
        assert isinstance(body, JournalBody)
        for line in body.lines:
            minor = parse_amount(line.debit, "USD").minor - parse_amount(line.credit, "USD").minor
            lines.append(ExtractLine(body.batch_id, line.number, line.currency, minor))
    return lines


def test_the_batches_of_all_days_are_the_ledger():
    _, books = days()
    sums: dict[str, int] = {}
    for line in extract_of(books):
        sums[line.number] = sums.get(line.number, 0) + line.minor

    assert len(books.days) >= 5
    assert sums == {CARRIER.chart_of_accounts[name]: minor for (name, _), minor in books.ledger.balances.items()}
    assert unbalanced(entry for entries in books.days.values() for entry in entries) is None


def test_what_the_general_ledger_took_reconciles():
    _, books = days()

    assert reconciled(CARRIER, batches(books), extract_of(books)) == ()


def test_a_difference_is_named_to_the_cent_with_the_entries_behind_it():
    _, books = days()
    extract = extract_of(books)
    place, line = next((k, line) for k, line in enumerate(extract) if line.number == "1010")
    wrong = [*extract[:place], replace(line, minor=line.minor - 1), *extract[place + 1 :]]
    (found,) = reconciled(CARRIER, batches(books), wrong)
    entries = dict(batches(books))[line.batch_id]
    behind = [entry.key for entry in entries if any(posting.account == "cash" for posting in entry.postings)]

    assert (found.batch_id, found.number, found.minor) == (line.batch_id, "1010", -1)
    assert (found.ours, found.theirs) == (line.minor, line.minor - 1)
    assert list(found.entries) == behind


def test_a_batch_that_only_one_side_has_is_a_difference():
    lost = reconciled(CARRIER, [(NAME, (PAID,))], [])
    strange = reconciled(CARRIER, [], [ExtractLine("GL-X", "1010", "USD", 7)])

    assert [(one.number, one.minor) for one in lost] == [("1010", -10000), ("2310", 10000)]
    assert strange == (Unreconciled("GL-X", "1010", "USD", 0, 7, ()),)


def test_the_body_is_what_it_says():
    assert msgspec.json.decode(BODY, type=JournalBody) == journal(CARRIER, build(PAID, SPENT))
    assert batch_name(DAY, 2) == "GL-2026-06-01-2"
