"""A delinquency process: what is done about one target, a policy of an account or one of its invoices, that is past
due.

    (due + grace) --> Dunning --steps--> CancelRequested --policy cancelled--> Collections
                        ^                       |
                        |                       +--hold--> Exited (a new process asks anew after the hold)
    InGrace --over------+
       ^
    PreGrace <--hold-- InGrace, Dunning or Collections          any open one --outstanding < exit--> Exited
       |--release--> InGrace, with the clock of grace begun anew                 or WrittenOff

It lives inside its account, like an invoice, and is as old as its first event: grace itself belongs to the invoice.
A plan may give up what collections did not bring (`write_off`), which ends as WrittenOff too.
A process asks for a cancellation once. One that is held after it asked is over, since the notice is withdrawn. Once
cover has ended, only money that was there before the day on which it ended, and enough of it, counts as `paid`: it is
what a cancellation would not have happened for (domain.md B13). Such money may come late, to a process that is over.
"""

from collections.abc import Iterator, Set
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.dunning_events import (
    CancellationRequested,
    DelinquencyEvent,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyReleased,
    DelinquencyStarted,
    DunningStepTaken,
    ExitCause,
    GraceEnded,
    SentToCollections,
)
from model.choices.delinquency import DelinquencyPlan, Reason, StepName, Term, step_day
from model.decider import Decision
from model.money import Money

Stage = Literal["pre_grace", "in_grace", "dunning", "cancel_requested", "collections", "written_off", "exited"]
OVER: frozenset[Stage] = frozenset(("exited", "written_off"))


class Delinquency(Struct, frozen=True, gc=False):
    """`clock` is the end of grace, from which steps count; `taken` how many of them fell since. `asked_minor` is what
    would have made the cancellation unnecessary that was asked for; `due_on` is the due day that was missed first and
    `noticed_on` when the notice went out, if it did ahead of that day.
    """

    delinquency_id: str
    policy_id: str
    invoice: int | None
    reason: Reason
    stage: Stage
    since: date
    clock: date
    taken: int = 0
    cancel_requests: int = 0
    asked_minor: int = 0
    cause: ExitCause | None = None
    noticed_on: date | None = None
    due_on: date | None = None
    term: Term = "renewal"

    @property
    def is_open(self) -> bool:
        return self.stage not in OVER


class AgeProcess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A night; `cover` says whether there is still a policy that could be cancelled, `received` what was paid of the
    premium of its term.
    """

    account_id: str
    outstanding: Money
    received: Money
    cover: Literal["in_force", "ended"]
    on: date
    at: datetime


class HoldProcess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    on: date
    at: datetime


class ReleaseProcess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    on: date
    at: datetime


class EndCover(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    outstanding: Money
    on: date
    at: datetime


class ResumeCover(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    on: date
    at: datetime


class SettleProcess(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Money moved: `outstanding` is what is past due now, `by` how it moved and `came` what came in. `ended` is the day
    on which cover ended, if it has.
    """

    account_id: str
    outstanding: Money
    by: Literal["money", "credit", "write_off"]
    came: int
    ended: date | None
    on: date
    at: datetime


Command: TypeAlias = AgeProcess | HoldProcess | ReleaseProcess | EndCover | ResumeCover | SettleProcess


def opened(event: DelinquencyStarted) -> Delinquency:
    return Delinquency(
        event.delinquency_id,
        event.policy_id,
        event.invoice,
        event.reason,
        "dunning",
        event.on,
        event.on,
        noticed_on=event.noticed_on,
        due_on=event.due_on,
        term=event.term,
    )


def decide(
    plan: DelinquencyPlan, holidays: Set[date], command: Command, process: Delinquency
) -> Decision[DelinquencyEvent]:
    if not process.is_open and not isinstance(command, SettleProcess):
        return ()
    match command:
        case AgeProcess():
            return _aged(plan, holidays, command, process)
        case HoldProcess():
            return _held(command, process)
        case ReleaseProcess():
            return _released(plan, command, process)
        case EndCover():
            return (
                (_exited(command, process, "policy_cancelled"),) if command.outstanding.minor < plan.exit_minor else ()
            )
        case ResumeCover():
            over = process.stage in ("cancel_requested", "collections")
            return (_exited(command, process, "reinstated"),) if over else ()
        case SettleProcess():
            return _settled(plan, command, process)


def _exited(command: Command, process: Delinquency, cause: ExitCause) -> DelinquencyExited:
    return DelinquencyExited(
        account_id=command.account_id,
        delinquency_id=process.delinquency_id,
        policy_id=process.policy_id,
        cause=cause,
        on=command.on,
        at=command.at,
    )


def _held(command: HoldProcess, process: Delinquency) -> Decision[DelinquencyEvent]:
    match process.stage:
        case "pre_grace":
            return ()
        case "cancel_requested":
            return (_exited(command, process, "held"),)
        case "in_grace" | "dunning" | "collections" | "written_off" | "exited":
            return (
                DelinquencyHeld(
                    account_id=command.account_id,
                    delinquency_id=process.delinquency_id,
                    policy_id=process.policy_id,
                    on=command.on,
                    at=command.at,
                ),
            )


