"""Money kept apart: premium in trust, the claims account, and the insurer's own.

    outside --ReceiveMoney--> a fund --SpendMoney--> outside
                                |
                                +--TransferMoney--> another fund, where that is allowed and for what

A premium that is held for others pays no claim and no rent, and a claims account takes no fees. Which purposes a fund
takes and gives, and what may cross, is `RULES`: practice [K], the common ground of the trust laws, while the states'
own rows (fixtures/rules/premium_payment.csv) say when a trust account is needed at all. No fund is ever overdrawn,
holds count as spent, and a posting that was made is made once (Y12, Y14).
"""

from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money

Fund = Literal["premium_trust", "claims", "operating"]
Purpose = Literal[
    "premium", "return_premium", "claim_payment", "claim_recovery", "fee", "commission", "expense", "capital"
]
Crossing = Literal["earned_premium", "claims_funding", "misdirected"]


class FundRule(Struct, frozen=True):
    """What a fund takes in from outside, and what it pays."""

    takes: tuple[Purpose, ...]
    pays: tuple[Purpose, ...]


RULES: dict[Fund, FundRule] = {
    "premium_trust": FundRule(takes=("premium",), pays=("return_premium",)),
    "claims": FundRule(takes=("claim_recovery",), pays=("claim_payment",)),
    "operating": FundRule(takes=("fee", "capital"), pays=("commission", "expense")),
}
CROSSINGS: dict[tuple[Fund, Fund], tuple[Crossing, ...]] = {
    ("premium_trust", "operating"): ("earned_premium", "misdirected"),
    ("operating", "claims"): ("claims_funding", "misdirected"),
    ("operating", "premium_trust"): ("misdirected",),
    ("claims", "operating"): ("misdirected",),
}
"""Nothing crosses from premium in trust to claims, whatever it is called: it goes through the insurer's own money."""

# --- commands


class ReceiveMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entity: str
    posting_id: str
    fund: Fund
    purpose: Purpose
    amount: Money
    on: date
    at: datetime


class SpendMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entity: str
    posting_id: str
    fund: Fund
    purpose: Purpose
    amount: Money
    on: date
    at: datetime


class TransferMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    entity: str
    posting_id: str
    from_fund: Fund
    to_fund: Fund
    crossing: Crossing
    amount: Money
    on: date
    at: datetime


Command: TypeAlias = ReceiveMoney | SpendMoney | TransferMoney

# --- events


class MoneyPosted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`amount` is negative where it left the fund."""

    entity: str
    posting_id: str
    fund: Fund
    purpose: str
    amount: Money
    on: date
    at: datetime


Event: TypeAlias = MoneyPosted

# --- states


class Posting(Struct, frozen=True, gc=False):
    fund: Fund
    purpose: str
    minor: int


class Funds(Struct, frozen=True, tag=True):
    """The postings by their id, two for a transfer, and what each fund holds in minor units of the carrier's
    currency.
    """

    postings: dict[str, tuple[Posting, ...]] = {}
    balances: dict[Fund, int] = {}

    def balance(self, fund: Fund) -> int:
        return self.balances.get(fund, 0)


State: TypeAlias = Funds

# --- the machine


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    """One stream for each legal entity: its money alone is its."""

    def decide(command: Command, state: State) -> Decision[Event]:
        if command.amount.currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} keeps {carrier.currency}, not {command.amount.currency}")
        if command.amount.minor <= 0:
            return Refusal("not_positive", f"a posting is more than nothing, not {command.amount}")
        refused = _kept_apart(command)
        if refused is not None:
            return refused
        return _posted(command, state)

    return Decider("funds", Funds(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.entity


def _kept_apart(command: Command) -> Refusal | None:
    """Why the money may not go there, if it may not."""
    match command:
        case ReceiveMoney(fund=fund, purpose=purpose):
            if purpose not in RULES[fund].takes:
                return Refusal("not_for_this_fund", f"{fund} takes no {purpose}")
        case SpendMoney(fund=fund, purpose=purpose):
            if purpose not in RULES[fund].pays:
                return Refusal("not_for_this_fund", f"{fund} pays no {purpose}")
        case TransferMoney(from_fund=source, to_fund=target, crossing=crossing):
            if crossing not in CROSSINGS.get((source, target), ()):
                return Refusal("cross_posting", f"no {crossing} crosses from {source} to {target}")
    return None


def _posted(command: Command, state: Funds) -> Decision[Event]:
    wanted = _postings(command)
    known = state.postings.get(command.posting_id)
    if known is not None:
        same = known == tuple(_posting(event) for event in wanted)
        return () if same else Refusal("posting_reused", f"{command.posting_id} was posted otherwise")
    for event in wanted:
        if state.balance(event.fund) + event.amount.minor < 0:
            held = Money(state.balance(event.fund), event.amount.currency)
            return Refusal("insufficient_funds", f"{event.fund} holds {held}, not {-event.amount}")
    return wanted


def _postings(command: Command) -> tuple[MoneyPosted, ...]:
    match command:
        case ReceiveMoney(fund=fund, purpose=purpose, amount=amount):
            return (_event(command, fund, purpose, amount),)
        case SpendMoney(fund=fund, purpose=purpose, amount=amount):
            return (_event(command, fund, purpose, -amount),)
        case TransferMoney(from_fund=source, to_fund=target, crossing=crossing, amount=amount):
            return (_event(command, source, crossing, -amount), _event(command, target, crossing, amount))


def _event(command: Command, fund: Fund, purpose: str, amount: Money) -> MoneyPosted:
    return MoneyPosted(
        entity=command.entity,
        posting_id=command.posting_id,
        fund=fund,
        purpose=purpose,
        amount=amount,
        on=command.on,
        at=command.at,
    )


def _posting(event: MoneyPosted) -> Posting:
    return Posting(event.fund, event.purpose, event.amount.minor)


def evolve(state: State, event: Event) -> State:
    match event:
        case MoneyPosted(fund=fund):
            made = (*state.postings.get(event.posting_id, ()), _posting(event))
            postings = {**state.postings, event.posting_id: made}
            return Funds(postings, {**state.balances, fund: state.balance(fund) + event.amount.minor})
        case _:
            assert_never(event)
