"""What may be asked of a premium finance contract, and what happened to it.

`on` is the business day, `at` the instant (UTC).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.money import Money


class Contract(Struct, frozen=True):
    contract_id: str
    lender_id: str
    account_id: str
    payer_id: str
    financed: Money
    power_of_attorney_on: date | None
    third_parties: tuple[str, ...]


class AcceptFinanceContract(Struct, frozen=True, kw_only=True, tag=True):
    """`payer_id` is whose bill the lender pays. `power_of_attorney_on` is None without one. `third_parties` are those
    who must hear of a cancellation: mortgagees, agencies.
    """

    policy_id: str
    contract_id: str
    lender_id: str
    account_id: str
    payer_id: str
    financed: Money
    power_of_attorney_on: date | None
    third_parties: tuple[str, ...]
    on: date
    at: datetime


class FundContract(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The lender pays, in full."""

    policy_id: str
    payment_id: str
    amount: Money
    on: date
    at: datetime


class ReportLoanBalance(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What the borrower still owes the lender."""

    policy_id: str
    owed: Money
    on: date
    at: datetime


class MailNoticeOfIntent(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the day of mailing."""

    policy_id: str
    on: date
    at: datetime


class CureDefault(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class OrderCancellation(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`effective` is the first day without cover."""

    policy_id: str
    effective: date
    on: date
    at: datetime


class MailThirdPartyNotice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    party_id: str
    on: date
    at: datetime


class RecordReturnPremium(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Return premium of the policy that closed nothing and is to be paid out."""

    policy_id: str
    entry_id: str
    amount: Money
    on: date
    at: datetime


Command: TypeAlias = (
    AcceptFinanceContract
    | FundContract
    | ReportLoanBalance
    | MailNoticeOfIntent
    | CureDefault
    | OrderCancellation
    | MailThirdPartyNotice
    | RecordReturnPremium
)


class FinanceContractAccepted(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    contract: Contract
    on: date
    at: datetime


class ContractFunded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    account_id: str
    payer_id: str
    payment_id: str
    amount: Money
    on: date
    at: datetime


class LoanBalanceReported(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    owed: Money
    on: date
    at: datetime


class NoticeOfIntentMailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The cancellation may be ordered from `may_order_from`."""

    policy_id: str
    may_order_from: date
    on: date
    at: datetime


class DefaultCured(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class CancellationOrdered(Struct, frozen=True, kw_only=True, tag=True):
    """As if by the insured. `tell` must hear of it by `tell_by` (None: this state sets no day)."""

    policy_id: str
    contract_id: str
    account_id: str
    lender_id: str
    effective: date
    tell: tuple[str, ...]
    tell_by: date | None
    on: date
    at: datetime


class ThirdPartyNoticed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    party_id: str
    timing: Literal["on_time", "late"]
    on: date
    at: datetime


class ReturnPremiumDivided(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The two amounts add up to what came back; the lender's is due by `due_on` (None: this state sets no day)."""

    policy_id: str
    account_id: str
    entry_id: str
    lender_id: str
    to_lender: Money
    to_insured: Money
    due_on: date | None
    on: date
    at: datetime


Event: TypeAlias = (
    FinanceContractAccepted
    | ContractFunded
    | LoanBalanceReported
    | NoticeOfIntentMailed
    | DefaultCured
    | CancellationOrdered
    | ThirdPartyNoticed
    | ReturnPremiumDivided
)
