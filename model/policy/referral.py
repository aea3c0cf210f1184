"""Who decides about the next term: nobody, where little changes; an underwriter, where the carrier or somebody wants
one; or a person who says before its time what is to become of it.

A direction is kept until the next term begins. `renew` lets a material change pass and approves what was referred for
it, `refer` has an underwriter look at any renewal, `non_renew` and `not_taken` take the renewal off the table: no other
is begun until somebody directs otherwise. A direction is no notice: that of nonrenewal is a job of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.policy.commands import Command, DirectRenewal, QuoteJob
from model.policy.docket import Docket
from model.policy.events import Event, RenewalDirected
from model.policy.job_events import IssueApproved, IssueRaised, JobClosed
from model.policy.job_record import OPEN, Job
from model.policy.offers import on_calendar, unknown_day
from model.policy.proposals import Renewal
from model.policy.renewals import accept_by
from model.policy.states import Bound, Cancelled, Expired, InForce, PendingCancel, Quoted, Running, State, Unwritten

MATERIAL_CHANGE = "material_change"
DIRECTED = "directed_referral"


def changes_materially(carrier: Carrier, state: Running, proposal: Renewal) -> Literal["yes", "no"]:
    """Whether the next term is another one for whoever is to take it: other coverages, or a premium that differs by
    more than the carrier lets pass. What a year cost last is what counts, and not what the first day of the term did.
    """
    last = state.period.cover[-1]
    if {one.code for one in last.coverages} != {one.code for one in proposal.terms.coverages}:
        return "yes"
    was, becomes = (
        sum(charge.amount.minor for charge in charges if charge.pattern == "premium")
        for charges in (last.rates, proposal.terms.charges)
    )
    return "yes" if abs(becomes - was) * 100 > carrier.policy.renewal_refer_above_percent * was else "no"


def referred(
    carrier: Carrier, state: Running, proposal: Renewal, known: Iterable[str], ask: QuoteJob
) -> tuple[IssueRaised, ...]:
    """The underwriting issues of a renewal: it is quoted, and bound once somebody above the lowest authority approved
    them. One that changes materially is referred by strategy `renewal_referral` (practice), unless somebody directed
    that it be renewed; any is where somebody directed so.
    """
    direction, raised = state.docket.direction, frozenset(known)
    wanted: list[str] = []
    looks = carrier.policy.renewal_referral != "never" and direction != "renew"
    if looks and changes_materially(carrier, state, proposal) == "yes":
        wanted.append(MATERIAL_CHANGE)
    if direction == "refer":
        wanted.append(DIRECTED)
    return tuple([_issue(carrier, code, ask.job_id, ask) for code in wanted if code not in raised])


def _issue(carrier: Carrier, code: str, job_id: str, ask: QuoteJob | DirectRenewal) -> IssueRaised:
    return IssueRaised(
        policy_id=ask.policy_id,
        job_id=job_id,
        code=code,
        blocks="bind",
        authority=_underwriter(carrier),
        on=ask.on,
        at=ask.at,
    )


def _underwriter(carrier: Carrier) -> str:
    """The lowest authority that may approve what an agent may not."""
    levels = carrier.policy.authority_levels
    return levels[min(1, len(levels) - 1)]


# --- a direction


def directed_otherwise(docket: Docket) -> Refusal | None:
    """Why no renewal is begun, if somebody directed that there be none."""
    if docket.direction in ("non_renew", "not_taken"):
        return Refusal("renewal_directed", f"it was directed: {docket.direction}")
    return None


def directed(law: Law, carrier: Carrier, command: DirectRenewal, state: State) -> Decision[Event]:
    _ = law
    match state:
        case InForce() | PendingCancel():
            wrong = _undirectable(carrier, command, state)
            if wrong is not None:
                return wrong
            if command.direction == state.docket.direction:
                return ()
            directs = RenewalDirected(
                policy_id=command.policy_id,
                direction=command.direction,
                authority=command.authority,
                on=command.on,
                at=command.at,
            )
            return (directs, *_of_what_is_offered(carrier, command, state))
        case Unwritten() | Quoted() | Bound() | Cancelled() | Expired():
            return _wrong_state(command, state)


def _undirectable(carrier: Carrier, command: DirectRenewal, state: Running) -> Refusal | None:
    levels = carrier.policy.authority_levels
    if not on_calendar(command.on):
        return unknown_day(command.on)
    if command.authority not in levels:
        return Refusal("unknown_authority", f"nobody has the authority {command.authority!r}")
    if command.direction == "renew" and levels.index(command.authority) < levels.index(_underwriter(carrier)):
        return Refusal("above_authority", f"to renew whatever changes is for {_underwriter(carrier)}")
    if state.renewal is not None:
        return Refusal("already_renewed", f"the term from {state.renewal.terms.start} is already issued")
    if state.docket.nonrenewed_by and command.direction in ("renew", "refer"):
        return Refusal("nonrenewed", f"notice of nonrenewal was given by {state.docket.nonrenewed_by}")
    return None


def _of_what_is_offered(carrier: Carrier, command: DirectRenewal, state: Running) -> Iterator[Event]:
    """What a direction does to the renewals that are on their way already."""
    for job in state.docket.jobs:
        if job.kind != "renewal" or job.status not in OPEN:
            continue
        match command.direction:
            case "renew":
                yield from _passed(carrier, command, state, job)
            case "refer":
                if job.status == "quoted" and all(issue.code != DIRECTED for issue in job.issues):
                    yield _issue(carrier, DIRECTED, job.job_id, command)
            case "non_renew":
                yield _off_the_table(command, job, "declined")
            case "not_taken":
                yield _off_the_table(command, job, "not_taken" if job.status == "quoted" else "withdrawn")


def _passed(carrier: Carrier, command: DirectRenewal, state: Running, job: Job) -> Iterator[IssueApproved]:
    """To renew approves what was referred, for as long as the renewal can be taken."""
    until = accept_by(carrier, state.period.terms.end)
    for issue in job.issues:
        if issue.code in (MATERIAL_CHANGE, DIRECTED) and issue.stands_on(until):
            yield IssueApproved(
                policy_id=command.policy_id,
                job_id=job.job_id,
                code=issue.code,
                authority=command.authority,
                until=until,
                on=command.on,
                at=command.at,
            )


def _off_the_table(
    command: DirectRenewal, job: Job, outcome: Literal["declined", "withdrawn", "not_taken"]
) -> JobClosed:
    return JobClosed(policy_id=command.policy_id, job_id=job.job_id, outcome=outcome, on=command.on, at=command.at)


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the policy is {type(state).__name__}")
