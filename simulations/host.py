"""The core behind channels, on the simulation's clock.

A command is submitted at a tick; what it publishes becomes messages, one for each context that listens; a channel
carries them; a message that arrives makes its context react. Whoever waits for something that happens (a claim for its
payment) says so with `listen`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar, cast
from zlib import crc32

from fixtures.variates import Variates
from model.core import Command, Context, Core, Event, Recorded
from model.decider import Decision, Refusal
from model.published.envelope import Envelope
from model.resilience.inbox import Arrival, InboxPolicy, judged
from simulations.auditor import Auditor, Key, concerns
from simulations.channels.call import CallChannel
from simulations.channels.guarded_call import BREAKER, LIMIT, RATE, GuardedCallChannel, Guards
from simulations.channels.message import CONTEXTS, Lose, Message
from simulations.channels.topic import TopicChannel
from simulations.engine import DAY, Clock, Observations, stable_number
from simulations.faults import Outage, Repeats
from simulations.topologies import Topology

E = TypeVar("E", bound=Event)
MICROSECOND = timedelta(microseconds=1)

NONPAYMENT_HEARS: frozenset[str] = frozenset(
    {
        "insurance.billing.delinquency.cancel_requested.v1",
        "insurance.billing.delinquency.exited.v1",
        "insurance.policy.notice.given.v1",
        "insurance.policy.notice.rescinded.v1",
        "insurance.policy.operation.held.v1",
        "insurance.policy.operation.released.v1",
        "insurance.policy.cancelled.v1",
        "insurance.policy.reinstated.v1",
        "insurance.process.ask.refused.v1",
    }
)
"""What the one process is told that a simulation hosts: people of its own play the part of the others."""
CONTEXT_OF: dict[str, Context] = {f"/{context}": context for context in CONTEXTS}


class Host:
    """A core, its channel, and the auditor beside them. Day 0 begins at `midnight` of the local day, given in UTC."""

    def __init__(
        self, clock: Clock, core: Core, topology: Topology, variates: Variates, repeats: Repeats, *, midnight: datetime
    ) -> None:
        self.clock = clock
        self.core = core
        self.topology = topology
        self.auditor = Auditor()
        self.observed = Observations()
        self.lost: dict[Key, list[Message]] = {}
        self.refused: dict[str, int] = {}
        self._midnight = midnight
        self._first_day = midnight.date().toordinal()
        self._repeats = repeats
        self._inbox = InboxPolicy(protection=topology.inbox)
        self._listeners: dict[type[Event], list[Callable[[Event], None]]] = {}
        self._kinds: dict[type[Event], int] = {}
        self._lag = self.observed.series("consumer_lag")
        lose = self._lose if topology.outbox == "off" else None
        self.channel = self._channel(variates, lose)
        core.observers.extend((self.auditor, self._heard))

    def _channel(self, variates: Variates, lose: Lose | None) -> CallChannel | TopicChannel:
        topology, contexts = self.topology, self.core.contexts
        if topology.carrier == "topic":
            return TopicChannel(self.clock, variates, self._arrive, lose=lose, contexts=contexts)
        if not topology.is_guarded:
            return CallChannel(self.clock, variates, self._arrive, lose=lose, contexts=contexts)
        guards = Guards(
            BREAKER if topology.breaker == "on" else None,
            LIMIT if topology.limit == "on" else None,
            RATE if topology.rate == "on" else None,
        )
        return GuardedCallChannel(self.clock, variates, self._arrive, lose=lose, guards=guards, contexts=contexts)

    def at(self) -> datetime:
        """The present instant, in UTC."""
        return self._midnight + timedelta(microseconds=self.clock.tick)

    def today(self) -> date:
        """The present local day."""
        return date.fromordinal(self._first_day + self.clock.tick // DAY)

    def tick_of(self, at: datetime) -> int:
        """The tick of an instant (UTC)."""
        return (at - self._midnight) // MICROSECOND

    def day_of(self, day: date) -> int:
        """The number of a local day, 0 being the first."""
        return day.toordinal() - self._first_day

    def listen(self, kind: type[E], listener: Callable[[E], None]) -> None:
        """`listener` is called with every event of a kind, right after it was recorded."""
        self._listeners.setdefault(kind, []).append(cast("Callable[[Event], None]", listener))

    def submit(self, command: Command) -> Decision[Event]:
        """Decides now; what is published goes its way. A refusal is counted by its code."""
        self.auditor.tick = self.clock.tick
        decision = self.core.submit(command)
        if isinstance(decision, Refusal):
            self._count(decision)
        if self.core.outbox:
            self._send_published()
        return decision

    def strike(self, outage: Outage) -> None:
        """Schedules an outage of whatever carries the links."""
        self.clock.call_at(outage.start, _fail, self.channel)
        self.clock.call_at(outage.end, _recover, self.channel)

    def resend(self, key: Key) -> bool:
        """Sends again by hand what was lost, with its own key; False when nothing of the sort was lost. What its sender
        gave up and its receiver did all the same is not sent: a clerk looks first.
        """
        messages = [message for message in self.lost.pop(key, ()) if message.deliveries == 0]
        for message in messages:
            self._arrive(message)
        return bool(messages)

    def _send_published(self) -> None:
        outbox = self.core.outbox
        published = outbox[:]
        outbox.clear()
        for envelope in published:
            for context in self.core.subscribers(envelope.type):
                if self._carried(envelope, context):
                    sender = CONTEXT_OF[envelope.source]
                    self.channel.send(Message(envelope, sender=sender, to=context, sent=self.clock.tick))

    def _carried(self, envelope: Envelope, to: Context) -> bool:
        """Claims is told of policies only where it keeps its own copy of them, and policy of dwellings only where its
        carrier asks. Of the processes only that which cancels for nonpayment is played.
        """
        if to == "processes":
            return envelope.type in NONPAYMENT_HEARS
        if to == "policy" and envelope.source == "/claims":
            return self.core.carrier.policy.storm_rule != "no_rule"
        return not (to == "claims" and envelope.source == "/policy" and self.topology.coverage == "ask_policy")

    def _arrive(self, message: Message) -> None:
        """A message has been brought to its context: it reacts, unless it knows the message and has an inbox."""
        message.deliveries += 1
        again = message.deliveries > 1
        if not again:
            self._lag.append(self.clock.tick - message.sent)
            repeat_after = self._repeats.after(message.number)
            if repeat_after is not None:
                self.clock.call_in(repeat_after, self._arrive, message)
        elif self._has_heard(message):
            return
        self.auditor.tick = self.clock.tick
        repeat = f"~{message.deliveries}" if again else ""
        for decision in self.core.deliver(message.envelope, to=message.to, at=self.at(), repeat=repeat):
            if isinstance(decision, Refusal):
                self._count(decision)
        if self.core.outbox:
            self._send_published()

    def _has_heard(self, message: Message) -> bool:
        """Whether the receiver's inbox knows a message that comes again. Its contents are what they were."""
        envelope, contents = message.envelope, str(message.number)
        arrival = Arrival(envelope.source, envelope.id, envelope.subject, envelope.sequence, contents)
        return judged(self._inbox, arrival, heard=contents) == "seen"

    def _lose(self, message: Message) -> None:
        key = concerns(message.envelope)
        if key is not None:
            self.lost.setdefault(key, []).append(message)

    def _count(self, refusal: Refusal) -> None:
        self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1

    def _heard(self, recorded: Recorded) -> None:
        event = recorded.event
        kind = type(event)
        number = self._kinds.get(kind)
        if number is None:
            trace = self.clock.trace
            number = self._kinds[kind] = trace.kind(kind.__qualname__) if trace else stable_number(kind.__qualname__)
        self.clock.note(self.clock.tick, number, crc32(recorded.stream.encode()))
        for listener in self._listeners.get(kind, ()):
            listener(event)


def _fail(channel: CallChannel | TopicChannel) -> None:
    channel.fail()


def _recover(channel: CallChannel | TopicChannel) -> None:
    channel.recover()
