"""One unit of work: a core whose streams are read through to the store, and what it did there as one transaction.

Nothing outlives the unit. When it fails, the transaction rolls back and the core is thrown away with everything that
it thought, so that memory and store cannot disagree.
"""

from collections.abc import Iterator, MutableMapping
from datetime import datetime
from typing import Generic, Literal, TypeVar, cast

import msgspec

from contracts.reference.instants import microseconds
from contracts.reference.store import NewEvent, Transaction
from model.billing import (
    account,
    account_row,
    at_rest,
    commission,
    earning,
    finance,
    journal,
    loan,
    orders,
    producer,
    program,
    remittances,
    statement,
    suspense,
    trust,
)
from model.books import Daybook
from model.carrier import Carrier
from model.claims import aggregate, catastrophe, file, known_policy, loss_register
from model.core import Core, Machine, Recorded, State
from model.due import TIMED
from model.jurisdiction import Law
from model.payments import (
    bank_account,
    card,
    dispute,
    funds,
    holds,
    intent,
    payee,
    payout_run,
    presenting,
    processor,
    reconciliation,
    settlement_intake,
    webhook_out,
    worklist,
)
from model.policy import at_rest as policy_at_rest
from model.policy import dwelling, moratorium, period
from model.processes import nonpayment_states, payout_states, renewal_states
from model.row import Row

V = TypeVar("V")

Kind = Literal["policy", "account", "payment", "claim", "moratorium"]
PREFIXES: dict[Kind, str] = {"policy": "P", "account": "A", "payment": "PAY", "claim": "C", "moratorium": "M"}

DECODERS: dict[str, msgspec.json.Decoder[State]] = {
    "moratorium": msgspec.json.Decoder(moratorium.State),
    "dwelling": msgspec.json.Decoder(dwelling.State),
    "order": msgspec.json.Decoder(orders.State),
    "suspense": msgspec.json.Decoder(suspense.State),
    "loan": msgspec.json.Decoder(loan.State),
    "remittance": msgspec.json.Decoder(remittances.State),
    "producer": msgspec.json.Decoder(producer.State),
    "commission": msgspec.json.Decoder(commission.State),
    "statement": msgspec.json.Decoder(statement.State),
    "program": msgspec.json.Decoder(program.State),
    "finance": msgspec.json.Decoder(finance.State),
    "trust": msgspec.json.Decoder(trust.State),
    "earning": msgspec.json.Decoder(earning.State),
    "journal": msgspec.json.Decoder(journal.State),
    "claim": msgspec.json.Decoder(file.State),
    "catastrophe": msgspec.json.Decoder(catastrophe.State),
    "known_policy": msgspec.json.Decoder(known_policy.State),
    "aggregate": msgspec.json.Decoder(aggregate.State),
    "loss_register": msgspec.json.Decoder(loss_register.State),
    "intent": msgspec.json.Decoder(intent.State),
    "bank_account": msgspec.json.Decoder(bank_account.State),
    "card": msgspec.json.Decoder(card.State),
    "processor": msgspec.json.Decoder(processor.State),
    "fund": msgspec.json.Decoder(holds.State),
    "payee": msgspec.json.Decoder(payee.State),
    "payout_run": msgspec.json.Decoder(payout_run.State),
    "presented_cheque": msgspec.json.Decoder(presenting.State),
    "dispute": msgspec.json.Decoder(dispute.State),
    "reconciliation": msgspec.json.Decoder(reconciliation.State),
    "settlement_intake": msgspec.json.Decoder(settlement_intake.State),
    "funds": msgspec.json.Decoder(funds.State),
    "webhook_out": msgspec.json.Decoder(webhook_out.State),
    "worklist": msgspec.json.Decoder(worklist.State),
    "claim_payout": msgspec.json.Decoder(payout_states.State),
    "cancel_for_nonpayment": msgspec.json.Decoder(nonpayment_states.State),
    "renewal_bind": msgspec.json.Decoder(renewal_states.State),
}
"""By machine. JSON and not a denser format, because it alone holds integers of any size."""
ACCOUNT_ROWS = msgspec.json.Decoder(account_row.Row)
ROWS = msgspec.json.Decoder(Row)


FAULTS = (ArithmeticError, LookupError, ValueError, TypeError, AssertionError, msgspec.MsgspecError)
"""What a core raises when it is wrong, or when what it was given is: trying again mends neither. What the store raises
is not among them.
"""
UPSET_BY: dict[str, str] = {machine: timed.upset_by for machine, timed in TIMED.items() if timed.upset_by}


def stored(machine: str, state: State) -> bytes:
    """A state as the store keeps it. Accounts and policies are many and long, and are kept as rows of their own."""
    if machine == "account":
        return msgspec.json.encode(at_rest.at_rest(cast("account.State", state)))
    if machine == "policy":
        return msgspec.json.encode(policy_at_rest.at_rest(cast("period.State", state)))
    return msgspec.json.encode(state)


