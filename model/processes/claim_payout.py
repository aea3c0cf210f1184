"""The claim payout: from the wish to pay until the money is there, or nobody believes any more that it is.

    NotStarted --StartPayout--> AwaitingApproval --ApprovalGiven--> Ordered --PayoutConfirmed--> Paid
                             \\--> Ordered            |               |  ^  |
                                                     |               |  |  +--PayoutFailed--> Compensated
                                                     |      (time) Inquiring --NothingFound---^
                                 ApprovalRefused / time: Compensated <- - - (gives up) Stuck --PayoutConfirmed--> Paid

The process asks; the contexts do. What it asks for is in its events: approval, payout, inquiry, and in the end the
confirmation, or the compensation, which gives the reserve back what the payment held. A payout that nobody answers is
inquired about and never repeated, because a second one could be a second payment. One that stays unknown is stuck and
is for a person; if its confirmation comes after all it is believed. So is one that overtakes what asked for it.

Claims decides whether a payment is approved. When the process gives an approval up it asks claims to deny it, and an
approval that was given in the meantime holds.
"""

from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.decider import Decider, Decision, Refusal
from model.money import Money
from model.processes.shape import Begun, Step, step_of, until

Asks = Literal["approval", "payout", "inquiry", "confirmation", "compensation", "person"]
Wish = Literal["within_authority", "above_authority"]
Because = Literal["", "approval_late", "approval_refused", "payout_failed", "ask_refused", "inquiries_exhausted"]


class Patience(Struct, frozen=True, gc=False):
    """How long the process waits for each answer before it does something, and how often it inquires (practice)."""

    approval: timedelta = timedelta(days=5)
    payout: timedelta = timedelta(hours=4)
    inquiry: timedelta = timedelta(hours=24)
    inquiries: int = 5


def steps(patience: Patience) -> tuple[Step, ...]:
    return (
        Step(
            "approval", "claims", patience.approval, then="compensation",
            moves="the payment holds its amount of the reserve", undone_by="compensation",
        ),
        Step(
            "payout", "payments", patience.payout, then="inquiry",
            moves="money on its way to the payee", undone_by="compensation",
        ),
        Step("inquiry", "payments", patience.inquiry, then="person"),
        Step(
            "confirmation", "claims", None, untimed="the money has moved; a refusal comes back and goes to a person",
            moves="the payment is paid and taken off the reserve", final="a cheque's own life may take it back",
        ),
        Step("compensation", "claims", None, untimed="a refusal comes back and goes to a person"),
        Step("person", "person", None, untimed="people take the time that they take; the stuck ones are listed"),
    )  # fmt: skip


STEPS = steps(Patience())

# --- commands


