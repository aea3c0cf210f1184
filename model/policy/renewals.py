"""The next term, or none: renewals, and notices that there will be none."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Refusal
from model.jurisdiction import Law
from model.money import Money
from model.policy.edits import edited, insured_at_start, summed
from model.policy.events import PolicyNonrenewed, RenewalNotTaken
from model.policy.notices import cover_ends, mailing_day, nonrenewal_window
from model.policy.offers import on_calendar, unacceptable, unknown_day
from model.policy.proposals import NonRenewal, Renewal
from model.policy.proration import less, prorated, written
from model.policy.states import Issued, Running
from model.policy.terms import Charge
from model.policy.versions import Period, Version, extended


def not_yet_open(carrier: Carrier, state: Running, on: date) -> Refusal | None:
    """A renewal is opened so many days before the term ends, not earlier."""
    opens = state.period.terms.end - timedelta(days=carrier.policy.renewal_open_days)
    return Refusal("not_yet", f"a renewal is opened from {opens} on") if on < opens else None


def unacceptable_renewal(carrier: Carrier, state: Running, proposal: Renewal) -> Refusal | None:
    if state.docket.nonrenewed_by:
        return Refusal("nonrenewed", f"notice of nonrenewal was given by {state.docket.nonrenewed_by}")
    if state.renewal is not None:
        return Refusal("already_renewed", f"the term from {state.renewal.terms.start} is already issued")
    wrong = unacceptable(carrier, proposal.terms)
    if wrong is not None:
        return wrong
    if proposal.terms.start != state.period.terms.end:
        return Refusal("outside_term", f"the next term begins on {state.period.terms.end}")
    return None


def unpaid(carrier: Carrier, paid: Money | None) -> Refusal | None:
    """Why a renewal is not accepted yet: strategy `payment` binds when money comes, `deemed` when nobody objects."""
    if paid is not None and paid.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} takes {carrier.currency}, not {paid.currency}")
    if carrier.policy.renewal_acceptance == "payment" and (paid is None or paid.minor <= 0):
        return Refusal("payment_required", "the renewal is accepted by paying")
    return None


def with_changes(proposal: Renewal, made: tuple[Version, ...]) -> Renewal:
    """The offered term with the changes that were bound in the current one since."""
    insured = insured_at_start(proposal.terms)
    for version in made:
        insured = edited(insured, version.edits)
    return Renewal(replace(proposal.terms, coverages=insured.coverages, charges=insured.rates))


def kept_when_not_taken(carrier: Carrier, period: Period) -> tuple[str, ...]:
    """The patterns of a renewal that stay charged when nobody took it. Strategy `not_taken_return` [K], practice: none,
    because nothing was ever covered, or what is fully earned.
    """
    if carrier.policy.not_taken_return == "everything":
        return ()
    return tuple(charge.pattern for charge in period.booked if not prorated(carrier, charge.pattern))


def not_taken(
    policy_id: str, period: Period, job_id: str, at: datetime, *, keeping: tuple[str, ...] = ()
) -> RenewalNotTaken:
    """As if the renewal had never been, but for the patterns that are kept."""
    back = tuple(
        Charge(charge.pattern, -charge.amount)
        for charge in period.booked
        if charge.amount.minor and charge.pattern not in keeping
    )
    return RenewalNotTaken(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        returned=back,
        on=period.terms.start,
        at=at,
    )


def accept_by(carrier: Carrier, renewal_start: date) -> date:
    """The last day on which a renewal can be taken: that of its start, and the days of grace."""
    return renewal_start + timedelta(days=carrier.policy.renewal_grace_days)


def grace_over(carrier: Carrier, renewal_start: date, on: date) -> Refusal | None:
    last = accept_by(carrier, renewal_start)
    return Refusal("grace_not_over", f"it can still be paid through {last}") if on <= last else None


def nonrenewed(
    law: Law, carrier: Carrier, policy_id: str, state: Running, job_id: str, proposal: NonRenewal, at: datetime
) -> PolicyNonrenewed | Refusal:
    """The term ends without another; a late notice keeps cover up as the state says, for premium."""
    period = state.period
    if not on_calendar(proposal.mailed_on):
        return unknown_day(proposal.mailed_on)
    if state.renewal is not None:
        return Refusal("already_renewed", f"the term from {state.renewal.terms.start} is already issued")
    mailed = mailing_day(law, carrier, proposal.mailed_on)
    if isinstance(mailed, Refusal):
        return mailed
    if not period.terms.start <= mailed < period.terms.end:
        return Refusal("outside_term", f"a notice mailed on {mailed} says nothing about the end of {period.terms.end}")
    line = carrier.line_of(period.terms.product)
    window = nonrenewal_window(law, carrier, line, period.terms.end)
    if window.first is not None and mailed < window.first:
        return Refusal("notice_too_early", f"it is mailed from {window.first} on, not before")
    if mailed > window.last and carrier.policy.late_nonrenewal == "refuse":
        return Refusal("notice_too_late", f"it was to be mailed by {window.last}: renew")
    ends = cover_ends(law, line, window, mailed, period.terms.end)
    after = extended(period, (), until=ends if ends > period.terms.end else None)
    return PolicyNonrenewed(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        reason=proposal.reason,
        mailed_on=mailed,
        latest=window.last,
        ends=ends,
        row_id=window.row_id,
        charges=less(summed((*written(carrier, after), *period.retained)), period.booked),
        terms=period.terms,
        on=period.terms.end,
        at=at,
    )


def renewal_of(state: Issued, job_id: str) -> Period | None:
    """The period that a renewal job wrote, whether it waits or runs; None when it wrote none."""
    waiting = getattr(state, "renewal", None)
    for period in (waiting, state.period):
        if isinstance(period, Period) and period.versions[0].job_id == job_id:
            return period
    return None
