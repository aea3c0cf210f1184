"""Whether the day up to which a policy is paid is the last one that its money covers."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from model.invariants.judging import minor
from model.published.account_views import AccountView, AccrualView, PaidToView


def accrued(accruals: tuple[AccrualView, ...], on: date) -> Fraction:
    """What the days before `on` cost, in minor units, to the last fraction. Days on which more comes back than is
    earned cost nothing.
    """
    running = [each for each in accruals if each.start < each.end]
    bounds = sorted({day for each in running for day in (each.start, each.end, on) if day <= on})
    cost = Fraction()
    for start, end in pairwise(bounds):
        rates = [
            Fraction(minor(each.amount), (each.end - each.start).days)
            for each in running
            if each.start <= start and end <= each.end
        ]
        cost += max(sum(rates, Fraction()), Fraction()) * (end - start).days
    return cost


def paid_to_the_day(account: AccountView) -> str | None:
    for one in account.paid_to or ():
        text = _wrong(one)
        if text is not None:
            return text
    return None


def _wrong(one: PaidToView) -> str | None:
    first = min(each.start for each in one.accruals)
    last = max(first, one.ends)
    paid = minor(one.paid)
    if not first <= one.on <= last:
        return f"{one.policy_id} is paid to {one.on}, outside of {first} to {last}"
    if one.on > first and accrued(one.accruals, one.on) > paid and _earns(one, one.on - timedelta(days=1)):
        return f"{one.policy_id} is paid to {one.on}, which {paid} minor units do not pay for"
    following = one.on + timedelta(days=1)
    if one.on < last and _earns(one, one.on) and accrued(one.accruals, following) <= paid:
        return f"{one.policy_id} is paid to {one.on}, and {paid} minor units pay for another day"
    return None


def _earns(one: PaidToView, day: date) -> bool:
    """Whether a day costs anything; after a cancellation none does."""
    return accrued(one.accruals, day + timedelta(days=1)) > accrued(one.accruals, day)
