"""What a consumer expects, as data: in which state, what it does, and what it reads.

`given` is a named history (fixtures.policy_histories.EVERY_HISTORY), None where nothing need be there. `known` are the
ids that the state answers with (policy_id, account_id): a deployment chooses its own.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

C = TypeVar("C")

Known = Mapping[str, str]


class Expectation(Struct, Generic[C], frozen=True):
    """One exchange over HTTP: `acts` makes exactly one call with the consumer's client and returns what it read."""

    description: str
    given: str | None
    acts: Callable[[C, Known], Struct]


class MessageExpectation(Struct, frozen=True):
    """One event that reaches the consumer once `given` is so: its CloudEvents type, and the struct it is read into.

    `handles` takes the data of an event as JSON and its id, and returns how many commands of the consumer's own follow.
    """

    description: str
    given: str
    event_type: str
    reads: type[Struct]
    handles: Callable[[bytes, str], int]
