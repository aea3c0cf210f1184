"""Policies at the front desk: quote, bind, issue, cancel, and what can be read of them."""

from msgspec.structs import replace

from model.claims.coverage import Covered, coverage_at
from model.claims.reactions import insured_policy_of
from model.daycount import months_after
from model.decider import Refusal
from model.desk.asking import Answer, Asked, Handler, money_or_none, taking
from model.money import MoneyError
from model.policy import commands as policy
from model.policy.moratorium import declared
from model.policy.period import Unwritten, as_of, policy_day
from model.policy.terms import Charge, Coverage, Interest, Payer, Terms
from model.published import requests as ask
from model.published.operations import OperationName
from model.published.policy_views import CoverageView, PolicyView, VersionView
from model.published.seen import policy_view, standing_view
from model.wire import from_wire, to_wire


def seen(asked: Asked, policy_id: str) -> PolicyView | None:
    """A policy as it stands on the day of asking."""
    core = asked.core
    state = core.policy(policy_id)
    view = policy_view(policy_id, state, core.carrier)
    if view is None or isinstance(state, Unwritten):
        return None
    today = policy_day(asked.now, zone=state.terms.zone, term_starts_at=core.carrier.term_starts_at)
    return replace(view, standing=standing_view(state, core.carrier, declared(core.moratoria.states), on=today))


def unknown_policy(policy_id: str) -> Refusal:
    return Refusal("unknown_policy", f"there is no policy {policy_id}")


def done(asked: Asked, command: policy.Command) -> Answer:
    """The policy after a command, or why not."""
    unknown = isinstance(asked.core.policy(command.policy_id), Unwritten)
    if unknown and not isinstance(command, policy.QuotePolicy):
        return unknown_policy(command.policy_id)
    refused = asked.core.submit(command)
    if isinstance(refused, Refusal):
        return refused
    return seen(asked, command.policy_id) or unknown_policy(command.policy_id)


def coverages_of(asked: tuple[ask.AskedCoverage, ...]) -> tuple[Coverage, ...]:
    """Raises MoneyError for an amount that is none."""
    return tuple(
        Coverage(
            coverage.code,
            from_wire(coverage.limit),
            from_wire(coverage.deductible),
            from_wire(coverage.hurricane_deductible),
            coverage.excluded,
            coverage.waiting_days,
            tuple(Interest(one.party_id, one.kind) for one in coverage.interests),
            money_or_none(coverage.aggregate),
        )
        for coverage in asked
    )


def charges_of(asked: tuple[ask.AskedCharge, ...]) -> tuple[Charge, ...]:
    """Raises MoneyError for an amount that is none."""
    return tuple(Charge(charge.pattern, from_wire(charge.amount)) for charge in asked)


def payers_of(asked: tuple[ask.AskedPayer, ...]) -> tuple[Payer, ...]:
    return tuple(Payer(payer.payer_id, payer.kind, payer.weight) for payer in asked)


def _terms(asked: Asked, request: ask.QuotePolicyRequest) -> Terms:
    """Raises MoneyError for an amount that is none, ValueError for a term that no calendar holds."""
    return Terms(
        account_id=request.account_id or asked.new_id("account"),
        insured_id=request.insured_id,
        product=request.product,
        state=request.state,
        zone=request.zone,
        start=request.start,
        end=months_after(request.start, 12),
        plan=request.plan,
        autopay=request.autopay,
        payers=payers_of(request.payers),
        coverages=coverages_of(request.coverages),
        charges=charges_of(request.charges),
        areas=request.areas or (),
    )


def _quote(asked: Asked, request: ask.QuotePolicyRequest) -> Answer:
    try:
        terms = _terms(asked, request)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    except ValueError as error:
        return Refusal("unknown_day", str(error))
    identity = asked.new_id("policy")
    return done(asked, policy.QuotePolicy(policy_id=identity, terms=terms, on=request.on, at=asked.now))


def _bind(asked: Asked, request: ask.OnDayRequest) -> Answer:
    return done(asked, policy.BindPolicy(policy_id=asked.subject, on=request.on, at=asked.now))


def _issue(asked: Asked, request: ask.OnDayRequest) -> Answer:
    return done(asked, policy.IssuePolicy(policy_id=asked.subject, on=request.on, at=asked.now))


def _cancel(asked: Asked, request: ask.CancelPolicyRequest) -> Answer:
    reason, on = request.reason, request.on
    return done(asked, policy.CancelPolicy(policy_id=asked.subject, reason=reason, on=on, at=asked.now))


def _read(asked: Asked, question: ask.PolicyQuestion) -> Answer:
    state = asked.core.policy(asked.subject)
    view = seen(asked, asked.subject)
    if view is None or view.standing is None:
        return unknown_policy(asked.subject)
    if question.effective is None and question.known_at is None:
        return view
    orders = declared(asked.core.moratoria.states)
    day = question.effective or view.standing.on
    standing = standing_view(state, asked.core.carrier, orders, on=day, known_at=question.known_at)
    view = replace(view, standing=standing)
    effective = question.effective or asked.now.date()
    version = as_of(state, effective=effective, known_at=question.known_at or asked.now)
    if version is None:
        return view
    ruled = VersionView(effective=version.effective, recorded=version.recorded, status=version.status)
    return replace(view, as_of=ruled)


def _read_coverage(asked: Asked, question: ask.CoverageQuestion) -> Answer:
    policy_id = asked.subject
    if isinstance(asked.core.policy(policy_id), Unwritten):
        return unknown_policy(policy_id)
    snapshot = asked.core.snapshot(policy_id)
    insured = insured_policy_of(snapshot) if snapshot else None
    found = coverage_at(insured, question.at, question.coverage)
    if not isinstance(found, Covered):
        reason = "not_in_force" if found.reason == "unknown_policy" else found.reason
        return CoverageView(
            policy_id=policy_id, at=question.at, coverage=question.coverage, covered="no", reason=reason
        )
    return CoverageView(
        policy_id=policy_id,
        at=question.at,
        coverage=question.coverage,
        covered="yes",
        limit=to_wire(found.coverage.limit),
        deductible=to_wire(found.coverage.deductible),
        hurricane_deductible=to_wire(found.coverage.hurricane_deductible),
    )


POLICIES: dict[OperationName, Handler] = {
    "quote_policy": taking(ask.QuotePolicyRequest, _quote),
    "bind_policy": taking(ask.OnDayRequest, _bind),
    "issue_policy": taking(ask.OnDayRequest, _issue),
    "cancel_policy": taking(ask.CancelPolicyRequest, _cancel),
    "read_policy": taking(ask.PolicyQuestion, _read),
    "read_coverage": taking(ask.CoverageQuestion, _read_coverage),
}
