"""The processes that span contexts, as a consumer of policy: model.processes.reactions hears what became of a renewal.

What a process asked of policy is answered with the process's own id in it, and an answer to anybody else is nothing
to it. No public operation asks in the name of a process, so no deployment can be led to such an answer from outside:
`ANSWERS` are heard and in no pact. The tests of the processes hold them.
"""

from contracts.consumers.expectation import MessageExpectation
from contracts.consumers.hearing import expected_of_policy
from model.processes.reactions import REACTIONS

CONSUMER = "processes"
STORIES = {
    "insurance.policy.renewal.offered.v1": ("a renewal was offered", "a policy renewed"),
    "insurance.policy.renewal.bound.v1": ("a renewal was bound", "a policy renewed"),
    "insurance.policy.renewed.v1": ("a policy was renewed", "a policy renewed"),
    "insurance.policy.renewal.approved.v1": ("a renewal was approved", "a renewal referred and approved"),
    "insurance.policy.renewal.closed.v1": ("a renewal was not taken", "a renewal not taken"),
}
ANSWERS = frozenset(
    {
        "insurance.policy.notice.given.v1",
        "insurance.policy.notice.rescinded.v1",
        "insurance.policy.operation.held.v1",
        "insurance.policy.operation.released.v1",
        "insurance.policy.cancelled.v1",
        "insurance.policy.reinstated.v1",
    }
)
EXPECTATIONS: tuple[MessageExpectation, ...] = expected_of_policy(REACTIONS, stories=STORIES)
