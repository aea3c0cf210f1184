"""The whole core: every machine behind `submit`, every context's reactions in one table.

    submit(command) -> decide -> events -> evolve -> published? -> outbox
                                        \\-> what the context does of itself (followers)
    outbox -> some channel -> deliver(envelope, to=context) -> reactions -> commands -> submit

Each context keeps its own streams and nothing is shared, so a message that is lost or doubled between two of them
becomes real drift. Who moves messages and time is the host's affair: `drain` does it at once, a simulation through
channels, a deployment through its broker.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, cast

from msgspec import Struct

from model.billing import following, receiving
from model.billing.commands import ReceivePayment, ReturnPayment
from model.carrier import Carrier
from model.claims import following as following_claims
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.machines import Machine, Machines
from model.payments import following as following_payments
from model.payments.escalating import unheard
from model.payments.evolution import story_of
from model.processes.shape import ProcessName
from model.published.envelope import Envelope
from model.published.events import EVENT_TYPES, PublishedEvent
from model.published.process_events import AskRefused, CancelForNonpaymentAsked, ClaimPayoutAsked, RenewalBindAsked
from model.published.process_projection import Teller, tellers
from model.published.projection import Projector, projectors
from model.reacting import (
    CONTEXTS_ALONE,
    HEEDFUL,
    HEEDFUL_ALONE,
    SUBSCRIBERS,
    SUBSCRIBERS_ALONE,
    WITH_PROCESSES,
    reaction_table,
    subscribers,
)
from model.reaction import Delivery
from model.vocabulary import SOURCES, Command, Context, Event, State

__all__ = [
    "Command",
    "Context",
    "Core",
    "Event",
    "Hosting",
    "Machine",
    "Observer",
    "Recorded",
    "State",
    "event_id",
    "reaction_table",
    "subscribers",
]

Hosting = Literal["processes", "contexts"]
"""Whether a core runs the processes that span its contexts, or its contexts alone, which then tell each other only what
they need themselves. A simulation that plays the processes' part by people of its own hosts contexts.
"""
ASKED: dict[type[object], ProcessName] = {
    ClaimPayoutAsked: "claim_payout",
    CancelForNonpaymentAsked: "cancel_for_nonpayment",
    RenewalBindAsked: "renewal_bind",
}
ASK_REFUSED = EVENT_TYPES[AskRefused]


class Recorded(Struct, frozen=True, gc=False):
    """One event as its context recorded it: the `sequence`-th of its stream, with the state before it."""

    context: Context
    machine: str
    stream: str
    sequence: int
    event: Event
    before: State

    @property
    def event_id(self) -> str:
        return event_id(self.machine, self.stream, self.sequence)


Follower: TypeAlias = Callable[["Core", Event, Recorded], tuple[Command, ...]]
"""What a context does of itself after an event, in the same transaction."""


class Observer(Protocol):
    """Somebody who wants to know of every event: an auditor, the books, an event store."""

    def __call__(self, recorded: Recorded) -> None: ...


class Core(Machines):
    """All machines under one law and one carrier. `outbox` holds what was published and not yet taken away by the
    host.
    """

    def __init__(self, law: Law, carrier: Carrier, *, hosting: Hosting = "processes") -> None:
        super().__init__(law, carrier)
        self.hosting: Hosting = hosting
        self.outbox: list[Envelope] = []
        self.observers: list[Observer] = []
        self.reactions = WITH_PROCESSES if hosting == "processes" else CONTEXTS_ALONE
        self._heedful = HEEDFUL if hosting == "processes" else HEEDFUL_ALONE
        self._subscribers = SUBSCRIBERS if hosting == "processes" else SUBSCRIBERS_ALONE
        self._consequences = _consequences(carrier, hosting)
        self._refused: list[Refusal] = []

    def submit(self, command: Command, *, correlation_id: str = "", causation_id: str = "") -> Decision[Event]:
        """Decides, and on acceptance applies and publishes. `causation_id` names the event that led to the command; a
        command that nothing led to starts a story of its own.
        """
        machine = self.machines[type(command)]
        stream = machine.stream(command)
        states = machine.states
        state = states.get(stream, machine.initial)
        if machine is self.intents:
            # Whoever reports of a payment knows nothing of its story: it is that of what led to the payment.
            correlation_id = story_of(state) or correlation_id
        decision = machine.decide(command, state)
        if type(decision) is Refusal or not decision:
            return decision
        sequence = machine.sequences.get(stream, 0)
        followed: list[tuple[Follower, Recorded]] = []
        for event in decision:
            sequence += 1
            if self.observers:
                self._observed(Recorded(machine.context, machine.name, stream, sequence, event, state))
            before, state = state, machine.evolve(state, event)
            consequence = self._consequences.get(type(event))
            if consequence is None:
                continue
            projector, teller, follower = consequence
            if projector is not None:
                told = projector(event)
                self.outbox.append(_enveloped(machine, stream, sequence, event, told, correlation_id, causation_id))
            elif teller is not None and (told := teller(event, before)) is not None:
                # A process answers to many, and all that it does belongs to the story in which it began.
                story = getattr(event, "story", correlation_id)
                self.outbox.append(_enveloped(machine, stream, sequence, event, told, story, causation_id))
            if follower is not None:
                followed.append((follower, Recorded(machine.context, machine.name, stream, sequence, event, before)))
        states[stream] = state
        machine.sequences[stream] = sequence
        if followed:
            self._follow(followed, correlation_id or machine.story(stream))
        return decision

    def _observed(self, recorded: Recorded) -> None:
        for observer in self.observers:
            observer(recorded)

    def _follow(self, followed: list[tuple[Follower, Recorded]], correlation_id: str) -> None:
        """What the context does of itself after its events; nobody hears a refusal but whoever drains."""
        for follower, recorded in followed:
            for command in follower(self, recorded.event, recorded):
                answer = self.accept(command, correlation_id=correlation_id, causation_id=recorded.event_id)
                if type(answer) is Refusal:
                    self._refused.append(answer)

    def accept(self, command: Command, *, correlation_id: str, causation_id: str) -> Decision[Event]:
        """Submits what a message or another machine asks. Nobody is there to hear a refusal of money, so that what the
        account would not take goes to suspense instead (model.billing.receiving); its answer is then the answer. What
        payments would not do is a case for a person (model.payments.escalating), and its refusal the answer.
        """
        if type(command) is ReceivePayment or type(command) is ReturnPayment:
            return self._accept_money(command, correlation_id=correlation_id, causation_id=causation_id)
        answer = self.submit(command, correlation_id=correlation_id, causation_id=causation_id)
        if type(answer) is Refusal and (case := unheard(command, answer, correlation_id)) is not None:
            self.submit(case, correlation_id=correlation_id, causation_id=causation_id)
        return answer

    def _accept_money(
        self,
        command: ReceivePayment | ReturnPayment,
        *,
        correlation_id: str,
        causation_id: str,
    ) -> Decision[Event]:
        if type(command) is ReturnPayment:
            held = self.suspense.states.get(receiving.suspense_id(command.payment_id))
            instead = None if held is None else receiving.taken_back(command, self.account(command.account_id))
            return self.submit(instead or command, correlation_id=correlation_id, causation_id=causation_id)
        answer = self.submit(command, correlation_id=correlation_id, causation_id=causation_id)
        if type(answer) is Refusal and type(command) is ReceivePayment:
            instead = receiving.after_refusal(command, answer)
            if instead is not None:
                return self.submit(instead, correlation_id=correlation_id, causation_id=causation_id)
        return answer

    def deliver(
        self, envelope: Envelope, *, to: Context, at: datetime, repeat: str = ""
    ) -> tuple[Decision[Event], ...]:
        """Lets a context react to an event that arrived at an instant; its decisions in order, and after them whatever
        was refused of what followed from them. `repeat` marks an arrival that the context cannot tell from a new event
        (see model.reaction.Delivery).
        """
        data, cause, story = envelope.data, envelope.id, envelope.correlationid
        delivery = Delivery(cause, envelope.effective, at, repeat, envelope.sequence, envelope.time, story)
        answers: list[Decision[Event]] = []
        for reaction in self.reactions.get((envelope.type, to), ()):
            for command in reaction.commands(data, delivery):
                answers.append(self.accept(command, correlation_id=story, causation_id=cause))
        if type(data) in ASKED:
            self._say_no(envelope, to, answers, at)
        if self._refused:
            answers.extend(self._refused_meanwhile())
        return tuple(answers)

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The contexts that this core hosts."""
        return tuple([context for context in SOURCES if context != "processes" or self.hosting == "processes"])

    def subscribers(self, event_type: str) -> tuple[Context, ...]:
        """The contexts of this core that react to a published event."""
        return self._subscribers.get(event_type, ())

    def _say_no(self, asked: Envelope, to: Context, answers: Sequence[Decision[Event]], at: datetime) -> None:
        """A process that asks must hear a no, which is nothing that happened: the asked context answers with its
        refusal, once for one ask.
        """
        refused, data = None, asked.data
        for answer in answers:
            if type(answer) is Refusal:
                refused = answer
                break
        if refused is None or not isinstance(data, (ClaimPayoutAsked, CancelForNonpaymentAsked, RenewalBindAsked)):
            return
        self.outbox.append(
            Envelope(
                id=f"{asked.id}/{to}",
                source=SOURCES[to],
                type=ASK_REFUSED,
                subject=asked.subject,
                time=at,
                effective=at.date(),
                sequence=asked.sequence,
                correlationid=asked.correlationid,
                causationid=asked.id,
                data=AskRefused(
                    process=ASKED[type(data)],
                    process_id=data.process_id,
                    step=data.step,
                    asks=data.asks,
                    code=refused.code,
                    text=refused.text,
                ),
            )
        )

    def _refused_meanwhile(self) -> tuple[Refusal, ...]:
        refused = tuple(self._refused)
        self._refused.clear()
        return refused

    def drain(self, *, at: datetime) -> tuple[Refusal, ...]:
        """Delivers everything that was published, at once and in order, until nothing is left. Returns what was
        refused on the way.
        """
        refused: list[Refusal] = list(self._refused_meanwhile()) if self._refused else []
        outbox, heedful = self.outbox, self._heedful
        while outbox:
            envelope = outbox.pop(0)
            for context, unless in heedful.get(envelope.type, ()):
                if unless is not None and unless.passes_over(envelope.data):
                    continue
                for answer in self.deliver(envelope, to=context, at=at):
                    if type(answer) is Refusal:
                        refused.append(answer)
        return tuple(refused)


