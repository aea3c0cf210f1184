"""Money that comes back: subrogation from whoever is liable, salvage, and who of insured and insurer gets what.

Recoveries reduce what a claim has cost net, never what was paid. A recovery that nobody expected makes its own
recovery reserve of the same amount, so that what is still expected is never negative. How a subrogation recovery is
shared with the insured, whose deductible is in it, differs from state to state; the strategies are named and the
carrier chooses, each of them with or without bearing its part of the expense of recovering.
"""

from msgspec import Struct

from model.choices.claims import ExpenseShare, SubrogationShare
from model.claims.reserve import LineKey
from model.claims.vocabulary import RecoveryCategory
from model.money import Money, Rounding


class RecoveryLine(Struct, frozen=True, gc=False):
    """Minor units of `currency`: `expected` is what the recovery reserve was set to in all, `received` what came,
    `expense` what it cost to get it.
    """

    line: LineKey
    category: RecoveryCategory
    currency: str
    expected: int
    received: int
    expense: int

    @property
    def open(self) -> int:
        return self.expected - self.received


class Receipt(Struct, frozen=True, gc=False):
    """One recovery as it came in, and what of it is the insured's."""

    recovery_id: str
    line: LineKey
    category: RecoveryCategory
    amount: Money
    expense: Money
    to_insured: Money


class Shares(Struct, frozen=True, gc=False):
    """Insured's and insurer's part add up to what was recovered, less the expense where that is shared."""

    insured: Money
    insurer: Money


def shared(
    strategy: SubrogationShare,
    expense_share: ExpenseShare,
    *,
    recovered: Money,
    expense: Money,
    paid: Money,
    deductible_left: Money,
    rounding: Rounding,
) -> Shares:
    """The parts of one subrogation recovery.

    `paid` is what the insurer is out of pocket, `deductible_left` what of the deductible the insured has not got back.

    pro_rata: deductible / (deductible + paid) of the recovery; made_whole: the insured first, up to the deductible;
    insurer_first: the insurer first, up to what was paid. Net of expense, both bear it in the proportion of pro_rata,
    but made whole bears none. Source of the strategies: trade pages (mwl-law, claimsjournal); the vectors V13.
    """
    nothing = Money(0, recovered.currency)
    if deductible_left.minor <= 0:
        return Shares(nothing, recovered)
    at_stake = deductible_left.minor + paid.minor
    net = recovered - expense if expense_share == "net_of_expense" and strategy != "made_whole" else recovered
    distributable = net.minor if net.minor > 0 else 0
    match strategy:
        case "pro_rata":
            part = Money(distributable, recovered.currency).share(deductible_left.minor, at_stake, rounding).minor
        case "made_whole":
            part = distributable
        case "insurer_first":
            part = max(distributable - paid.minor, 0)
    insured = Money(min(part, deductible_left.minor), recovered.currency)
    return Shares(insured, Money(distributable, recovered.currency) - insured)


def line_of(lines: tuple[RecoveryLine, ...], key: LineKey, category: RecoveryCategory) -> RecoveryLine | None:
    for line in lines:
        if line.line == key and line.category == category:
            return line
    return None


def put_line(lines: tuple[RecoveryLine, ...], changed: RecoveryLine) -> tuple[RecoveryLine, ...]:
    """The lines with one replaced, or added at the end."""
    if line_of(lines, changed.line, changed.category) is None:
        return (*lines, changed)
    return tuple(changed if (line.line, line.category) == (changed.line, changed.category) else line for line in lines)
