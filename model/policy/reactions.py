"""What policy does when others publish: it notes which dwellings claims found damaged, and which are repaired."""

from typing import TypeAlias

from msgspec import Struct

from model.policy import dwelling
from model.policy.dwelling import NoteDamage, NoteRepair
from model.reaction import Delivery, Reaction, reaction

Command: TypeAlias = dwelling.Command


class ClaimedDwelling(Struct, frozen=True):
    policy_id: str
    claim_id: str


def note_damage(found: ClaimedDwelling, delivery: Delivery) -> tuple[Command, ...]:
    return (NoteDamage(policy_id=found.policy_id, claim_id=found.claim_id, on=delivery.on, at=delivery.at),)


def note_repair(found: ClaimedDwelling, delivery: Delivery) -> tuple[Command, ...]:
    return (NoteRepair(policy_id=found.policy_id, claim_id=found.claim_id, on=delivery.on, at=delivery.at),)


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.claims.dwelling.damaged.v1", ClaimedDwelling, note_damage),
    reaction("insurance.claims.dwelling.repaired.v1", ClaimedDwelling, note_repair),
)
