"""A dispute of a card payment: the cardholder wants the money back, and the network takes it until it is decided.

    NoDispute --OpenDispute--> Opened --ChallengeDispute--> Challenged --DecideDispute--> Won | Lost
                                  |
                                  +--AcceptDispute--> Accepted
                                  +--(the time to answer is over)--> Expired

The money leaves when the dispute opens and comes back only when it is won. The last day to answer follows from the
network's window (fixtures/rules/cards.csv, `representment_window`) less the days that the processor wants for itself,
which is the carrier's word [K]. A dispute that was filed too late (`dispute_filing_window`) is not taken but refused
with its code, so that a person tells the processor. A premium that is charged back is for billing what a returned
payment is (Y7, B11).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.money import Money

Network = Literal["visa", "mastercard", "amex", "discover"]
JURISDICTIONS: dict[Network, str] = {
    "visa": "US-VISA", "mastercard": "US-MC", "amex": "US-AMEX", "discover": "US-DISCOVER",
}  # fmt: skip


class Windows(Struct, frozen=True, gc=False):
    """In calendar days: to file after the payment, and to answer after the dispute opened."""

    filing_days: int
    answer_days: int


def windows(laws: Mapping[str, Law], carrier: Carrier, network: Network) -> Windows | None:
    """The windows of a network, from its law among those handed in by jurisdiction; None when it is not among them.
    Raises LawMissing for a law without windows.
    """
    law = laws.get(JURISDICTIONS[network])
    if law is None:
        return None
    answer = law.deadline("representment_window").count - carrier.settlement.dispute_margin_days
    return Windows(law.deadline("dispute_filing_window").count, max(answer, 0))


class Disputed(Struct, frozen=True, gc=False):
    """What the dispute is about. `paid_on` is the day of the card transaction."""

    intent_id: str
    reference: str
    network: Network
    amount: Money
    paid_amount: Money
    paid_on: date
    reason: str


# --- commands


class OpenDispute(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    dispute_id: str
    disputed: Disputed
    on: date
    at: datetime


class ChallengeDispute(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """With evidence, which is elsewhere."""

    dispute_id: str
    evidence: str
    on: date
    at: datetime


class AcceptDispute(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    dispute_id: str
    on: date
    at: datetime


class DecideDispute(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The network has decided."""

    dispute_id: str
    outcome: Literal["won", "lost"]
    on: date
    at: datetime


