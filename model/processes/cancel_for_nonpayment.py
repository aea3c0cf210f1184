"""Cancellation for nonpayment: billing asks, policy decides, and money that came in time undoes it in either order.

    NotStarted --RequestCancellation--> Noticing --HearNoticeGiven--> Pending --(its day)--> Cancelling
                                           |                            |                        |
                               EndDelinquency                  EndDelinquency              HearCancelled
                                           |                            |                        |
                                           v                            v                        v
                                         Kept <--HearRescinded---- Rescinding                Cancelled
                                           ^                            |  (too late)            |  EndDelinquency,
                                           |                            v                        v  paid in time
                                           +-------HearReinstated-- Reinstating <----------------+

What counts is the day on which the money counts, not the instant at which the message comes: paid before the effective
day, the policy is kept, by rescinding the notice or, when the cancellation was first, by reinstating without a lapse.
Which day a notice can name, whether a moratorium forbids it and what the law asks, is policy's to decide. What a
moratorium refuses is asked again later; what it holds comes by itself. Anything else that is refused is for a person.
"""

from datetime import date, datetime, timedelta
from typing import assert_never

from model.decider import Decider, Decision
from model.money import Money
from model.processes.nonpayment_messages import (
    Asks,
    Command,
    EndDelinquency,
    Event,
    HearCancelled,
    HearHeld,
    HearNoticeGiven,
    HearReinstated,
    HearReleased,
    HearRescinded,
    NonpaymentAskRefused,
    NonpaymentStepTaken,
    NonpaymentTimePassed,
    RequestCancellation,
)
from model.processes.nonpayment_states import (
    ASKS_OF,
    STATE_OF,
    Cancelled,
    Cancelling,
    Deferred,
    Held,
    Kept,
    Noticing,
    NotStarted,
    Patience,
    Pending,
    Reinstating,
    Rescinding,
    State,
    Stuck,
    Under,
    steps,
)
from model.processes.shape import RETRIED, step_of, until

TOO_LATE_TO_RESCIND = frozenset({"wrong_state", "cancellation_took_effect"})
"""Refusals of a rescission that say that the cancellation was first."""

# --- the machine


