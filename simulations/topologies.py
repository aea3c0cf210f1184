"""Integration patterns as values: what carries a message between two contexts, and what protects it.

`point_to_point` is the baseline that insurers know: the sender commits, then calls the receiver and waits. `events`
commits the message with the change (outbox), lets a broker carry it, and has the receiver remember what it has seen
(inbox).
"""

from typing import Literal

from msgspec import Struct

Protection = Literal["on", "off"]


class Topology(Struct, frozen=True, gc=False):
    """`carrier` moves the messages. With `outbox` a message that cannot be moved waits and is tried again; without,
    it is lost once the sender gives up. With `inbox` a second delivery changes nothing. `coverage` says how claims
    learns of policies. The last three guard calls (simulations.channels.guarded_call), and nothing where a topic
    carries: `breaker` leaves a link alone that fails too often, `limit` bounds what one link has under way, and `rate`
    has a receiver tell whoever asks too fast when to come again.
    """

    name: str
    carrier: Literal["call", "topic"]
    outbox: Protection
    inbox: Protection
    coverage: Literal["ask_policy", "own_copy"]
    breaker: Protection = "off"
    limit: Protection = "off"
    rate: Protection = "off"

    @property
    def is_guarded(self) -> bool:
        return "on" in (self.breaker, self.limit, self.rate)


TOPOLOGIES: dict[str, Topology] = {
    "point_to_point": Topology("point_to_point", "call", "off", "off", "ask_policy"),
    "events": Topology("events", "topic", "on", "on", "own_copy"),
}