def _released(plan: DelinquencyPlan, command: ReleaseProcess, process: Delinquency) -> Decision[DelinquencyEvent]:
    if process.stage != "pre_grace":
        return ()
    return (
        DelinquencyReleased(
            account_id=command.account_id,
            delinquency_id=process.delinquency_id,
            policy_id=process.policy_id,
            grace_ends=command.on + timedelta(days=plan.grace_days),
            on=command.on,
            at=command.at,
        ),
    )


def _settled(plan: DelinquencyPlan, command: SettleProcess, process: Delinquency) -> Decision[DelinquencyEvent]:
    cured = _cured(command, process)
    if not process.is_open:
        return (_exited(command, process, "paid"),) if cured and process.cause == "policy_cancelled" else ()
    if command.outstanding.minor >= plan.exit_minor:
        return ()
    if command.by == "write_off":
        return (_exited(command, process, "written_off"),)
    return (_exited(command, process, "paid" if cured or command.ended is None else "policy_cancelled"),)


def _cured(command: SettleProcess, process: Delinquency) -> bool:
    """Whether the money that came was there before cover ended and was all that was asked for."""
    if command.ended is None or command.by != "money" or not process.cancel_requests:
        return False
    return command.on < command.ended and command.came >= process.asked_minor


def _collected(command: AgeProcess, process: Delinquency) -> SentToCollections:
    return SentToCollections(
        account_id=command.account_id,
        delinquency_id=process.delinquency_id,
        policy_id=process.policy_id,
        amount=command.outstanding,
        on=command.on,
        at=command.at,
    )


def _aged(
    plan: DelinquencyPlan, holidays: Set[date], command: AgeProcess, process: Delinquency
) -> Decision[DelinquencyEvent]:
    if command.outstanding.minor < plan.exit_minor:
        return (_exited(command, process, "paid" if command.cover == "in_force" else "policy_cancelled"),)
    events: list[DelinquencyEvent] = []
    if process.stage == "in_grace" and command.on >= process.clock:
        events.append(
            GraceEnded(
                account_id=command.account_id,
                delinquency_id=process.delinquency_id,
                on=command.on,
                at=command.at,
            )
        )
        process = evolve(process, events[0])
    if process.stage in ("dunning", "cancel_requested") and command.cover == "ended":
        events.append(_collected(command, process))
        process = evolve(process, events[-1])
    if process.stage == "dunning":
        events.extend(_steps(plan, holidays, command, process))
    elif process.stage == "collections":
        events.extend(_given_up(plan, holidays, command, process))
    return tuple(events)


def _given_up(
    plan: DelinquencyPlan, holidays: Set[date], command: AgeProcess, process: Delinquency
) -> Iterator[DelinquencyEvent]:
    """The plan's write-off, once its day has come."""
    for number, step in enumerate(plan.steps(process.reason, process.noticed_on)):
        if step.step != "write_off" or number < process.taken:
            continue
        if step_day(process.clock, step.days, plan.step_day_roll, holidays) <= command.on:
            yield _taken(command, process, number, step.step)


def _steps(
    plan: DelinquencyPlan, holidays: Set[date], command: AgeProcess, process: Delinquency
) -> list[DelinquencyEvent]:
    """Every step whose day has come, in order. What was asked for stays asked for: nothing comes after it."""
    found: list[DelinquencyEvent] = []
    for number, step in enumerate(plan.steps(process.reason, process.noticed_on)[process.taken :], process.taken):
        if step.step == "write_off" or step_day(process.clock, step.days, plan.step_day_roll, holidays) > command.on:
            break
        if step.step == "cancel_request":
            found.append(
                CancellationRequested(
                    account_id=command.account_id,
                    delinquency_id=process.delinquency_id,
                    policy_id=process.policy_id,
                    number=number,
                    reason=process.reason,
                    amount=command.outstanding,
                    on=command.on,
                    at=command.at,
                    noticed_on=process.noticed_on,
                    due_on=process.due_on,
                    term=process.term,
                    received=command.received,
                )
            )
            break
        found.append(_taken(command, process, number, step.step))
    return found


def _taken(command: AgeProcess, process: Delinquency, number: int, step: StepName) -> DunningStepTaken:
    return DunningStepTaken(
        account_id=command.account_id,
        delinquency_id=process.delinquency_id,
        policy_id=process.policy_id,
        number=number,
        step=step,
        amount=command.outstanding,
        on=command.on,
        at=command.at,
    )


def evolve(process: Delinquency, event: DelinquencyEvent) -> Delinquency:
    match event:
        case DelinquencyStarted():
            return opened(event)
        case GraceEnded(on=on):
            return replace(process, stage="dunning", clock=on, taken=0)
        case DunningStepTaken(number=number):
            return replace(process, taken=number + 1)
        case CancellationRequested(number=number, amount=amount):
            return replace(
                process,
                stage="cancel_requested",
                taken=number + 1,
                cancel_requests=process.cancel_requests + 1,
                asked_minor=amount.minor,
            )
        case DelinquencyHeld():
            # What a hold met takes its days again: the notice that was given is withdrawn.
            return replace(process, stage="pre_grace", noticed_on=None)
        case DelinquencyReleased(grace_ends=grace_ends):
            return replace(process, stage="in_grace", clock=grace_ends)
        case SentToCollections():
            return replace(process, stage="collections")
        case DelinquencyExited(cause=cause):
            return replace(process, stage="written_off" if cause == "written_off" else "exited", cause=cause)
        case _:
            assert_never(event)
