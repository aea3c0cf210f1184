"""Who a payment goes to: one payee, several with shares of their own, or several jointly on one cheque.

Practice: the mortgagee is named with the insured on payments for the dwelling and nowhere else, and a lienholder is
paid first on a total loss, up to the payoff. A joint cheque clears only when everyone on it has endorsed it: an
instrument that is payable to several not alternatively is discharged only by all of them (UCC 3-110(d)), and a drawer
whose bank paid it on one signature still owes the other payee (GMAC v. Abington Casualty, 413 Mass. 583 (1992)).
"""

from typing import Literal

from msgspec import Struct

from model.decider import Refusal
from model.money import Money

PayeeRole = Literal["insured", "claimant", "mortgagee", "lienholder", "contractor", "vendor"]


class Payee(Struct, frozen=True, gc=False):
    """`share` is a weight among several payees; joint payees have none."""

    party_id: str
    role: PayeeRole
    share: int = 0


def named_on(category: str, insured_id: str, mortgagee_id: str | None) -> tuple[Payee, ...]:
    """Joint payees of a payment by its cost category."""
    insured = Payee(insured_id, "insured")
    if category != "dwelling" or mortgagee_id is None:
        return (insured,)
    return (insured, Payee(mortgagee_id, "mortgagee"))


def shares(amount: Money, payees: tuple[Payee, ...]) -> tuple[tuple[Payee, Money], ...] | Refusal:
    """Several payees, each with a part of the amount by its share; the parts add up to the amount."""
    if not payees or any(payee.share <= 0 for payee in payees):
        return Refusal("bad_shares", "each of several payees needs a share above nothing")
    parts = amount.split_by([payee.share for payee in payees])
    return tuple(zip(payees, parts, strict=True))


def total_loss(amount: Money, *, payoff: Money, lienholder_id: str, insured_id: str) -> tuple[tuple[Payee, Money], ...]:
    """A total loss of something with a lien on it: the lienholder up to the payoff, the rest to the insured."""
    first = Money(max(min(amount.minor, payoff.minor), 0), amount.currency)
    rest = amount - first
    parts = ((Payee(lienholder_id, "lienholder"), first), (Payee(insured_id, "insured"), rest))
    return tuple((payee, part) for payee, part in parts if part.minor)


def joint(payees: tuple[Payee, ...]) -> tuple[str, ...]:
    """The parties who have to endorse together; nobody where the cheque is one payee's alone."""
    return tuple(payee.party_id for payee in payees) if len(payees) > 1 else ()


def unendorsed(payees: tuple[Payee, ...], endorsed_by: tuple[str, ...]) -> tuple[str, ...]:
    """Who of several joint payees has not endorsed the cheque; a single payee need not be told."""
    if len(payees) < 2:
        return ()
    return tuple(payee.party_id for payee in payees if payee.party_id not in endorsed_by)
