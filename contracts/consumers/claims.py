"""Claims, which keeps its own copy of policies from what policy publishes: model.claims.reactions is the consumer."""

from contracts.consumers.expectation import MessageExpectation
from contracts.consumers.hearing import expected_of_policy
from model.claims.reactions import REACTIONS

CONSUMER = "claims"
EXPECTATIONS: tuple[MessageExpectation, ...] = expected_of_policy(REACTIONS)
