"""A regulator's act that changes the clocks of a catastrophe's claims.

An overlay of the law is off until such an act exists: Texas adds fifteen days only for losses in the counties and on
the days that the department designated (Tex. Ins. Code 542.059(b)), Florida thirty only by leave of its regulator
(Fla. Stat. 627.70131(7)).
"""

from datetime import date

from msgspec import Struct


class Designation(Struct, frozen=True):
    """The overlay `word` holds for losses in [losses_from, losses_to], local days, in some counties of a state, or in
    all of it where none is named.
    """

    word: str
    state: str
    losses_from: date
    losses_to: date
    counties: tuple[str, ...] = ()

    def covers(self, *, state: str, county: str, loss_on: date) -> bool:
        here = state == self.state and (not self.counties or county in self.counties)
        return here and self.losses_from <= loss_on <= self.losses_to
