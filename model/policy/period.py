"""A policy period: one term of one policy.

    Unwritten --QuotePolicy--> Quoted --BindPolicy--> Bound --IssuePolicy--> InForce --ExpirePolicy--> Expired
                                                                                |
                                                                                +--CancelPolicy--> Cancelled

Cover is half open: [start, end) at the carrier's hour in the insured's own zone. Every version keeps when it takes
effect and when it was recorded, so that "what did we know then about that day" has an answer for ever.
"""

from datetime import date, datetime, time
from typing import Literal, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from model.carrier import Carrier, PatternRule
from model.daycount import months_after, portion
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.policy.commands import BindPolicy, CancelPolicy, Command, ExpirePolicy, IssuePolicy, QuotePolicy
from model.policy.events import Event, PolicyBound, PolicyCancelled, PolicyExpired, PolicyIssued, PolicyQuoted
from model.policy.proration import pro_rata_return
from model.policy.terms import Charge, Terms

# --- states


class Version(Struct, frozen=True, gc=False):
    """From `effective` on, as recorded at `recorded`, the policy is in this status."""

    effective: date
    recorded: datetime
    status: Literal["in_force", "cancelled", "expired"]


class Unwritten(Struct, frozen=True, gc=False, tag=True):
    pass


class Quoted(Struct, frozen=True, tag=True):
    terms: Terms
    expires: date


class Bound(Struct, frozen=True, tag=True):
    terms: Terms


class InForce(Struct, frozen=True, tag=True):
    terms: Terms
    versions: tuple[Version, ...]


class Cancelled(Struct, frozen=True, tag=True):
    terms: Terms
    versions: tuple[Version, ...]
    cancelled_on: date
    returned: tuple[Charge, ...]


class Expired(Struct, frozen=True, tag=True):
    terms: Terms
    versions: tuple[Version, ...]


State: TypeAlias = Unwritten | Quoted | Bound | InForce | Cancelled | Expired

# --- rules


def as_of(state: State, *, effective: date, known_at: datetime) -> Version | None:
    """The version that ruled on `effective` as far as was known at `known_at`; None when there was none."""
    if not isinstance(state, (InForce, Cancelled, Expired)):
        return None
    known = [version for version in state.versions if version.recorded <= known_at and version.effective <= effective]
    return known[-1] if known else None


def policy_day(instant: datetime, *, zone: str, term_starts_at: str) -> date:
    """The policy day an instant belongs to: the local date, or the day before when the local hour of the term has not
    come yet.
    """
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() < time.fromisoformat(term_starts_at):
        return date.fromordinal(local.toordinal() - 1)
    return local.date()


def returned_charges(carrier: Carrier, terms: Terms, on: date) -> tuple[Charge, ...]:
    """Negative charges for the part of the term from `on`; fully earned patterns give nothing back."""
    term = portion(carrier.day_count, start=terms.start, end=terms.end, on=on)
    back: list[Charge] = []
    for charge in terms.charges:
        rule = carrier.pattern(charge.pattern)
        if isinstance(rule, PatternRule) and rule.refund == "pro_rata":
            amount = pro_rata_return(charge.amount, term, carrier.rounding)
            if amount.minor:
                back.append(Charge(charge.pattern, -amount))
    return tuple(back)


def _unacceptable(carrier: Carrier, terms: Terms) -> Refusal | None:
    """Why these terms cannot be quoted, if they cannot."""
    if terms.end != months_after(terms.start, 12):
        return Refusal("term_not_annual", f"an annual term from {terms.start} ends on {months_after(terms.start, 12)}")
    if not terms.coverages:
        return Refusal("no_coverage", "a policy insures at least one coverage")
    weights = [payer.weight for payer in terms.payers]
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        return Refusal("no_payer", "somebody has to pay: name a payer with a positive weight, and none with a negative")
    plan = carrier.plan(terms.plan)
    if isinstance(plan, Refusal):
        return plan
    for charge in terms.charges:
        rule = carrier.pattern(charge.pattern)
        if isinstance(rule, Refusal):
            return rule
    for currency in _currencies(terms):
        if currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} writes in {carrier.currency}, not {currency}")
    for charge in terms.charges:
        if charge.amount.minor < 0:
            return Refusal("negative_charge", f"a new term cannot charge {charge.amount} for {charge.pattern}")
    return None


