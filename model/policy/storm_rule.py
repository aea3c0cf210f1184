"""The storm rule: a damaged dwelling may not be cancelled by the insurer or non-renewed until it is repaired.

Where a state says so, a row does: Florida's (Fla. Stat. 627.4133(2), as its row cites) holds for so many days after
the repair, for damage under a declared emergency, once the regulator has filed an order. Such an order is here a
moratorium with a citation that suspends cancellation or nonrenewal, and the damage is under it when it was found in
its area and time; that it goes on after the order has ended is the point of the rule. Beside it an insurer may bind
itself everywhere by a strategy of its own (model.choices.policy.StormRule), which is practice with a length of its
choice [K]; the one that forbids nothing is the default. That nonpayment goes on as ever is practice too, by strategy
`storm_nonpayment` [K]: what is not paid for need not be insured, unless the insurer keeps it like any other.
"""

from datetime import date, timedelta

from model.choices.policy import StormNonpayment, StormRule
from model.decider import Refusal
from model.jurisdiction import Law
from model.policy.commands import BindJob, CancelPolicy, Command, GiveNotice
from model.policy.dwelling import Damage
from model.policy.moratorium import Moratorium
from model.policy.notices import INSURER_REASONS
from model.policy.proposals import Cancellation, NonRenewal
from model.policy.states import InForce, PendingCancel, State
from model.policy.terms import Terms

NOT_PAID = "nonpayment"
RESTRAINED: dict[StormNonpayment, frozenset[str]] = {
    "goes_on": INSURER_REASONS - {NOT_PAID},
    "kept_too": INSURER_REASONS,
}
"""The reasons for which a damaged dwelling is not cancelled."""
KEPT_AFTER_REPAIR = ("damaged_dwelling_kept_after_repair",)


def may_end_cover(rule: StormRule, damages: tuple[Damage, ...], *, on: date, days_after_repair: int) -> Refusal | None:
    """Whether cover may be ended from a day on; the refusal when it may not."""
    if rule == "no_rule":
        return None
    days = 0 if rule == "until_repaired" else days_after_repair
    for damage in damages:
        if damage.damaged_on is None:
            continue
        if damage.repaired_on is None or on < damage.repaired_on + timedelta(days=days):
            return Refusal("dwelling_not_repaired", f"claim {damage.claim_id} left the dwelling damaged")
    return None


def may_end_by_law(
    law: Law, line: str, terms: Terms, damages: tuple[Damage, ...], orders: tuple[Moratorium, ...], *, on: date
) -> Refusal | None:
    """Whether the state lets cover end from a day on; the refusal when it does not."""
    rule = law.first_deadline(KEPT_AFTER_REPAIR, line)
    if rule is None:
        return None
    for damage in damages:
        found, repaired = damage.damaged_on, damage.repaired_on
        if found is None or not any(_ordered(order, terms, found) for order in orders):
            continue
        if repaired is None or on <= rule.due(repaired, law.holidays):
            return Refusal("dwelling_not_repaired", f"{rule.row_id}: claim {damage.claim_id} left the dwelling damaged")
    return None


def _ordered(order: Moratorium, terms: Terms, on: date) -> bool:
    """Whether a regulator's order kept cover up for these terms on a day; an insurer's own cites nothing."""
    keeps = any(one.operation in ("cancel", "nonrenew") for one in order.suspended)
    return keeps and order.citation != "" and order.in_scope(terms, on)


def ends_cover_on(command: Command, state: State, restrained: frozenset[str]) -> date | None:
    """The day from which what is asked would end the cover for one of the reasons; None when it would not."""
    if not isinstance(state, (InForce, PendingCancel)):
        return None
    match command:
        case CancelPolicy(reason=reason, on=on):
            return on if reason in restrained else None
        case GiveNotice(reason=reason, mailed_on=mailed_on, effective=effective):
            return (effective or mailed_on) if reason in restrained else None
        case BindJob(job_id=job_id):
            job = state.docket.job(job_id)
            if job is None or job.status != "quoted":
                return None
            match job.proposal:
                case Cancellation(effective=effective, reason=reason):
                    return effective if reason in restrained else None
                case NonRenewal():
                    return state.period.end
                case _:
                    return None
        case _:
            return None
