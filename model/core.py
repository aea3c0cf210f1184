"""The whole core: every machine behind `submit`, every context's reactions in one table.

    submit(command) -> decide -> events -> evolve -> published? -> outbox
    outbox -> some channel -> deliver(envelope, to=context) -> reactions -> commands -> submit

Each context keeps its own streams and nothing is shared, so a message that is lost or doubled between two of them
becomes real drift. Who moves messages and time is the host's affair: `drain` does it at once, a simulation through
channels, a deployment through its broker.
"""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, TypeVar, cast, get_args

from msgspec import Struct

from model.billing import account
from model.billing import commands as billing_commands
from model.billing import events as billing_events
from model.billing.reactions import REACTIONS as BILLING_REACTIONS
from model.carrier import Carrier
from model.claims import catastrophe, claim, file, known_policy
from model.claims import commands as claims_commands
from model.claims import events as claims_events
from model.claims.coverage import InsuredPolicy
from model.claims.reactions import REACTIONS as CLAIMS_REACTIONS
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.payments import commands as payments_commands
from model.payments import events as payments_events
from model.payments import intent
from model.payments.reactions import REACTIONS as PAYMENTS_REACTIONS
from model.policy import commands as policy_commands
from model.policy import events as policy_events
from model.policy import moratorium, period
from model.policy.reactions import REACTIONS as POLICY_REACTIONS
from model.processes import cancel_for_nonpayment, claim_payout, nonpayment_messages, renewal_bind, renewal_messages
from model.processes.reactions import REACTIONS as PROCESS_REACTIONS
from model.processes.shape import ProcessName
from model.published.envelope import Envelope, Source
from model.published.events import EVENT_TYPES, PublishedEvent
from model.published.process_events import AskRefused, CancelForNonpaymentAsked, ClaimPayoutAsked, RenewalBindAsked
from model.published.process_projection import tellers
from model.published.projection import policy_snapshot, projectors
from model.published.views import PolicySnapshot
from model.reaction import Delivery, Reaction

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Context = Literal["policy", "billing", "claims", "payments", "processes"]
Hosting = Literal["processes", "contexts"]
"""Whether a core runs the processes that span its contexts, or its contexts alone, which then tell each other only what
they need themselves. A simulation that plays the processes' part by people of its own hosts contexts.
"""
Command: TypeAlias = (
    policy_commands.Command
    | moratorium.Command
    | billing_commands.Command
    | claims_commands.Command
    | catastrophe.Command
    | known_policy.Command
    | payments_commands.Command
    | claim_payout.Command
    | nonpayment_messages.Command
    | renewal_messages.Command
)
Event: TypeAlias = (
    policy_events.Event
    | moratorium.Event
    | billing_events.Event
    | claims_events.Event
    | catastrophe.Event
    | known_policy.Event
    | payments_events.Event
    | claim_payout.Event
    | nonpayment_messages.Event
    | renewal_messages.Event
)
State: TypeAlias = (
    period.State
    | moratorium.State
    | account.State
    | file.State
    | catastrophe.State
    | known_policy.State
    | intent.State
    | claim_payout.State
    | cancel_for_nonpayment.State
    | renewal_bind.State
)

SOURCES: dict[Context, Source] = {
    "policy": "/policy",
    "billing": "/billing",
    "claims": "/claims",
    "payments": "/payments",
    "processes": "/processes",
}
ASKED: dict[type[object], ProcessName] = {
    ClaimPayoutAsked: "claim_payout",
    CancelForNonpaymentAsked: "cancel_for_nonpayment",
    RenewalBindAsked: "renewal_bind",
}
ASK_REFUSED = EVENT_TYPES[AskRefused]


class Recorded(Struct, frozen=True):
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


class Observer(Protocol):
    """Somebody who wants to know of every event: an auditor, the books, an event store."""

    def __call__(self, recorded: Recorded) -> None: ...


class Machine:
    """A decider with the streams it keeps: the state of each and how many events made it. A host that stores them
    elsewhere puts mappings of its own in their place.
    """

    __slots__ = ("context", "decide", "evolve", "initial", "name", "sequences", "states", "stream")

    def __init__(self, context: Context, decider: Decider[Command, State, Event]) -> None:
        self.context: Context = context
        self.name = decider.name
        self.initial = decider.initial
        self.stream = decider.stream
        self.decide = decider.decide
        self.evolve = decider.evolve
        self.states: MutableMapping[str, State] = {}
        self.sequences: MutableMapping[str, int] = {}