def _currencies(terms: Terms) -> tuple[str, ...]:
    """Of every amount in the terms: what is charged, insured and deducted."""
    insured = [
        amount.currency
        for coverage in terms.coverages
        for amount in (coverage.limit, coverage.deductible, coverage.hurricane_deductible)
    ]
    return (*(charge.amount.currency for charge in terms.charges), *insured)


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the policy is {type(state).__name__}")


# --- the machine


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law and a carrier's choices."""
    _ = law

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case QuotePolicy(policy_id=policy_id, terms=terms, on=on, at=at), Unwritten() | Quoted():
                if isinstance(state, Quoted) and state.terms == terms:
                    return ()
                wrong = _unacceptable(carrier, terms)
                if wrong is not None:
                    return wrong
                if on.toordinal() + carrier.quote_valid_days > date.max.toordinal():
                    return Refusal("unknown_day", f"no calendar holds the day on which a quote of {on} would expire")
                expires = date.fromordinal(on.toordinal() + carrier.quote_valid_days)
                return (PolicyQuoted(policy_id=policy_id, terms=terms, expires=expires, on=on, at=at),)
            case BindPolicy(on=on), Quoted(expires=expires) if on > expires:
                return Refusal("quote_expired", f"the quote ran out on {expires}")
            case BindPolicy(policy_id=policy_id, on=on, at=at), Quoted():
                return (PolicyBound(policy_id=policy_id, on=on, at=at),)
            case BindPolicy(), Bound() | InForce():
                return ()
            case IssuePolicy(policy_id=policy_id, at=at), Bound(terms=terms):
                return (PolicyIssued(policy_id=policy_id, terms=terms, on=terms.start, at=at),)
            case IssuePolicy(), InForce():
                return ()
            case CancelPolicy(on=on), InForce(terms=terms) if not terms.start <= on < terms.end:
                return Refusal("outside_term", f"a term from {terms.start} to {terms.end} cannot be cancelled on {on}")
            case CancelPolicy(policy_id=policy_id, reason=reason, on=on, at=at), InForce(terms=terms):
                returned = returned_charges(carrier, terms, on)
                return (
                    PolicyCancelled(
                        policy_id=policy_id, account_id=terms.account_id, reason=reason, returned=returned, on=on, at=at
                    ),
                )
            case CancelPolicy(on=on), Cancelled(cancelled_on=cancelled_on) if on == cancelled_on:
                return ()
            case ExpirePolicy(on=on), InForce(terms=terms) if on < terms.end:
                return Refusal("term_not_over", f"the term runs until {terms.end}")
            case ExpirePolicy(policy_id=policy_id, at=at), InForce(terms=terms):
                return (PolicyExpired(policy_id=policy_id, on=terms.end, at=at),)
            case ExpirePolicy(), Expired():
                return ()
            case ((QuotePolicy() | BindPolicy() | IssuePolicy() | CancelPolicy() | ExpirePolicy()), _):
                return _wrong_state(command, state)

    return Decider("policy", Unwritten(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.policy_id


def evolve(state: State, event: Event) -> State:
    match event:
        case PolicyQuoted(terms=terms, expires=expires):
            return Quoted(terms, expires)
        case PolicyBound():
            return Bound(state.terms) if isinstance(state, Quoted) else state
        case PolicyIssued(terms=terms, on=on, at=at):
            return InForce(terms, (Version(on, at, "in_force"),))
        case PolicyCancelled(on=on, at=at, returned=returned):
            if not isinstance(state, InForce):
                return state
            return Cancelled(state.terms, (*state.versions, Version(on, at, "cancelled")), on, returned)
        case PolicyExpired(on=on, at=at):
            return (
                Expired(state.terms, (*state.versions, Version(on, at, "expired")))
                if isinstance(state, InForce)
                else state
            )
        case _:
            assert_never(event)
