"""What all claims of a policy have taken of the aggregate limit of a coverage in one policy year.

    Eroded --TakeAggregate--> Eroded --GiveBackAggregate--> Eroded

A limit for one occurrence is the claim's own affair; an aggregate is shared by claims that know nothing of each other.
A payment takes from it in the transaction in which it is asked for (`model.claims.following`) and gives back what it
took when it does not go out or comes back. Which year it erodes, that of the loss or that of the payment, and whether
adjusting expense erodes it too, is the carrier's choice.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.claims.events import Event as ClaimEvent
from model.claims.events import PaymentHeld, PaymentReissued, PaymentRequested
from model.claims.file import ClaimPayment, Closed, Open, exposure_of
from model.claims.reserve import LineKey
from model.daycount import months_after
from model.decider import Decider, Decision, Refusal


class TakeAggregate(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`year` is the first day of the policy year that is eroded, `minor` the amount in minor units."""

    policy_id: str
    coverage: str
    year: date
    payment_id: str
    claim_id: str
    minor: int
    on: date
    at: datetime


class GiveBackAggregate(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    coverage: str
    year: date
    payment_id: str
    claim_id: str
    on: date
    at: datetime


Command: TypeAlias = TakeAggregate | GiveBackAggregate


class AggregateTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    minor: int
    on: date
    at: datetime


class AggregateGivenBack(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    payment_id: str
    claim_id: str
    on: date
    at: datetime


Event: TypeAlias = AggregateTaken | AggregateGivenBack


class Taken(Struct, frozen=True, gc=False):
    """What one payment took, in minor units. Payments are told apart within their claim."""

    claim_id: str
    payment_id: str
    minor: int


class Eroded(Struct, frozen=True, tag=True):
    taken: tuple[Taken, ...] = ()

    @property
    def minor(self) -> int:
        return sum([one.minor for one in self.taken])

    def holds(self, claim_id: str, payment_id: str) -> Taken | None:
        for one in self.taken:
            if one.payment_id == payment_id and one.claim_id == claim_id:
                return one
        return None


State: TypeAlias = Eroded
UNTOUCHED = Eroded()


def decide(command: Command, state: State) -> Decision[Event]:
    known = state.holds(command.claim_id, command.payment_id)
    claim_id, payment_id, on, at = command.claim_id, command.payment_id, command.on, command.at
    if isinstance(command, TakeAggregate):
        if known is not None:
            return () if known.minor == command.minor else Refusal("payment_reused", f"{payment_id} took {known.minor}")
        return (AggregateTaken(payment_id=payment_id, claim_id=claim_id, minor=command.minor, on=on, at=at),)
    return () if known is None else (AggregateGivenBack(payment_id=payment_id, claim_id=claim_id, on=on, at=at),)


def evolve(state: State, event: Event) -> State:
    match event:
        case AggregateTaken(claim_id=claim_id, payment_id=payment_id, minor=minor):
            return Eroded((*state.taken, Taken(claim_id, payment_id, minor)))
        case AggregateGivenBack(claim_id=claim_id, payment_id=payment_id):
            returned = state.holds(claim_id, payment_id)
            return Eroded(tuple(one for one in state.taken if one is not returned))
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return f"{command.policy_id}/{command.coverage}/{command.year}"


def decider() -> Decider[Command, State, Event]:
    return Decider("aggregate", UNTOUCHED, _stream, decide, evolve)


# --- what a payment erodes

Lookup: TypeAlias = Callable[[str], Eroded]
"""What was taken, by stream."""


class Page(Struct, frozen=True, gc=False):
    """The aggregate that a payment erodes, and its limit in minor units."""

    policy_id: str
    coverage: str
    year: date
    limit: int

    @property
    def stream(self) -> str:
        return f"{self.policy_id}/{self.coverage}/{self.year}"


def page_of(carrier: Carrier, claim: Open | Closed, line: LineKey, on: date) -> Page | None:
    """The aggregate that a payment of a line erodes when it is asked for on a day; None where nothing limits it."""
    exposure = exposure_of(claim.exposures, line.exposure)
    if exposure is None or exposure.coverage.aggregate is None or exposure.policy_year is None:
        return None
    choices = carrier.claims
    expense = choices.aggregate_erosion == "claim_cost_and_expense" and line.cost_type == "allocated_expense"
    if line.cost_type != "claim_cost" and not expense:
        return None
    first = exposure.policy_year
    year = first if choices.aggregate_year == "of_loss" else year_from(first, on)
    return Page(claim.notice.policy_id, exposure.coverage.code, year, exposure.coverage.aggregate.minor)


def page_of_payment(carrier: Carrier, claim: Open | Closed, payment: ClaimPayment) -> Page | None:
    return None if payment.asked_on is None else page_of(carrier, claim, payment.line, payment.asked_on)


def year_from(start: date, day: date) -> date:
    """The first day of the policy year that a day lies in, counted from a first one; no day lies before that."""
    years = max(day.year - start.year, 0)
    found = months_after(start, 12 * years)
    return found if found <= day or years == 0 else months_after(start, 12 * (years - 1))


def beyond_aggregate(
    carrier: Carrier, eroded: Lookup, claim: Open | Closed, decision: tuple[ClaimEvent, ...]
) -> Refusal | None:
    """Whether what a decision asks for is more than the aggregate has left. A cheque that is issued again while its
    money is still the payee's takes what the old one gives back.
    """
    wanted: dict[Page, int] = {}
    for event in decision:
        if isinstance(event, PaymentReissued) and event.held == "for_payee":
            return None
        if isinstance(event, (PaymentRequested, PaymentHeld)):
            page = page_of(carrier, claim, event.line, event.on)
            if page is not None:
                wanted[page] = wanted.get(page, 0) + event.amount.minor
    for page, minor in wanted.items():
        left = page.limit - eroded(page.stream).minor
        if minor > left:
            return Refusal("aggregate_exhausted", f"{left} minor units are left of the year's limit, not {minor}")
    return None
