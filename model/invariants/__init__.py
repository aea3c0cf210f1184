"""What must hold whatever happened: named predicates over views.

The same predicates judge the states of the model in tests, the stores of a simulation, the answers of a deployment
and the extracts after a load test. Each says in cents what is wrong. A view that lacks what an invariant needs is not
judged by it, and that is said by name.
"""

from model.invariants.billing import ACCOUNT_INVARIANTS as MONEY_INVARIANTS
from model.invariants.claims import (
    CLAIM_INVARIANTS,
    above_aggregate,
    decided_otherwise,
    eroded_by,
    outside_catastrophe,
    unauthorised,
    untagged,
)
from model.invariants.delinquency import DELINQUENCY_INVARIANTS
from model.invariants.integration import differences, order_dependent_pair
from model.invariants.judging import Invariant, Skipped, Violation, judged, minor
from model.invariants.money import commingled, lost_cash, trust_shortfall, unbalanced, unearned_commission
from model.invariants.payments import (
    PAYMENT_INVARIANTS,
    effective_successes,
    left_unknown,
    moved_more_than_once,
    off_schedule,
    presented_too_often,
    unresolved_too_long,
)
from model.invariants.policy import POLICY_INVARIANTS
from model.invariants.settlement import run_out_of_balance, unreconciled
from model.invariants.stories import broken_stories
from model.published.account_views import AccountView

__all__ = [
    "ACCOUNT_INVARIANTS",
    "CLAIM_INVARIANTS",
    "PAYMENT_INVARIANTS",
    "POLICY_INVARIANTS",
    "Invariant",
    "Skipped",
    "Violation",
    "above_aggregate",
    "broken_stories",
    "commingled",
    "decided_otherwise",
    "differences",
    "effective_successes",
    "eroded_by",
    "judged",
    "left_unknown",
    "lost_cash",
    "minor",
    "moved_more_than_once",
    "off_schedule",
    "order_dependent_pair",
    "outside_catastrophe",
    "presented_too_often",
    "run_out_of_balance",
    "trust_shortfall",
    "unauthorised",
    "unbalanced",
    "unearned_commission",
    "unreconciled",
    "unresolved_too_long",
    "untagged",
]

ACCOUNT_INVARIANTS: tuple[Invariant[AccountView], ...] = (*MONEY_INVARIANTS, *DELINQUENCY_INVARIANTS)
