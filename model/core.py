"""The whole core: every machine behind `submit`, every context's reactions in one table.

    submit(command) -> decide -> events -> evolve -> published? -> outbox
    outbox -> some channel -> deliver(envelope, to=context) -> reactions -> commands -> submit

Each context keeps its own streams and nothing is shared, so a message that is lost or doubled between two of them
becomes real drift. Who moves messages and time is the host's affair: `drain` does it at once, a simulation through
channels, a deployment through its broker.
"""

from collections.abc import MutableMapping
from datetime import date, datetime
from typing import Literal, Protocol, TypeAlias, TypeVar, cast, get_args

from msgspec import Struct

from model.billing import (
    account,
    commission,
    finance,
    following,
    journal,
    loan,
    producer,
    program,
    receiving,
    remittances,
    statement,
    suspense,
    trust,
)
from model.billing import commands as billing_commands
from model.billing import events as billing_events
from model.billing import money_accounting as billing_money
from model.billing.producer import Payee
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
from model.published.envelope import Envelope, Source
from model.published.events import EVENT_TYPES, PublishedEvent
from model.published.projection import policy_snapshot, projectors
from model.published.views import PolicySnapshot
from model.reaction import Delivery, Reaction

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Context = Literal["policy", "billing", "claims", "payments"]
Command: TypeAlias = (
    policy_commands.Command
    | moratorium.Command
    | billing_commands.Command
    | suspense.Command
    | loan.Command
    | remittances.Command
    | producer.Command
    | commission.Command
    | statement.Command
    | program.Command
    | finance.Command
    | trust.Command
    | journal.Command
    | claims_commands.Command
    | catastrophe.Command
    | known_policy.Command
    | payments_commands.Command
)
Event: TypeAlias = (
    policy_events.Event
    | moratorium.Event
    | billing_events.Event
    | billing_money.Event
    | claims_events.Event
    | catastrophe.Event
    | known_policy.Event
    | payments_events.Event
)
State: TypeAlias = (
    period.State
    | moratorium.State
    | account.State
    | suspense.State
    | loan.State
    | remittances.State
    | producer.State
    | commission.State
    | statement.State
    | program.State
    | finance.State
    | trust.State
    | journal.State
    | file.State
    | catastrophe.State
    | known_policy.State
    | intent.State
)

