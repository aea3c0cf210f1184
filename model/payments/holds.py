"""Money set aside before it moves: holds on an account that payments are made from.

    nothing --PlaceHold--> pending --PostHold--> posted (the rest returns)
                              |----VoidHold--> voided
                              +----(time)----> expired

What is available is what is there less all that is pending: a hold counts before it is posted, because otherwise six
payments of a thousand pass an account of five. A hold is resolved exactly once; posting takes what was held at most;
voiding and expiry return all of it. (As a public ledger defines two-phase transfers; the bug report is of another.)
"""

from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.money import Money

HoldStatus = Literal["pending", "posted", "voided", "expired"]


class FundAccount(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Money comes in. `funding_id` makes the same arrival the same."""

    fund_id: str
    funding_id: str
    amount: Money
    on: date
    at: datetime


class PlaceHold(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Sets an amount aside until `expires_at` (None: for ever)."""

    fund_id: str
    hold_id: str
    amount: Money
    expires_at: datetime | None
    on: date
    at: datetime


class PostHold(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The payment was made, for the whole or a part of what was held."""

    fund_id: str
    hold_id: str
    amount: Money
    on: date
    at: datetime


class VoidHold(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    fund_id: str
    hold_id: str
    on: date
    at: datetime


class ExpireHolds(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The clock has come to an instant: what was to expire by then does."""

    fund_id: str
    on: date
    at: datetime


class AccountFunded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    fund_id: str
    funding_id: str
    amount: Money
    on: date
    at: datetime


class HoldPlaced(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    fund_id: str
    hold_id: str
    amount: Money
    expires_at: datetime | None
    on: date
    at: datetime


class HoldPosted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`returned` is what was held and not needed."""

    fund_id: str
    hold_id: str
    amount: Money
    returned: Money
    on: date
    at: datetime


class HoldVoided(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    fund_id: str
    hold_id: str
    on: date
    at: datetime


class HoldExpired(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    fund_id: str
    hold_id: str
    on: date
    at: datetime


Command: TypeAlias = FundAccount | PlaceHold | PostHold | VoidHold | ExpireHolds
Event: TypeAlias = AccountFunded | HoldPlaced | HoldPosted | HoldVoided | HoldExpired


class Hold(Struct, frozen=True, gc=False):
    """`held` at first and `posted` in the end, both in minor units."""

    hold_id: str
    held: int
    expires_at: datetime | None
    status: HoldStatus = "pending"
    posted: int = 0


class Fund(Struct, frozen=True, tag=True):
    """An account that payments are made from. `posted` is what is really there and `pending` the sum of what is held,
    in minor units.
    """

    posted: int = 0
    pending: int = 0
    holds: dict[str, Hold] = {}
    fundings: tuple[str, ...] = ()

    @property
    def available(self) -> int:
        return self.posted - self.pending


State: TypeAlias = Fund


def next_expiry(state: State) -> datetime | None:
    """When the next hold that is pending expires; None when none ever does."""
    instants = [hold.expires_at for hold in state.holds.values() if hold.status == "pending"]
    return min((instant for instant in instants if instant is not None), default=None)


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for accounts in a carrier's currency."""
    currency = carrier.currency

    def decide(command: Command, state: State) -> Decision[Event]:
        match command:
            case FundAccount():
                return _fund(command, state, currency)
            case PlaceHold():
                return _place(command, state, currency)
            case PostHold():
                return _post(command, state, currency)
            case VoidHold():
                return _void(command, state)
            case ExpireHolds():
                return _expire(command, state)

    return Decider("fund", Fund(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.fund_id


def _unfit(amount: Money, currency: str) -> Refusal | None:
    if amount.currency != currency:
        return Refusal("wrong_currency", f"the account holds {currency}, not {amount.currency}")
    return None if amount.minor > 0 else Refusal("not_positive", f"an amount is more than nothing, not {amount}")


def _fund(command: FundAccount, state: Fund, currency: str) -> Decision[Event]:
    if command.funding_id in state.fundings:
        return ()
    return _unfit(command.amount, currency) or (
        AccountFunded(
            fund_id=command.fund_id,
            funding_id=command.funding_id,
            amount=command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def _place(command: PlaceHold, state: Fund, currency: str) -> Decision[Event]:
    known = state.holds.get(command.hold_id)
    if known is not None:
        same = (known.held, known.expires_at) == (command.amount.minor, command.expires_at)
        return () if same else Refusal("hold_reused", f"{command.hold_id} was already used for another hold")
    unfit = _unfit(command.amount, currency)
    if unfit is not None:
        return unfit
    if command.amount.minor > state.available:
        return Refusal("insufficient_funds", f"{Money(state.available, currency)} are available, not {command.amount}")
    return (
        HoldPlaced(
            fund_id=command.fund_id,
            hold_id=command.hold_id,
            amount=command.amount,
            expires_at=command.expires_at,
            on=command.on,
            at=command.at,
        ),
    )


def _resolvable(state: Fund, hold_id: str, at: datetime) -> Hold | Refusal:
    hold = state.holds.get(hold_id)
    if hold is None:
        return Refusal("unknown_hold", f"there is no hold {hold_id}")
    if hold.status != "pending":
        return Refusal(f"hold_already_{hold.status}", f"{hold_id} was {hold.status}")
    if hold.expires_at is not None and at >= hold.expires_at:
        return Refusal("hold_already_expired", f"{hold_id} expired at {hold.expires_at}")
    return hold


def _post(command: PostHold, state: Fund, currency: str) -> Decision[Event]:
    known = state.holds.get(command.hold_id)
    if known is not None and known.status == "posted" and known.posted == command.amount.minor:
        return ()
    hold = _resolvable(state, command.hold_id, command.at)
    if isinstance(hold, Refusal):
        return hold
    unfit = _unfit(command.amount, currency)
    if unfit is not None:
        return unfit
    if command.amount.minor > hold.held:
        return Refusal("post_above_held", f"{Money(hold.held, currency)} are held, not {command.amount}")
    return (
        HoldPosted(
            fund_id=command.fund_id,
            hold_id=command.hold_id,
            amount=command.amount,
            returned=Money(hold.held, currency) - command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def _void(command: VoidHold, state: Fund) -> Decision[Event]:
    known = state.holds.get(command.hold_id)
    if known is not None and known.status == "voided":
        return ()
    hold = _resolvable(state, command.hold_id, command.at)
    if isinstance(hold, Refusal):
        return hold
    return (HoldVoided(fund_id=command.fund_id, hold_id=command.hold_id, on=command.on, at=command.at),)


def _expire(command: ExpireHolds, state: Fund) -> Decision[Event]:
    return tuple(
        HoldExpired(fund_id=command.fund_id, hold_id=hold.hold_id, on=command.on, at=command.at)
        for hold in state.holds.values()
        if hold.status == "pending" and hold.expires_at is not None and command.at >= hold.expires_at
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case AccountFunded(funding_id=funding_id, amount=amount):
            return Fund(state.posted + amount.minor, state.pending, state.holds, (*state.fundings, funding_id))
        case HoldPlaced(hold_id=hold_id, amount=amount, expires_at=expires_at):
            return _with(state, Hold(hold_id, amount.minor, expires_at), pending=amount.minor)
        case HoldPosted(hold_id=hold_id, amount=amount):
            return _ended(state, hold_id, "posted", amount.minor)
        case HoldVoided(hold_id=hold_id):
            return _ended(state, hold_id, "voided", 0)
        case HoldExpired(hold_id=hold_id):
            return _ended(state, hold_id, "expired", 0)
        case _:
            assert_never(event)


def _with(state: Fund, hold: Hold, *, pending: int) -> Fund:
    holds = {**state.holds, hold.hold_id: hold}
    return Fund(state.posted - hold.posted, state.pending + pending, holds, state.fundings)


def _ended(state: Fund, hold_id: str, status: HoldStatus, posted: int) -> Fund:
    hold = state.holds.get(hold_id)
    if hold is None:
        return state
    return _with(state, Hold(hold_id, hold.held, hold.expires_at, status, posted), pending=-hold.held)