class _Rules:
    """What the process does next, with one patience."""

    def __init__(self, patience: Patience) -> None:
        self._tries = patience.tries
        self._steps = steps(patience)

    def decide(self, command: Command, state: State) -> Decision[Event]:
        if isinstance(state, NotStarted):
            return self._begun(command)
        match command:
            case RequestCancellation():
                return ()
            case EndDelinquency():
                return self._exited(command, state)
            case HearNoticeGiven():
                return self._noticed(command, state)
            case HearRescinded():
                ends = isinstance(state, (Pending, Cancelling, Rescinding, Held, Deferred, Stuck))
                return self._asked(command, state, "keep") if ends else ()
            case HearCancelled():
                return self._cancelled(command, state)
            case HearReinstated():
                ends = isinstance(state, (Reinstating, Cancelled, Deferred, Stuck))
                return self._asked(command, state, "keep") if ends else ()
            case HearHeld():
                waits = isinstance(state, (Noticing, Cancelling))
                return self._asked(command, state, "release", resumes=ASKS_OF[type(state)]) if waits else ()
            case HearReleased(refused=refused):
                return () if refused is None or not isinstance(state, Held) else self._no(command, state, refused)
            case NonpaymentAskRefused(step=step, code=code):
                return self._no(command, state, code) if step == state.step else ()
            case NonpaymentTimePassed():
                return self._overdue(command, state)

    def _begun(self, command: Command) -> Decision[Event]:
        match command:
            case RequestCancellation():
                return self._first(command, "notice", command.amount)
            case EndDelinquency(cause=cause):
                return self._first(command, "end" if cause == "policy_cancelled" else "keep", None)
            case (
                HearNoticeGiven()
                | HearRescinded()
                | HearCancelled()
                | HearReinstated()
                | HearHeld()
                | HearReleased()
                | NonpaymentAskRefused()
                | NonpaymentTimePassed()
            ):
                return ()

    def _exited(self, command: EndDelinquency, state: Under) -> Decision[Event]:
        """Money that counts before the effective day keeps the policy, whatever came first."""
        if command.cause == "policy_cancelled":
            ends = isinstance(state, (Noticing, Held, Deferred, Pending, Cancelling, Stuck))
            return self._asked(command, state, "end") if ends else ()
        in_time = state.in_time(command.on)
        match state:
            case Noticing() | Pending() | Cancelling() | Held() | Deferred() | Stuck():
                if not in_time:
                    return ()
                noticed = state.effective is not None
                return self._asked(command, state, "rescission" if noticed else "keep", paid_on=command.on)
            case Cancelled():
                if command.cause != "paid" or not in_time or state.effective is None:
                    return ()
                return self._asked(command, state, "reinstatement", paid_on=command.on)
            case Rescinding() | Reinstating() | Kept():
                return ()

    def _noticed(self, command: HearNoticeGiven, state: Under) -> Decision[Event]:
        match state:
            case Noticing() | Held() | Deferred() | Stuck():
                return self._asked(
                    command,
                    state,
                    "effective_day",
                    effective=command.effective,
                    named=_waits_until(command),
                    notice_id=command.notice_id,
                    cure_until=command.cure_until,
                )
            case Kept(notice_id=known):
                # The notice was on its way when the money came; one that was rescinded already is told again.
                if command.notice_id == known:
                    return ()
                return self._asked(
                    command, state, "rescission", effective=command.effective, notice_id=command.notice_id
                )
            case Pending() | Cancelling() | Rescinding() | Reinstating() | Cancelled():
                return ()

    def _cancelled(self, command: HearCancelled, state: Under) -> Decision[Event]:
        match state:
            case Noticing() | Held() | Deferred() | Pending() | Cancelling() | Stuck():
                return self._asked(command, state, "end", effective=command.effective)
            case Rescinding():
                return self._asked(command, state, "reinstatement", effective=command.effective)
            case Reinstating() | Kept() | Cancelled():
                return ()

    def _no(self, command: Command, state: Under, code: str) -> Decision[Event]:
        match state:
            case Rescinding() if code in TOO_LATE_TO_RESCIND and state.effective is not None:
                return self._asked(command, state, "reinstatement", because=code)
            case Noticing() | Cancelling() | Rescinding() | Reinstating() | Held():
                if code in RETRIED:
                    resumes = state.resumes if isinstance(state, Held) else ASKS_OF[type(state)]
                    return self._asked(command, state, "later", because=code, resumes=resumes)
                return self._asked(command, state, "person", because=code)
            case Deferred() | Pending() | Stuck() | Kept() | Cancelled():
                return ()

    def _overdue(self, command: Command, state: Under) -> Decision[Event]:
        if not state.overdue(command.at):
            return ()
        match state:
            case Deferred(resumes=resumes):
                return self._asked(command, state, resumes)
            case Pending():
                return self._asked(command, state, "cancellation")
            case Noticing() | Cancelling() | Rescinding() | Reinstating():
                if state.tries < self._tries:
                    return self._asked(command, state, ASKS_OF[type(state)])
                return self._asked(command, state, "person", because="no_answer")
            case Held() | Stuck() | Kept() | Cancelled():
                return ()

    def _first(
        self, command: RequestCancellation | EndDelinquency, asks: Asks, amount: Money | None
    ) -> tuple[NonpaymentStepTaken, ...]:
        return (
            NonpaymentStepTaken(
                process_id=command.process_id,
                account_id=command.account_id,
                policy_id=command.policy_id,
                amount=amount,
                asks=asks,
                because="",
                resumes=asks,
                notice_id="",
                effective=None,
                paid_on=None,
                step=1,
                tries=1,
                until=until(step_of(self._steps, asks), command.at),
                story=command.story,
                on=command.on,
                at=command.at,
                noticed_on=command.noticed_on if isinstance(command, RequestCancellation) else None,
                due_on=command.due_on if isinstance(command, RequestCancellation) else None,
                received=command.received if isinstance(command, RequestCancellation) else None,
            ),
        )

    def _asked(
        self,
        command: Command,
        state: Under,
        asks: Asks,
        *,
        because: str = "",
        resumes: Asks | None = None,
        effective: date | None = None,
        paid_on: date | None = None,
        named: datetime | None = None,
        notice_id: str = "",
        cure_until: date | None = None,
    ) -> tuple[NonpaymentStepTaken, ...]:
        return (
            NonpaymentStepTaken(
                process_id=command.process_id,
                account_id=state.account_id,
                policy_id=state.policy_id,
                amount=state.amount,
                asks=asks,
                because=because,
                resumes=resumes or asks,
                notice_id=notice_id or state.notice_id,
                effective=effective or state.effective,
                paid_on=paid_on or state.paid_on,
                step=state.step + 1,
                tries=state.tries + 1 if ASKS_OF[type(state)] == asks else 1,
                until=until(step_of(self._steps, asks), command.at, named),
                story=state.story,
                on=command.on,
                at=command.at,
                due_on=state.due_on,
                received=state.received,
                cure_until=cure_until or state.cure_until,
            ),
        )


def decider(patience: Patience | None = None) -> Decider[Command, State, Event]:
    """The process with a patience; without one, that of the defaults."""
    return Decider("cancel_for_nonpayment", NotStarted(), _stream, _Rules(patience or Patience()).decide, evolve)


def _waits_until(command: HearNoticeGiven) -> datetime:
    """When the cancellation is asked for: as the effective day begins, or once the days are over on which money still
    cures it, as on the effective day itself in California (auto_nonpay_cure_through_notice_period).
    """
    if command.cure_until is None or command.cure_until < command.effective:
        return command.takes_effect_at
    return command.takes_effect_at + (command.cure_until - command.effective) + timedelta(days=1)


def _stream(command: Command) -> str:
    return command.process_id


def evolve(state: State, event: Event) -> State:
    _ = state
    match event:
        case NonpaymentStepTaken(asks=asks):
            return STATE_OF[asks](
                account_id=event.account_id,
                policy_id=event.policy_id,
                amount=event.amount,
                because=event.because,
                resumes=event.resumes,
                notice_id=event.notice_id,
                effective=event.effective,
                paid_on=event.paid_on,
                step=event.step,
                since=event.at,
                until=event.until,
                story=event.story,
                tries=event.tries,
                due_on=event.due_on,
                received=event.received,
                cure_until=event.cure_until,
            )
        case _:
            assert_never(event)
