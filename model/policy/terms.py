"""What a policy offers and, once bound, insures: coverages, charges, and who pays."""

from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from model.money import Money

Peril = Literal["hurricane", "wind", "water", "flood", "fire", "theft", "equipment_breakdown", "other"]


class Charge(Struct, frozen=True, gc=False):
    """Money for a pattern (premium, tax, fee); negative when it comes back."""

    pattern: str
    amount: Money


class Interest(Struct, frozen=True, gc=False):
    """Somebody else with a right in what is insured: a mortgagee of a building, a lienholder of a vehicle."""

    party_id: str
    kind: Literal["mortgagee", "lienholder"]


class Coverage(Struct, frozen=True, gc=False):
    """Amounts per occurrence; `hurricane_deductible` takes the place of `deductible` in a named hurricane. Nothing is
    insured by an `excluded` peril, nor in the first `waiting_days` of the coverage. `interests` are additional
    interests in what the coverage insures. `aggregate` bounds all losses of one policy year, where there is a limit.
    """

    code: str
    limit: Money
    deductible: Money
    hurricane_deductible: Money
    excluded: tuple[Peril, ...] = ()
    waiting_days: int = 0
    interests: tuple[Interest, ...] = ()
    aggregate: Money | None = None

    @property
    def amounts(self) -> tuple[Money, ...]:
        """Every amount of money that it names."""
        amounts = (self.limit, self.deductible, self.hurricane_deductible)
        return amounts if self.aggregate is None else (*amounts, self.aggregate)


class Payer(Struct, frozen=True, gc=False):
    """Who pays the bills: `weight` is this payer's share among all payers' weights. An `agency` collects for us and
    remits by its statement.
    """

    payer_id: str
    kind: Literal["insured", "mortgagee", "agency"]
    weight: int


class Terms(Struct, frozen=True, gc=False):
    """What is offered and, once bound, insured: one annual term from `start`, billed to `account_id` under a payment
    plan. `areas` name where the risk lies (`county:Lee`, `zip:33901`), for what is ordered area by area.
    """

    account_id: str
    insured_id: str
    product: str
    state: str
    zone: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    coverages: tuple[Coverage, ...]
    charges: tuple[Charge, ...]
    areas: tuple[str, ...] = ()


def like_before(before: Terms, terms: Terms) -> Terms:
    """The terms with what they have in common with those before kept once: a renewal mostly insures the same."""
    return replace(
        terms,
        account_id=before.account_id if before.account_id == terms.account_id else terms.account_id,
        insured_id=before.insured_id if before.insured_id == terms.insured_id else terms.insured_id,
        start=before.end if before.end == terms.start else terms.start,
        payers=before.payers if before.payers == terms.payers else terms.payers,
        coverages=before.coverages if before.coverages == terms.coverages else terms.coverages,
        charges=before.charges if before.charges == terms.charges else terms.charges,
    )