SOURCES: dict[Context, Source] = {
    "policy": "/policy",
    "billing": "/billing",
    "claims": "/claims",
    "payments": "/payments",
}


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

    def __init__(self, law: Law, carrier: Carrier) -> None:
        self.law = law
        self.carrier = carrier
        self.outbox: list[Envelope] = []
        self.observers: list[Observer] = []
        self.moratoria = _machine("policy", moratorium.decider())
        self.policies = _machine("policy", period.decider(law, carrier, self.declared_moratoria))
        self.accounts = _machine("billing", account.decider(law, carrier))
        self.suspense = _machine("billing", suspense.decider(self.account))
        self.loans = _machine("billing", loan.decider())
        self.remittances = _machine("billing", remittances.decider(remittances.Destinations(self.account, self.loan)))
        self.producers = _machine("billing", producer.decider(carrier, self.producer))
        self.commissions = _machine("billing", commission.decider(carrier, self._chain))
        self.statements = _machine("billing", statement.decider(carrier))
        self.programs = _machine("billing", program.decider(carrier, self.trust))
        self.finances = _machine("billing", finance.decider(law, carrier))
        self.trusts = _machine("billing", trust.decider(law, carrier))
        self.journals = _machine("billing", journal.decider(carrier))
        self.claims = _machine("claims", claim.decider(law, carrier))
        self.catastrophes = _machine("claims", catastrophe.decider())
        self.known_policies = _machine("claims", known_policy.decider())
        self.intents = _machine("payments", intent.decider(law, carrier))
        self.machines = self._by_command()
        self.reactions = reaction_table()
        self._projectors = projectors(carrier)
        self._followers = following.followers(carrier)
        self._refused: list[Refusal] = []

    def _by_command(self) -> dict[type[Command], Machine]:
        return {
            **dict.fromkeys(get_args(policy_commands.Command), self.policies),
            **dict.fromkeys(get_args(moratorium.Command), self.moratoria),
            **dict.fromkeys(get_args(billing_commands.Command), self.accounts),
            **dict.fromkeys(get_args(suspense.Command), self.suspense),
            **dict.fromkeys(get_args(loan.Command), self.loans),
            remittances.ReceiveRemittance: self.remittances,
            **dict.fromkeys(get_args(producer.Command), self.producers),
            **dict.fromkeys(get_args(commission.Command), self.commissions),
            **dict.fromkeys(get_args(statement.Command), self.statements),
            **dict.fromkeys(get_args(program.Command), self.programs),
            **dict.fromkeys(get_args(finance.Command), self.finances),
            **dict.fromkeys(get_args(trust.Command), self.trusts),
            **dict.fromkeys(get_args(journal.Command), self.journals),
            **dict.fromkeys(get_args(claims_commands.Command), self.claims),
            **dict.fromkeys(get_args(catastrophe.Command), self.catastrophes),
            **dict.fromkeys(get_args(known_policy.Command), self.known_policies),
            **dict.fromkeys(get_args(payments_commands.Command), self.intents),
        }

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
        follow: list[tuple[following.Follower, Event, following.Recorded]] = []
        for event in cast("tuple[Event, ...]", decision):
            before = state
            state = machine.evolve(state, event)
            sequence += 1
            for observer in self.observers:
                observer(Recorded(machine.context, machine.name, stream, sequence, event, before))
            projector = self._projectors.get(type(event))
            if projector is not None:
                self._publish(machine, stream, sequence, event, projector(event), correlation_id, causation_id)
            follower = self._followers.get(type(event))
            if follower is not None:
                recorded = following.Recorded(event_id(machine.name, stream, sequence), before)
                follow.append((follower, event, recorded))
        machine.states[stream] = state
        machine.sequences[stream] = sequence
        for follower, event, recorded in follow:
            correlation = correlation_id or f"{machine.name}:{stream}"
            for next_command in follower(self, event, recorded):
                answer = self.accept(next_command, correlation_id=correlation, causation_id=recorded.event_id)
                if isinstance(answer, Refusal):
                    self._refused.append(answer)
        return decision

    def accept(self, command: Command, *, correlation_id: str, causation_id: str) -> Decision[Event]:
        """Submits what a message or another machine asks. Nobody is there to hear a refusal of money, so that what the
        account would not take goes to suspense instead (model.billing.receiving); its answer is then the answer.
        """
        if not isinstance(command, (billing_commands.ReceivePayment, billing_commands.ReturnPayment)):
            return self.submit(command, correlation_id=correlation_id, causation_id=causation_id)
        account_state = self.account(command.account_id)
        if isinstance(command, billing_commands.ReceivePayment):
            instead = receiving.screened(command, account_state)
        else:
            held = self.suspense.states.get(receiving.suspense_id(command.payment_id))
            instead = None if held is None else receiving.taken_back(command, account_state)
        answer = self.submit(instead or command, correlation_id=correlation_id, causation_id=causation_id)
        if isinstance(answer, Refusal) and isinstance(command, billing_commands.ReceivePayment) and instead is None:
            instead = receiving.after_refusal(command, answer)
            if instead is not None:
                return self.submit(instead, correlation_id=correlation_id, causation_id=causation_id)
        return answer

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
        """Lets a context react to an event that arrived at an instant; its decisions in order, and after them whatever
        was refused of what followed from them. `repeat` marks an arrival that the context cannot tell from a new event
        (see model.reaction.Delivery).
        """
        delivery = Delivery(envelope.id, envelope.effective, at, repeat)
        answers = [
            self.accept(command, correlation_id=envelope.correlationid, causation_id=envelope.id)
            for reaction in self.reactions.get((envelope.type, to), ())
            for command in reaction.commands(envelope.data, delivery)
        ]
        return (*answers, *self._refused_meanwhile()) if self._refused else tuple(answers)

    def _refused_meanwhile(self) -> tuple[Refusal, ...]:
        refused = tuple(self._refused)
        self._refused.clear()
        return refused

    def drain(self, *, at: datetime) -> tuple[Refusal, ...]:
        """Delivers everything that was published, at once and in order, until nothing is left. Returns what was
        refused on the way.
        """
        refused: list[Refusal] = list(self._refused_meanwhile())
        while self.outbox:
            envelope = self.outbox.pop(0)
            for context in subscribers(envelope.type):
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

    def loan(self, loan_number: str) -> loan.State:
        return cast("loan.State", self.loans.states.get(loan_number, self.loans.initial))

    def producer(self, producer_id: str) -> producer.State:
        return cast("producer.State", self.producers.states.get(producer_id, self.producers.initial))

    def commission(self, policy_id: str) -> commission.State:
        return cast("commission.State", self.commissions.states.get(policy_id, self.commissions.initial))

    def statement(self, producer_id: str, month: str) -> statement.State:
        stream = f"{producer_id}/{month}"
        return cast("statement.State", self.statements.states.get(stream, self.statements.initial))

    def trust(self, trust_id: str) -> trust.State:
        return cast("trust.State", self.trusts.states.get(trust_id, self.trusts.initial))

    def _chain(self, record_id: str, product: str, on: date) -> tuple[Payee, ...]:
        return producer.chain(self.producer, self.carrier, record_id, product=product, on=on)

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
        "billing": cast("tuple[Reaction[Command], ...]", (*following.REACTIONS, *BILLING_REACTIONS)),
        "claims": cast("tuple[Reaction[Command], ...]", CLAIMS_REACTIONS),
        "payments": cast("tuple[Reaction[Command], ...]", PAYMENTS_REACTIONS),
    }
    table: dict[tuple[str, Context], tuple[Reaction[Command], ...]] = {}
    for context, reactions in by_context.items():
        for reaction in reactions:
            key = (reaction.event_type, context)
            table[key] = (*table.get(key, ()), reaction)
    return table


SUBSCRIBERS: dict[str, tuple[Context, ...]] = {}
for _event_type, _context in reaction_table():
    SUBSCRIBERS[_event_type] = (*SUBSCRIBERS.get(_event_type, ()), _context)


def subscribers(event_type: str) -> tuple[Context, ...]:
    """The contexts that react to a published event."""
    return SUBSCRIBERS.get(event_type, ())
