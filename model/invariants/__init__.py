"""What must hold whatever happened: named predicates over views.

The same predicates judge the states of the model in tests, the stores of a simulation, the answers of a deployment
and the extracts after a load test. Each says in cents what is wrong. A view that lacks what an invariant needs is not
judged by it, and that is said by name.
"""

from model.invariants.billing import ACCOUNT_INVARIANTS
from model.invariants.claims import CLAIM_INVARIANTS, above_aggregate, outside_catastrophe, unauthorised
from model.invariants.judging import Invariant, Skipped, Violation, judged, minor
from model.invariants.money import commingled, lost_cash, trust_shortfall, unbalanced, unearned_commission
from model.invariants.payments import effective_successes, moved_more_than_once
from model.invariants.policy import POLICY_INVARIANTS

__all__ = [
    "ACCOUNT_INVARIANTS",
    "CLAIM_INVARIANTS",
    "POLICY_INVARIANTS",
    "Invariant",
    "Skipped",
    "Violation",
    "above_aggregate",
    "commingled",
    "effective_successes",
    "judged",
    "lost_cash",
    "minor",
    "moved_more_than_once",
    "outside_catastrophe",
    "trust_shortfall",
    "unauthorised",
    "unbalanced",
    "unearned_commission",
]
