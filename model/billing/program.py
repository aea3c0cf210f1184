"""A program whose premium has several payees: insurers, a managing general agent and others share what is remitted.

    NoProgram --AgreeShares--> Agreed --AgreeShares (from a later day), SplitPremium, PayPayee--> Agreed

Shares hold from a day and add up to 100 percent. What is remitted is split by the shares of its day by largest
remainder, so that no cent is lost, and is owed to each payee until it is paid out of the program's trust. Practice, by
the program's contract.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.trust import Kept
from model.billing.trust import State as TrustState
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money

HUNDRED = Decimal(100)


class PayeeShare(Struct, frozen=True, gc=False):
    payee_id: str
    percent: Decimal


class AgreeShares(Struct, frozen=True, kw_only=True, tag=True):
    """`trust_id` is the trust account out of which the payees are paid."""

    program_id: str
    trust_id: str
    shares: tuple[PayeeShare, ...]
    on: date
    at: datetime


class SplitPremium(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    program_id: str
    remittance_id: str
    amount: Money
    on: date
    at: datetime


class PayPayee(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    program_id: str
    payment_id: str
    payee_id: str
    amount: Money
    on: date
    at: datetime


Command: TypeAlias = AgreeShares | SplitPremium | PayPayee


class SharesAgreed(Struct, frozen=True, kw_only=True, tag=True):
    program_id: str
    trust_id: str
    shares: tuple[PayeeShare, ...]
    on: date
    at: datetime


class PayeePart(Struct, frozen=True, gc=False):
    payee_id: str
    amount: Money


class PremiumSplit(Struct, frozen=True, kw_only=True, tag=True):
    """The parts add up to the amount."""

    program_id: str
    remittance_id: str
    amount: Money
    parts: tuple[PayeePart, ...]
    on: date
    at: datetime


class PayeePaid(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    program_id: str
    trust_id: str
    payment_id: str
    payee_id: str
    amount: Money
    on: date
    at: datetime


Event: TypeAlias = SharesAgreed | PremiumSplit | PayeePaid


class Agreement(Struct, frozen=True):
    effective: date
    shares: tuple[PayeeShare, ...]


class Movement(Struct, frozen=True, gc=False):
    """A split or a payment by its id, so that it is known again."""

    movement_id: str
    payee_id: str
    amount: Money


class NoProgram(Struct, frozen=True, tag=True, gc=False):
    pass


class Agreed(Struct, frozen=True, tag=True):
    """`owed` is what each payee has yet to get."""

    trust_id: str
    agreements: tuple[Agreement, ...]
    owed: tuple[PayeePart, ...] = ()
    movements: tuple[Movement, ...] = ()


State: TypeAlias = NoProgram | Agreed


def split(shares: tuple[PayeeShare, ...], amount: Money) -> tuple[PayeePart, ...]:
    """`amount` by the shares. Percents have their own decimals: weights are whole numbers of the finest."""
    places = max(0, *(-int(share.percent.as_tuple().exponent) for share in shares))
    weights = [int(share.percent.scaleb(places)) for share in shares]
    parts = amount.split_by(weights)
    return tuple(PayeePart(share.payee_id, part) for share, part in zip(shares, parts, strict=True))


def decider(carrier: Carrier, trust: Callable[[str], TrustState]) -> Decider[Command, State, Event]:
    """`trust` looks up the account that a program pays from: what is not there cannot be paid."""

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case AgreeShares(), _:
                return _agreed(command, state)
            case ((SplitPremium() | PayPayee()), NoProgram()):
                return Refusal("unknown_program", f"no shares are agreed for {command.program_id}")
            case ((SplitPremium() | PayPayee()), Agreed()):
                known = _known(command, state)
                if known is not None:
                    return known
                if command.amount.currency != carrier.currency:
                    return Refusal("wrong_currency", f"{carrier.name} splits {carrier.currency}")
                if command.amount.minor <= 0:
                    return Refusal("not_positive", f"more than nothing is needed, not {command.amount}")
                if isinstance(command, SplitPremium):
                    return _split(command, state)
                return _paid(trust(state.trust_id), command, state)

    return Decider("program", NoProgram(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.program_id


def _agreed(command: AgreeShares, state: State) -> Decision[Event]:
    known = state.agreements if isinstance(state, Agreed) else ()
    if isinstance(state, Agreed) and state.trust_id != command.trust_id:
        return Refusal("other_trust", f"the program pays from {state.trust_id}")
    if Agreement(command.on, command.shares) in known:
        return ()
    if sum((share.percent for share in command.shares), Decimal(0)) != HUNDRED:
        return Refusal("not_all_shared", "the shares of all payees add up to 100 percent")
    if any(share.percent <= 0 for share in command.shares):
        return Refusal("not_positive", "a payee has a share of more than nothing")
    if len({share.payee_id for share in command.shares}) != len(command.shares):
        return Refusal("payee_twice", "a payee has one share")
    if known and command.on <= known[-1].effective:
        return Refusal("out_of_order", f"the last shares hold from {known[-1].effective}")
    return (
        SharesAgreed(
            program_id=command.program_id,
            trust_id=command.trust_id,
            shares=command.shares,
            on=command.on,
            at=command.at,
        ),
    )


def _known(command: SplitPremium | PayPayee, state: Agreed) -> Decision[Event] | None:
    movement = _movement(command)
    for known in state.movements:
        if known.movement_id == movement.movement_id:
            return () if known == movement else Refusal("movement_reused", f"{movement.movement_id} was another one")
    return None


def _movement(asked: SplitPremium | PayPayee | PremiumSplit | PayeePaid) -> Movement:
    if isinstance(asked, (SplitPremium, PremiumSplit)):
        return Movement(asked.remittance_id, "", asked.amount)
    return Movement(asked.payment_id, asked.payee_id, asked.amount)


def _split(command: SplitPremium, state: Agreed) -> Decision[Event]:
    current = [one for one in state.agreements if one.effective <= command.on]
    if not current:
        return Refusal("no_shares_yet", f"the first shares hold from {state.agreements[0].effective}")
    return (
        PremiumSplit(
            program_id=command.program_id,
            remittance_id=command.remittance_id,
            amount=command.amount,
            parts=split(current[-1].shares, command.amount),
            on=command.on,
            at=command.at,
        ),
    )


def _paid(trust: TrustState, command: PayPayee, state: Agreed) -> Decision[Event]:
    owed = sum(part.amount.minor for part in state.owed if part.payee_id == command.payee_id)
    if command.amount.minor > owed:
        return Refusal("more_than_owed", f"{owed} minor units are owed to {command.payee_id}")
    if not isinstance(trust, Kept) or command.amount.minor > trust.premiums:
        return Refusal("trust_shortfall", f"trust {state.trust_id} does not hold {command.amount} of premium")
    return (
        PayeePaid(
            program_id=command.program_id,
            trust_id=state.trust_id,
            payment_id=command.payment_id,
            payee_id=command.payee_id,
            amount=command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case SharesAgreed(trust_id=trust_id, shares=shares, on=on):
            agreement = Agreement(on, shares)
            if isinstance(state, NoProgram):
                return Agreed(trust_id, (agreement,))
            return replace(state, agreements=(*state.agreements, agreement))
        case _ if isinstance(state, NoProgram):
            return state
        case PremiumSplit(parts=parts):
            return replace(state, owed=_owed(state, parts), movements=(*state.movements, _movement(event)))
        case PayeePaid(payee_id=payee_id, amount=amount):
            owed = _owed(state, (PayeePart(payee_id, -amount),))
            return replace(state, owed=owed, movements=(*state.movements, _movement(event)))
        case _:
            assert_never(event)


def _owed(state: Agreed, parts: tuple[PayeePart, ...]) -> tuple[PayeePart, ...]:
    sums = {part.payee_id: part.amount for part in state.owed}
    for part in parts:
        sums[part.payee_id] = sums[part.payee_id] + part.amount if part.payee_id in sums else part.amount
    return tuple(PayeePart(payee_id, amount) for payee_id, amount in sums.items())
