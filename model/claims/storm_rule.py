"""The storm rule: a damaged dwelling may not be cancelled or non-renewed until it is repaired.

Several states are said to have such a rule after a declared hurricane. No row under fixtures/rules holds one, because
none was read in a source: the strategies here are therefore practice with an assumed length and not anybody's law, and
the one that forbids nothing is the default. What is sourced is dated and of another kind: moratoria by bulletin and
emergency rule, which stop cancellations by area whether or not a dwelling was damaged.
"""

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from model.claims.file import Notice, Open, State
from model.decider import Refusal

StormRule = Literal["no_rule", "until_repaired", "until_90_days_after_repair"]
ASSUMED_DAYS_AFTER_REPAIR = 90
STORM_CAUSES = ("hurricane", "wind")


class Damage(Struct, frozen=True, gc=False):
    """A dwelling that a storm damaged; `repaired_on` is None until somebody says that it is repaired."""

    policy_id: str
    claim_id: str
    repaired_on: date | None


def damage_of(claim_id: str, claim: State, repaired_on: date | None) -> Damage | None:
    """The damage that an open claim tells of; None when no storm hurt a dwelling."""
    if not isinstance(claim, Open) or claim.notice.cause not in STORM_CAUSES:
        return None
    notice: Notice = claim.notice
    hurt = any(exposure.coverage.code == "dwelling" and exposure.lost is None for exposure in claim.exposures)
    return Damage(notice.policy_id, claim_id, repaired_on) if hurt else None


def may_end_cover(rule: StormRule, damage: Damage | None, *, on: date) -> Refusal | None:
    """Whether a policy may be cancelled by the insurer or not renewed from a day on; the refusal when it may not."""
    if rule == "no_rule" or damage is None:
        return None
    refused = Refusal("dwelling_not_repaired", f"claim {damage.claim_id} left the dwelling damaged")
    if damage.repaired_on is None:
        return refused
    days = 0 if rule == "until_repaired" else ASSUMED_DAYS_AFTER_REPAIR
    return refused if on < damage.repaired_on + timedelta(days=days) else None
