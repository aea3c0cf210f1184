"""A whole settlement file and its deposits against the ledger: what fits, and that nothing is left without a name."""

from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.decider import Refusal
from model.invariants import unreconciled
from model.money import Money
from model.payments.deposits import BankDeposit, compared
from model.payments.reconciliation import EXCEPTIONS, OPEN, Entry, evolve
from model.payments.reconciliation_events import (
    Expectation,
    ExpectMoney,
    MatchDeposit,
    MatchSettlement,
    SettlementLine,
    Status,
)
from model.payments.reconciliation_summary import summed, unbalanced
from tests.model.payments.one_entry import DAY, LINE, MACHINE, about

# --- deposits


def lines(*minors: int, fee: int = 0, batch: str = "B-1") -> list[SettlementLine]:
    line = replace(LINE, fee=Money(fee, "USD"), batch_id=batch)
    return [
        replace(line, line_id=f"{batch}-{number}", entry_id=f"A-{number}", amount=Money(minor, "USD"))
        for number, minor in enumerate(minors)
    ]


def bank(minor: int, *, batch: str = "B-1", name: str = "BANK-1", currency: str = "USD") -> BankDeposit:
    return BankDeposit(name, batch, Money(minor, currency), DAY)


@pytest.mark.parametrize(
    ("deposits", "wanted", "difference"),
    [
        ([bank(14900)], "whole", 0),
        ([bank(14899)], "split_mismatch", -1),
        ([bank(15000)], "split_mismatch", 100),
        ([bank(10000), bank(4900, name="BANK-2")], "whole", 0),
        ([bank(14900, currency="EUR")], "split_mismatch", 0),
    ],
)
def test_one_deposit_stands_for_many_lines_net_of_fees(deposits, wanted, difference):
    """n:1: 100.00 and 50.00 at 0.50 each come as 149.00."""
    (result,) = compared(lines(10000, 5000, fee=50), deposits, tolerance_minor=0).results

    assert (result.deposited, result.difference) == (wanted, difference)
    assert result.entries == ("A-0", "A-1")


def test_a_deposit_of_nothing_and_a_batch_without_a_deposit_are_both_named():
    found = compared(lines(1) + lines(2, batch="B-2"), [bank(1, batch="B-9")], tolerance_minor=0)

    assert [one.batch_id for one in found.unexpected] == ["B-9"]
    assert (found.results, found.outstanding) == ((), ("B-1", "B-2"))


# --- INV-Y5


class Desk:
    """All entries, and files that are read in."""

    def __init__(self, ledger: dict[str, int]) -> None:
        self.ledger = ledger
        self.entries: dict[str, Any] = {}
        for entry_id, minor in ledger.items():
            expectation = Expectation(entry_id, Money(minor, "USD"), DAY)
            self.ask(ExpectMoney(expectation=expectation, **about(entry_id=entry_id)))

    def ask(self, command: Any) -> None:
        state = self.entries.get(command.entry_id, MACHINE.initial)
        decision = MACHINE.decide(command, state)
        if not isinstance(decision, Refusal) and decision:
            self.entries[command.entry_id] = reduce(evolve, decision, state)

    def read(self, settled: list[SettlementLine], deposits: list[BankDeposit]) -> None:
        for line in settled:
            self.ask(MatchSettlement(line=line, **about(entry_id=line.entry_id)))
        for result in compared(settled, deposits, tolerance_minor=0).results:
            for entry_id in result.entries:
                of = about(entry_id=entry_id, deposit_id=result.deposit_id)
                self.ask(MatchDeposit(batch_id=result.batch_id, deposited=result.deposited, **of))


LEDGERS = st.dictionaries(st.sampled_from([f"A-{n}" for n in range(6)]), st.integers(1, 9999), min_size=1)


def settlement(data, ledger: dict[str, int]) -> tuple[list[SettlementLine], list[BankDeposit]]:
    settled = list[SettlementLine]()
    for number, (entry_id, minor) in enumerate(ledger.items()):
        for part in range(data.draw(st.integers(0, 2))):
            amount = data.draw(st.sampled_from([minor, minor, minor + 1, minor // 2]))
            reference = data.draw(st.sampled_from([entry_id, entry_id, "else"]))
            line = replace(LINE, line_id=f"L-{number}-{part}", entry_id=entry_id, reference=reference)
            line = replace(line, amount=Money(amount, "USD"))
            settled.append(replace(line, batch_id=data.draw(st.sampled_from(["B-1", "B-2"]))))
    nets: dict[str, int] = {"B-1": 0, "B-2": 0}
    for line in settled:
        nets[line.batch_id] += line.amount.minor - line.fee.minor
    wrong = data.draw(st.sampled_from([0, 0, 1]))
    return settled, [bank(net + wrong, batch=batch, name=f"BANK-{batch}") for batch, net in nets.items()]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(LEDGERS, st.data())
def test_every_cash_line_is_matched_expected_or_an_exception_and_a_file_read_again_changes_nothing(ledger, data):
    """INV-Y5."""
    desk = Desk(ledger)
    file = settlement(data, ledger)

    desk.read(*file)
    after = dict(desk.entries)
    desk.read(*file)

    assert desk.entries == after
    assert list(unreconciled(ledger, desk.entries)) == []
    heaps: set[Status] = {*OPEN, *EXCEPTIONS, "posted", "void"}
    assert all(isinstance(entry, Entry) and entry.status in heaps for entry in desk.entries.values())


def test_every_status_is_in_one_heap():
    assert {*OPEN, *EXCEPTIONS, "posted", "void"} == set(get_args(Status))
    assert not OPEN & EXCEPTIONS


def test_a_lost_a_changed_and_a_doubled_line_show():
    """INV-Y5 can fail."""
    desk = Desk({"A-0": 100, "A-1": 200})
    lost, changed = dict(desk.entries), dict(desk.entries)
    del lost["A-1"]
    changed["A-1"] = replace(changed["A-1"], expectation=replace(changed["A-1"].expectation, amount=Money(1, "USD")))

    assert unbalanced(desk.ledger, lost) == unbalanced(desk.ledger, changed) == ("A-1",)
    assert summed(lost.values()).total != 300
    extra = desk.entries | {"A-9": desk.entries["A-0"]}
    for wrong in (lost, changed, extra):
        assert {one.code for one in unreconciled(desk.ledger, wrong)} == {"INV-Y5"}
    line = replace(LINE, entry_id="A-0", reference="A-0", amount=Money(100, "USD"))
    desk.read([line, replace(line, line_id="the same under another name")], [])
    assert desk.entries["A-0"].status == "over_amount"
