"""What a bound transaction does to a term: the versions that it writes and the one net amount that it books.

A change that takes effect before others that are already bound is put where it belongs: the later ones are reversed,
newest first, the change is made, and they are applied again, oldest first. The result is that of making all changes
in the order of their days (INV-P7). Source of the procedure: Socotra's public description of out-of-sequence
transactions.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.carrier import Carrier
from model.daycount import Portion, portion
from model.decider import Refusal
from model.jurisdiction import Law
from model.money import Money, divide
from model.policy.edits import AdjustCharge, Edit, Insured, edited, insured_after, same_fields, summed
from model.policy.events import PolicyCancelled, PolicyChanged, PolicyReinstated, PolicyRewritten
from model.policy.offers import unacceptable
from model.policy.proposals import KIND_OF, Audit, PolicyChange, Reinstatement, Rewrite
from model.policy.proration import Cause, cost, less, retained, written
from model.policy.states import Cancelled, Issued, Running
from model.policy.terms import Charge, Terms
from model.policy.versions import Kind, Period, Segment, Version, active, extended, insured_on

INSURED_REASONS = "insured_"
"""Reasons that begin so are the insured's own; only they may cost a short-rate penalty."""


def cause_of(reason: str) -> Cause:
    return "insured" if reason.startswith(INSURED_REASONS) else "insurer"


def _reversals(period: Period, taken_back: Iterable[Version], job_id: str, at: datetime) -> list[Version]:
    """Newest first: what took effect last is the first to go."""
    newest_first = sorted(taken_back, key=lambda one: (one.effective, one.number), reverse=True)
    return [
        replace(one, recorded=at, number=len(period.versions) + place, job_id=job_id, edits=(), reverses=one.number,
                reapplication_of=0)
        for place, one in enumerate(newest_first, start=1)
    ]  # fmt: skip


def changed(
    carrier: Carrier,
    policy_id: str,
    state: Issued,
    job_id: str,
    proposal: PolicyChange | Audit,
    at: datetime,
    quoted: tuple[Charge, ...] | None = None,
) -> PolicyChanged | Refusal:
    """A change of coverages or of what a year costs, on any day of the term that has cover. `quoted` is what it was
    found to cost on this very version of the policy, which also took its edits then.
    """
    period, effective = state.period, proposal.effective
    becomes = _proposed(carrier, period, proposal, quoted)
    if isinstance(becomes, Refusal):
        return becomes
    kind = KIND_OF[type(proposal)]
    conflicts: tuple[str, ...] = ()
    if _comes_last(period, effective):
        number = len(period.versions) + 1
        versions = (Version(effective, at, "in_force", number, kind, job_id, proposal.edits),)
        cover = _changed_last(period.cover, effective, becomes)
        charges = _difference(carrier, period, effective, proposal.edits) if quoted is None else quoted
    else:
        later = _later_changes(period, effective)
        conflicts = tuple(sorted({field for one in later for field in same_fields(proposal.edits, one.edits)}))
        inserted = _inserted(carrier, period, later, effective, kind, job_id, proposal.edits, at)
        if isinstance(inserted, Refusal):
            return inserted
        versions, cover, charges = inserted
    return PolicyChanged(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        kind=kind,
        versions=versions,
        charges=charges,
        conflicts=conflicts,
        cover=cover,
        terms=period.terms,
        on=effective,
        at=at,
    )


def cost_of_change(
    carrier: Carrier, state: Issued, job_id: str, proposal: PolicyChange | Audit, at: datetime
) -> tuple[Charge, ...] | Refusal:
    """What `changed` would book, without making the change."""
    period, effective, edits = state.period, proposal.effective, proposal.edits
    becomes = _proposed(carrier, period, proposal)
    if isinstance(becomes, Refusal):
        return becomes
    if _comes_last(period, effective):
        return _difference(carrier, period, effective, edits)
    later = _later_changes(period, effective)
    inserted = _inserted(carrier, period, later, effective, KIND_OF[type(proposal)], job_id, edits, at)
    return inserted if isinstance(inserted, Refusal) else inserted[2]


def _proposed(
    carrier: Carrier, period: Period, proposal: PolicyChange | Audit, quoted: tuple[Charge, ...] | None = None
) -> Insured | Refusal:
    """What would be insured from the day of the change until the next one."""
    terms, effective = period.terms, proposal.effective
    if not terms.start <= effective < terms.end:
        return Refusal("outside_term", f"a term from {terms.start} to {terms.end} has no {effective}")
    insured = insured_on(period, effective)
    if insured is None:
        return Refusal("in_lapse", f"there was no cover on {effective}")
    if quoted is not None:
        return edited(insured, proposal.edits)
    return insured_after(carrier, terms.product, insured, proposal.edits)


def _comes_last(period: Period, effective: date) -> bool:
    """Whether a change on this day only takes the last segment of the term apart, which is what most changes do."""
    return effective > period.cover[-1].start and period.until is None and not _later_changes(period, effective)


def _inserted(
    carrier: Carrier,
    period: Period,
    later: list[Version],
    effective: date,
    kind: Kind,
    job_id: str,
    edits: tuple[Edit, ...],
    at: datetime,
) -> tuple[tuple[Version, ...], tuple[Segment, ...], tuple[Charge, ...]] | Refusal:
    """The versions of a change that is put before others, the cover then, and the one net amount."""
    versions = _out_of_sequence(period, later, effective, kind, job_id, edits, at)
    after = extended(period, versions, until=period.until)
    wrong = _uninsurable(after.cover)
    if wrong is not None:
        return wrong
    return versions, after.cover, less(summed((*written(carrier, after), *period.retained)), period.booked)


