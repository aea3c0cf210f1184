"""Where a claim stands with the law on a day: which clocks run, which were met, which were missed and by how much, and
what the misses cost.

    standing(claim, book, today) = the clocks of the claim, parted, and the cost of the money that is late
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from model.carrier import Carrier
from model.claims.catastrophe import Catastrophe, designations
from model.claims.clocks import (
    NO_WORDS,
    ClaimClock,
    ClockBook,
    Status,
    clock_book,
    clocks_of,
    days_of,
    words_for,
)
from model.claims.coverage import InsuredPolicy
from model.claims.file import Closed, Open, Reported, State, Unreported
from model.claims.lateness import LateCost, PortfolioTest, late_cost, median_payment_period
from model.claims.vocabulary import PAID, PENDING
from model.jurisdiction import Law
from model.money import Money


class Standing(Struct, frozen=True):
    """`owed` is the amount for which the money clocks run; `cost` what being late with it costs up to `on`;
    `overlays` the words of the law that hold for it.
    """

    on: date
    running: tuple[ClaimClock, ...]
    met: tuple[ClaimClock, ...]
    missed: tuple[ClaimClock, ...]
    owed: Money
    cost: LateCost
    overlays: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """For a person: a line for each clock, and one for the money where some of it is late."""
        lines = [f"{one.name} runs until {one.due} ({one.row_id})" for one in self.running]
        lines.extend(f"{one.name} met on {one.met_on}, due {one.due} ({one.row_id})" for one in self.met)
        lines.extend(
            f"{one.name} missed by {one.days_late(self.on)} days, due {one.due} ({one.row_id})" for one in self.missed
        )
        cost = self.cost
        if cost.rows:
            lines.append(
                f"{self.owed} late by {cost.days_late} days: interest {cost.interest}, penalty {cost.penalty},"
                f" at stake {cost.at_stake} ({', '.join(cost.rows)})"
            )
        return "\n".join(lines)


def standing(
    claim: Reported | Open | Closed,
    book: ClockBook,
    *,
    today: date,
    carrier: Carrier,
    words: frozenset[str] = NO_WORDS,
) -> Standing:
    """The clocks of a claim under the overlays that hold (`model.claims.clocks.words_for`), and their cost."""
    clocks = clocks_of(days_of(claim), book, words)
    parted: dict[Status, tuple[ClaimClock, ...]] = {
        status: tuple(clock for clock in clocks if clock.status(today) == status)
        for status in ("running", "met", "missed")
    }
    due = owed(claim, carrier.currency)
    cost = late_cost(
        book.law,
        clocks,
        due=due,
        today=today,
        line=book.line,
        rounding=carrier.rounding,
        words=words,
        interest_by=carrier.claims.late_interest,
    )
    return Standing(today, parted["running"], parted["met"], parted["missed"], due, cost, tuple(sorted(words)))


class Kept(Protocol):
    """What is looked up beside the claim."""

    @property
    def law(self) -> Law: ...
    @property
    def carrier(self) -> Carrier: ...
    def claim(self, claim_id: str) -> State: ...
    def known_policy(self, policy_id: str) -> InsuredPolicy | None: ...
    def declared_catastrophes(self) -> tuple[Catastrophe, ...]: ...


def standing_of(kept: Kept, claim_id: str, *, line: str, today: date) -> Standing | None:
    """Where a claim stands under all that was designated for its place and day; None for one that nobody reported."""
    claim = kept.claim(claim_id)
    if isinstance(claim, Unreported):
        return None
    policy = kept.known_policy(claim.notice.policy_id)
    zone = kept.carrier.billing.zone if policy is None else policy.zone
    words = words_for(
        claim.notice,
        designations(kept.declared_catastrophes()),
        loss_on=claim.notice.loss_at.astimezone(ZoneInfo(zone)).date(),
        line=line,
    )
    return standing(claim, clock_book(kept.law, line), today=today, carrier=kept.carrier, words=words)


def owed(claim: Reported | Open | Closed, currency: str) -> Money:
    """What the claim owes, paid or not: what each exposure was settled for and, where nothing was settled yet, what was
    paid or asked for under it. Claim cost alone: what adjusting costs is nobody's benefit.
    """
    if isinstance(claim, Reported):
        return Money(0, currency)
    minor = 0
    for exposure in claim.exposures:
        if exposure.settlement is not None:
            minor += exposure.settlement.payable.minor
            continue
        minor += sum(
            payment.amount.minor
            for payment in claim.payments
            if payment.line.exposure == exposure.number
            and payment.line.cost_type == "claim_cost"
            and (payment.status in PAID or payment.status in PENDING)
        )
    return Money(minor, currency)


def payment_periods(claims: Iterable[State]) -> tuple[int, ...]:
    """Days from notice to the first payment of every claim that was paid."""
    found: list[int] = []
    for claim in claims:
        if not isinstance(claim, Unreported) and claim.notice.paid_on is not None:
            found.append((claim.notice.paid_on - claim.notice.notice_on).days)
    return tuple(found)


def first_party_test(law: Law, claims: Iterable[State]) -> PortfolioTest | None:
    """The portfolio test of the state over an insurer's first-party claims; None where it has none."""
    return median_payment_period(law, payment_periods(claims), party="first_party")
