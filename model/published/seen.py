"""From the state of a machine to what can be seen of it. None where there is nothing yet."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from model.carrier import Carrier
from model.money import Money
from model.policy import moratorium
from model.policy import states as period
from model.policy.edits import summed
from model.policy.proration import earning, in_force_premium, prorated
from model.policy.terms import Charge, Terms
from model.policy.versions import Period, Version, active, cut
from model.published.account_seen import account_view
from model.published.claim_seen import claim_view
from model.published.payment_seen import intent_view
from model.published.policy_events import PublishedCharge
from model.published.policy_views import (
    EarnedView,
    IssueView,
    JobView,
    MoratoriumView,
    NoticeView,
    PeriodView,
    PolicyView,
    ScopeView,
    SegmentView,
    StandingView,
    SuspensionView,
    VersionView,
)
from model.wire import Amount, to_wire

__all__ = ["account_view", "claim_view", "intent_view", "moratorium_view", "policy_view", "standing_view"]


def policy_view(policy_id: str, state: period.State, carrier: Carrier) -> PolicyView | None:
    """The terms are seen with their money, day by day, as it was booked under the choices of the carrier."""
    match state:
        case period.Unwritten():
            return None
        case period.Quoted(terms=terms, expires=expires):
            return _unissued_view(policy_id, state, terms, expires)
        case period.Bound(terms=terms):
            return _unissued_view(policy_id, state, terms, None)
        case period.InForce() | period.PendingCancel() | period.Cancelled() | period.Expired():
            view = _issued_view(policy_id, state)
            return replace(view, periods=tuple(period_view(carrier, one) for one in period.periods(state)))


def standing_view(
    state: period.State,
    carrier: Carrier,
    moratoria: Iterable[moratorium.Moratorium],
    *,
    on: date,
    known_at: datetime | None = None,
) -> StandingView | None:
    """What is so of a policy on a day, as far as was known at an instant (None: as far as is known)."""
    if isinstance(state, period.Unwritten):
        return None
    terms = period.periods(state) if isinstance(state, period.Written) else ()
    if known_at is not None:
        terms = tuple([replace(one, cover=cut(one, known_at)) for one in terms])
    return StandingView(
        on=on,
        in_force_premium=to_wire(in_force_premium(carrier, terms, on)),
        suspended=tuple(
            [
                ScopeView(operation=operation, moratoria=by)
                for operation, by in moratorium.scopes(moratoria, state.terms, on).items()
            ]
        ),
    )


def _unissued_view(
    policy_id: str, state: period.Quoted | period.Bound, terms: Terms, expires: date | None
) -> PolicyView:
    return PolicyView(
        policy_id=policy_id,
        status="quoted" if isinstance(state, period.Quoted) else "bound",
        account_id=terms.account_id,
        start=terms.start,
        end=terms.end,
        quote_expires=expires,
        written=(),
        returned=(),
        versions=(),
        base=0,
        jobs=_jobs(state),
        periods=(),
    )


def _issued_view(policy_id: str, state: period.Issued) -> PolicyView:
    terms = state.terms
    cancelled = state if isinstance(state, period.Cancelled) else None
    renewal = state.renewal if isinstance(state, (period.InForce, period.PendingCancel)) else None
    return PolicyView(
        policy_id=policy_id,
        status="cancelled" if cancelled else "expired" if isinstance(state, period.Expired) else "in_force",
        account_id=terms.account_id,
        start=terms.start,
        end=state.period.end,
        cancelled_on=cancelled.cancelled_on if cancelled else None,
        written=_charges(_written(state)),
        returned=_charges(cancelled.returned) if cancelled else (),
        versions=tuple(
            VersionView(effective=version.effective, recorded=version.recorded, status=version.status)
            for version in sorted(active(state.versions), key=_recorded)
        ),
        base=period.base_of(state),
        has_renewal="no" if renewal is None else "yes",
        notice=_notice(state),
        jobs=_jobs(state),
        direction=state.docket.direction,
    )


def _recorded(version: Version) -> int:
    return version.number


def _notice(state: period.Issued) -> NoticeView | None:
    if not isinstance(state, period.PendingCancel):
        return None
    given = state.notice
    return NoticeView(
        reason=given.reason, mailed_on=given.mailed_on, earliest=given.earliest, effective=given.effective
    )


def _jobs(state: period.State) -> tuple[JobView, ...]:
    return tuple(
        JobView(
            job_id=job.job_id,
            kind=job.kind,
            status=job.status,
            base=job.base,
            quote_expires=job.quote_expires,
            charges=_charges(job.charges),
            issues=tuple(
                IssueView(
                    code=issue.code,
                    blocks=issue.blocks,
                    authority=issue.authority,
                    approved_until=issue.approved_until,
                    scope=issue.scope,
                )
                for issue in job.issues
            ),
        )
        for job in state.docket.jobs
    )


def period_view(carrier: Carrier, term: Period) -> PeriodView:
    """A term with its money; earned at the ends and in the middle of everything that differs."""
    days = {term.terms.start, term.terms.end, term.end}
    for segment in term.cover:
        days.update((segment.start, segment.start + (segment.end - segment.start) // 2, segment.end))
    return PeriodView(
        start=term.terms.start,
        end=term.terms.end,
        until=term.end,
        day_count=carrier.day_count_of(term.terms.product),
        rounding=carrier.rounding,
        prorated=tuple(charge.pattern for charge in term.booked if prorated(carrier, charge.pattern)),
        segments=tuple(
            SegmentView(start=one.start, end=one.end, status=one.status, rates=_charges(one.rates))
            for one in term.cover
        ),
        booked=_charges(term.booked),
        retained=_charges(term.retained),
        earned=tuple(
            EarnedView(
                pattern=one.pattern,
                on=one.on,
                written=_amount(one.written, carrier.currency),
                earned=_amount(one.earned, carrier.currency),
                unearned=_amount(one.unearned, carrier.currency),
            )
            for day in sorted(days)
            for one in earning(carrier, term, day)
        ),
        extension=carrier.policy.extension_premium,
    )


def _written(state: period.Issued) -> tuple[Charge, ...]:
    """What the term charged before a cancellation gave some of it back."""
    booked = state.period.booked
    if not isinstance(state, period.Cancelled):
        return booked
    return summed((*booked, *(Charge(charge.pattern, -charge.amount) for charge in state.returned)))


def _charges(charges: tuple[Charge, ...]) -> tuple[PublishedCharge, ...]:
    return tuple(PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in charges)


def moratorium_view(state: moratorium.State) -> MoratoriumView | None:
    if isinstance(state, moratorium.Undeclared):
        return None
    order = state.moratorium
    return MoratoriumView(
        moratorium_id=order.moratorium_id,
        status="declared" if isinstance(state, moratorium.Declared) else "ended",
        start=order.start,
        end=order.end,
        suspended=tuple(SuspensionView(one.operation, one.answer) for one in order.suspended),
        states=order.states,
        areas=order.areas,
        products=order.products,
        except_reasons=order.except_reasons,
        citation=order.citation,
    )


def _amount(minor: int, currency: str) -> Amount:
    return to_wire(Money(minor, currency))