class ExpireDispute(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A day has passed; nothing happens while there is time to answer."""

    dispute_id: str
    on: date
    at: datetime


Command: TypeAlias = OpenDispute | ChallengeDispute | AcceptDispute | DecideDispute | ExpireDispute

# --- events


class DisputeOpened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The amount has left."""

    dispute_id: str
    disputed: Disputed
    answer_by: date
    on: date
    at: datetime


class DisputeChallenged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    dispute_id: str
    evidence: str
    on: date
    at: datetime


class DisputeWon(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The amount has come back."""

    dispute_id: str
    disputed: Disputed
    on: date
    at: datetime


class DisputeLost(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """It stays away: by decision, because it was accepted, or because nobody answered in time."""

    dispute_id: str
    disputed: Disputed
    cause: Literal["decided", "accepted", "expired"]
    on: date
    at: datetime


Event: TypeAlias = DisputeOpened | DisputeChallenged | DisputeWon | DisputeLost

# --- states


class NoDispute(Struct, frozen=True, gc=False, tag=True):
    pass


class Opened(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed
    answer_by: date


class Challenged(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed
    evidence: str


class Won(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed


class Lost(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed


class Accepted(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed


class Expired(Struct, frozen=True, gc=False, tag=True):
    disputed: Disputed


State: TypeAlias = NoDispute | Opened | Challenged | Won | Lost | Accepted | Expired


def away(state: State) -> Money | None:
    """What the dispute keeps from us now; None where there never was one."""
    match state:
        case NoDispute():
            return None
        case Won(disputed=disputed):
            return replace(disputed.amount, minor=0)
        case Opened() | Challenged() | Lost() | Accepted() | Expired():
            return state.disputed.amount


# --- the machine


def decider(laws: Mapping[str, Law], carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for the laws of the card networks, by jurisdiction."""

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case OpenDispute(), NoDispute():
                return _opened(command, windows(laws, carrier, command.disputed.network))
            case OpenDispute(disputed=disputed), (Opened() | Challenged() | Won() | Lost() | Accepted() | Expired()):
                same = disputed == state.disputed
                return () if same else Refusal("dispute_reused", f"{command.dispute_id} is about another payment")
            case ((ChallengeDispute(on=on) | AcceptDispute(on=on)), Opened(answer_by=last)) if on > last:
                return Refusal("answer_too_late", f"it could be answered until {last}")
            case ChallengeDispute(dispute_id=dispute_id, evidence=evidence, on=on, at=at), Opened():
                return (DisputeChallenged(dispute_id=dispute_id, evidence=evidence, on=on, at=at),)
            case ChallengeDispute(), (Challenged() | Won() | Lost()):
                return ()
            case AcceptDispute(), Opened(disputed=disputed):
                return (_lost(command, disputed, "accepted"),)
            case AcceptDispute(), Accepted():
                return ()
            case DecideDispute(outcome="won"), (Challenged(disputed=disputed) | Opened(disputed=disputed)):
                return (DisputeWon(dispute_id=command.dispute_id, disputed=disputed, on=command.on, at=command.at),)
            case DecideDispute(outcome="lost"), (Challenged(disputed=disputed) | Opened(disputed=disputed)):
                return (_lost(command, disputed, "decided"),)
            case DecideDispute(outcome="won"), Won():
                return ()
            case DecideDispute(outcome="lost"), (Lost() | Accepted() | Expired()):
                return ()
            case ExpireDispute(on=on), Opened(disputed=disputed, answer_by=last) if on > last:
                return (_lost(command, disputed, "expired"),)
            case ExpireDispute(), (Opened() | Challenged() | Won() | Lost() | Accepted() | Expired()):
                return ()
            case (
                (ChallengeDispute() | AcceptDispute() | DecideDispute() | ExpireDispute()),
                (NoDispute() | Opened() | Challenged() | Won() | Lost() | Accepted() | Expired()),
            ):
                return _wrong(command, state)

    return Decider("dispute", NoDispute(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.dispute_id


def _wrong(command: Command, state: State) -> Refusal:
    text = f"{type(command).__name__} is not possible when the dispute is {type(state).__name__}"
    return Refusal("wrong_state", text)


def _opened(command: OpenDispute, window: Windows | None) -> Decision[Event]:
    disputed = command.disputed
    if window is None:
        return Refusal("unknown_network", f"no windows are known for {disputed.network}")
    if disputed.amount.currency != disputed.paid_amount.currency:
        return Refusal("wrong_currency", f"{disputed.paid_amount} was paid and {disputed.amount} is disputed")
    if disputed.amount.minor <= 0:
        return Refusal("not_positive", f"a dispute is about more than nothing, not {disputed.amount}")
    if disputed.amount.minor > disputed.paid_amount.minor:
        return Refusal("above_payment", f"{disputed.paid_amount} was paid and {disputed.amount} is disputed")
    last = disputed.paid_on + timedelta(days=window.filing_days)
    if command.on > last:
        return Refusal("filed_too_late", f"it could be filed until {last}")
    return (
        DisputeOpened(
            dispute_id=command.dispute_id,
            disputed=disputed,
            answer_by=command.on + timedelta(days=window.answer_days),
            on=command.on,
            at=command.at,
        ),
    )


def _lost(
    command: AcceptDispute | DecideDispute | ExpireDispute,
    disputed: Disputed,
    cause: Literal["decided", "accepted", "expired"],
) -> DisputeLost:
    return DisputeLost(dispute_id=command.dispute_id, disputed=disputed, cause=cause, on=command.on, at=command.at)


def evolve(state: State, event: Event) -> State:
    match event:
        case DisputeOpened(disputed=disputed, answer_by=answer_by):
            return Opened(disputed, answer_by)
        case DisputeChallenged(evidence=evidence):
            return state if isinstance(state, NoDispute) else Challenged(state.disputed, evidence)
        case DisputeWon(disputed=disputed):
            return Won(disputed)
        case DisputeLost(disputed=disputed, cause=cause):
            ends: dict[str, State] = {
                "decided": Lost(disputed), "accepted": Accepted(disputed), "expired": Expired(disputed),
            }  # fmt: skip
            return ends[cause]
        case _:
            assert_never(event)