class Core:
    """All machines under one law and one carrier. `outbox` holds what was published and not yet taken away by the
    host.
    """

    def __init__(self, law: Law, carrier: Carrier, *, hosting: Hosting = "processes") -> None:
        self.law = law
        self.carrier = carrier
        self.hosting: Hosting = hosting
        self.outbox: list[Envelope] = []
        self.observers: list[Observer] = []
        self.moratoria = _machine("policy", moratorium.decider())
        self.policies = _machine("policy", period.decider(law, carrier, self.declared_moratoria))
        self.accounts = _machine("billing", account.decider(law, carrier))
        self.claims = _machine("claims", claim.decider(law, carrier))
        self.catastrophes = _machine("claims", catastrophe.decider())
        self.known_policies = _machine("claims", known_policy.decider())
        self.intents = _machine("payments", intent.decider(law, carrier))
        self.payouts = _machine("processes", claim_payout.decider())
        self.nonpayments = _machine("processes", cancel_for_nonpayment.decider())
        self.renewals = _machine("processes", renewal_bind.decider())
        self.machines: dict[type[Command], Machine] = {
            **dict.fromkeys(get_args(policy_commands.Command), self.policies),
            **dict.fromkeys(get_args(moratorium.Command), self.moratoria),
            **dict.fromkeys(get_args(billing_commands.Command), self.accounts),
            **dict.fromkeys(get_args(claims_commands.Command), self.claims),
            **dict.fromkeys(get_args(catastrophe.Command), self.catastrophes),
            **dict.fromkeys(get_args(known_policy.Command), self.known_policies),
            **dict.fromkeys(get_args(payments_commands.Command), self.intents),
            **dict.fromkeys(get_args(claim_payout.Command), self.payouts),
            **dict.fromkeys(get_args(nonpayment_messages.Command), self.nonpayments),
            **dict.fromkeys(get_args(renewal_messages.Command), self.renewals),
        }
        self.reactions = reaction_table() if hosting == "processes" else CONTEXTS_ALONE
        self._projectors = projectors(carrier)
        self._tellers = tellers(carrier) if hosting == "processes" else {}

    def submit(self, command: Command, *, correlation_id: str = "", causation_id: str = "") -> Decision[Event]:
        """Decides, and on acceptance applies and publishes. `causation_id` names the event that led to the command; a
        command that nothing led to starts a story of its own.
        """
        machine = self.machines[type(command)]
        stream = machine.stream(command)
        state = machine.states.get(stream, machine.initial)
        decision = machine.decide(command, state)
        if not decision or type(decision) is Refusal:
            return decision
        sequence = machine.sequences.get(stream, 0)
        for event in cast("tuple[Event, ...]", decision):
            before = state
            state = machine.evolve(state, event)
            sequence += 1
            for observer in self.observers:
                observer(Recorded(machine.context, machine.name, stream, sequence, event, before))
            projector = self._projectors.get(type(event))
            if projector is not None:
                self._publish(machine, stream, sequence, event, projector(event), correlation_id, causation_id)
                continue
            teller = self._tellers.get(type(event))
            told = None if teller is None else teller(event, before)
            if told is not None:
                # A process answers to many, and all that it does belongs to the story in which it began.
                story = getattr(event, "story", correlation_id)
                self._publish(machine, stream, sequence, event, told, story, causation_id)
        machine.states[stream] = state
        machine.sequences[stream] = sequence
        return decision

    def _publish(
        self,
        machine: Machine,
        stream: str,
        sequence: int,
        event: Event,
        data: PublishedEvent,
        correlation_id: str,
        causation_id: str,
    ) -> None:
        identity = event_id(machine.name, stream, sequence)
        self.outbox.append(
            Envelope(
                id=identity,
                source=SOURCES[machine.context],
                type=EVENT_TYPES[type(data)],
                subject=stream,
                time=event.at,
                effective=event.on,
                sequence=sequence,
                correlationid=correlation_id or f"{machine.name}:{stream}",
                causationid=causation_id or identity,
                data=data,
            )
        )

    def deliver(
        self, envelope: Envelope, *, to: Context, at: datetime, repeat: str = ""
    ) -> tuple[Decision[Event], ...]:
        """Lets a context react to an event that arrived at an instant; its decisions in order. `repeat` marks an
        arrival that the context cannot tell from a new event (see model.reaction.Delivery).
        """
        delivery = Delivery(envelope.id, envelope.effective, at, repeat, envelope.correlationid)
        answers = tuple(
            [
                self.submit(command, correlation_id=envelope.correlationid, causation_id=envelope.id)
                for reaction in self.reactions.get((envelope.type, to), ())
                for command in reaction.commands(envelope.data, delivery)
            ]
        )
        if type(envelope.data) in ASKED:
            self._say_no(envelope, to, answers, at)
        return answers

    def subscribers(self, event_type: str) -> tuple[Context, ...]:
        """The contexts of this core that react to a published event."""
        heard = SUBSCRIBERS.get(event_type, ())
        if self.hosting == "processes":
            return heard
        return tuple([context for context in heard if context != "processes"])

    def _say_no(self, asked: Envelope, to: Context, answers: tuple[Decision[Event], ...], at: datetime) -> None:
        """A process that asks must hear a no, which is nothing that happened: the asked context answers with its
        refusal, once for one ask.
        """
        refused = next((answer for answer in answers if isinstance(answer, Refusal)), None)
        data = asked.data
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

    def drain(self, *, at: datetime) -> tuple[Refusal, ...]:
        """Delivers everything that was published, at once and in order, until nothing is left. Returns what was
        refused on the way.
        """
        refused: list[Refusal] = []
        while self.outbox:
            envelope = self.outbox.pop(0)
            for context in self.subscribers(envelope.type):
                answers = self.deliver(envelope, to=context, at=at)
                refused.extend(answer for answer in answers if isinstance(answer, Refusal))
        return tuple(refused)

    def declared_moratoria(self) -> tuple[moratorium.Moratorium, ...]:
        """Every moratorium that was declared, one that ended up to its last day."""
        if not self.moratoria.states:
            return ()
        return tuple(
            state.moratorium
            for state in self.moratoria.states.values()
            if isinstance(state, (moratorium.Declared, moratorium.Ended))
        )

    def policy(self, policy_id: str) -> period.State:
        return cast("period.State", self.policies.states.get(policy_id, self.policies.initial))

    def account(self, account_id: str) -> account.State:
        return cast("account.State", self.accounts.states.get(account_id, self.accounts.initial))

    def claim(self, claim_id: str) -> file.State:
        return cast("file.State", self.claims.states.get(claim_id, self.claims.initial))

    def catastrophe(self, code: str) -> catastrophe.State:
        return cast("catastrophe.State", self.catastrophes.states.get(code, self.catastrophes.initial))

    def intent(self, intent_id: str) -> intent.State:
        return cast("intent.State", self.intents.states.get(intent_id, self.intents.initial))

    def snapshot(self, policy_id: str) -> PolicySnapshot | None:
        """What the policy context answers to whoever asks about cover."""
        return policy_snapshot(self.carrier, policy_id, self.policy(policy_id))

    def known_policy(self, policy_id: str) -> InsuredPolicy | None:
        """What the claims context knows of a policy from what was published to it."""
        known = self.known_policies.states.get(policy_id)
        return known.policy if isinstance(known, known_policy.Known) else None


