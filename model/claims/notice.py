"""The notice of a loss and what is noted on the cover of its file.

Two people may report one loss, by phone and by web and through an agent: a notice that looks like another is linked to
it and both are kept, since dropping the wrong one would drop a loss. A notice whose policy nobody finds is kept too and
worked until the policy turns up.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import assert_never

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import (
    AcknowledgeClaim,
    AnswerCommunication,
    AttachPolicy,
    CompleteTask,
    LinkNotice,
    NoticeCommand,
    RecordCommunication,
    RecordMilestone,
    RecordProofOfLoss,
    RecordRepair,
    ReportClaim,
    TagCatastrophe,
)
from model.claims.communications import answered, received, with_answer, with_received
from model.claims.damage import repaired
from model.claims.events import (
    CatastropheTagged,
    ClaimAcknowledged,
    ClaimReported,
    CommunicationAnswered,
    CommunicationReceived,
    DwellingDamaged,
    DwellingRepaired,
    Event,
    MilestoneReached,
    NoticeEvent,
    NoticeLinked,
    PolicyAttached,
    PolicyUnmatched,
    ProofOfLossReceived,
    TaskCompleted,
)
from model.claims.file import Closed, Notice, Open, Reached, Reported, State, Tag, Unreported, wrong_state
from model.claims.tagging import mismatch
from model.claims.tasks import done, started, task_of
from model.decider import Decision, Refusal

# --- who may be telling of the same loss


def looks_alike(one: Notice, other: Notice, *, within_days: int) -> bool:
    """The same policy, cause and, as near as people remember, the same day; or the same claimant's, where one of them
    has no policy yet.
    """
    if one.cause != other.cause or abs(one.loss_at - other.loss_at) > timedelta(days=within_days):
        return False
    if one.policy_id and other.policy_id:
        return one.policy_id == other.policy_id
    return one.claimant_id == other.claimant_id


def duplicate_candidates(
    carrier: Carrier, claim_id: str, notice: Notice, known: Iterable[tuple[str, Notice]]
) -> tuple[str, ...]:
    """The claims among `known`, in their order, that may be the same loss as a notice. They are to be linked, not
    dropped.
    """
    days = carrier.claims.duplicate_notice_days
    return tuple(
        other_id for other_id, other in known if other_id != claim_id and looks_alike(notice, other, within_days=days)
    )


# --- decisions


def decide_notice(carrier: Carrier, command: NoticeCommand, state: State) -> Decision[Event]:
    if isinstance(command, ReportClaim):
        return _report(carrier, command, state)
    if isinstance(state, Unreported):
        return wrong_state(command, state)
    notice = state.notice
    claim_id, on, at = command.claim_id, command.on, command.at
    match command:
        case AcknowledgeClaim():
            if isinstance(state, Closed):
                return wrong_state(command, state)
            return () if notice.acknowledged_on else (ClaimAcknowledged(claim_id=claim_id, on=on, at=at),)
        case RecordProofOfLoss():
            if not isinstance(state, Open):
                return wrong_state(command, state)
            return () if notice.proof_on else (ProofOfLossReceived(claim_id=claim_id, on=on, at=at),)
        case RecordMilestone():
            return wrong_state(command, state) if isinstance(state, Closed) else _milestone(command, notice)
        case CompleteTask():
            return _complete(command, notice)
        case AttachPolicy(policy_id=policy_id):
            if policy_id == notice.policy_id:
                return ()
            if not isinstance(state, Reported):
                return wrong_state(command, state)
            return (PolicyAttached(claim_id=claim_id, policy_id=policy_id, on=on, at=at),)
        case LinkNotice(other_claim_id=other):
            if other == claim_id:
                return Refusal("linked_to_itself", f"{claim_id} is no other claim than {claim_id}")
            return (
                () if other in notice.links else (NoticeLinked(claim_id=claim_id, other_claim_id=other, on=on, at=at),)
            )
        case TagCatastrophe():
            return _tag(command, notice)
        case RecordRepair():
            return repaired(command, notice)
        case RecordCommunication():
            return received(command, notice.communications, notice.notice_on)
        case AnswerCommunication():
            return answered(command, notice.communications)


def _report(carrier: Carrier, command: ReportClaim, state: State) -> Decision[Event]:
    if not isinstance(state, Unreported):
        known = state.notice
        told = (command.claimant_id, command.cause, command.loss_at)
        same = told == (known.claimant_id, known.cause, known.loss_at)
        # A policy that was attached later does not make the same notice another one.
        same = same and (command.policy_id == known.policy_id or known.attached_from == command.policy_id)
        return () if same else Refusal("claim_id_reused", f"{command.claim_id} is another claim")
    if command.loss_at > command.at:
        return Refusal("loss_in_future", f"a loss at {command.loss_at} cannot be reported at {command.at}")
    return (
        ClaimReported(
            claim_id=command.claim_id,
            policy_id=command.policy_id,
            claimant_id=command.claimant_id,
            cause=command.cause,
            loss_at=command.loss_at,
            intake=command.intake,
            on=command.on,
            at=command.at,
            state=command.state,
            county=command.county,
            tasks=carrier.claims.tasks,
        ),
    )


def _milestone(command: RecordMilestone, notice: Notice) -> Decision[Event]:
    for one in notice.reached:
        again = one.milestone == command.milestone
        # Letters that more time is needed are sent again and again; everything else happens once.
        if again and (command.milestone != "more_time_letter" or one.on == command.on):
            return ()
    return (MilestoneReached(claim_id=command.claim_id, milestone=command.milestone, on=command.on, at=command.at),)


def _complete(command: CompleteTask, notice: Notice) -> Decision[Event]:
    task = task_of(notice.tasks, command.task)
    if task is None:
        return Refusal("unknown_task", f"claim {command.claim_id} has no task {command.task}")
    if task.done_on is not None:
        return ()
    return (
        TaskCompleted(
            claim_id=command.claim_id, task=command.task, result=command.result, on=command.on, at=command.at
        ),
    )


OF_NONE = Tag("", "matched")
"""A match that was taken off: what is asked of it again is answered already."""


def _tag(command: TagCatastrophe, notice: Notice) -> Decision[Event]:
    code = command.catastrophe.code if command.catastrophe else ""
    if command.basis == "matched":
        # What a person decided stays decided, however often the catastrophe is revised.
        if notice.tag is not None and notice.tag.basis == "override":
            return ()
        why = mismatch(command.catastrophe, notice)
        if why is not None and notice.tag == Tag(code, "matched"):
            # It was revised, and what was matched fits it no more.
            code = ""
        elif why is not None and notice.tag == OF_NONE:
            return ()
        elif why is not None:
            return Refusal("outside_catastrophe", f"claim {command.claim_id} is not of {code or 'none'}: {why}")
    if notice.tag == Tag(code, command.basis):
        return ()
    return (CatastropheTagged(claim_id=command.claim_id, code=code, basis=command.basis, on=command.on, at=command.at),)


# --- what then is so


def evolve_notice(state: State, event: NoticeEvent) -> State:
    if isinstance(event, ClaimReported):
        return Reported(
            Notice(
                event.policy_id,
                event.claimant_id,
                event.cause,
                event.loss_at,
                event.intake,
                event.on,
                state=event.state,
                county=event.county,
                tasks=started((), event.tasks, event.on),
                reported_at=event.at,
            )
        )
    if isinstance(state, Unreported):
        return state
    return replace(state, notice=_noted(state.notice, event))


def _noted(
    notice: Notice,
    event: PolicyUnmatched
    | PolicyAttached
    | NoticeLinked
    | ClaimAcknowledged
    | ProofOfLossReceived
    | MilestoneReached
    | CommunicationReceived
    | CommunicationAnswered
    | TaskCompleted
    | CatastropheTagged
    | DwellingDamaged
    | DwellingRepaired,
) -> Notice:
    match event:
        case ClaimAcknowledged(on=on):
            return replace(notice, acknowledged_on=on)
        case ProofOfLossReceived(on=on):
            return replace(notice, proof_on=on)
        case MilestoneReached(milestone=milestone, on=on):
            return replace(notice, reached=(*notice.reached, Reached(milestone, on)))
        case TaskCompleted(task=task, on=on, result=result):
            return replace(notice, tasks=done(notice.tasks, task, on, result))
        case CatastropheTagged(code=code, basis=basis):
            return replace(notice, tag=Tag(code, basis))
        case PolicyUnmatched(on=on):
            return replace(notice, tasks=started(notice.tasks, ("match_policy",), on))
        case PolicyAttached(policy_id=policy_id, on=on):
            tasks = done(notice.tasks, "match_policy", on, policy_id)
            first = notice.attached_from if notice.attached_from is not None else notice.policy_id
            return replace(notice, policy_id=policy_id, attached_from=first, tasks=tasks)
        case NoticeLinked(other_claim_id=other):
            return replace(notice, links=(*notice.links, other))
        case DwellingDamaged(on=on):
            return replace(notice, damaged_on=on)
        case DwellingRepaired(on=on):
            return replace(notice, repaired_on=on)
        case CommunicationReceived():
            return replace(notice, communications=with_received(notice.communications, event))
        case CommunicationAnswered():
            return replace(notice, communications=with_answer(notice.communications, event))
        case _:
            assert_never(event)
