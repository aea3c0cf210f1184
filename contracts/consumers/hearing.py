"""A context as the consumer of events: its own reactions read them, and what they read is what it depends on."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, TypeVar

import msgspec

from contracts.consumers.expectation import MessageExpectation
from model.reaction import Delivery, Reaction

C = TypeVar("C")

POLICY_STORIES: Final = {
    "insurance.policy.issued.v1": ("a policy was issued", "a policy in force"),
    "insurance.policy.changed.v1": ("a policy was changed", "a policy changed"),
    "insurance.policy.cancelled.v1": ("a policy was cancelled", "a policy cancelled midway"),
    "insurance.policy.reinstated.v1": ("a policy was reinstated", "a policy reinstated after a lapse"),
    "insurance.policy.renewed.v1": ("a policy was renewed", "a policy renewed"),
    "insurance.policy.rewritten.v1": ("a policy was rewritten", "a policy rewritten"),
    "insurance.policy.nonrenewed.v1": ("a policy was not renewed", "a policy not renewed"),
}
"""What happened, and the history after which it has, by the type of the event that tells of it."""


def handle(reaction: Reaction[C], data: bytes, event_id: str) -> int:
    """How many commands follow from an event. Raises msgspec.ValidationError for data that nobody can read."""
    delivery = Delivery(event_id, date(2026, 6, 1), datetime(2026, 6, 1, 15, tzinfo=UTC))
    return len(reaction.commands(msgspec.json.decode(data), delivery))


def expected_of_policy(
    reactions: tuple[Reaction[C], ...], *, stories: Mapping[str, tuple[str, str]] = POLICY_STORIES
) -> tuple[MessageExpectation, ...]:
    """What a context expects of policy: every event of policy that it reacts to and that has a story."""
    return tuple(
        _expectation(reaction, *stories[reaction.event_type])
        for reaction in reactions
        if reaction.event_type in stories
    )


def _expectation(reaction: Reaction[C], description: str, given: str) -> MessageExpectation:
    return MessageExpectation(
        description,
        given,
        reaction.event_type,
        reaction.reads,
        lambda data, event_id: handle(reaction, data, event_id),
    )