def event_id(machine: str, stream: str, sequence: int) -> str:
    return f"{machine}:{stream}#{sequence}"


def _machine(context: Context, decider: Decider[C, S, E]) -> Machine:
    """A machine of any kind as one of all kinds: `Core.machines` gives each only its own commands."""
    return Machine(context, cast("Decider[Command, State, Event]", decider))


def reaction_table() -> dict[tuple[str, Context], tuple[Reaction[Command], ...]]:
    """Who reacts to what: CloudEvents type and context to reactions, in the order in which they act."""
    by_context: dict[Context, tuple[Reaction[Command], ...]] = {
        "policy": cast("tuple[Reaction[Command], ...]", POLICY_REACTIONS),
        "billing": cast("tuple[Reaction[Command], ...]", BILLING_REACTIONS),
        "claims": cast("tuple[Reaction[Command], ...]", CLAIMS_REACTIONS),
        "payments": cast("tuple[Reaction[Command], ...]", PAYMENTS_REACTIONS),
        "processes": cast("tuple[Reaction[Command], ...]", PROCESS_REACTIONS),
    }
    table: dict[tuple[str, Context], tuple[Reaction[Command], ...]] = {}
    for context, reactions in by_context.items():
        for reaction in reactions:
            key = (reaction.event_type, context)
            table[key] = (*table.get(key, ()), reaction)
    return table


CONTEXTS_ALONE = {key: reactions for key, reactions in reaction_table().items() if key[1] != "processes"}
SUBSCRIBERS: dict[str, tuple[Context, ...]] = {}
for _event_type, _context in reaction_table():
    SUBSCRIBERS[_event_type] = (*SUBSCRIBERS.get(_event_type, ()), _context)


def subscribers(event_type: str) -> tuple[Context, ...]:
    """The contexts that react to a published event, the processes among them."""
    return SUBSCRIBERS.get(event_type, ())
