"""Which operation of a moratorium a command is."""

from typing import assert_never, get_args

from model.policy.commands import BindJob, BindPolicy, CancelPolicy, Command, GiveNotice, Suspendable
from model.policy.job import Job
from model.policy.moratorium import Moratorium, Operation, Suspension, suspension
from model.policy.notices import INSURER_REASONS
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.states import InForce, PendingCancel, Quoted, State, Written

SUSPENDABLE: frozenset[type[Command]] = frozenset(get_args(Suspendable))
"""What `suspended_by` answers None to, whatever is declared, need not be asked."""


def suspended_by(declared: tuple[Moratorium, ...], command: Command, state: State) -> Suspension | None:
    """Whether a moratorium suspends what is asked of this policy."""
    match command, state:
        case BindPolicy(), Quoted(terms=terms):
            return suspension(declared, "bind", terms, on=command.on, reason="")
        case GiveNotice(reason=reason), InForce():
            return suspension(declared, "notice", state.terms, on=command.mailed_on, reason=reason)
        case CancelPolicy(reason=reason), (InForce() | PendingCancel()):
            operation: Operation = "cancel" if reason in INSURER_REASONS else "cancel_by_insured"
            return suspension(declared, operation, state.terms, on=command.on, reason=reason)
        case BindJob(job_id=job_id), _:
            job = state.docket.job(job_id)
            if job is None or job.status != "quoted":
                return None
            return _job_suspended(declared, command, job, state)
        case _:
            return None


def _job_suspended(declared: tuple[Moratorium, ...], command: BindJob, job: Job, state: State) -> Suspension | None:
    proposal = job.proposal
    reason = ""
    operation: Operation
    match proposal:
        case Submission(terms=terms):
            return suspension(declared, "bind", terms, on=command.on, reason="")
        case Reinstatement() | Rewrite():
            operation = "bind"
        case PolicyChange() | Audit():
            operation = "change"
        case Renewal():
            operation = "renew"
        case Cancellation(reason=reason):
            operation = "cancel" if reason in INSURER_REASONS else "cancel_by_insured"
        case NonRenewal(reason=reason):
            operation = "nonrenew"
        case _:
            assert_never(proposal)
    if not isinstance(state, Written):
        return None
    return suspension(declared, operation, state.terms, on=command.on, reason=reason)
