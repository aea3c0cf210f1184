"""Who may decide what alone: limits by role on one payment, on the reserve of a line and on what a claim costs in all.

A payment above them waits for somebody else with enough authority and counts against what is available meanwhile. A
reserve above them is refused, since nothing is lost by asking again with the right person at the desk. Nobody approves
what they asked for themselves.
"""

from model.carrier import Carrier
from model.choices.claims import Authority
from model.claims.file import ClaimPayment
from model.decider import Refusal


def authority_of(carrier: Carrier, role: str) -> Authority | Refusal:
    authorities = carrier.claims.authorities
    if not authorities:
        return Authority(role)
    for authority in authorities:
        if authority.role == role:
            return authority
    return Refusal("unknown_role", f"{carrier.name} gives {role!r} no authority over claims")


def above(authority: Authority, *, payment: int, incurred: int) -> Refusal | None:
    """Why a payment of so many minor units is above an authority, None when it is not."""
    if authority.payment_minor is not None and payment > authority.payment_minor:
        return Refusal("above_authority", f"{authority.role} may pay {authority.payment_minor}, not {payment}")
    if authority.incurred_minor is not None and incurred > authority.incurred_minor:
        return Refusal("above_authority", f"{authority.role} may let a claim cost {authority.incurred_minor}")
    return None


def may_reserve(carrier: Carrier, role: str, *, reserve: int, incurred: int) -> Refusal | None:
    authority = authority_of(carrier, role)
    if isinstance(authority, Refusal):
        return authority
    if authority.reserve_minor is not None and reserve > authority.reserve_minor:
        return Refusal("above_authority", f"{role} may reserve {authority.reserve_minor}, not {reserve}")
    return above(authority, payment=0, incurred=incurred)


def may_approve(carrier: Carrier, payment: ClaimPayment, *, by: str, role: str, incurred: int) -> Refusal | None:
    if not by or by == payment.by:
        return Refusal("self_approval", f"{payment.payment_id} needs somebody else than {payment.by or 'nobody'}")
    authority = authority_of(carrier, role)
    if isinstance(authority, Refusal):
        return authority
    return above(authority, payment=payment.amount.minor, incurred=incurred)
