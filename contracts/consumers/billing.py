"""Billing, which hears what policy did and bills or credits it. It reads the fields that its own reactions read, no
more: model.billing.reactions is the consumer, this only hands it the events.
"""

from contracts.consumers.expectation import MessageExpectation
from contracts.consumers.hearing import expected_of_policy
from model.billing.reactions import REACTIONS

CONSUMER = "billing"
EXPECTATIONS: tuple[MessageExpectation, ...] = expected_of_policy(REACTIONS)
