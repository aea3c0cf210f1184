"""What claims does of itself when it has done something else: a claim is noted under its policy, and when the policy
turns out to be another than it was, the cover of its claims is verified again.

Claims decides by what it was told. Where messages overtake each other, cover can be lost and come back on the way; the
flag for an investigator stays, as it would on anybody's desk.
"""

from collections.abc import Callable
from typing import TypeAlias

from model.claims import commands, file, known_policy
from model.claims.commands import AttachPolicy, ReportClaim, ReverifyCoverage
from model.claims.known_policy import Known, NoteClaim, RecordPolicy

Followed: TypeAlias = ReportClaim | AttachPolicy | RecordPolicy
Following: TypeAlias = commands.Command | known_policy.Command
FOLLOWED: frozenset[type] = frozenset({ReportClaim, AttachPolicy, RecordPolicy})


def following(
    command: Followed, known: known_policy.State, claim_of: Callable[[str], file.State]
) -> tuple[Following, ...]:
    """What follows from an accepted command; `known` is the copy of its policy after it."""
    if isinstance(command, RecordPolicy):
        return _reverified(command, known, claim_of)
    if not command.policy_id:
        return ()
    return (NoteClaim(policy_id=command.policy_id, claim_id=command.claim_id, on=command.on, at=command.at),)


def _reverified(
    command: RecordPolicy, known: known_policy.State, claim_of: Callable[[str], file.State]
) -> tuple[ReverifyCoverage, ...]:
    """Every exposure of every claim of the policy; where its loss lies in days that did not change, the answer is
    nothing.
    """
    if not isinstance(known, Known):
        return ()
    found: list[ReverifyCoverage] = []
    for claim_id in known.claims:
        claim = claim_of(claim_id)
        if not isinstance(claim, (file.Open, file.Closed)) or claim.notice.policy_id != command.policy_id:
            continue
        found.extend(
            ReverifyCoverage(
                claim_id=claim_id, exposure=exposure.number, policy=known.policy, on=command.on, at=command.at
            )
            for exposure in claim.exposures
        )
    return tuple(found)
