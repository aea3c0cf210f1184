"""What can be seen of the money of an account beside its invoices and payments."""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.wire import Amount


class DisbursementView(Struct, frozen=True, kw_only=True):
    """`approved_by` are the people who said yes; `requested_by` drafted it."""

    disbursement_id: str
    party_id: str
    amount: Amount
    status: Literal["draft", "approved", "executed", "rejected", "reversed"]
    requested_by: str
    approved_by: tuple[str, ...]


class WriteOffView(Struct, frozen=True, kw_only=True):
    write_off_id: str
    reason: str
    amount: Amount
    status: Literal["written_off", "reversed"]


class AccrualView(Struct, frozen=True, kw_only=True):
    """Earned evenly over the days [start, end); negative where it comes back."""

    start: date
    end: date
    amount: Amount


class PaidToView(Struct, frozen=True, kw_only=True):
    """The equity date: `paid` on what is earned with time pays for cover up to `on`, the first day that it does not pay
    for; cover ends on `ends`.
    """

    policy_id: str
    on: date
    ends: date
    paid: Amount
    accruals: tuple[AccrualView, ...]