class StartPayout(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`story` is the correlation id that everything of this process bears. `joint_payees` have to endorse together."""

    payment_id: str
    claim_id: str
    payee_id: str
    amount: Money
    wish: Wish
    on: date
    at: datetime
    story: str = ""
    joint_payees: tuple[str, ...] = ()


class ApprovalGiven(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


class ApprovalRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


class PayoutConfirmed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`story` counts only where the confirmation overtook what asked for the payment."""

    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class PayoutFailed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class PayoutUnknown(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Payments does not know whether the money moved."""

    payment_id: str
    claim_id: str
    on: date
    at: datetime
    story: str = ""


class NothingFound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An inquiry found that the payout was never sent: it can safely be sent."""

    payment_id: str
    on: date
    at: datetime


class PayoutAskRefused(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The context that was asked said no to the `step`-th step."""

    payment_id: str
    step: int
    code: str
    on: date
    at: datetime


class PayoutTimePassed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    on: date
    at: datetime


Command: TypeAlias = (
    StartPayout
    | ApprovalGiven
    | ApprovalRefused
    | PayoutConfirmed
    | PayoutFailed
    | PayoutUnknown
    | NothingFound
    | PayoutAskRefused
    | PayoutTimePassed
)

# --- events


class PayoutStepTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The process asks for something and waits until `until` for the answer (None: for ever). `payee_id` and `amount`
    are empty and None where an answer overtook what asked for the payment.
    """

    payment_id: str
    claim_id: str
    payee_id: str
    amount: Money | None
    asks: Asks
    because: Because
    step: int
    tries: int
    until: datetime | None
    story: str
    on: date
    at: datetime
    joint_payees: tuple[str, ...] = ()


Event: TypeAlias = PayoutStepTaken

# --- states


class NotStarted(Struct, frozen=True, gc=False, tag=True):
    pass


class Payout(Begun, frozen=True, kw_only=True, gc=False):
    claim_id: str
    payee_id: str
    amount: Money | None
    because: Because
    joint_payees: tuple[str, ...] = ()


class AwaitingApproval(Payout, frozen=True, gc=False, tag=True):
    pass


class Ordered(Payout, frozen=True, gc=False, tag=True):
    pass


class Inquiring(Payout, frozen=True, gc=False, tag=True):
    pass


class Stuck(Payout, frozen=True, gc=False, tag=True):
    pass


class Compensated(Payout, frozen=True, gc=False, tag=True):
    pass


class Paid(Payout, frozen=True, gc=False, tag=True):
    pass


State: TypeAlias = NotStarted | AwaitingApproval | Ordered | Inquiring | Stuck | Compensated | Paid

# --- the machine


def decider(patience: Patience | None = None) -> Decider[Command, State, Event]:
    """The process with a patience; without one, that of the defaults."""
    waits = patience or Patience()
    table = steps(waits)

    def step(command: Command, state: State, asks: Asks, because: Because = "") -> Decision[Event]:
        return (_step(command, state, asks, because, table),)

    def decide(command: Command, state: State) -> Decision[Event]:
        if isinstance(command, StartPayout):
            return _start(command, state, table)
        if isinstance(command, PayoutTimePassed):
            return _overdue(command, state, waits, table)
        match command, state:
            case PayoutAskRefused(), NotStarted() | Stuck():
                return ()
            case PayoutAskRefused(step=asked), _:
                return step(command, state, "person", "ask_refused") if asked == state.step else ()
            case ApprovalGiven(), AwaitingApproval() | Compensated(because="approval_late"):
                return step(command, state, "payout")
            case ApprovalGiven(), Ordered() | Inquiring() | Stuck() | Paid() | Compensated(because="payout_failed"):
                return ()
            case ApprovalRefused(), AwaitingApproval() | Compensated(because="approval_late"):
                return step(command, state, "compensation", "approval_refused")
            case ApprovalRefused(), Compensated():
                return ()
            case PayoutConfirmed(), (
                NotStarted()
                | AwaitingApproval()
                | Ordered()
                | Inquiring()
                | Stuck()
                | Compensated(because="approval_late")
            ):
                return step(command, state, "confirmation")
            case PayoutConfirmed(), Paid():
                return ()
            case PayoutConfirmed(), Compensated():
                return Refusal(
                    "paid_after_compensation", f"{command.payment_id} was given up and was paid all the same"
                )
            case PayoutFailed(), (
                NotStarted()
                | AwaitingApproval()
                | Ordered()
                | Inquiring()
                | Stuck()
                | Compensated(because="approval_late")
            ):
                return step(command, state, "compensation", "payout_failed")
            case PayoutFailed(), Compensated():
                return ()
            case PayoutUnknown(), NotStarted() | AwaitingApproval() | Ordered() | Compensated(because="approval_late"):
                return step(command, state, "inquiry")
            case PayoutUnknown(), Inquiring() | Stuck() | Compensated() | Paid():
                return ()
            case NothingFound(), Inquiring() | Stuck():
                return step(command, state, "payout")
            case NothingFound(), Ordered():
                return ()
            case (
                (ApprovalGiven() | ApprovalRefused() | PayoutFailed() | NothingFound()),
                (NotStarted() | AwaitingApproval() | Ordered() | Inquiring() | Stuck() | Compensated() | Paid()),
            ):
                return Refusal("wrong_state", f"{type(command).__name__} is not possible: {type(state).__name__}")

    return Decider("claim_payout", NotStarted(), _stream, decide, evolve)


def _start(command: StartPayout, state: State, table: tuple[Step, ...]) -> Decision[Event]:
    if isinstance(state, NotStarted):
        asks: Asks = "approval" if command.wish == "above_authority" else "payout"
        return (_step(command, state, asks, "", table),)
    same = command.claim_id == state.claim_id
    return () if same else Refusal("payment_reused", f"{command.payment_id} pays {state.claim_id}")


def _overdue(command: PayoutTimePassed, state: State, waits: Patience, table: tuple[Step, ...]) -> Decision[Event]:
    """What the process does when nobody answered in time; nothing when it still has time, or waits for nobody."""
    if isinstance(state, NotStarted) or not state.overdue(command.at):
        return ()
    match state:
        case AwaitingApproval():
            return (_step(command, state, "compensation", "approval_late", table),)
        case Ordered():
            return (_step(command, state, "inquiry", "", table),)
        case Inquiring(tries=tries):
            if tries < waits.inquiries:
                return (_step(command, state, "inquiry", "", table),)
            return (_step(command, state, "person", "inquiries_exhausted", table),)
        case Stuck() | Compensated() | Paid():
            return ()


def _step(
    command: Command,
    state: State,
    asks: Asks,
    because: Because,
    table: tuple[Step, ...],
) -> PayoutStepTaken:
    begun = None if isinstance(state, NotStarted) else state
    again = begun is not None and asks == ASKS_OF[type(begun)]
    return PayoutStepTaken(
        payment_id=command.payment_id,
        claim_id=begun.claim_id if begun else getattr(command, "claim_id", ""),
        payee_id=begun.payee_id if begun else getattr(command, "payee_id", ""),
        amount=begun.amount if begun else getattr(command, "amount", None),
        asks=asks,
        because=because,
        step=begun.step + 1 if begun else 1,
        tries=begun.tries + 1 if begun and again else 1,
        until=until(step_of(table, asks), command.at),
        story=begun.story if begun else getattr(command, "story", ""),
        on=command.on,
        at=command.at,
        joint_payees=begun.joint_payees if begun else getattr(command, "joint_payees", ()),
    )


STATE_OF: dict[Asks, type[AwaitingApproval | Ordered | Inquiring | Stuck | Compensated | Paid]] = {
    "approval": AwaitingApproval,
    "payout": Ordered,
    "inquiry": Inquiring,
    "person": Stuck,
    "compensation": Compensated,
    "confirmation": Paid,
}
ASKS_OF: dict[type[Payout], Asks] = {kind: asks for asks, kind in STATE_OF.items()}


def evolve(state: State, event: Event) -> State:
    _ = state
    match event:
        case PayoutStepTaken(asks=asks):
            return STATE_OF[asks](
                claim_id=event.claim_id,
                payee_id=event.payee_id,
                amount=event.amount,
                because=event.because,
                step=event.step,
                since=event.at,
                until=event.until,
                story=event.story,
                tries=event.tries,
                joint_payees=event.joint_payees,
            )
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return command.payment_id


def asks_now(state: State) -> Asks | None:
    """The step that the process stands at while it waits for somebody; None when it is not begun or at its end."""
    match state:
        case NotStarted() | Compensated() | Paid():
            return None
        case AwaitingApproval() | Ordered() | Inquiring() | Stuck():
            return ASKS_OF[type(state)]
