"""Why a loss is not covered, as the claimant is told it: a code, a sentence, and the part of the policy that says so.

The codes are a closed list and part of the contract. The parts are those that policy forms have in common, in plain
words and not in those of anybody's form (practice).
"""

from msgspec import Struct

from model.claims.vocabulary import DenialReason


class Denial(Struct, frozen=True, gc=False):
    """`clause` names the part of the policy on which the decision rests."""

    reason: DenialReason
    text: str
    clause: str


DENIALS: dict[DenialReason, Denial] = {
    one.reason: one
    for one in (
        Denial("unknown_policy", "No policy of ours was found for this loss.", "declarations: named insured"),
        Denial("not_in_force", "The loss happened outside the policy period.", "declarations: policy period"),
        Denial("lapse_gap", "The policy had lapsed on the day of the loss.", "conditions: reinstatement"),
        Denial("cancelled_before_loss", "The policy was cancelled before the loss.", "conditions: cancellation"),
        Denial("coverage_absent", "The policy does not include this coverage.", "declarations: coverages"),
        Denial("excluded_peril", "The policy excludes what caused the loss.", "exclusions: perils"),
        Denial("waiting_period", "The loss happened within the waiting period.", "coverages: waiting period"),
    )
}
"""For every reason there is."""
