"""The equity date of a policy: the day up to which what was paid pays for cover.

    paid   = what was paid on items of patterns that are earned with time (fully earned fees and taxes are not)
    charge = earned evenly by the day from the day it takes effect to the end of its term
    equity = the last day d with accrued(first day .. d) <= paid

A charge in the middle of the term bends the curve, a return premium bends it back. In whole numbers: within days on
which the same charges run, accrual is a line, so that the day follows without walking. Names after Guidewire's public
documentation; that fully earned charges do not count is practice [K].
"""

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct

from model.billing.standing import Account, Instruction
from model.daycount import months_after

TERM_MONTHS = 12
"""The length of a term whose instruction did not say when it ends."""


class Accrual(Struct, frozen=True, gc=False):
    """`minor` units that are earned evenly over the days [start, end); negative when they come back."""

    start: date
    end: date
    minor: int


class PaidTo(Struct, frozen=True, gc=False):
    """`minor` units were paid on what is earned; they pay for cover up to `on`, which lasts until `ends` at most."""

    policy_id: str
    on: date
    minor: int
    accruals: tuple[Accrual, ...]
    ends: date


def equity_date(accruals: Iterable[Accrual], paid: int) -> date | None:
    """The first day that is not paid for; None when nothing accrues."""
    running = [each for each in accruals if each.minor and each.start < each.end]
    bounds = sorted({day for each in running for day in (each.start, each.end)})
    left = Fraction(paid)
    reached: date | None = None
    for start, end in itertools.pairwise(bounds):
        rate = sum((_rate(each) for each in running if each.start <= start and end <= each.end), Fraction())
        reached = start if reached is None else reached
        if rate <= 0:
            continue
        days = (end - start).days
        whole = int(left // rate)
        if whole < days:
            return start + timedelta(days=max(whole, 0))
        left -= rate * days
        reached = end
    return reached


def equity_date_by_walking(accruals: Iterable[Accrual], paid: int) -> date | None:
    """The same, one day at a time: what the closed form is held against."""
    running = [each for each in accruals if each.minor and each.start < each.end]
    if not running:
        return None
    day, last = min(each.start for each in running), max(each.end for each in running)
    left, reached = Fraction(paid), day
    while day < last:
        rate = sum((_rate(each) for each in running if each.start <= day < each.end), Fraction())
        day += timedelta(days=1)
        if rate <= 0:
            continue
        left -= rate
        if left < 0:
            return day - timedelta(days=1)
        reached = day
    return reached


def _rate(accrual: Accrual) -> Fraction:
    return Fraction(accrual.minor, (accrual.end - accrual.start).days)


def paid_to(account: Account) -> tuple[PaidTo, ...]:
    """The equity date of the latest term of every policy of an account that was ever charged; of terms that are over
    nothing is told.
    """
    found: list[PaidTo] = []
    for policy_id in dict.fromkeys([each.policy_id for each in account.instructions if each.kind != "credit"]):
        term = latest_term(account.instructions, policy_id)
        accruals = [accrual for each in term.values() for accrual in accruals_of(each, term)]
        paid = _paid_on(account, term)
        on = equity_date(accruals, paid)
        if on is not None:
            ends = account.cover_ended(policy_id) or max([each.end for each in accruals])
            first = min([each.start for each in accruals if each.minor and each.start < each.end])
            found.append(PaidTo(policy_id, max(min(on, ends), first), paid, tuple(accruals), ends))
    return tuple(found)


def premium_received(account: Account, policy_id: str) -> int:
    """What was paid on what is earned of the latest term of a policy, in minor units."""
    return _paid_on(account, latest_term(account.instructions, policy_id))


def _paid_on(account: Account, term: dict[int, Instruction]) -> int:
    return sum(
        [
            item.paid
            for invoice in account.invoices
            for item in invoice.items
            if item.instruction in term and item.pattern in term[item.instruction].earned
        ]
    )


def latest_term(instructions: tuple[Instruction, ...], policy_id: str) -> dict[int, Instruction]:
    """The instructions of the latest term of a policy, by place: those that take effect in it."""
    own = {place: each for place, each in enumerate(instructions) if each.policy_id == policy_id}
    starts = [first_day(each) for each in own.values() if each.kind == "term"]
    latest = max(starts, default=date.min)
    return {place: each for place, each in own.items() if first_day(each) >= latest or each.starts == latest}


def first_day(instruction: Instruction) -> date:
    return instruction.starts or instruction.on or date.min


def accruals_of(instruction: Instruction, term: dict[int, Instruction]) -> tuple[Accrual, ...]:
    """What of an instruction is earned, from the day it takes effect to the end of the term."""
    start = instruction.on or first_day(instruction)
    minor = sum([charge.amount.minor for charge in instruction.charges if charge.pattern in instruction.earned])
    end = instruction.ends or max([last_day(each) for each in term.values()])
    return (Accrual(start, end, minor),)


def last_day(instruction: Instruction) -> date:
    return instruction.ends or months_after(first_day(instruction), TERM_MONTHS)
