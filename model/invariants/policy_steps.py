"""What must hold of what was done to a policy: predicates over a term and over the steps that made it, where a view of
one moment cannot tell.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Refusal
from model.invariants.judging import Violation
from model.jurisdiction import Law
from model.policy.changes import changed
from model.policy.edits import AdjustCharge, Edit
from model.policy.events import (
    Event,
    NoticeGiven,
    PolicyBound,
    PolicyCancelled,
    PolicyChanged,
    PolicyNonrenewed,
    PolicyReinstated,
    PolicyRewritten,
)
from model.policy.evolution import evolve
from model.policy.moratorium import Moratorium, Operation, suspension
from model.policy.notices import INSURER_REASONS, notice_days
from model.policy.proposals import PolicyChange
from model.policy.proration import earning, prorated
from model.policy.states import InForce, State, as_of
from model.policy.terms import Charge, Terms
from model.policy.transactions import cause_of, is_change
from model.policy.versions import Period, Segment, Version, active, begun

Changes = tuple[tuple[date, tuple[Edit, ...]], ...]


def cancelled_to_the_cent(
    carrier: Carrier, policy_id: str, cancelled: PolicyCancelled, *, before: Period, after: Period
) -> Violation | None:
    """INV-P4: what came back and what is earned are what was written; flat, everything that accrues comes back; and
    nobody is given back more than pro rata would.
    """
    wanted = _minor((*before.booked, *cancelled.returned))
    if wanted != _minor(after.booked):
        return Violation(
            "INV-P4", policy_id, f"{wanted} is left of what was booked, {_minor(after.booked)} says the term"
        )
    for seen in earning(carrier, after, cancelled.on):
        if seen.unearned:
            return Violation("INV-P4", policy_id, f"{seen.pattern}: {seen.unearned} minor units are still unearned")
    if any(charge.amount.minor < 0 for charge in cancelled.retained):
        return Violation("INV-P4", policy_id, f"{cancelled.retained} was kept: more came back than pro rata gives")
    if cancelled.retained and cause_of(cancelled.reason) == "insurer":
        return Violation("INV-P4", policy_id, f"the insurer cancelled and kept {cancelled.retained}")
    flat = cancelled.on <= after.terms.start and not cancelled.retained
    left = [one for one in after.booked if prorated(carrier, one.pattern) and one.amount.minor]
    return Violation("INV-P4", policy_id, f"cancelled flat, and {left} is still written") if flat and left else None


def reinstated_otherwise(policy_id: str, *, before: Period, after: Period) -> Violation | None:
    """INV-P5: cancelled and reinstated without a lapse, a term is booked and cut as before the cancellation, but for
    the fee of the reinstatement.
    """
    if before.until is not None:
        return None
    was, now = _minor(before.booked), _minor(after.booked)
    if {**was, "fee": 0} != {**now, "fee": 0}:
        return Violation("INV-P5", policy_id, f"{was} was booked before the cancellation, {now} after it was undone")
    days = (before.terms.end - before.terms.start).days
    for day in (before.terms.start + timedelta(days=number) for number in range(days)):
        if _insures(before.cover, day) != _insures(after.cover, day):
            return Violation("INV-P5", policy_id, f"on {day} another cover than before the cancellation")
    return None


def split_otherwise(carrier: Carrier, policy_id: str, period: Period) -> Violation | None:
    """INV-P6: had the last change been two with the same day and the same difference in all, the term would be booked
    at the same, but for one unit for each item of that change.
    """
    changes = _changes(period)
    if not changes:
        return None
    on, edits = changes[-1]
    items = [edit for edit in edits if isinstance(edit, AdjustCharge)]
    halves = tuple(AdjustCharge(one.pattern, replace(one.by, minor=one.by.minor // 2)) for one in items)
    rest = tuple(AdjustCharge(one.pattern, replace(one.by, minor=one.by.minor - one.by.minor // 2)) for one in items)
    others = tuple(edit for edit in edits if not isinstance(edit, AdjustCharge))
    if not items:
        return None
    again = _bound_in_turn(carrier, policy_id, period, (*changes[:-1], (on, halves), (on, (*others, *rest))))
    return None if again is None else _booked_otherwise("INV-P6", policy_id, period, again, len(items))


def ordered_otherwise(carrier: Carrier, policy_id: str, period: Period) -> Violation | None:
    """INV-P7: a term is cut and booked as if its changes had been bound in the order of their days, but for one unit
    for each change that was applied again.
    """
    changes = _changes(period)
    again = _bound_in_turn(carrier, policy_id, period, changes) if changes else None
    if again is None:
        return None
    if again.cover != period.cover:
        return Violation("INV-P7", policy_id, f"bound in the order of their days, {changes} cover otherwise")
    applied_again = sum(1 for one in period.versions if one.reapplication_of)
    return _booked_otherwise("INV-P7", policy_id, period, again, applied_again)


def remembered_otherwise(
    policy_id: str, state: State, known: Mapping[tuple[date, datetime], Version | None]
) -> Violation | None:
    """INV-P9: what was known at an instant about a day is known of that instant for ever. `known` is by day and
    instant; only instants that are past may be asked.
    """
    for (day, known_at), version in known.items():
        if as_of(state, effective=day, known_at=known_at) != version:
            return Violation("INV-P9", policy_id, f"at {known_at} another version ruled on {day}")
    return None


def noticed_too_late(law: Law, carrier: Carrier, terms: Terms, notice: NoticeGiven) -> Violation | None:
    """INV-P11: a cancellation by the insurer takes effect no earlier than the days of its notice after the mailing."""
    days = notice_days(law, carrier, carrier.line_of(terms.product), notice.reason)
    earliest = notice.mailed_on + timedelta(days=days.count)
    if notice.effective >= earliest:
        return None
    text = f"mailed on {notice.mailed_on}, it cancels on {notice.effective} and not on {earliest}"
    return Violation("INV-P11", notice.policy_id, text)


def done_although_suspended(
    moratoria: tuple[Moratorium, ...], terms: Terms, events: Iterable[Event], *, on: date
) -> Violation | None:
    """INV-P11: nothing happens to a policy that a moratorium suspends on the day on which it was asked."""
    for event in events:
        operation, reason = _operation(event)
        found = operation and suspension(moratoria, operation, terms, on=on, reason=reason)
        if found:
            return Violation("INV-P11", event.policy_id, f"{type(event).__name__} on {on} under {found.moratorium_id}")
    return None


def _operation(event: Event) -> tuple[Operation | None, str]:
    match event:
        case NoticeGiven(reason=reason):
            return "notice", reason
        case PolicyCancelled(reason=reason):
            return ("cancel" if reason in INSURER_REASONS else "cancel_by_insured"), reason
        case PolicyNonrenewed(reason=reason):
            return "nonrenew", reason
        case PolicyChanged():
            return "change", ""
        case PolicyBound() | PolicyReinstated() | PolicyRewritten():
            return "bind", ""
        case _:
            return None, ""


def _changes(period: Period) -> Changes:
    """The changes that hold, in the order of their days; none where anything but changes happened to the term."""
    first, *others = active(period.versions) or [period.versions[0]]
    if first.number != 1 or period.retained or period.until or not all(is_change(one) for one in others):
        return ()
    return tuple((one.effective, one.edits) for one in others)


def _bound_in_turn(carrier: Carrier, policy_id: str, period: Period, changes: Changes) -> Period | None:
    """The term with these changes bound one after the other; None where one could not be made so."""
    first = period.versions[0]
    state: State = InForce(begun(period.terms, first))
    for number, (on, edits) in enumerate(changes):
        if not isinstance(state, InForce):
            return None
        made = changed(carrier, policy_id, state, f"again-{number}", PolicyChange(on, edits), first.recorded)
        if isinstance(made, Refusal):
            return None
        state = evolve(state, made)
    return state.period if isinstance(state, InForce) else None


def _booked_otherwise(code: str, policy_id: str, one: Period, other: Period, units: int) -> Violation | None:
    booked, again = _minor(one.booked), _minor(other.booked)
    for pattern in dict.fromkeys((*booked, *again)):
        was, would_be = booked.get(pattern, 0), again.get(pattern, 0)
        if abs(was - would_be) > units:
            return Violation(code, policy_id, f"{pattern}: {was} minor units are booked, {would_be} would be")
    return None


def _minor(charges: tuple[Charge, ...]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for charge in charges:
        sums[charge.pattern] = sums.get(charge.pattern, 0) + charge.amount.minor
    return {pattern: minor for pattern, minor in sums.items() if minor}


def _insures(cover: tuple[Segment, ...], day: date) -> object:
    for one in cover:
        if one.start <= day < one.end:
            rates = {rate.pattern: rate.amount for rate in one.rates if rate.pattern != "fee"}
            return one.status, one.coverages, rates
    return None
