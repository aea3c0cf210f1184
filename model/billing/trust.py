"""A producer's premium trust account: money of others, kept apart from its own.

    NoTrust --OpenTrust--> Kept --MoveTrustMoney--> Kept

The account must hold at least the premiums and return premiums received and not passed on, net of commission (Cal. Ins.
Code 1733, 1734: fixtures/rules/premium_payment.csv, `producer_premium_fiduciary`; New York asks for an account unless
the producer remits at once). The producer may keep its commission and funds of its own in it, and take out no more
than those.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.money import Money

FIDUCIARY_RULE = "producer_premium_fiduciary"
Flow = Literal[
    "premium_in",
    "premium_out",
    "premium_set_off",
    "return_premium_in",
    "return_premium_out",
    "own_funds_in",
    "own_funds_out",
]
"""`premium_set_off`: premium that the producer owes no more, because what we owe it was set off: it becomes its own."""


class OpenTrust(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    trust_id: str
    producer_id: str
    on: date
    at: datetime


class MoveTrustMoney(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`commission` is the part of premium coming in that is the producer's own; nothing in any other flow."""

    trust_id: str
    entry_id: str
    flow: Flow
    amount: Money
    commission: Money
    on: date
    at: datetime


Command: TypeAlias = OpenTrust | MoveTrustMoney


class TrustOpened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`rule_id` leads to the law that asks for it; empty where only the producer's contract does."""

    trust_id: str
    producer_id: str
    rule_id: str
    on: date
    at: datetime


class TrustMoneyMoved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    trust_id: str
    entry_id: str
    flow: Flow
    amount: Money
    commission: Money
    on: date
    at: datetime


Event: TypeAlias = TrustOpened | TrustMoneyMoved


class Entered(Struct, frozen=True, gc=False):
    entry_id: str
    flow: Flow
    amount: Money
    commission: Money


class NoTrust(Struct, frozen=True, tag=True, gc=False):
    pass


class Kept(Struct, frozen=True, tag=True):
    """In minor units: `cash` is in the bank; `premiums` (net of commission) and `return_premiums` are others'."""

    producer_id: str
    rule_id: str
    cash: int = 0
    premiums: int = 0
    return_premiums: int = 0
    entries: tuple[Entered, ...] = ()

    @property
    def own_funds(self) -> int:
        return self.cash - self.premiums - self.return_premiums


State: TypeAlias = NoTrust | Kept


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    rule_id = law.row(FIDUCIARY_RULE).id if law.has(FIDUCIARY_RULE) else ""

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case OpenTrust(), NoTrust():
                return (
                    TrustOpened(
                        trust_id=command.trust_id,
                        producer_id=command.producer_id,
                        rule_id=rule_id,
                        on=command.on,
                        at=command.at,
                    ),
                )
            case OpenTrust(producer_id=producer_id), Kept(producer_id=known):
                return () if producer_id == known else Refusal("trust_id_reused", f"it is the trust of {known}")
            case MoveTrustMoney(), NoTrust():
                return Refusal("unknown_trust", f"no trust {command.trust_id} was opened")
            case MoveTrustMoney(), Kept():
                return _moved(carrier, command, state)

    return Decider("trust", NoTrust(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.trust_id


def _moved(carrier: Carrier, command: MoveTrustMoney, state: Kept) -> Decision[Event]:
    asked = Entered(command.entry_id, command.flow, command.amount, command.commission)
    for known in state.entries:
        if known.entry_id == asked.entry_id:
            return () if known == asked else Refusal("entry_reused", f"{asked.entry_id} was another movement")
    if {command.amount.currency, command.commission.currency} != {carrier.currency}:
        return Refusal("wrong_currency", f"the trust is in {carrier.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a movement is more than nothing, not {command.amount}")
    most = command.amount.minor if command.flow == "premium_in" else 0
    if not 0 <= command.commission.minor <= most:
        return Refusal("wrong_commission", f"{command.commission} is not part of {command.flow} of {command.amount}")
    there = {
        "premium_out": state.premiums,
        "premium_set_off": state.premiums,
        "return_premium_out": state.return_premiums,
        "own_funds_out": state.own_funds,
    }.get(command.flow)
    if there is not None and command.amount.minor > there:
        return Refusal("trust_shortfall", f"{there} minor units are there for {command.flow}")
    return (
        TrustMoneyMoved(
            trust_id=command.trust_id,
            entry_id=command.entry_id,
            flow=command.flow,
            amount=command.amount,
            commission=command.commission,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case TrustOpened(producer_id=producer_id, rule_id=rule_id):
            return Kept(producer_id, rule_id)
        case TrustMoneyMoved():
            return _after(state, event) if isinstance(state, Kept) else state
        case _:
            assert_never(event)


def _after(state: Kept, event: TrustMoneyMoved) -> Kept:
    amount, entered = event.amount.minor, Entered(event.entry_id, event.flow, event.amount, event.commission)
    state = replace(state, entries=(*state.entries, entered))
    match event.flow:
        case "premium_in":
            net = amount - event.commission.minor
            return replace(state, cash=state.cash + amount, premiums=state.premiums + net)
        case "premium_out":
            return replace(state, cash=state.cash - amount, premiums=state.premiums - amount)
        case "premium_set_off":
            return replace(state, premiums=state.premiums - amount)
        case "return_premium_in":
            return replace(state, cash=state.cash + amount, return_premiums=state.return_premiums + amount)
        case "return_premium_out":
            return replace(state, cash=state.cash - amount, return_premiums=state.return_premiums - amount)
        case "own_funds_in":
            return replace(state, cash=state.cash + amount)
        case "own_funds_out":
            return replace(state, cash=state.cash - amount)
