"""Batch deposits: one sum at the bank for many settled lines, net of the processor's fees (n:1, Y10)."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from model.money import Money
from model.payments.reconciliation_events import Deposited, SettlementLine


class BankDeposit(Struct, frozen=True, gc=False):
    """A line of the bank statement. `batch_id` is what the processor wrote into it."""

    deposit_id: str
    batch_id: str
    amount: Money
    on: date


class BatchResult(Struct, frozen=True):
    """What a deposit says of every entry of its batch. `difference` is the deposit less what its lines come to, in
    minor units.
    """

    batch_id: str
    deposit_id: str
    deposited: Deposited
    difference: int
    entries: tuple[str, ...]


class Deposits(Struct, frozen=True):
    """`unexpected` deposits name a batch that no line is in; `outstanding` batches have no deposit yet."""

    results: tuple[BatchResult, ...]
    unexpected: tuple[BankDeposit, ...]
    outstanding: tuple[str, ...]


def compared(lines: Iterable[SettlementLine], deposits: Iterable[BankDeposit], *, tolerance_minor: int) -> Deposits:
    """Every batch against its deposits. A batch that the bank pays in several parts is whole when they are; a currency
    that is not the lines' makes it a mismatch by the whole sum.
    """
    batches: dict[str, list[SettlementLine]] = {}
    for line in lines:
        batches.setdefault(line.batch_id, []).append(line)
    parts: dict[str, list[BankDeposit]] = {}
    unexpected: list[BankDeposit] = []
    for deposit in deposits:
        if deposit.batch_id in batches:
            parts.setdefault(deposit.batch_id, []).append(deposit)
        else:
            unexpected.append(deposit)
    results = tuple(_result(name, batches[name], found, tolerance_minor) for name, found in parts.items())
    return Deposits(results, tuple(unexpected), tuple(name for name in batches if name not in parts))


def _result(
    batch_id: str, lines: list[SettlementLine], deposits: list[BankDeposit], tolerance_minor: int
) -> BatchResult:
    net = sum(line.amount.minor - line.fee.minor for line in lines)
    currencies = {line.amount.currency for line in lines} | {deposit.amount.currency for deposit in deposits}
    difference = sum(deposit.amount.minor for deposit in deposits) - net
    whole = len(currencies) == 1 and abs(difference) <= tolerance_minor
    return BatchResult(
        batch_id=batch_id,
        deposit_id="+".join(deposit.deposit_id for deposit in deposits),
        deposited="whole" if whole else "split_mismatch",
        difference=difference,
        entries=tuple(dict.fromkeys(line.entry_id for line in lines)),
    )
