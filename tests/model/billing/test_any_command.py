"""Nothing well typed that billing is asked makes one of its machines raise: it answers, and a refusal has a code."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.billing_histories import BILLING_HISTORIES
from fixtures.dunning_histories import DUNNING_HISTORIES
from fixtures.histories import account_id, at
from fixtures.jurisdictions import florida
from fixtures.money_histories import MONEY_HISTORIES
from model.billing.journal import BuildBatch
from model.billing.statement import AddStatementItem, IssueStatement, MatchAccountCurrent
from model.billing.statement_messages import CommissionPart, CurrentLine
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.ledger import Entry, Posting
from model.money import Money
from model.published.seen import account_view
from tests.model.billing.any_billing_command import COMMANDS, FIRST, AnyCommand

LAW, CARRIER = florida()
FEES = replace(CARRIER, billing=replace(CARRIER.billing, late_fee_minor=1000))
HISTORIES = {**MONEY_HISTORIES, **BILLING_HISTORIES, **DUNNING_HISTORIES}


@pytest.mark.parametrize("name", HISTORIES)
@settings(derandomize=True, deadline=None, max_examples=5)
@given(seed=st.integers(0, 2**24 - 1))
def test_no_well_typed_command_makes_billing_raise_or_lose_a_cent(name, seed):
    core, draw = Core(LAW, FEES), AnyCommand(Random(seed))
    books = Books(FEES)
    core.observers += [lambda recorded: draw.tell(recorded.event), books]
    for step in HISTORIES[name]:
        command: Any = step(1)
        draw.tell(command)
        core.submit(command)
        core.drain(at=command.at)
    for _ in range(40):
        command = draw.command()
        draw.tell(command)

        answer = core.submit(command)
        assert isinstance(answer, tuple) or (isinstance(answer, Refusal) and answer.code.isidentifier())
        core.drain(at=command.at)
    assert sum(books.ledger.balances.values()) == 0
    view = account_view(core.account(account_id(1)))
    assert view is None or [one for one in judged(ACCOUNT_INVARIANTS, "A", view) if one.code in KEPT] == []


KEPT = ("INV-B2", "INV-B4", "INV-B5", "INV-B13")
"""What holds whatever is asked."""


def test_the_dice_ask_everything_that_billing_can_be_asked():
    draw = AnyCommand(Random(1))
    for kind in COMMANDS:
        assert type(draw.made(kind)) is kind


EUROS = Money(100, "EUR")
STATEMENT: Any = {"producer_id": "X", "month": "2026-06", "on": FIRST, "at": at(FIRST)}


def item(*parts: Money) -> AddStatementItem:
    shares = tuple(CommissionPart("X", part) for part in parts)
    gross = Money(5000, "USD")
    return AddStatementItem(item_id="I", account_id="A", policy_id="P", gross=gross, parts=shares, **STATEMENT)


def test_a_statement_takes_no_commission_in_another_currency():
    answer: Any = Core(LAW, CARRIER).submit(item(Money(1, "USD"), EUROS))

    assert answer.code == "wrong_currency"


def test_a_producers_own_statement_in_another_currency_is_refused_and_not_matched():
    core = Core(LAW, CARRIER)
    core.submit(item(Money(500, "USD")))
    core.submit(IssueStatement(**STATEMENT))
    line = CurrentLine("A", "P", Money(5000, "USD"), EUROS)
    answer: Any = core.submit(MatchAccountCurrent(document_id="D", lines=(line,), **STATEMENT))

    assert answer.code == "wrong_currency"


def test_a_batch_in_a_currency_that_nobody_knows_is_refused():
    entry = Entry("K", (Posting("cash", 1, "XXX"), Posting("unapplied_cash", -1, "XXX")))
    answer: Any = Core(LAW, CARRIER).submit(BuildBatch(day=FIRST, part=0, entries=(entry,), on=FIRST, at=at(FIRST)))

    assert answer.code == "unknown_currency"
