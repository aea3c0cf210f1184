"""The words in which billing says what a draft is of."""

from typing import Literal

from msgspec import Struct

DraftMethod = Literal["ach", "card", "wallet"]
"""By what a payer lets itself be drafted."""
BilledTo = Literal["direct_bill", "agency_bill", "mortgagee_bill"]
"""Whose bill it is: the insured's own (or its lender's), its producer's, its mortgagee's."""


class DraftTerms(Struct, frozen=True, gc=False):
    """`installment` is the place of the bill among those of its plan, 0 for the down payment, and `installments` how
    many the plan has after it; both None for what no plan asked for. `state` is empty where nobody told it.
    """

    method: DraftMethod | None
    billed_to: BilledTo
    state: str
    installment: int | None
    installments: int | None
