"""A reserve line: what is still expected to be paid for one exposure, cost type and category.

open = what was set - what eroding payments took; available = open - what is asked for and not yet issued; incurred =
open + paid. Neither open nor available is ever negative, a pending payment counting as if it were gone, and so does
one that still awaits its approval.

A supplemental payment goes beyond the reserve: it raises paid and incurred and leaves what is open alone.
"""

from msgspec import Struct

from model.claims.vocabulary import CostType


class LineKey(Struct, frozen=True, gc=False):
    """Which line: exposure by number, cost type and cost category (dwelling, contents, living expenses, ...)."""

    exposure: int
    cost_type: CostType
    category: str


class ReserveLine(Struct, frozen=True, gc=False):
    """Minor units of `currency`."""

    key: LineKey
    currency: str
    open: int
    pending: int
    paid: int

    @property
    def available(self) -> int:
        return self.open - self.pending

    @property
    def incurred(self) -> int:
        return self.open + self.paid

    def changed(self, minor: int) -> "ReserveLine":
        return ReserveLine(self.key, self.currency, self.open + minor, self.pending, self.paid)

    def requested(self, minor: int) -> "ReserveLine":
        return ReserveLine(self.key, self.currency, self.open, self.pending + minor, self.paid)

    def issued(self, minor: int) -> "ReserveLine":
        return ReserveLine(self.key, self.currency, self.open - minor, self.pending - minor, self.paid + minor)

    def failed(self, minor: int) -> "ReserveLine":
        return ReserveLine(self.key, self.currency, self.open, self.pending - minor, self.paid)

    def restored(self, minor: int) -> "ReserveLine":
        """An eroding payment that was issued did not happen after all."""
        return ReserveLine(self.key, self.currency, self.open + minor, self.pending, self.paid - minor)

    def paid_beyond(self, minor: int) -> "ReserveLine":
        """A payment that does not erode; taken back with a negative amount."""
        return ReserveLine(self.key, self.currency, self.open, self.pending, self.paid + minor)


def empty(key: LineKey, currency: str) -> ReserveLine:
    return ReserveLine(key, currency, 0, 0, 0)
