"""Premium that is earned as its days pass: what leaves unearned premium for revenue.

    NothingEarned --EarnPremium--> Earned --EarnPremium--> Earned

Each charge is earned evenly over the days from the one on which it takes effect to the end of its term, a return
premium backwards in the same way; what is fully earned is earned on the first of them. When cover ends early the rest
of the term is earned at once: then all that was not given back is the insurer's. What is asked for is a day, and not
an amount, so that it does not matter how often it is asked: a change that is told late is caught up by the next time.
Evenly by the day is practice [K], as policy has it too, and no choice: what is earned when cover ends is what policy
did not give back, by the day, and books that earned otherwise would have to make up for it. What the law of accounts
asks is not on record here.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.billing.equity import first_day, last_day
from model.billing.standing import Account, Instruction, WaitingCredit
from model.billing.standing import State as AccountState
from model.carrier import Carrier
from model.choices.patterns import PatternRule
from model.decider import Decider, Decision, Refusal
from model.money import Money, Rounding, divide


class EarnPremium(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What of a policy's premium on an account is earned by the morning of `through` and was not booked as earned."""

    account_id: str
    policy_id: str
    through: date
    on: date
    at: datetime


Command: TypeAlias = EarnPremium


class PremiumEarned(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`amount` since the last time; negative where a return premium took back more than the days have brought."""

    account_id: str
    policy_id: str
    through: date
    amount: Money
    on: date
    at: datetime


Event: TypeAlias = PremiumEarned


class NothingEarned(Struct, frozen=True, tag=True, gc=False):
    pass


class Earned(Struct, frozen=True, tag=True, gc=False):
    """`minor` units in all, by the morning of `through`."""

    through: date
    minor: int


State: TypeAlias = NothingEarned | Earned

# --- how much


class Span(Struct, frozen=True, gc=False):
    """The days [start, end) over which `minor` units are earned."""

    start: date
    end: date
    minor: int

    def earned(self, through: date, rounding: Rounding) -> int:
        if through >= self.end:
            return self.minor
        days = (through - self.start).days
        return divide(self.minor * days, (self.end - self.start).days, rounding) if days > 0 else 0


def earned_minor(carrier: Carrier, account: Account, policy_id: str, through: date) -> int:
    """Minor units of a policy that were written against unearned premium and are earned by the morning of a day."""
    patterns = frozenset(rule.pattern for rule in carrier.patterns if _is_premium(rule))
    own = [each for each in account.instructions if each.policy_id == policy_id]
    return sum(
        span.earned(through, carrier.rounding) for each in own for span in _spans(each, own, account, patterns, through)
    )


def _is_premium(rule: PatternRule) -> bool:
    return rule.credit_account == "unearned_premium"


def _spans(
    told: Instruction, own: list[Instruction], account: Account, patterns: frozenset[str], through: date
) -> Iterator[Span]:
    start = told.on or first_day(told)
    # Days past the end of a term are few and of no term: what they cost is earned when they begin.
    end = told.ends or _end_of_term(own, start) or (last_day(told) if told.kind == "term" else start)
    ended = any(
        one.policy_id == told.policy_id and one.resumed is None and one.cancelled_on <= through
        and _begins(own, start) <= one.cancelled_on < end
        for one in account.ended
    )  # fmt: skip
    waiting = _waiting(account, told)
    for charge in told.charges:
        if charge.pattern in patterns:
            minor = charge.amount.minor - waiting.get(charge.pattern, 0)
            at_once = ended or charge.pattern not in told.earned
            yield Span(start, min(start, through) if at_once else max(end, start), minor)


def _terms(own: list[Instruction]) -> list[tuple[date, date]]:
    return [(first_day(each), last_day(each)) for each in own if each.kind == "term"]


def _end_of_term(own: list[Instruction], day: date) -> date | None:
    return max((end for start, end in _terms(own) if start <= day < end), default=None)


def _begins(own: list[Instruction], day: date) -> date:
    return min((start for start, end in _terms(own) if start <= day < end), default=day)


def _waiting(account: Account, told: Instruction) -> dict[str, int]:
    """What of a return premium waits for its charges, and is in no ledger yet, by pattern."""
    return {
        charge.pattern: charge.amount.minor
        for one in account.waiting
        if isinstance(one, WaitingCredit) and one.instruction_id == told.instruction_id
        for charge in one.charges
    }


# --- the machine


def decider(carrier: Carrier, account: Callable[[str], AccountState]) -> Decider[Command, State, Event]:
    """The machine beside the accounts whose premium it is: `account` looks one up."""

    def decide(command: Command, state: State) -> Decision[Event]:
        billed = account(command.account_id)
        if not isinstance(billed, Account):
            return Refusal("unknown_account", f"there is no account {command.account_id}")
        if all(each.policy_id != command.policy_id for each in billed.instructions):
            return Refusal("unknown_policy", f"account {command.account_id} bills no policy {command.policy_id}")
        if isinstance(state, Earned) and command.through < state.through:
            return ()
        known = state.minor if isinstance(state, Earned) else 0
        more = earned_minor(carrier, billed, command.policy_id, command.through) - known
        if not more:
            return ()
        return (
            PremiumEarned(
                account_id=command.account_id,
                policy_id=command.policy_id,
                through=command.through,
                amount=Money(more, carrier.currency),
                on=command.on,
                at=command.at,
            ),
        )

    return Decider("earning", NothingEarned(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return f"{command.account_id}/{command.policy_id}"


def evolve(state: State, event: Event) -> State:
    known = state.minor if isinstance(state, Earned) else 0
    return Earned(event.through, known + event.amount.minor)


def to_be_earned(account: Account, *, through: date, on: date, at: datetime) -> tuple[EarnPremium, ...]:
    """What the close of a day asks for an account: each of its policies once."""
    policies = dict.fromkeys(each.policy_id for each in account.instructions)
    return tuple(
        [
            EarnPremium(account_id=account.account_id, policy_id=policy_id, through=through, on=on, at=at)
            for policy_id in policies
        ]
    )
