"""A dwelling that a storm damaged: others must know of it, because such a policy may have to stay in force.

What claims tells is a fact of the loss and not a decision on the claim: a claim that was paid and closed leaves a
dwelling that is still to be repaired.
"""

from model.claims.commands import OpenExposure, RecordRepair, VerifyCoverage
from model.claims.coverage import InsuredCoverage
from model.claims.events import DwellingDamaged, DwellingRepaired
from model.claims.file import Notice
from model.decider import Decision, Refusal

STORM_CAUSES = ("hurricane", "wind")
DWELLING = "dwelling"


def damaged(
    command: VerifyCoverage | OpenExposure, notice: Notice, coverage: InsuredCoverage
) -> tuple[DwellingDamaged, ...]:
    """Once for a claim, when its first exposure of a dwelling is open."""
    if coverage.code != DWELLING or notice.cause not in STORM_CAUSES or notice.damaged_on is not None:
        return ()
    return (DwellingDamaged(claim_id=command.claim_id, policy_id=notice.policy_id, on=command.on, at=command.at),)


def repaired(command: RecordRepair, notice: Notice) -> Decision[DwellingRepaired]:
    if notice.damaged_on is None:
        return Refusal("no_damage", f"claim {command.claim_id} is of no dwelling that a storm damaged")
    if notice.repaired_on is not None:
        return ()
    if command.on < notice.damaged_on:
        return Refusal("repaired_too_early", f"it was damaged on {notice.damaged_on} and repaired after that")
    return (DwellingRepaired(claim_id=command.claim_id, policy_id=notice.policy_id, on=command.on, at=command.at),)
