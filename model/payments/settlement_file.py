"""A processor's settlement file: the good rows of it, and of every bad one where it is and what is wrong with it.

A file is not thrown away for one row, because the money of the others has moved all the same; and no row is guessed at,
because money would go to the wrong place.
"""

import csv
from datetime import date

from msgspec import Struct

from model.decider import Refusal
from model.money import MoneyError, parse_amount
from model.payments.reconciliation_events import SettlementLine

COLUMNS = ("line_id", "entry_id", "reference", "amount", "currency", "fee", "paid_on", "batch_id")
NEEDED = ("line_id", "entry_id", "reference", "batch_id")


class BadRow(Struct, frozen=True, gc=False):
    """`line` counts the lines of the file from 1, its header being the first."""

    line: int
    code: str
    text: str


class SettlementFile(Struct, frozen=True):
    lines: tuple[SettlementLine, ...]
    bad: tuple[BadRow, ...]


def read_settlement(text: str) -> SettlementFile | Refusal:
    """The rows of a CSV file with the columns COLUMNS. A line that is there twice alike counts once; of two that
    contradict each other neither is believed.
    """
    rows = csv.reader(text.splitlines())
    header = next(rows, None)
    if header is None or tuple(header) != COLUMNS:
        return Refusal("unreadable_file", f"the columns are {','.join(header or ())}, not {','.join(COLUMNS)}")
    good: dict[str, tuple[int, SettlementLine]] = {}
    bad: list[BadRow] = []
    disputed = set[str]()
    for number, row in enumerate(rows, 2):
        found = _line(number, row)
        if isinstance(found, BadRow):
            bad.append(found)
            continue
        known = good.setdefault(found.line_id, (number, found))
        if known[1] != found:
            disputed.add(found.line_id)
            bad.append(
                BadRow(number, "line_twice", f"line {found.line_id} is also line {known[0]}, with other contents")
            )
    bad.extend(
        BadRow(good[line_id][0], "line_twice", f"line {line_id} comes again, with other contents")
        for line_id in sorted(disputed)
    )
    lines = tuple(line for line_id, (_, line) in good.items() if line_id not in disputed)
    return SettlementFile(lines, tuple(sorted(bad, key=_place)))


def _place(row: BadRow) -> int:
    return row.line


def _line(number: int, row: list[str]) -> SettlementLine | BadRow:
    if len(row) != len(COLUMNS):
        return BadRow(number, "bad_row", f"{len(row)} fields, not {len(COLUMNS)}")
    fields = dict(zip(COLUMNS, row, strict=True))
    for column in NEEDED:
        if not fields[column].strip():
            return BadRow(number, "bad_row", f"{column} is empty")
    try:
        amount = parse_amount(fields["amount"], fields["currency"])
        fee = parse_amount(fields["fee"], fields["currency"])
    except MoneyError as error:
        return BadRow(number, "bad_amount", str(error))
    try:
        paid_on = date.fromisoformat(fields["paid_on"])
    except ValueError:
        return BadRow(number, "bad_date", f"{fields['paid_on']!r} is not a day")
    return SettlementLine(
        line_id=fields["line_id"],
        entry_id=fields["entry_id"],
        reference=fields["reference"],
        amount=amount,
        fee=fee,
        paid_on=paid_on,
        batch_id=fields["batch_id"],
    )
