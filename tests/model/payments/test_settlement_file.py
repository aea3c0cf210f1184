"""A settlement file: good rows are kept, and of every bad one it is said where it is and what is wrong (INV-Y5)."""

from datetime import date

import pytest

from fixtures.histories import usd
from model.decider import Refusal
from model.payments.reconciliation_events import SettlementLine
from model.payments.settlement_file import COLUMNS, SettlementFile, read_settlement

HEADER = ",".join(COLUMNS)
GOOD = "L-1,A-1-0,ref-1,100.00,USD,2.90,2026-06-01,B-1"
OTHER = GOOD.replace("L-1", "L-2")
LINE = SettlementLine("L-1", "A-1-0", "ref-1", usd("100.00"), usd("2.90"), date(2026, 6, 1), "B-1")


def file(*rows: str) -> SettlementFile:
    found = read_settlement("\n".join((HEADER, *rows)))
    assert isinstance(found, SettlementFile)
    return found


def test_a_row_is_read_to_the_cent():
    assert file(GOOD) == SettlementFile((LINE,), ())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (GOOD.replace("100.00", "100.0"), "bad_amount"),
        (GOOD.replace("100.00", "1e2"), "bad_amount"),
        (GOOD.replace("100.00", "١٠٠.00"), "bad_amount"),
        (GOOD.replace("USD", "XXX"), "bad_amount"),
        (GOOD.replace("2.90", ""), "bad_amount"),
        (GOOD.replace("2026-06-01", "2026-06-31"), "bad_date"),
        (GOOD.replace("2026-06-01", "06/01/2026"), "bad_date"),
        (GOOD.replace("ref-1", " "), "bad_row"),
        (GOOD.replace("B-1", ""), "bad_row"),
        (GOOD + ",more", "bad_row"),
        ("L-1,A-1-0", "bad_row"),
        ("", "bad_row"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_good_ones_are_kept(row, code):
    found = file(OTHER, row, GOOD)

    assert [(bad.line, bad.code) for bad in found.bad] == [(3, code)]
    assert [line.line_id for line in found.lines] == ["L-2", "L-1"]
    assert found.bad[0].text


def test_a_line_that_is_there_twice_alike_counts_once():
    assert file(GOOD, OTHER, GOOD) == file(GOOD, OTHER)


def test_of_two_lines_that_contradict_each_other_neither_is_believed():
    found = file(GOOD, OTHER, GOOD.replace("100.00", "90.00"))

    assert [(bad.line, bad.code) for bad in found.bad] == [(2, "line_twice"), (4, "line_twice")]
    assert [line.line_id for line in found.lines] == ["L-2"]


@pytest.mark.parametrize("text", ["", "line_id", HEADER.replace("fee", "charge"), "\ufeff" + HEADER, HEADER + ",more"])
def test_a_file_with_other_columns_is_no_settlement_file(text):
    found = read_settlement(text)

    assert isinstance(found, Refusal)
    assert found.code == "unreadable_file"


def test_a_return_is_a_negative_line():
    (line,) = file(GOOD.replace("100.00", "-100.00")).lines

    assert line.amount == usd("-100.00")
