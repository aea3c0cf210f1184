"""What an insurer charges for, and how each kind of charge is spread, paid and given back."""

from typing import Literal

from msgspec import Struct

Refund = Literal["pro_rata", "fully_earned"]


class PatternRule(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A charge pattern: may it be spread over installments, what comes back on cancellation, and its place in the
    payment waterfall.

    A lower `priority` is paid first within an invoice. `credit_account` is what the charge is written against in the
    ledger. Producers earn commission on what is `commissionable`: premium, not taxes and fees.
    """

    pattern: str
    spread: Literal["installments", "first_invoice"]
    refund: Refund
    priority: int
    credit_account: Literal["unearned_premium", "taxes_payable", "fee_income"]
    commissionable: bool = False
