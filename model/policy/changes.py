"""Changes of a term: the versions that one writes and the one net amount that it books.

A change that takes effect before others that are already bound is put where it belongs: the later ones are reversed,
newest first, the change is made, and they are applied again, oldest first. The result is that of making all changes
in the order of their days (INV-P7). Source of the procedure: Socotra's public description of out-of-sequence
transactions.
"""

from datetime import date, datetime

from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Refusal
from model.money import Money
from model.policy.edits import AdjustCharge, Edit, Insured, edited, insured_after, same_fields, summed
from model.policy.events import PolicyChanged
from model.policy.proposals import KIND_OF, Audit, PolicyChange
from model.policy.proration import cost, less, written
from model.policy.states import Issued
from model.policy.terms import Charge, Terms
from model.policy.transactions import is_change, rest, reversals
from model.policy.versions import Kind, Period, Segment, Version, active, extended, insured_on


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
    if type(becomes) is Refusal:
        return becomes
    kind, edits, terms, number = KIND_OF[type(proposal)], proposal.edits, period.terms, len(period.versions)
    later = _later_changes(period, effective) if number > 1 else NONE_LATER
    conflicts = _conflicts(edits, later) if later else ()
    if not later and effective > period.cover[-1].start and period.until is None:
        versions = (Version(effective, at, "in_force", number + 1, kind, job_id, edits),)
        cover = _changed_last(period.cover, effective, becomes)
        charges = _difference(carrier, terms, effective, edits) if quoted is None else quoted
    else:
        inserted = _inserted(carrier, period, later, effective, kind, job_id, edits, at)
        if type(inserted) is Refusal:
            return inserted
        versions, cover, charges = inserted
    return PolicyChanged(
        policy_id=policy_id,
        account_id=terms.account_id,
        job_id=job_id,
        kind=kind,
        versions=versions,
        charges=charges,
        conflicts=conflicts,
        cover=cover,
        terms=terms,
        on=effective,
        at=at,
    )


def cost_of_change(
    carrier: Carrier, state: Issued, job_id: str, proposal: PolicyChange | Audit, at: datetime
) -> tuple[Charge, ...] | Refusal:
    """What `changed` would book, without making the change."""
    period, effective, edits = state.period, proposal.effective, proposal.edits
    becomes = _proposed(carrier, period, proposal)
    if type(becomes) is Refusal:
        return becomes
    later = _later_changes(period, effective) if len(period.versions) > 1 else NONE_LATER
    if not later and effective > period.cover[-1].start and period.until is None:
        return _difference(carrier, period.terms, effective, edits)
    inserted = _inserted(carrier, period, later, effective, KIND_OF[type(proposal)], job_id, edits, at)
    return inserted if type(inserted) is Refusal else inserted[2]


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


def _conflicts(edits: tuple[Edit, ...], later: list[Version]) -> tuple[str, ...]:
    return tuple(sorted({field for one in later for field in same_fields(edits, one.edits)}))


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


NONE_LATER: list[Version] = []
"""A term of one version has no change after any other. Where there is none, a change after the start of the last
segment only takes that segment apart, which is what most changes do.
"""


def _later_changes(period: Period, effective: date) -> list[Version]:
    return [one for one in active(period.versions) if one.effective > effective and is_change(one)]


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
    undone = reversals(period, later, job_id, at)
    number = len(period.versions) + len(undone) + 1
    again = (
        replace(one, recorded=at, number=number + place, reapplication_of=one.number)
        for place, one in enumerate(later, start=1)
    )
    return (*undone, Version(effective, at, "in_force", number, kind, job_id, edits), *again)


def _changed_last(cover: tuple[Segment, ...], effective: date, insured: Insured) -> tuple[Segment, ...]:
    """The cover when its last segment changes on a day after its first: what most changes do."""
    last = cover[-1]
    if last.coverages == insured.coverages and last.rates == insured.rates:
        return cover
    parted = (
        Segment(last.start, effective, "in_force", last.coverages, last.rates),
        Segment(effective, last.end, "in_force", insured.coverages, insured.rates),
    )
    return cover[:-1] + parted


def _difference(carrier: Carrier, terms: Terms, effective: date, edits: tuple[Edit, ...]) -> tuple[Charge, ...]:
    """What one more step at the end costs; the same as written after it, less booked."""
    by_pattern: dict[str, Money] = {}
    for edit in edits:
        if type(edit) is AdjustCharge:
            pattern = edit.pattern
            by_pattern[pattern] = by_pattern[pattern] + edit.by if pattern in by_pattern else edit.by
    term = rest(carrier, terms, effective)
    found: list[Charge] = []
    for pattern, by in by_pattern.items():
        amount = cost(carrier, pattern, by, term)
        if amount.minor:
            found.append(Charge(pattern, amount))
    return tuple(found)


def _uninsurable(cover: tuple[Segment, ...]) -> Refusal | None:
    for segment in cover:
        if segment.status == "in_force" and not segment.coverages:
            return Refusal("no_coverage", f"from {segment.start} on nothing would be insured")
        if any(rate.amount.minor < 0 for rate in segment.rates):
            return Refusal("negative_charge", f"from {segment.start} on a year would cost less than nothing")
    return None
