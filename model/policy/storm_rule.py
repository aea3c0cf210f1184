"""The storm rule: a damaged dwelling may not be cancelled by the insurer or non-renewed until it is repaired.

Several states are said to have such a rule after a declared hurricane. No row under fixtures/rules holds one, because
none was read in a source: the strategies (model.carrier.StormRule) are therefore practice with an assumed length and
not anybody's law [K], and the one that forbids nothing is the default. So is that nonpayment goes on as ever: what is
not paid for need not be insured. What is sourced is dated and of another kind: moratoria by bulletin and emergency
rule, which stop cancellations by area whether or not a dwelling was damaged.
"""

from datetime import date, timedelta

from model.choices.policy import StormRule
from model.decider import Refusal
from model.policy.commands import BindJob, CancelPolicy, Command, GiveNotice
from model.policy.dwelling import Damage
from model.policy.notices import INSURER_REASONS
from model.policy.proposals import Cancellation, NonRenewal
from model.policy.states import InForce, PendingCancel, State

ASSUMED_DAYS_AFTER_REPAIR = 90
NOT_PAID = "nonpayment"


def may_end_cover(rule: StormRule, damages: tuple[Damage, ...], *, on: date) -> Refusal | None:
    """Whether cover may be ended from a day on; the refusal when it may not."""
    if rule == "no_rule":
        return None
    days = 0 if rule == "until_repaired" else ASSUMED_DAYS_AFTER_REPAIR
    for damage in damages:
        if damage.damaged_on is None:
            continue
        if damage.repaired_on is None or on < damage.repaired_on + timedelta(days=days):
            return Refusal("dwelling_not_repaired", f"claim {damage.claim_id} left the dwelling damaged")
    return None


def ends_cover_on(command: Command, state: State) -> date | None:
    """The day from which what is asked would end the cover for the insurer's own reasons; None when it would not."""
    if not isinstance(state, (InForce, PendingCancel)):
        return None
    match command:
        case CancelPolicy(reason=reason, on=on):
            return on if _insurers_own(reason) else None
        case GiveNotice(reason=reason, mailed_on=mailed_on, effective=effective):
            return (effective or mailed_on) if _insurers_own(reason) else None
        case BindJob(job_id=job_id):
            job = state.docket.job(job_id)
            if job is None or job.status != "quoted":
                return None
            match job.proposal:
                case Cancellation(effective=effective, reason=reason):
                    return effective if _insurers_own(reason) else None
                case NonRenewal():
                    return state.period.end
                case _:
                    return None
        case _:
            return None


def _insurers_own(reason: str) -> bool:
    return reason in INSURER_REASONS and reason != NOT_PAID
