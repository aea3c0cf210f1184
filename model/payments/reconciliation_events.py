"""What is asked of an entry of the reconciliation, and what happened to it. `on` is the business day, `at` the instant
(UTC).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money

Status = Literal[
    "expected",
    "partially_reconciled",
    "posted",
    "over_amount",
    "under_amount",
    "currency_mismatch",
    "data_mismatch",
    "split_mismatch",
    "void",
]
Deposited = Literal["whole", "split_mismatch"]
"""Whether the deposit of the batch was its lines net of fees."""


class Expectation(Struct, frozen=True, gc=False):
    """What the ledger says will come, and when. `reference` is how the processor names the payment."""

    reference: str
    amount: Money
    expected_on: date


class SettlementLine(Struct, frozen=True, gc=False):
    """What the processor says it collected, before its `fee`, and paid out with the others of a batch."""

    line_id: str
    entry_id: str
    reference: str
    amount: Money
    fee: Money
    paid_on: date
    batch_id: str


# --- commands


class ExpectMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    expectation: Expectation
    on: date
    at: datetime


class MatchSettlement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    line: SettlementLine
    on: date
    at: datetime


class MatchDeposit(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The bank's deposit of the batch that the entry's lines are in."""

    entry_id: str
    batch_id: str
    deposit_id: str
    deposited: Deposited
    on: date
    at: datetime


class CheckMissing(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A day has passed."""

    entry_id: str
    on: date
    at: datetime


class EditEntry(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A person corrects what was expected; what stood there before is kept. `version` is the one they have seen."""

    entry_id: str
    version: int
    expectation: Expectation
    by: str
    reason: str
    on: date
    at: datetime


class ForcePost(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A person takes an exception, or what never came, as settled."""

    entry_id: str
    by: str
    reason: str
    on: date
    at: datetime


class VoidEntry(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Nothing was ever to be expected."""

    entry_id: str
    by: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = ExpectMoney | MatchSettlement | MatchDeposit | CheckMissing | EditEntry | ForcePost | VoidEntry

# --- events


class MoneyExpected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    expectation: Expectation
    on: date
    at: datetime


class EntrySettled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    line: SettlementLine
    status: Status
    on: date
    at: datetime


class EntryDeposited(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    batch_id: str
    deposit_id: str
    deposited: Deposited
    status: Status
    on: date
    at: datetime


class EntryMatched(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """All three sides agree, or a person says that they do."""

    entry_id: str
    amount: Money
    on: date
    at: datetime


class EntryMismatched(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It has become an exception, or another one than it was."""

    entry_id: str
    status: Status
    amount: Money
    on: date
    at: datetime


class EntryMissed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It is still expected, and should have come."""

    entry_id: str
    expectation: Expectation
    on: date
    at: datetime


class EntryEdited(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    version: int
    expectation: Expectation
    status: Status
    by: str
    reason: str
    on: date
    at: datetime


class EntryForced(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    by: str
    reason: str
    on: date
    at: datetime


class EntryVoided(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entry_id: str
    by: str
    reason: str
    on: date
    at: datetime


Event: TypeAlias = (
    MoneyExpected
    | EntrySettled
    | EntryDeposited
    | EntryMatched
    | EntryMismatched
    | EntryMissed
    | EntryEdited
    | EntryForced
    | EntryVoided
)
