"""Claims in a core with its books, and what is wrong with them: what random histories and planted defects share."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from fixtures.histories import LANDFALL, NOTICE, START, at, insured
from fixtures.jurisdictions import florida
from model.books import Books
from model.claims.catastrophe import Catastrophe
from model.claims.coverage import InsuredPolicy
from model.claims.reserve import LineKey
from model.claims.tagging import by_catastrophe
from model.core import Core
from model.decider import Refusal
from model.invariants import (
    CLAIM_INVARIANTS,
    above_aggregate,
    eroded_by,
    judged,
    outside_catastrophe,
    unauthorised,
    untagged,
)
from model.money import Money
from model.published.seen import claim_view

LAW, CARRIER = florida()
AGGREGATE = 12_000_000
ERODED = f"P-000001/dwelling/{START}"


def limited(number: int) -> InsuredPolicy:
    """A policy whose dwelling coverage pays so much for all losses of a year."""
    policy = insured(number)
    dwelling, *others = policy.coverages
    return replace(policy, coverages=(replace(dwelling, aggregate=Money(AGGREGATE, "USD")), *others))


POLICIES = {number: limited(number) for number in (1, 2)}
HOURS = timedelta(hours=12)
STORM = Catastrophe("2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL/Monroe",), ("hurricane", "wind"))
LINES = (
    LineKey(1, "claim_cost", "dwelling"),
    LineKey(2, "claim_cost", "contents"),
    LineKey(1, "allocated_expense", "adjuster"),
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


REACHED: set[type] = set()


class Claims:
    """A core with its books, and who asked for which payment in which role."""

    def __init__(self) -> None:
        self.core = Core(LAW, CARRIER)
        self.books = Books(CARRIER)
        self.core.observers.append(self.books)
        self.core.observers.append(lambda recorded: REACHED.add(type(recorded.event)))
        self.roles: dict[str, str] = {}
        self.day = 0

    def about(self, claim_id: str) -> dict[str, Any]:
        day = NOTICE + timedelta(days=self.day)
        return {"claim_id": claim_id, "on": day, "at": at(day)}

    def submit(self, command: Any) -> Any:
        """Asks, and asks again: what was accepted once must not happen twice."""
        decision = self.core.submit(command)
        if not isinstance(decision, Refusal) and decision:
            again = self.core.submit(command)
            assert isinstance(again, Refusal) or again == (), f"{command} happened twice"
        return decision


def faults(claims: Claims) -> list[str]:
    """Everything that is wrong, by code."""
    found: list[str] = []
    opened = incurred = stale = 0
    states: Any = claims.core.claims.states
    declared = claims.core.declared_catastrophes()
    for claim_id, state in states.items():
        view = claim_view(claim_id, state)
        assert view is not None
        found.extend(f"{one.code} {one}" for one in judged(CLAIM_INVARIANTS, claim_id, view))
        wrong = [outside_catastrophe(view, one) for one in declared or (STORM,)]
        wrong.append(untagged(view, declared) if declared else None)
        for payment in view.payments or ():
            role = claims.roles.get(payment.payment_id)
            wrong.append(unauthorised(CARRIER, view, payment, role) if role else None)
        found.extend(f"{one.code} {one}" for one in wrong if one is not None)
        for line in getattr(state, "lines", ()):
            opened += line.open
            incurred += line.incurred
        stale += sum(p.amount.minor for p in getattr(state, "payments", ()) if p.status == "stale_dated")
    views = [claim_view(claim_id, state) for claim_id, state in states.items()]
    known = [view for view in views if view is not None and view.policy_id == "P-000001"]
    over = above_aggregate("P-000001", "dwelling", AGGREGATE, known)
    found.extend([f"INV-C3 {over}"] if over else [])
    kept, taken = claims.core.eroded(ERODED).minor, eroded_by("dwelling", known)
    found.extend([f"INV-C3 {kept} are kept of the aggregate, {taken} were taken"] if kept != taken else [])
    balances = claims.books.ledger.balances
    wanted = {"loss_reserve": -opened, "incurred_loss": incurred, "unclaimed_property": -stale}
    for account, minor in wanted.items():
        if balances.get((account, "USD"), 0) != minor:
            found.append(f"ledger {account} is {balances.get((account, 'USD'), 0)}, the claims say {minor}")
    if sum(balances.values()):
        found.append(f"ledger is out of balance by {sum(balances.values())}")
    tallies = by_catastrophe(states.values())
    if sum(tally.claims for tally in tallies.values()) != len(states):
        found.append(f"INV-C8 {tallies} do not add up to {len(states)} claims")
    return found
