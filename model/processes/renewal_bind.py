"""The binding of a renewal: offered, billed, bound by payment (or deemed accepted), issued; or not taken.

    NotStarted --OfferRenewal--> Billing --HearBilled--> Awaiting --HearPaid--> Binding --HearBound--> Issuing
                                                            |                                            |
                                                  (day of grace over)                               HearRenewed
                                                            v                                            v
                                   NotTaken <--HearClosed-- Declining                                 Issued
                                      ^                                                                  |
                                      +------------HearUndone-- Undoing <--HearMoneyReturned-------------+

Billing bills the offer before anybody accepted it, because the bill is how it is accepted. When the offer is not taken
the bill is withdrawn. When the money that bound a renewal goes back, billing's delinquency asks that the renewal be
undone, and policy undoes it as not taken: cancellation for nonpayment would leave days that nobody was to pay for.
Money that was sent in time has some days to arrive; money that arrives still later is for a person. A renewal that is
referred is for a person, too: once it is approved, what was asked is asked again.
"""

from datetime import UTC, datetime, time, timedelta
from typing import assert_never

from model.decider import Decider, Decision
from model.money import Money
from model.processes.renewal_messages import (
    Asks,
    Command,
    Event,
    HearApproved,
    HearBilled,
    HearBound,
    HearClosed,
    HearMoneyReturned,
    HearPaid,
    HearRenewed,
    HearUndone,
    OfferRenewal,
    Paid,
    RenewalAskRefused,
    RenewalStepTaken,
    RenewalTimePassed,
)
from model.processes.renewal_states import (
    ASKS_OF,
    STATE_OF,
    Awaiting,
    Billing,
    Binding,
    BoundByHand,
    Declining,
    Deferred,
    Issued,
    Issuing,
    NotStarted,
    NotTaken,
    Patience,
    State,
    Stuck,
    Under,
    Undoing,
    Undone,
    steps,
)
from model.processes.shape import RETRIED, step_of, until

RETURNED = "money_returned"
REFERRED = "issue_open"
"""The refusal of a renewal that waits for an underwriter, who makes it go on by approving it."""

# --- the machine


