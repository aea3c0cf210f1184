"""A message under way: one published event on its way to one context."""

from collections.abc import Callable
from typing import Protocol
from zlib import crc32

from model.core import Context
from model.published.envelope import Envelope

CONTEXTS: tuple[Context, ...] = ("policy", "billing", "claims", "payments", "processes")


class Message:
    """One event for one receiver.

    `number` follows from the event and the receiver alone, so that a draw made for it is the same in every pattern;
    `key` follows from the event's subject, whose messages stay in order. `sent` is the tick of the commit that
    published it, `deliveries` how often it has arrived.
    """

    __slots__ = ("deliveries", "envelope", "key", "number", "sender", "sent", "to")

    def __init__(self, envelope: Envelope, *, sender: Context, to: Context, sent: int) -> None:
        self.envelope = envelope
        self.sender: Context = sender
        self.to: Context = to
        self.number = crc32(f"{envelope.id}>{to}".encode())
        self.key = crc32(envelope.subject.encode())
        self.sent = sent
        self.deliveries = 0


Deliver = Callable[[Message], None]
"""The receiver does its work. Called when a carrier has brought the message and the receiver has found the time for
it.
"""

Lose = Callable[[Message], None]
"""Nobody will try again."""


class Channel(Protocol):
    """Carries messages between contexts."""

    def send(self, message: Message) -> None: ...

    def fail(self) -> None:
        """The carrier goes down."""
        ...

    def recover(self) -> None:
        """The carrier comes back."""
        ...
