"""What must hold whatever happened: named predicates over views.

The same predicates judge the states of the model in tests, the stores of a simulation, the answers of a deployment
and the extracts after a load test. Each says in cents what is wrong. A view that lacks what an invariant needs is not
judged by it, and that is said by name.
"""

from model.invariants.billing import ACCOUNT_INVARIANTS as MONEY_INVARIANTS
from model.invariants.claims import CLAIM_INVARIANTS, above_aggregate, outside_catastrophe, unauthorised
from model.invariants.delinquency import DELINQUENCY_INVARIANTS
from model.invariants.judging import Invariant, Skipped, Violation, judged, minor
from model.invariants.payments import effective_successes, moved_more_than_once
from model.invariants.policy import POLICY_INVARIANTS
from model.published.views import AccountView

__all__ = [
    "ACCOUNT_INVARIANTS",
    "CLAIM_INVARIANTS",
    "POLICY_INVARIANTS",
    "Invariant",
    "Skipped",
    "Violation",
    "above_aggregate",
    "effective_successes",
    "judged",
    "minor",
    "moved_more_than_once",
    "outside_catastrophe",
    "unauthorised",
]

ACCOUNT_INVARIANTS: tuple[Invariant[AccountView], ...] = (*MONEY_INVARIANTS, *DELINQUENCY_INVARIANTS)
