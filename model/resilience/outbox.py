"""An outbox: what a change publishes commits with it, and goes out afterwards, in the order of the commits.

    committed ----> sent ----> acknowledged
        ^             |
        +-- crashed --+        what nobody acknowledged is sent again

The messages themselves are the host's (a deque, a table): the machine holds three positions in their one row, which
says all. Whoever follows it publishes every committed message at least once and never one that was not committed, in
the order of commits and so in the order of every key. `naive_dual_write` is the same without the promise: it sends
right after the commit or never, which is what a crash or a broker that is down costs.
"""

from typing import Literal

from msgspec import Struct

Publication = Literal["outbox", "naive_dual_write"]


class Outbox(Struct, frozen=True, gc=False):
    """How many messages were committed, sent and acknowledged; acknowledged <= sent <= committed."""

    committed: int = 0
    sent: int = 0
    acknowledged: int = 0

    @property
    def waiting(self) -> int:
        return self.committed - self.sent


EMPTY = Outbox()


class Batch(Struct, frozen=True, gc=False):
    """The messages [first, end) of the row are to be sent, in this order; `after` is the outbox once they are."""

    first: int
    end: int
    after: Outbox


def committed(outbox: Outbox, *, messages: int) -> Outbox:
    """In the transaction of the change that published them."""
    return Outbox(outbox.committed + messages, outbox.sent, outbox.acknowledged)


def next_batch(outbox: Outbox, *, most: int | None = None) -> Batch | None:
    """What to send now; None when everything is sent."""
    if outbox.sent == outbox.committed:
        return None
    end = outbox.committed if most is None else min(outbox.committed, outbox.sent + most)
    return Batch(outbox.sent, end, Outbox(outbox.committed, end, outbox.acknowledged))


def acknowledged(outbox: Outbox, *, through: int) -> Outbox:
    """The receiver has everything before position `through`; an acknowledgement that comes late takes nothing back."""
    return Outbox(outbox.committed, max(outbox.sent, through), max(outbox.acknowledged, through))


def crashed(outbox: Outbox) -> Outbox:
    """The relay starts again and cannot know what of the rest got through."""
    return Outbox(outbox.committed, outbox.acknowledged, outbox.acknowledged)


def crashed_after_commit(outbox: Outbox, publication: Publication) -> tuple[Outbox, int]:
    """The sender crashed between its commit and its sending: the outbox then, and how many messages are lost."""
    if publication == "outbox":
        return crashed(outbox), 0
    lost = outbox.committed - outbox.sent
    return Outbox(outbox.committed, outbox.committed, outbox.committed), lost
