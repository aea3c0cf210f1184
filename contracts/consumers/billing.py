"""Billing, which hears what policy did and bills or credits it. It reads the fields that its own reactions read, no
more: model.billing.reactions is the consumer, this only hands it the events.
"""

from datetime import UTC, date, datetime

import msgspec

from contracts.consumers.expectation import MessageExpectation
from model.billing.hearing import Heard
from model.billing.reactions import REACTIONS
from model.reaction import Delivery, Reaction

CONSUMER = "billing"

ISSUED, CANCELLED = "insurance.policy.issued.v1", "insurance.policy.cancelled.v1"
_BY_TYPE = {reaction.event_type: reaction for reaction in REACTIONS}


def handle(reaction: Reaction[Heard], data: bytes, event_id: str) -> int:
    """How many commands follow from an event. Raises msgspec.ValidationError for data that billing cannot read."""
    delivery = Delivery(event_id, date(2026, 6, 1), datetime(2026, 6, 1, 15, tzinfo=UTC))
    return len(reaction.commands(msgspec.json.decode(data), delivery))


def _expect(description: str, given: str, event_type: str) -> MessageExpectation:
    reaction = _BY_TYPE[event_type]
    return MessageExpectation(
        description, given, event_type, reaction.reads, lambda data, event_id: handle(reaction, data, event_id)
    )


EXPECTATIONS: tuple[MessageExpectation, ...] = (
    _expect("a policy was issued", "a policy in force", ISSUED),
    _expect("a policy was cancelled", "a policy cancelled midway", CANCELLED),
)
