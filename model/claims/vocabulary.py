"""Closed lists of the claims trade. Their values are part of the contract with whoever reads them."""

from typing import Literal

Cause = Literal["hurricane", "wind", "water", "flood", "fire", "theft", "equipment_breakdown", "other"]
DenialReason = Literal[
    "unknown_policy",
    "not_in_force",
    "lapse_gap",
    "cancelled_before_loss",
    "coverage_absent",
    "excluded_peril",
    "waiting_period",
]
CoverageWarning = Literal["late_notice", "changed_after_report"]
CostType = Literal["claim_cost", "allocated_expense", "unallocated_expense"]
"""What the loss itself costs, adjusting expense of this very claim (ALAE, DCC), and its share of everyone's (ULAE)."""
RecoveryCategory = Literal["subrogation", "salvage", "deductible", "expense"]
IncidentKind = Literal["dwelling", "property", "vehicle", "injury", "liability"]
Intake = Literal["phone", "web", "agent"]
PaymentKind = Literal["partial", "final", "supplemental"]
PaymentStatus = Literal[
    "awaiting_approval",
    "denied",
    "requested",
    "issued",
    "failed",
    "cleared",
    "stopped",
    "voided",
    "stale_dated",
    "escheated",
    "reissued",
]
Correspondent = Literal["claimant", "regulator"]
"""Who writes to us about a claim and may wait for an answer by law."""
TagBasis = Literal["matched", "override"]
Outcome = Literal["paid", "unpaid", "denied"]
Milestone = Literal[
    "investigation_begun",
    "items_requested",
    "items_received",
    "proof_of_claim",
    "claim_complete",
    "estimate_made",
    "estimate_sent",
    "investigation_completed",
    "more_time_letter",
    "accepted",
    "settlement_agreed",
]
"""What happens on the way besides what the file records anyway; the law's clocks start, stop or stretch with it."""

PAID: frozenset[str] = frozenset({"issued", "cleared", "stale_dated", "escheated"})
"""Statuses of a payment whose money counts as paid."""
PENDING: frozenset[str] = frozenset({"awaiting_approval", "requested"})
"""Statuses of a payment that holds its amount without having taken it."""
