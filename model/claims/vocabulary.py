"""Closed lists of the claims trade. Their values are part of the contract with whoever reads them."""

from typing import Literal

Cause = Literal["hurricane", "wind", "water", "fire", "theft", "other"]
DenialReason = Literal["unknown_policy", "not_in_force", "cancelled_before_loss", "coverage_absent"]
CostType = Literal["claim_cost", "adjusting_expense"]
Intake = Literal["phone", "web", "agent"]
PaymentKind = Literal["partial", "final"]
Outcome = Literal["paid", "unpaid", "denied"]