def restored(machine: str, row: bytes) -> State:
    """The state that the store kept."""
    if machine == "account":
        return at_rest.restored(ACCOUNT_ROWS.decode(row))
    if machine == "policy":
        return policy_at_rest.restored(ROWS.decode(row))
    return DECODERS[machine].decode(row)


class Loaded(MutableMapping[str, V], Generic[V]):
    """Streams as the store has them, each read when it is first asked for. Counting and listing takes all of them,
    those that this unit made at the end.
    """

    def __init__(self, read: "StreamReader", values: "dict[str, V]") -> None:
        self._read = read
        self._values = values

    def __getitem__(self, stream: str) -> V:
        if stream not in self._values:
            self._read(stream)
        return self._values[stream]

    def __setitem__(self, stream: str, value: V) -> None:
        self._values[stream] = value

    def __delitem__(self, stream: str) -> None:
        del self._values[stream]

    def __iter__(self) -> Iterator[str]:
        stored = self._read.stored()
        yield from stored
        known = set(stored)
        yield from [stream for stream in self._values if stream not in known]

    def __len__(self) -> int:
        return sum(1 for _ in self)


class StreamReader:
    """Reads a stream of one machine once, its state and its sequence together."""

    def __init__(self, transaction: Transaction, machine: str) -> None:
        self.states: dict[str, State] = {}
        self.sequences: dict[str, int] = {}
        self._transaction = transaction
        self._machine = machine
        self._absent: set[str] = set()
        self._names: tuple[str, ...] | None = None

    def stored(self) -> tuple[str, ...]:
        """All streams of the machine that the store has, read or not. Asked for once: a unit sees what was there."""
        if self._names is None:
            self._names = self._transaction.streams(self._machine)
        return self._names

    def __call__(self, stream: str) -> None:
        """Leaves nothing behind where there is nothing, so that the asker finds no key."""
        if stream in self._absent or stream in self.states:
            return
        kept = self._transaction.stream(self._machine, stream)
        if kept is None:
            self._absent.add(stream)
            return
        self.states[stream] = restored(self._machine, kept.state)
        self.sequences[stream] = kept.sequence


class UnitOfWork:
    def __init__(self, transaction: Transaction, law: Law, carrier: Carrier) -> None:
        self.core = Core(law, carrier)
        self._transaction = transaction
        self._recorded: list[Recorded] = []
        self._numbers: dict[Kind, int] = {}
        self._machines: dict[str, Machine] = {}
        for machine in set(self.core.machines.values()):
            reader = StreamReader(transaction, machine.name)
            machine.states = Loaded(reader, reader.states)
            machine.sequences = Loaded(reader, reader.sequences)
            self._machines[machine.name] = machine
        self.books = Daybook(carrier)
        self.core.observers += [self._note, self.books]

    def _note(self, recorded: Recorded) -> None:
        self._recorded.append(recorded)

    def keeps_money(self) -> bool:
        """Whether money was put into suspense here: it has come, and is kept whatever was answered."""
        return any(recorded.machine == "suspense" for recorded in self._recorded)

    def new_id(self, kind: Kind) -> str:
        """Counted, so that the same calls in the same order give the same ids; what rolls back is counted again."""
        if kind not in self._numbers:
            self._numbers[kind] = self._transaction.last_number(kind)
        self._numbers[kind] += 1
        return f"{PREFIXES[kind]}-{self._numbers[kind]:06d}"

    def write(self) -> None:
        """Everything that the core did, into the transaction. Raises SequenceConflict."""
        by_stream: dict[tuple[str, str], list[Recorded]] = {}
        for recorded in self._recorded:
            by_stream.setdefault((recorded.machine, recorded.stream), []).append(recorded)
        for (machine, stream), events in by_stream.items():
            state = self._machines[machine].states[stream]
            self._transaction.append(
                machine,
                stream,
                expected=events[0].sequence - 1,
                events=[NewEvent(one.event.at.isoformat(), msgspec.json.encode(one.event)) for one in events],
                state=stored(machine, state),
            )
            self.write_due(machine, stream)
        self._upset({machine: events[0].event.at for (machine, _), events in by_stream.items()})
        for day, entries in self.books.days.items():
            for entry in entries:
                self._transaction.post(day.isoformat(), msgspec.json.encode(entry))
        for envelope in self.core.outbox:
            self._transaction.publish(envelope.id, msgspec.json.encode(envelope))
        for kind, last in self._numbers.items():
            self._transaction.set_last_number(kind, last)

    def write_due(self, machine: str, stream: str, *, not_before: datetime | None = None) -> None:
        """When a stream is next to hear of the time, beside its state."""
        timed = TIMED.get(machine)
        if timed is None:
            return
        instant = timed.due_at(self.core, self._machines[machine].states[stream])
        if instant is not None and not_before is not None:
            instant = max(instant, not_before)
        self._transaction.set_due(machine, stream, None if instant is None else microseconds(instant))

    def _upset(self, written: dict[str, datetime]) -> None:
        """What happened to one machine may make another instant for every stream of another: all are told at once."""
        for machine, upset_by in UPSET_BY.items():
            if upset_by in written:
                self._transaction.all_due(machine, microseconds(written[upset_by]))
