"""What may be asked of an agency statement, and what happened to it.

`on` is the business day, `at` the instant (UTC).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.suspense_messages import Reason
from model.money import Money, total


class CommissionPart(Struct, frozen=True, gc=False):
    """What of an item's commission is whose."""

    producer_id: str
    amount: Money


class Item(Struct, frozen=True):
    item_id: str
    account_id: str
    policy_id: str
    gross: Money
    parts: tuple[CommissionPart, ...]
    cash: Money
    status: Literal["open", "exception", "settled"] = "open"
    promised: Money | None = None

    @property
    def commission(self) -> Money:
        return total([part.amount for part in self.parts], self.gross.currency)

    @property
    def net(self) -> Money:
        return self.gross - self.commission

    @property
    def due(self) -> Money:
        """What of the net has not come."""
        return self.net - self.cash


class AddStatementItem(Struct, frozen=True, kw_only=True, tag=True):
    """`month` is YYYY-MM."""

    producer_id: str
    month: str
    item_id: str
    account_id: str
    policy_id: str
    gross: Money
    parts: tuple[CommissionPart, ...]
    on: date
    at: datetime


class IssueStatement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    month: str
    on: date
    at: datetime


class PromiseRemittance(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The producer says what it will pay for an item."""

    producer_id: str
    month: str
    item_id: str
    amount: Money
    on: date
    at: datetime


class RemittedLine(Struct, frozen=True, gc=False):
    item_id: str
    amount: Money


class RemitStatement(Struct, frozen=True, kw_only=True, tag=True):
    """Money from the producer, and for which items it is."""

    producer_id: str
    month: str
    remittance_id: str
    amount: Money
    lines: tuple[RemittedLine, ...]
    on: date
    at: datetime


class CurrentLine(Struct, frozen=True, gc=False):
    """A line of the producer's own statement. `policy_id` and `account_id` find our item."""

    account_id: str
    policy_id: str
    gross: Money
    commission: Money


class MatchAccountCurrent(Struct, frozen=True, kw_only=True, tag=True):
    producer_id: str
    month: str
    document_id: str
    lines: tuple[CurrentLine, ...]
    on: date
    at: datetime


class ChargeDifference(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Ends an exception: what lacks is taken from what we owe the producer."""

    producer_id: str
    month: str
    item_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    AddStatementItem | IssueStatement | PromiseRemittance | RemitStatement | MatchAccountCurrent | ChargeDifference
)


class StatementItemAdded(Struct, frozen=True, kw_only=True, tag=True):
    producer_id: str
    month: str
    item: Item
    on: date
    at: datetime


class StatementIssued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    producer_id: str
    month: str
    gross: Money
    commission: Money
    net: Money
    on: date
    at: datetime


class RemittancePromised(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`disputed`: the producer means to pay something else than what is due, by more than the tolerance."""

    producer_id: str
    month: str
    item_id: str
    amount: Money
    says: Literal["agreed", "disputed"]
    on: date
    at: datetime


class Applied(Struct, frozen=True):
    """`cash` came for an item, and `netted` is what was set off against the producer's balance, by producer."""

    item_id: str
    account_id: str
    cash: Money
    netted: tuple[CommissionPart, ...]
    outcome: Literal["settled", "exception"]


class StatementRemitted(Struct, frozen=True, kw_only=True, tag=True):
    """`amount` = cash applied + excess. The excess goes to suspense with its reason."""

    producer_id: str
    month: str
    remittance_id: str
    amount: Money
    applied: tuple[Applied, ...]
    excess: Money
    reason: Reason
    on: date
    at: datetime


class Difference(Struct, frozen=True, gc=False):
    """`ours` and `theirs` are net amounts; an item that one side lacks has none there."""

    account_id: str
    policy_id: str
    ours: Money | None
    theirs: Money | None


class AccountCurrentMatched(Struct, frozen=True, kw_only=True, tag=True):
    producer_id: str
    month: str
    document_id: str
    agreed: tuple[str, ...]
    differences: tuple[Difference, ...]
    on: date
    at: datetime


class DifferenceCharged(Struct, frozen=True, kw_only=True, tag=True):
    """The rest of an item, paid by setting it off."""

    producer_id: str
    month: str
    applied: Applied
    on: date
    at: datetime


Event: TypeAlias = (
    StatementItemAdded
    | StatementIssued
    | RemittancePromised
    | StatementRemitted
    | AccountCurrentMatched
    | DifferenceCharged
)