def _later_changes(period: Period, effective: date) -> list[Version]:
    if len(period.versions) == 1:
        return []
    return [one for one in active(period.versions) if one.effective > effective and _is_change(one)]


def _out_of_sequence(
    period: Period,
    later: list[Version],
    effective: date,
    kind: Kind,
    job_id: str,
    edits: tuple[Edit, ...],
    at: datetime,
) -> tuple[Version, ...]:
    """Reversals newest first, the change, and the later ones again, oldest first."""
    reversals = _reversals(period, later, job_id, at)
    number = len(period.versions) + len(reversals) + 1
    again = (
        replace(one, recorded=at, number=number + place, reapplication_of=one.number)
        for place, one in enumerate(later, start=1)
    )
    return (*reversals, Version(effective, at, "in_force", number, kind, job_id, edits), *again)


def _changed_last(cover: tuple[Segment, ...], effective: date, insured: Insured) -> tuple[Segment, ...]:
    """The cover when its last segment changes on a day after its first: what most changes do."""
    last = cover[-1]
    if last.coverages == insured.coverages and last.rates == insured.rates:
        return cover
    return (
        *cover[:-1],
        Segment(last.start, effective, "in_force", last.coverages, last.rates),
        Segment(effective, last.end, "in_force", insured.coverages, insured.rates),
    )


def _difference(carrier: Carrier, period: Period, effective: date, edits: tuple[Edit, ...]) -> tuple[Charge, ...]:
    """What one more step at the end costs; the same as written after it, less booked."""
    adjusted: tuple[Charge, ...] = ()
    for edit in edits:
        if type(edit) is AdjustCharge:
            adjusted = (*adjusted, Charge(edit.pattern, edit.by))
    if len(adjusted) > 1:
        adjusted = summed(adjusted)
    term = _rest(carrier, period.terms, effective)
    found: list[Charge] = []
    for one in adjusted:
        amount = cost(carrier, one.pattern, one.amount, term)
        if amount.minor:
            found.append(Charge(one.pattern, amount))
    return tuple(found)


def _rest(carrier: Carrier, terms: Terms, since: date) -> Portion:
    return portion(carrier.day_count_of(terms.product), start=terms.start, end=terms.end, on=since)


def _uninsurable(cover: tuple[Segment, ...]) -> Refusal | None:
    for segment in cover:
        if segment.status == "in_force" and not segment.coverages:
            return Refusal("no_coverage", f"from {segment.start} on nothing would be insured")
        if any(rate.amount.minor < 0 for rate in segment.rates):
            return Refusal("negative_charge", f"from {segment.start} on a year would cost less than nothing")
    return None


def _is_change(version: Version) -> bool:
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
    versions, kept, returned = _ended(law, carrier, period, "cancellation", job_id, cause_of(reason), on, at)
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
    reversals = _reversals(period, taken_back, job_id, at)
    without = extended(period, reversals)
    last = Version(on, at, "cancelled", len(without.versions) + 1, kind, job_id)
    after = extended(without, (last,))
    gross = written(carrier, without) if cause == "insured" else ()
    kept = retained(carrier, law, without, on=on, cause=cause, before=gross, booked=period.booked)
    returned = less(summed((*written(carrier, after), *kept)), period.booked)
    return (*reversals, last), kept, returned


def _given_back(carrier: Carrier, period: Period, rates: tuple[Charge, ...], on: date) -> tuple[Charge, ...]:
    """What ending the last segment gives back, pattern by pattern: the same as written after it, less booked."""
    term, rounding, accrues = _rest(carrier, period.terms, on), carrier.rounding, carrier.prorated
    remaining, basis = min(term.remaining, term.basis), term.basis
    found: list[Charge] = []
    for rate in rates:
        pattern, amount = rate.pattern, rate.amount
        if amount.minor and pattern in accrues:
            back = divide(-amount.minor * remaining, basis, rounding)
            if back:
                found.append(Charge(pattern, Money(back, amount.currency)))
    return tuple(found)


def reinstated(
    carrier: Carrier, policy_id: str, state: Cancelled, job_id: str, proposal: Reinstatement, on: date, at: datetime
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
        versions = _reversals(period, (ended,), job_id, at)
        versions = [replace(one, kind="reinstatement", status="in_force") for one in versions]
    fee = Money(carrier.policy.reinstatement_fee_minor, carrier.currency)
    edits: tuple[Edit, ...] = (AdjustCharge("fee", fee),) if fee.minor else ()
    if since > ended.effective or edits:
        number = len(period.versions) + len(versions) + 1
        versions.append(Version(since, at, "in_force", number, "reinstatement", job_id, edits))
    for one in _taken_back_by(period, ended):
        effective = max(one.effective, since)
        if one.effective < since and not _is_change(one):
            continue
        number = len(period.versions) + len(versions) + 1
        again = replace(one, effective=effective, recorded=at, number=number, reapplication_of=one.number)
        versions.append(again)
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
    """New terms in place of the rest of the term, linked by the job in both."""
    period, terms = state.period, proposal.terms
    wrong = unacceptable(carrier, terms, may_end=period.terms.end)
    if wrong is not None:
        return wrong
    if not period.terms.start <= terms.start < period.terms.end:
        return Refusal("outside_term", f"the new terms begin on {terms.start}, outside the term they replace")
    versions, _, returned = _ended(law, carrier, period, "rewrite", job_id, "insurer", terms.start, at)
    return PolicyRewritten(
        policy_id=policy_id,
        account_id=period.terms.account_id,
        job_id=job_id,
        returned=returned,
        versions=versions,
        terms=terms,
        on=terms.start,
        at=at,
    )