def _enveloped(
    machine: Machine,
    stream: str,
    sequence: int,
    event: Event,
    data: PublishedEvent,
    correlation_id: str,
    causation_id: str,
) -> Envelope:
    """`data` as what an event publishes; without a story of others it begins its stream's own."""
    # Written out, as event_id and Machine.story say it: every published event needs both.
    own = f"{machine.name}:{stream}"
    identity = f"{own}#{sequence}"
    return Envelope(
        id=identity,
        source=machine.source,
        type=EVENT_TYPES[type(data)],
        subject=stream,
        time=event.at,
        effective=event.on,
        sequence=sequence,
        correlationid=correlation_id or own,
        causationid=causation_id or identity,
        data=data,
    )


def event_id(machine: str, stream: str, sequence: int) -> str:
    return f"{machine}:{stream}#{sequence}"


Consequence: TypeAlias = tuple[Projector | None, Teller | None, Follower | None]
"""What an event leads to: what is published of it by itself or with the state before it, and what its context does."""


def _consequences(carrier: Carrier, hosting: Hosting) -> dict[type[Event], Consequence]:
    """By the type of the event."""
    published = projectors(carrier)
    told = tellers(carrier) if hosting == "processes" else {}
    followers = cast(
        "Mapping[type[object], Follower]",
        {**following.followers(carrier), **following_claims.FOLLOWERS, **following_payments.followers(carrier)},
    )
    return {
        cast("type[Event]", kind): (published.get(kind), told.get(kind), followers.get(kind))
        for kind in (*published, *told, *followers)
    }
