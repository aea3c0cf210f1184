"""Limits that several payments, people or claims share, as ledgers of what was taken from them.

A limit per occurrence belongs to a claim and a limit per person to a claimant; an aggregate belongs to a policy and a
year, and which year a payment erodes, that of the loss or that of the payment, is a choice of the form.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from model.decider import Refusal
from model.money import Money

Erosion = Literal["by_date_of_loss", "by_date_of_payment"]


class Taken(Struct, frozen=True, gc=False):
    """What one payment took, in minor units."""

    payment_id: str
    claim_id: str
    person_id: str
    year: int
    minor: int


class LimitLedger(Struct, frozen=True):
    """Limits in minor units, None where the policy sets none."""

    currency: str
    erosion: Erosion
    per_occurrence: int | None
    per_person: int | None
    aggregate: int | None
    taken: tuple[Taken, ...] = ()

    def left(self, *, claim_id: str, person_id: str, loss_on: date, paid_on: date) -> int | None:
        """What a payment may still take, in minor units; None when nothing limits it."""
        year = self.year(loss_on, paid_on)
        lefts = (
            _left(self.per_occurrence, (one.minor for one in self.taken if one.claim_id == claim_id)),
            _left(
                self.per_person,
                (one.minor for one in self.taken if (one.claim_id, one.person_id) == (claim_id, person_id)),
            ),
            _left(self.aggregate, (one.minor for one in self.taken if one.year == year)),
        )
        known = [left for left in lefts if left is not None]
        return min(known) if known else None

    def year(self, loss_on: date, paid_on: date) -> int:
        return (loss_on if self.erosion == "by_date_of_loss" else paid_on).year

    def taking(
        self, payment_id: str, amount: Money, *, claim_id: str, person_id: str, loss_on: date, paid_on: date
    ) -> "LimitLedger | Refusal":
        """The ledger after a payment; the same payment again changes nothing."""
        if any(one.payment_id == payment_id for one in self.taken):
            return self
        if amount.currency != self.currency:
            return Refusal("wrong_currency", f"the limit is in {self.currency}, not {amount.currency}")
        left = self.left(claim_id=claim_id, person_id=person_id, loss_on=loss_on, paid_on=paid_on)
        if left is not None and amount.minor > left:
            return Refusal("limit_exhausted", f"{left} minor units are left of the limits, not {amount.minor}")
        entry = Taken(payment_id, claim_id, person_id, self.year(loss_on, paid_on), amount.minor)
        return LimitLedger(
            self.currency, self.erosion, self.per_occurrence, self.per_person, self.aggregate, (*self.taken, entry)
        )

    def giving_back(self, payment_id: str) -> "LimitLedger":
        """The ledger when a payment was stopped or voided: its year and its people have the room again."""
        rest = tuple(one for one in self.taken if one.payment_id != payment_id)
        return LimitLedger(self.currency, self.erosion, self.per_occurrence, self.per_person, self.aggregate, rest)


def _left(limit: int | None, taken: Iterable[int]) -> int | None:
    return None if limit is None else limit - sum(taken)
