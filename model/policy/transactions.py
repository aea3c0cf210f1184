"""What ends a term or lets it go on: the versions that a transaction writes and the one net amount that it books.

What was bound for days after the end is reversed, newest first, and applied again when cover goes on. Changes are in
model/policy/changes.py.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.carrier import Carrier
from model.daycount import Portion, portion
from model.decider import Refusal
from model.jurisdiction import Law, capped
from model.money import Money, divide
from model.policy.edits import AdjustCharge, Edit, summed
from model.policy.events import PolicyCancelled, PolicyReinstated, PolicyRewritten
from model.policy.offers import unacceptable
from model.policy.proposals import Reinstatement, Rewrite
from model.policy.proration import Cause, less, retained, written
from model.policy.states import Cancelled, Running
from model.policy.terms import Charge, Terms
from model.policy.versions import Kind, Period, Version, active, extended

REINSTATEMENT_FEE_CAP = "reinstatement_fee_cap"
INSURED_REASONS = "insured_"
"""Reasons that begin so are the insured's own; only they may cost a short-rate penalty."""


REWRITTEN = "rewritten"


def cause_of(reason: str) -> Cause:
    return "insured" if reason.startswith(INSURED_REASONS) else "insurer"


def _by_rewriting(carrier: Carrier) -> Cause:
    """As whose ending that of a term counts that is written anew. Strategy `rewrite_return` [K], practice: as the
    insurer's, without a penalty, or as the insured's.
    """
    return "insurer" if carrier.policy.rewrite_return == "pro_rata" else "insured"


def reversals(period: Period, taken_back: Iterable[Version], job_id: str, at: datetime) -> list[Version]:
    """Newest first: what took effect last is the first to go."""
    newest_first = sorted(taken_back, key=lambda one: (one.effective, one.number), reverse=True)
    return [
        replace(one, recorded=at, number=len(period.versions) + place, job_id=job_id, edits=(), reverses=one.number,
                reapplication_of=0)
        for place, one in enumerate(newest_first, start=1)
    ]  # fmt: skip


def rest(carrier: Carrier, terms: Terms, since: date) -> Portion:
    day_count = carrier.day_counts.get(terms.product, carrier.day_count)
    return portion(day_count, start=terms.start, end=terms.end, on=since)


def is_change(version: Version) -> bool:
    return version.kind in ("policy_change", "audit") and bool(version.edits)


def cancelled(
    law: Law, carrier: Carrier, policy_id: str, state: Running, *, job_id: str, reason: str, on: date, at: datetime
) -> PolicyCancelled | Refusal:
    """The term ends on `on`; what was bound for later is reversed, and what is unearned comes back."""
    period = state.period
    if not period.terms.start <= on < period.terms.end:
        return Refusal(
            "outside_term", f"a term from {period.terms.start} to {period.terms.end} cannot be cancelled on {on}"
        )
    for segment in period.cover:
        if segment.status == "gap" and segment.start <= on < segment.end:
            return Refusal("in_lapse", f"there was no cover on {on} that could end")
    cause = _by_rewriting(carrier) if reason == REWRITTEN else cause_of(reason)
    versions, kept, returned = _ended(law, carrier, period, "cancellation", job_id, cause, on, at)
    return PolicyCancelled(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        reason=reason,
        returned=returned,
        on=on,
        at=at,
        retained=kept,
        versions=versions,
        job_id=job_id,
    )


def _ended(
    law: Law, carrier: Carrier, period: Period, kind: Kind, job_id: str, cause: Cause, on: date, at: datetime
) -> tuple[tuple[Version, ...], tuple[Charge, ...], tuple[Charge, ...]]:
    """The versions that end a term early, what is kept of the unearned premium, and what comes back."""
    tail = period.cover[-1]
    keeps_nothing = cause == "insurer" or carrier.policy.keeps_nothing
    if keeps_nothing and on > tail.start and tail.status == "in_force" and period.until is None:
        version = Version(on, at, "cancelled", len(period.versions) + 1, kind, job_id)
        return (version,), (), _given_back(carrier, period, tail.rates, on)
    taken_back = [one for one in active(period.versions) if one.effective >= on and one.number > 1]
    undone = reversals(period, taken_back, job_id, at)
    without = extended(period, undone)
    last = Version(on, at, "cancelled", len(without.versions) + 1, kind, job_id)
    after = extended(without, (last,))
    gross = written(carrier, without) if cause == "insured" else ()
    kept = retained(carrier, law, without, on=on, cause=cause, before=gross, booked=period.booked)
    returned = less(summed((*written(carrier, after), *kept)), period.booked)
    return (*undone, last), kept, returned


