"""An inbox: what was heard before does nothing again, and what pretends to have been heard is found out.

The record of (source, id) belongs into the transaction of the effect; then a crash at any moment leaves a message
taken or not taken. The same id with other contents is no repetition but poison, and is never passed over in silence.
Beside that an inbox may watch the order of a key (aggregate): each message bears the number of its event in its
stream, which grows but not by one, for not every event is published; so a message that comes late shows, and a gap
does not.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from model.decider import Refusal

Protection = Literal["on", "off"]
Order = Literal["any", "per_key"]
Verdict = Literal["new", "seen"]


class InboxPolicy(Struct, frozen=True, kw_only=True, gc=False):
    """`off` believes every message anew, so that one can see what an inbox is worth. `per_key` refuses what another
    message of its key has overtaken.
    """

    protection: Protection = "on"
    order: Order = "any"


class Arrival(Struct, frozen=True, gc=False):
    """A message as an inbox sees it. `digest` is of its contents, `sequence` its number within its key's stream."""

    source: str
    id: str
    key: str
    sequence: int
    digest: str


class Inbox(Struct, frozen=True):
    """The digests by (source, id), and the highest number by (source, key). A host with a database keeps rows."""

    heard: Mapping[tuple[str, str], str] = {}
    latest: Mapping[tuple[str, str], int] = {}


EMPTY = Inbox()


def judged(policy: InboxPolicy, arrival: Arrival, *, heard: str | None, latest: int = 0) -> Verdict | Refusal:
    """What an arrival is, given the digest that was `heard` under its id and the `latest` number of its key."""
    if policy.protection == "off":
        return "new"
    if heard is not None:
        if heard == arrival.digest:
            return "seen"
        return Refusal("poison_message", f"{arrival.source} {arrival.id} came before with other contents")
    if policy.order == "per_key" and arrival.sequence < latest:
        return Refusal("out_of_order", f"{arrival.id} comes after the {latest}th of {arrival.key}")
    return "new"


def received(policy: InboxPolicy, inbox: Inbox, arrival: Arrival) -> tuple[Verdict | Refusal, Inbox]:
    """The verdict on an arrival, and the inbox that knows of it, to be kept together with its effect."""
    name, key = (arrival.source, arrival.id), (arrival.source, arrival.key)
    latest = inbox.latest.get(key, 0)
    verdict = judged(policy, arrival, heard=inbox.heard.get(name), latest=latest)
    if verdict != "new":
        return verdict, inbox
    return verdict, Inbox({**inbox.heard, name: arrival.digest}, {**inbox.latest, key: max(latest, arrival.sequence)})
