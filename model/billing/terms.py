"""What an account knows of the terms of its policies from the instructions it was given."""

from datetime import date

from model.billing.events import PayerShare
from model.billing.plan import Payer
from model.billing.standing import Account, Instruction
from model.money import Money

ONE_TERM: frozenset[int] = frozenset()
"""Nothing is of a prior term."""


def prior_terms(instructions: tuple[Instruction, ...]) -> frozenset[int]:
    """The places of instructions whose policy has a later term on the account: old debt is paid first."""
    if len(instructions) < 2:
        return ONE_TERM
    latest: dict[str, date] = {}
    one_term = True
    for each in instructions:
        if each.starts is not None:
            known = latest.get(each.policy_id)
            one_term = one_term and (known is None or known == each.starts)
            if known is None or each.starts > known:
                latest[each.policy_id] = each.starts
    if one_term:
        return ONE_TERM
    return frozenset(
        [
            place
            for place, each in enumerate(instructions)
            if each.starts is not None and each.starts < latest[each.policy_id]
        ]
    )


def term_on(instructions: tuple[Instruction, ...], policy_id: str, on: date) -> frozenset[int]:
    """The places of instructions whose term holds a day, and of those that did not say."""
    return frozenset(
        [
            place
            for place, each in enumerate(instructions)
            if each.policy_id == policy_id
            and (each.starts is None or each.starts <= on)
            and (each.ends is None or on < each.ends)
        ]
    )


def payers_of(account: Account, policy_id: str) -> tuple[Payer, ...]:
    """Who was last told to pay for a policy."""
    for each in reversed(account.instructions):
        if each.policy_id == policy_id and each.payers:
            return each.payers
    return ()


def owners(payers: tuple[Payer, ...], amount: Money) -> tuple[PayerShare, ...]:
    """Whose money a return premium is: a lender's who paid the term, else everybody's by weight. Practice [K]; an act
    on premium finance asks it for the lender.
    """
    lenders = tuple([payer for payer in payers if payer.kind == "premium_finance"])
    paying = lenders or payers
    if len(paying) == 1:
        return (PayerShare(paying[0].payer_id, amount.minor),)
    shares = amount.split_by([payer.weight for payer in paying])
    return tuple(
        [PayerShare(payer.payer_id, share.minor) for payer, share in zip(paying, shares, strict=True) if share.minor]
    )


def zone_of(account: Account, policy_id: str) -> str:
    """The zone that was last told for a policy; empty when nobody did."""
    return next((each.zone for each in reversed(account.instructions) if each.policy_id == policy_id and each.zone), "")