def _given_back(carrier: Carrier, period: Period, rates: tuple[Charge, ...], on: date) -> tuple[Charge, ...]:
    """What ending the last segment gives back, pattern by pattern: the same as written after it, less booked."""
    term, rounding, accrues = rest(carrier, period.terms, on), carrier.rounding, carrier.prorated
    remaining, basis = min(term.remaining, term.basis), term.basis
    found: list[Charge] = []
    for rate in rates:
        pattern, amount = rate.pattern, rate.amount
        if amount.minor and pattern in accrues:
            back = divide(-amount.minor * remaining, basis, rounding)
            if back:
                found.append(Charge(pattern, Money(back, amount.currency)))
    return tuple(found)


def reinstatement_fee(law: Law, carrier: Carrier) -> Money:
    """The carrier's, at most what the state allows."""
    return capped(law, Money(carrier.policy.reinstatement_fee_minor, carrier.currency), REINSTATEMENT_FEE_CAP)


def reinstated(
    law: Law,
    carrier: Carrier,
    policy_id: str,
    state: Cancelled,
    job_id: str,
    proposal: Reinstatement,
    on: date,
    at: datetime,
) -> PolicyReinstated | Refusal:
    """Cover goes on: from the cancellation as if it had not been, or from a later day after a gap without premium. What
    the cancellation reversed is applied again.
    """
    period, since = state.period, proposal.effective
    if not state.cancelled_on <= since < period.terms.end:
        return Refusal(
            "outside_term", f"cancelled on {state.cancelled_on}, it goes on from then until {period.terms.end}"
        )
    last_day = state.cancelled_on + timedelta(days=carrier.policy.reinstatement_days)
    if on > last_day:
        return Refusal("too_late_to_reinstate", f"it could be reinstated through {last_day}")
    ended = max((one for one in active(period.versions) if one.status == "cancelled"), key=lambda one: one.number)
    versions: list[Version] = []
    if since == ended.effective:
        versions = reversals(period, (ended,), job_id, at)
        versions = [replace(one, kind="reinstatement", status="in_force") for one in versions]
    fee = reinstatement_fee(law, carrier)
    edits: tuple[Edit, ...] = (AdjustCharge("fee", fee),) if fee.minor and proposal.fee == "charged" else ()
    if since > ended.effective or edits:
        number = len(period.versions) + len(versions) + 1
        versions.append(Version(since, at, "in_force", number, "reinstatement", job_id, edits))
    versions.extend(_applied_again(period, ended, since, at, len(period.versions) + len(versions)))
    after = extended(period, versions)
    return PolicyReinstated(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        cancelled_on=state.cancelled_on,
        versions=tuple(versions),
        charges=less(written(carrier, after), period.booked),
        cover=after.cover,
        terms=period.terms,
        on=since,
        at=at,
    )


def _applied_again(period: Period, ended: Version, since: date, at: datetime, number: int) -> Iterator[Version]:
    """What the ending took back, from the day on which cover goes on; numbered after `number`."""
    for one in _taken_back_by(period, ended):
        if one.effective < since and not is_change(one):
            continue
        number += 1
        yield replace(one, effective=max(one.effective, since), recorded=at, number=number, reapplication_of=one.number)


def _taken_back_by(period: Period, ended: Version) -> list[Version]:
    """The versions that were reversed together with an ending, in the order in which they took effect."""
    place = ended.number - 2
    found: list[Version] = []
    while place >= 0 and period.versions[place].reverses and period.versions[place].job_id == ended.job_id:
        found.append(period.versions[period.versions[place].reverses - 1])
        place -= 1
    return sorted(found, key=lambda one: (one.effective, one.number))


def rewritten(
    law: Law, carrier: Carrier, policy_id: str, state: Running, job_id: str, proposal: Rewrite, at: datetime
) -> PolicyRewritten | Refusal:
    """New terms in place of the rest of the term, linked by the job in both. What the old term gives back is a choice
    (`rewrite_return`, practice).
    """
    period, terms = state.period, proposal.terms
    wrong = unacceptable(carrier, terms, may_end=period.terms.end)
    if wrong is not None:
        return wrong
    if not period.terms.start <= terms.start < period.terms.end:
        return Refusal("outside_term", f"the new terms begin on {terms.start}, outside the term they replace")
    versions, kept, returned = _ended(law, carrier, period, "rewrite", job_id, _by_rewriting(carrier), terms.start, at)
    return PolicyRewritten(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        returned=returned,
        versions=versions,
        terms=terms,
        on=terms.start,
        at=at,
        retained=kept,
    )
