"""The claim payout: from the wish to pay until the money is there, or nobody believes any more that it is.

    NotStarted --StartPayout--> AwaitingApproval --ApprovalGiven--> Ordered --PayoutConfirmed--> Paid
                             \\--> Ordered            |               |  ^  |
                                                     |               |  |  +--PayoutFailed--> Compensated
                                                     |      (time) Inquiring --NothingFound---^
                                 ApprovalRefused / time: Compensated <- - - (gives up) Stuck --PayoutConfirmed--> Paid

The process asks; the contexts do. What it asks for is in its events: approval, payout, inquiry, and in the end the
compensation, which gives the reserve back what the payment held. A payout that nobody answers is inquired about and
never repeated, because a second one could be a second payment. One that stays unknown is stuck and is for a person; if
its confirmation comes after all it is believed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.decider import Decider, Decision, Refusal

Asks = Literal["approval", "payout", "inquiry", "compensation", "person"]
Wish = Literal["within_authority", "above_authority"]


class Patience(Struct, frozen=True, gc=False):
    """How long the process waits for each answer before it does something, and how often it inquires (practice)."""

    approval: timedelta = timedelta(days=5)
    payout: timedelta = timedelta(hours=4)
    inquiry: timedelta = timedelta(hours=24)
    inquiries: int = 5


# --- commands


class StartPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    wish: Wish
    at: datetime


class ApprovalGiven(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    at: datetime


class ApprovalRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    at: datetime


class PayoutConfirmed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    at: datetime


class PayoutFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    at: datetime


class NothingFound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An inquiry found that the payout was never sent: it can safely be sent."""

    payment_id: str
    at: datetime


class TimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    at: datetime


Command: TypeAlias = (
    StartPayout | ApprovalGiven | ApprovalRefused | PayoutConfirmed | PayoutFailed | NothingFound | TimePassed
)

# --- events


class PayoutStepTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The process asks for something and waits until `until` for the answer (None: for ever)."""

    payment_id: str
    claim_id: str
    asks: Asks
    until: datetime | None
    at: datetime


class PayoutDone(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    at: datetime


Event: TypeAlias = PayoutStepTaken | PayoutDone

# --- states


class NotStarted(Struct, frozen=True, gc=False, tag=True):
    pass


class AwaitingApproval(Struct, frozen=True, gc=False, tag=True):
    claim_id: str
    until: datetime | None


class Ordered(Struct, frozen=True, gc=False, tag=True):
    claim_id: str
    until: datetime | None


class Inquiring(Struct, frozen=True, gc=False, tag=True):
    claim_id: str
    until: datetime | None
    inquiries: int


class Stuck(Struct, frozen=True, gc=False, tag=True):
    claim_id: str


class Compensated(Struct, frozen=True, gc=False, tag=True):
    claim_id: str


class Paid(Struct, frozen=True, gc=False, tag=True):
    claim_id: str


State: TypeAlias = NotStarted | AwaitingApproval | Ordered | Inquiring | Stuck | Compensated | Paid

# --- the machine


def decider(patience: Patience | None = None) -> Decider[Command, State, Event]:
    """The process with a patience; without one, that of the defaults."""
    waits = patience or Patience()

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case StartPayout(claim_id=claim_id, wish=wish), NotStarted():
                return (_step(command, claim_id, "approval" if wish == "above_authority" else "payout", waits),)
            case StartPayout(claim_id=claim_id), (
                AwaitingApproval(claim_id=known)
                | Ordered(claim_id=known)
                | Inquiring(claim_id=known)
                | Stuck(claim_id=known)
                | Compensated(claim_id=known)
                | Paid(claim_id=known)
            ):
                return () if claim_id == known else Refusal("payment_reused", f"{command.payment_id} pays {known}")
            case TimePassed(), _:
                return _overdue(command, state, waits)
            case ApprovalGiven(), AwaitingApproval(claim_id=claim_id):
                return (_step(command, claim_id, "payout", waits),)
            case ApprovalGiven(), (Ordered() | Inquiring() | Stuck() | Paid()):
                return ()
            case ApprovalRefused(), AwaitingApproval(claim_id=claim_id):
                return (_step(command, claim_id, "compensation", waits),)
            case ApprovalRefused(), Compensated():
                return ()
            case PayoutConfirmed(at=at), (
                Ordered(claim_id=claim_id) | Inquiring(claim_id=claim_id) | Stuck(claim_id=claim_id)
            ):
                return (PayoutDone(payment_id=command.payment_id, claim_id=claim_id, at=at),)
            case PayoutConfirmed(), Paid():
                return ()
            case PayoutConfirmed(), Compensated():
                return Refusal(
                    "paid_after_compensation", f"{command.payment_id} was given up and was paid all the same"
                )
            case PayoutFailed(), (Ordered(claim_id=claim_id) | Inquiring(claim_id=claim_id) | Stuck(claim_id=claim_id)):
                return (_step(command, claim_id, "compensation", waits),)
            case PayoutFailed(), Compensated():
                return ()
            case NothingFound(), (Inquiring(claim_id=claim_id) | Stuck(claim_id=claim_id)):
                return (_step(command, claim_id, "payout", waits),)
            case NothingFound(), Ordered():
                return ()
            case (
                (ApprovalGiven() | ApprovalRefused() | PayoutConfirmed() | PayoutFailed() | NothingFound()),
                (NotStarted() | AwaitingApproval() | Ordered() | Inquiring() | Stuck() | Compensated() | Paid()),
            ):
                return Refusal("wrong_state", f"{type(command).__name__} is not possible: {type(state).__name__}")

    return Decider("claim_payout", NotStarted(), _stream, decide, evolve)


def _overdue(command: TimePassed, state: State, waits: Patience) -> Decision[Event]:
    """What the process does when nobody answered in time; nothing when it still has time, or waits for nobody."""
    match state:
        case AwaitingApproval(claim_id=claim_id, until=until):
            asks: Asks = "compensation"
        case Ordered(claim_id=claim_id, until=until):
            asks = "inquiry"
        case Inquiring(claim_id=claim_id, until=until, inquiries=inquiries):
            asks = "inquiry" if inquiries < waits.inquiries else "person"
        case NotStarted() | Stuck() | Compensated() | Paid():
            return ()
    return (_step(command, claim_id, asks, waits),) if _over(command.at, until) else ()


def _over(at: datetime, until: datetime | None) -> bool:
    return until is not None and at >= until


def _step(command: Command, claim_id: str, asks: Asks, patience: Patience) -> PayoutStepTaken:
    waits = {"approval": patience.approval, "payout": patience.payout, "inquiry": patience.inquiry}
    until = command.at + waits[asks] if asks in waits else None
    return PayoutStepTaken(payment_id=command.payment_id, claim_id=claim_id, asks=asks, until=until, at=command.at)


def evolve(state: State, event: Event) -> State:
    match event:
        case PayoutStepTaken(asks=asks, claim_id=claim_id, until=until):
            match asks:
                case "approval":
                    return AwaitingApproval(claim_id, until)
                case "payout":
                    return Ordered(claim_id, until)
                case "inquiry":
                    return Inquiring(claim_id, until, state.inquiries + 1 if isinstance(state, Inquiring) else 1)
                case "person":
                    return Stuck(claim_id)
                case "compensation":
                    return Compensated(claim_id)
        case PayoutDone(claim_id=claim_id):
            return Paid(claim_id)
        case _:
            assert_never(event)


def stuck(processes: Iterable[tuple[str, State]], *, at: datetime) -> tuple[str, ...]:
    """The payments whose process waits for a person, or for an answer that is overdue, in their order."""
    return tuple(
        payment_id
        for payment_id, state in processes
        if isinstance(state, Stuck)
        or (isinstance(state, AwaitingApproval | Ordered | Inquiring) and _over(at, state.until))
    )


def _stream(command: Command) -> str:
    return command.payment_id
