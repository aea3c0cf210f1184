"""What comes back when a term is cancelled, and what it earned.

The return is computed from the units that remain and the earned part is what is left, so that the two always add up
to what was written and a flat divisor (365 in a leap term) shows in the return as its convention says.
"""

from model.daycount import Portion
from model.money import Money, Rounding


def pro_rata_return(written: Money, term: Portion, rounding: Rounding) -> Money:
    """The unearned part of `written`, rounded once; never more than was written."""
    back = written.share(term.remaining, term.basis, rounding)
    return written if abs(back.minor) > abs(written.minor) else back


def earned(written: Money, term: Portion, rounding: Rounding) -> Money:
    return written - pro_rata_return(written, term, rounding)
