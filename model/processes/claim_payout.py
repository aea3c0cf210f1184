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

from typing import assert_never

from model.decider import Decider, Decision, Refusal
from model.processes.payout_messages import (
    ApprovalGiven,
    ApprovalRefused,
    Asks,
    Because,
    Command,
    Event,
    NothingFound,
    PayoutAskRefused,
    PayoutConfirmed,
    PayoutFailed,
    PayoutStepTaken,
    PayoutTimePassed,
    PayoutUnknown,
    StartPayout,
)
from model.processes.payout_states import (
    ASKS_OF,
    STATE_OF,
    AwaitingApproval,
    Compensated,
    Inquiring,
    NotStarted,
    Ordered,
    Paid,
    Patience,
    State,
    Stuck,
    steps,
)
from model.processes.shape import step_of, until

# --- the machine


class _Rules:
    """What the process does next, with one patience."""

    def __init__(self, patience: Patience) -> None:
        self._inquiries = patience.inquiries
        self._steps = steps(patience)

    def decide(self, command: Command, state: State) -> Decision[Event]:
        match command:
            case StartPayout():
                return self._started(command, state)
            case ApprovalGiven():
                return self._approved(command, state)
            case ApprovalRefused():
                return self._denied(command, state)
            case PayoutConfirmed():
                return self._confirmed(command, state)
            case PayoutFailed():
                return self._failed(command, state)
            case PayoutUnknown():
                return self._unknown(command, state)
            case NothingFound():
                return self._never_sent(command, state)
            case PayoutAskRefused():
                return self._no(command, state)
            case PayoutTimePassed():
                return self._overdue(command, state)

    def _started(self, command: StartPayout, state: State) -> Decision[Event]:
        if isinstance(state, NotStarted):
            return self._asked(command, state, "approval" if command.wish == "above_authority" else "payout")
        same = command.claim_id == state.claim_id
        return () if same else Refusal("payment_reused", f"{command.payment_id} pays {state.claim_id}")

    def _approved(self, command: ApprovalGiven, state: State) -> Decision[Event]:
        match state:
            case AwaitingApproval() | Compensated(because="approval_late"):
                return self._asked(command, state, "payout")
            case Ordered() | Inquiring() | Stuck() | Paid() | Compensated(because="payout_failed"):
                return ()
            case NotStarted() | Compensated():
                return _wrong_state(command, state)

    def _denied(self, command: ApprovalRefused, state: State) -> Decision[Event]:
        match state:
            case AwaitingApproval() | Compensated(because="approval_late"):
                return self._asked(command, state, "compensation", "approval_refused")
            case Compensated():
                return ()
            case NotStarted() | Ordered() | Inquiring() | Stuck() | Paid():
                return _wrong_state(command, state)

    def _confirmed(self, command: PayoutConfirmed, state: State) -> Decision[Event]:
        match state:
            case (
                NotStarted()
                | AwaitingApproval()
                | Ordered()
                | Inquiring()
                | Stuck()
                | Compensated(because="approval_late")
            ):
                return self._asked(command, state, "confirmation")
            case Paid():
                return ()
            case Compensated():
                paid = command.payment_id
                return Refusal("paid_after_compensation", f"{paid} was given up and was paid all the same")

    def _failed(self, command: PayoutFailed, state: State) -> Decision[Event]:
        match state:
            case (
                NotStarted()
                | AwaitingApproval()
                | Ordered()
                | Inquiring()
                | Stuck()
                | Compensated(because="approval_late")
            ):
                return self._asked(command, state, "compensation", "payout_failed")
            case Compensated():
                return ()
            case Paid():
                return _wrong_state(command, state)

    def _unknown(self, command: PayoutUnknown, state: State) -> Decision[Event]:
        match state:
            case NotStarted() | AwaitingApproval() | Ordered() | Compensated(because="approval_late"):
                return self._asked(command, state, "inquiry")
            case Inquiring() | Stuck() | Compensated() | Paid():
                return ()

    def _never_sent(self, command: NothingFound, state: State) -> Decision[Event]:
        match state:
            case Inquiring() | Stuck():
                return self._asked(command, state, "payout")
            case Ordered():
                return ()
            case NotStarted() | AwaitingApproval() | Compensated() | Paid():
                return _wrong_state(command, state)

    def _no(self, command: PayoutAskRefused, state: State) -> Decision[Event]:
        match state:
            case AwaitingApproval() | Ordered() | Inquiring() | Compensated() | Paid():
                return self._asked(command, state, "person", "ask_refused") if command.step == state.step else ()
            case NotStarted() | Stuck():
                return ()

    def _overdue(self, command: PayoutTimePassed, state: State) -> Decision[Event]:
        """What the process does when nobody answered in time; nothing when it still has time, or waits for nobody."""
        if isinstance(state, NotStarted) or not state.overdue(command.at):
            return ()
        match state:
            case AwaitingApproval():
                return self._asked(command, state, "compensation", "approval_late")
            case Ordered():
                return self._asked(command, state, "inquiry")
            case Inquiring(tries=tries):
                if tries < self._inquiries:
                    return self._asked(command, state, "inquiry")
                return self._asked(command, state, "person", "inquiries_exhausted")
            case Stuck() | Compensated() | Paid():
                return ()

    def _asked(self, command: Command, state: State, asks: Asks, because: Because = "") -> tuple[PayoutStepTaken, ...]:
        begun = None if isinstance(state, NotStarted) else state
        again = begun is not None and asks == ASKS_OF[type(begun)]
        return (
            PayoutStepTaken(
                payment_id=command.payment_id,
                claim_id=begun.claim_id if begun else getattr(command, "claim_id", ""),
                payee_id=begun.payee_id if begun else getattr(command, "payee_id", ""),
                amount=begun.amount if begun else getattr(command, "amount", None),
                asks=asks,
                because=because,
                step=begun.step + 1 if begun else 1,
                tries=begun.tries + 1 if begun and again else 1,
                until=until(step_of(self._steps, asks), command.at),
                story=begun.story if begun else getattr(command, "story", ""),
                on=command.on,
                at=command.at,
                joint_payees=begun.joint_payees if begun else getattr(command, "joint_payees", ()),
            ),
        )


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible: {type(state).__name__}")


def decider(patience: Patience | None = None) -> Decider[Command, State, Event]:
    """The process with a patience; without one, that of the defaults."""
    return Decider("claim_payout", NotStarted(), _stream, _Rules(patience or Patience()).decide, evolve)


def _stream(command: Command) -> str:
    return command.payment_id


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