class _Rules:
    """What the process does next, with one patience."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._steps = steps(patience)

    def decide(self, command: Command, state: State) -> Decision[Event]:
        if isinstance(command, OfferRenewal):
            return self._offered(command, state)
        if isinstance(state, NotStarted) or getattr(command, "job_id", state.offer.job_id) != state.offer.job_id:
            return ()
        match command:
            case HearBilled():
                return self._billed(command, state)
            case HearPaid():
                return self._paid(command, state)
            case HearBound():
                return self._bound(command, state)
            case HearRenewed():
                return self._renewed(command, state)
            case HearClosed():
                return self._closed(command, state)
            case HearApproved():
                return self._approved(command, state)
            case HearUndone():
                ends = not isinstance(state, (NotTaken, Undone))
                return self._asked(command, state, "end") if ends else ()
            case HearMoneyReturned():
                return self._returned(command, state)
            case RenewalAskRefused(step=step, code=code):
                return self._no(command, state, code) if step == state.step else ()
            case RenewalTimePassed():
                return self._overdue(command, state)

    def _offered(self, command: OfferRenewal, state: State) -> Decision[Event]:
        """A new term's offer begins the process anew; another price for the same term withdraws the bill first."""
        if isinstance(state, NotStarted) or command.offer.start > state.offer.start:
            return (self._first(command),)
        if command.offer == state.offer:
            return ()
        match state:
            case Billing() | Awaiting() if not state.paid:
                (withdrawn,) = self._asked(command, state, "withdrawal", because="offered_anew")
                return (withdrawn, self._first(command, after=withdrawn))
            case NotTaken() | Undone():
                return (self._first(command, after=state),)
            case Billing() | Awaiting() | Binding() | Issuing() | BoundByHand() | Declining() | Undoing() | Deferred():
                return self._asked(command, state, "person", because="offer_changed")
            case Stuck() | Issued():
                return ()

    def _billed(self, command: HearBilled, state: Under) -> Decision[Event]:
        if not isinstance(state, (Billing, Stuck)) or state.first is not None:
            return ()
        accepted = state.offer.acceptance == "deemed"
        return self._asked(command, state, "bind" if accepted else "payment", first=command.first, due=command.due)

    def _paid(self, command: HearPaid, state: Under) -> Decision[Event]:
        first, due, known = state.first, state.due, {part.payment_id for part in state.paid}
        if first is None or due is None:
            return ()
        fresh = tuple(part for part in command.paid if part.invoice >= first and part.payment_id not in known)
        if not fresh:
            return ()
        paid = (*state.paid, *fresh)
        enough = sum(part.amount.minor for part in paid) >= due.minor
        in_time = command.on <= state.offer.accept_by
        match state:
            case Awaiting() | Declining():
                if not enough or (isinstance(state, Declining) and not in_time):
                    return self._asked(command, state, ASKS_OF[type(state)], paid=paid, keeps="until")
                return self._asked(command, state, "bind", paid=paid)
            case BoundByHand():
                return self._asked(command, state, "issue", paid=paid) if enough else ()
            case NotTaken():
                return self._asked(command, state, "person", because="paid_in_time", paid=paid) if in_time else ()
            case Billing() | Binding() | Issuing() | Undoing() | Deferred() | Stuck() | Issued() | Undone():
                return ()

    def _bound(self, command: HearBound, state: Under) -> Decision[Event]:
        """What the process asked for goes on; what somebody bound by hand is theirs to issue, unless it is paid."""
        if _undoes(state):
            return ()
        match state:
            case Binding():
                return self._asked(command, state, "issue", because=self._kept(state))
            case Billing() | Awaiting() | Declining() | Deferred() | Stuck():
                return self._asked(command, state, "by_hand", because=self._kept(state))
            case Issuing() | BoundByHand() | Undoing() | Issued() | NotTaken() | Undone():
                return ()

    def _renewed(self, command: HearRenewed, state: Under) -> Decision[Event]:
        if isinstance(state, (Issued, NotTaken, Undone, Undoing)) or _undoes(state):
            return ()
        return self._asked(command, state, "undo" if state.because == RETURNED else "issued")

    def _closed(self, command: HearClosed, state: Under) -> Decision[Event]:
        match state:
            case Billing() | Awaiting() | Declining() | Deferred() | Issuing() | BoundByHand():
                return self._asked(command, state, "withdrawal", because=command.outcome)
            case Stuck() if state.because == REFERRED and not state.paid:
                return self._asked(command, state, "withdrawal", because=command.outcome)
            case Stuck() if state.because == REFERRED:
                return self._closed_although_paid(command, state)
            case Binding():
                return self._closed_although_paid(command, state)
            case Stuck() | Issued() | Undoing() | NotTaken() | Undone():
                return ()

    def _closed_although_paid(self, command: HearClosed, state: Under) -> Decision[Event]:
        """The bill is withdrawn, and what becomes of the money is for a person."""
        (withdrawn,) = self._asked(command, state, "withdrawal", because=command.outcome)
        return (withdrawn, *self._asked(command, _after(withdrawn), "person", because="paid_in_time"))

    def _approved(self, command: HearApproved, state: Under) -> Decision[Event]:
        """What an underwriting issue blocked is asked again, and so is what it may have blocked, whose no has not come
        yet; another issue that is open blocks it again.
        """
        match state:
            case Binding() | Issuing():
                return self._asked(command, state, ASKS_OF[type(state)], because=self._kept(state))
            case Stuck():
                return self._asked(command, state, state.resumes) if state.because == REFERRED else ()
            case (
                Billing()
                | Awaiting()
                | BoundByHand()
                | Declining()
                | Undoing()
                | Deferred()
                | Issued()
                | NotTaken()
                | Undone()
            ):
                return ()

    def _returned(self, command: HearMoneyReturned, state: Under) -> Decision[Event]:
        match state:
            case Issued():
                return self._asked(command, state, "undo", because=RETURNED)
            case Binding() | Issuing() | BoundByHand():
                if state.because == RETURNED:
                    return ()
                return self._asked(command, state, ASKS_OF[type(state)], because=RETURNED, keeps="until")
            case Billing() | Awaiting() | Declining() | Undoing() | Deferred() | Stuck() | NotTaken() | Undone():
                return ()

    def _no(self, command: Command, state: Under, code: str) -> Decision[Event]:
        match state:
            case Billing() | Binding() | Issuing() | Declining() | Undoing():
                if code in RETRIED:
                    return self._asked(command, state, "later", because=code, resumes=ASKS_OF[type(state)])
                resumes = ASKS_OF[type(state)] if code == REFERRED else None
                return self._asked(command, state, "person", because=code, resumes=resumes)
            case NotTaken():
                return self._asked(command, state, "person", because=code)
            case Awaiting() | BoundByHand() | Deferred() | Stuck() | Issued() | Undone():
                return ()

    def _overdue(self, command: Command, state: Under) -> Decision[Event]:
        if not state.overdue(command.at):
            return ()
        match state:
            case Awaiting():
                return self._asked(command, state, "not_taken")
            case Deferred(resumes=resumes):
                return self._asked(command, state, resumes)
            case Billing() | Binding() | Issuing() | Declining() | Undoing():
                if state.tries < self._patience.tries:
                    return self._asked(command, state, ASKS_OF[type(state)], because=self._kept(state))
                return self._asked(command, state, "person", because="no_answer")
            case Stuck() | BoundByHand() | Issued() | NotTaken() | Undone():
                return ()

    @staticmethod
    def _kept(state: Under) -> str:
        """That the money went back is remembered until the renewal is undone."""
        return RETURNED if state.because == RETURNED else ""

    def _first(self, command: OfferRenewal, after: RenewalStepTaken | Under | None = None) -> RenewalStepTaken:
        return RenewalStepTaken(
            policy_id=command.policy_id,
            offer=command.offer,
            asks="bill",
            because="",
            resumes="bill",
            first=None,
            due=None,
            paid=(),
            step=after.step + 1 if after else 1,
            tries=1,
            until=until(step_of(self._steps, "bill"), command.at),
            story=after.story if after else command.story,
            on=command.on,
            at=command.at,
        )

    def _asked(
        self,
        command: Command,
        state: Under,
        asks: Asks,
        *,
        because: str = "",
        resumes: Asks | None = None,
        first: int | None = None,
        due: Money | None = None,
        paid: tuple[Paid, ...] | None = None,
        keeps: str = "",
    ) -> tuple[RenewalStepTaken, ...]:
        """`keeps` "until" leaves the answer due when it was."""
        last_day = state.offer.accept_by + timedelta(days=1 + self._patience.float_days)
        named = datetime.combine(last_day, time(), UTC)
        due_by = state.until if keeps else until(step_of(self._steps, asks), command.at, named)
        return (
            RenewalStepTaken(
                policy_id=command.policy_id,
                offer=state.offer,
                asks=asks,
                because=because,
                resumes=resumes or asks,
                first=state.first if first is None else first,
                due=due or state.due,
                paid=state.paid if paid is None else paid,
                step=state.step + 1,
                tries=state.tries + 1 if ASKS_OF[type(state)] == asks and not keeps else 1,
                until=due_by,
                story=state.story,
                on=command.on,
                at=command.at,
            ),
        )


def decider(patience: Patience | None = None) -> Decider[Command, State, Event]:
    """The process with a patience; without one, that of the defaults."""
    return Decider("renewal_bind", NotStarted(), _stream, _Rules(patience or Patience()).decide, evolve)


def _stream(command: Command) -> str:
    return command.policy_id


def _undoes(state: Under) -> bool:
    """Whether the renewal is to be undone as soon as policy can."""
    return isinstance(state, Deferred) and state.resumes == "undo"


def _after(event: RenewalStepTaken) -> Under:
    return STATE_OF[event.asks](
        offer=event.offer,
        because=event.because,
        resumes=event.resumes,
        first=event.first,
        due=event.due,
        paid=event.paid,
        step=event.step,
        since=event.at,
        until=event.until,
        story=event.story,
        tries=event.tries,
    )


def evolve(state: State, event: Event) -> State:
    _ = state
    match event:
        case RenewalStepTaken():
            return _after(event)
        case _:
            assert_never(event)
