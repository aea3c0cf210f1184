"""Who a payment goes to: one payee, several with shares of their own, or several jointly on one cheque.

Practice: the mortgagee is named with the insured on payments for the dwelling and nowhere else
(model.choices.claims.MortgageeNaming), and a lienholder is paid first on a total loss, up to the payoff. A joint cheque
clears only when everyone on it has endorsed it: an instrument that is payable to several not alternatively is
discharged only by all of them (UCC 3-110(d)), and a drawer whose bank paid it on one signature still owes the other
payee (GMAC v. Abington Casualty, 413 Mass. 583 (1992)).
"""

from typing import Literal

from msgspec import Struct

from model.choices.claims import MortgageeNaming
from model.decider import Refusal
from model.money import Money

PayeeRole = Literal["insured", "claimant", "mortgagee", "lienholder", "contractor", "vendor"]


class Interest(Struct, frozen=True, gc=False):
    """Somebody beside the insured with a right in what is insured."""

    party_id: str
    kind: Literal["mortgagee", "lienholder"]


class Payee(Struct, frozen=True, gc=False):
    """`share` is a weight among several payees; joint payees have none."""

    party_id: str
    role: PayeeRole
    share: int = 0


class Payoff(Struct, frozen=True, gc=False):
    """What a lienholder says is still owed on what was lost."""

    lienholder_id: str
    amount: Money


def mortgagees_named(rule: MortgageeNaming, category: str, interests: tuple[Interest, ...]) -> tuple[str, ...]:
    """The mortgagees who have to be on a payment of claim cost in a cost category."""
    if rule == "never" or (rule == "dwelling_payments" and category != "dwelling"):
        return ()
    return tuple([one.party_id for one in interests if one.kind == "mortgagee"])


def named_on(
    rule: MortgageeNaming, category: str, insured_id: str, interests: tuple[Interest, ...]
) -> tuple[Payee, ...]:
    """Joint payees of a payment by its cost category."""
    named = mortgagees_named(rule, category, interests)
    return (Payee(insured_id, "insured"), *(Payee(party_id, "mortgagee") for party_id in named))


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


def several(payees: tuple[Payee, ...]) -> tuple[Payee, ...]:
    """The payees of a payment that is paid apart, to each their share; nobody where it is one payee's or joint."""
    return payees if any(payee.share for payee in payees) else ()


def joint(payees: tuple[Payee, ...]) -> tuple[str, ...]:
    """The parties who have to endorse together; nobody where the cheque is one payee's alone."""
    return tuple(payee.party_id for payee in payees) if len(payees) > 1 else ()


def unendorsed(payees: tuple[Payee, ...], endorsed_by: tuple[str, ...]) -> tuple[str, ...]:
    """Who of several joint payees has not endorsed the cheque; a single payee need not be told."""
    if len(payees) < 2:
        return ()
    return tuple(payee.party_id for payee in payees if payee.party_id not in endorsed_by)
