"""The journal batch of a day: the ledger's entries under the insurer's own account numbers, sent to its general ledger.

    NoBatch --BuildBatch--> Built --SendBatch--> Sent --AcknowledgeBatch--> Acknowledged
                                                  | ^
                                       RejectBatch| |SendBatch (the same bytes)
                                                  v |
                                                Rejected

A batch is named by its day, and its bytes are the same whoever builds it from the same entries. What is sent again is
what was sent before, byte for byte, so that a general ledger that knows the id takes it once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import TypeAlias, assert_never

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.ledger import Entry, imbalance
from model.money import DECIMALS, wire_amount

# --- what is sent


class JournalLine(Struct, frozen=True, gc=False):
    """All debits and all credits of one general-ledger number in one currency, as amounts on the wire."""

    number: str
    currency: str
    debit: str
    credit: str


class JournalBody(Struct, frozen=True):
    batch_id: str
    day: date
    entries: int
    lines: tuple[JournalLine, ...]


# --- commands


class BuildBatch(Struct, frozen=True, kw_only=True, tag=True):
    """`entries` are all that were posted on `day`; `part` tells later ones of the same day from the first."""

    day: date
    part: int
    entries: tuple[Entry, ...]
    on: date
    at: datetime


class SendBatch(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`attempt` counts from 1, so that sending again is asked for and not an accident."""

    batch_id: str
    attempt: int
    on: date
    at: datetime


class AcknowledgeBatch(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`receipt` is the general ledger's own id, `digest` what it took."""

    batch_id: str
    receipt: str
    digest: str
    on: date
    at: datetime


class RejectBatch(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    batch_id: str
    reason: str
    on: date
    at: datetime


Command: TypeAlias = BuildBatch | SendBatch | AcknowledgeBatch | RejectBatch

# --- events


class BatchBuilt(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    batch_id: str
    body: str
    digest: str
    on: date
    at: datetime


class BatchSent(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`body` again, so that whoever sends needs nothing else."""

    batch_id: str
    body: str
    attempt: int
    on: date
    at: datetime


class BatchAcknowledged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    batch_id: str
    receipt: str
    on: date
    at: datetime


class BatchRejected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    batch_id: str
    reason: str
    on: date
    at: datetime


Event: TypeAlias = BatchBuilt | BatchSent | BatchAcknowledged | BatchRejected

# --- states


class Batch(Struct, frozen=True, gc=False):
    batch_id: str
    body: str
    digest: str
    attempts: int = 0


class NoBatch(Struct, frozen=True, tag=True, gc=False):
    pass


class Built(Struct, frozen=True, tag=True):
    batch: Batch


class Sent(Struct, frozen=True, tag=True):
    batch: Batch


class Rejected(Struct, frozen=True, tag=True):
    batch: Batch
    reason: str


class Acknowledged(Struct, frozen=True, tag=True):
    batch: Batch
    receipt: str


State: TypeAlias = NoBatch | Built | Sent | Rejected | Acknowledged

# --- rules


def batch_name(day: date, part: int) -> str:
    return f"GL-{day.isoformat()}" + (f"-{part}" if part else "")


def journal(carrier: Carrier, command: BuildBatch) -> JournalBody | Refusal:
    """The lines of a batch, in the order of their numbers. An entry that does not balance, mixes currencies, is in one
    that nobody knows or uses an account without a number is refused with its key: a general ledger that got half of it
    would be wrong for good.
    """
    if not command.entries:
        return Refusal("nothing_posted", f"no entry was posted on {command.day}")
    sums: dict[tuple[str, str], list[int]] = {}
    for entry in command.entries:
        if imbalance(entry):
            return Refusal("unbalanced", f"entry {entry.key} is out of balance by {imbalance(entry)}")
        if len({posting.currency for posting in entry.postings}) > 1:
            return Refusal("mixed_currencies", f"entry {entry.key} is in more than one currency")
        for posting in entry.postings:
            if posting.currency not in DECIMALS:
                return Refusal("unknown_currency", f"entry {entry.key} is in {posting.currency}, which nobody knows")
            number = carrier.chart_of_accounts.get(posting.account)
            if number is None:
                return Refusal("unmapped_account", f"{carrier.name} has no number for {posting.account} ({entry.key})")
            sides = sums.setdefault((number, posting.currency), [0, 0])
            sides[posting.minor < 0] += abs(posting.minor)
    lines = tuple(
        JournalLine(number, currency, wire_amount(debit, currency), wire_amount(credit, currency))
        for (number, currency), (debit, credit) in sorted(sums.items())
    )
    return JournalBody(batch_name(command.day, command.part), command.day, len(command.entries), lines)


class ExtractLine(Struct, frozen=True, gc=False):
    """What the general ledger holds of a batch under a number: debits less credits, in minor units."""

    batch_id: str
    number: str
    currency: str
    minor: int


class Unreconciled(Struct, frozen=True):
    """Theirs less ours is `minor`; `entries` are the keys of ours behind it."""

    batch_id: str
    number: str
    currency: str
    ours: int
    theirs: int
    entries: tuple[str, ...]

    @property
    def minor(self) -> int:
        return self.theirs - self.ours


def reconciled(
    carrier: Carrier, batches: Iterable[tuple[str, tuple[Entry, ...]]], extract: Iterable[ExtractLine]
) -> tuple[Unreconciled, ...]:
    """Every batch and number where the general ledger and our entries differ, to the cent; empty when they agree."""
    ours: dict[tuple[str, str, str], int] = {}
    behind: dict[tuple[str, str, str], dict[str, None]] = {}
    for batch_id, entries in batches:
        for entry in entries:
            for posting in entry.postings:
                number = carrier.chart_of_accounts.get(posting.account, posting.account)
                key = (batch_id, number, posting.currency)
                ours[key] = ours.get(key, 0) + posting.minor
                behind.setdefault(key, {})[entry.key] = None
    theirs: dict[tuple[str, str, str], int] = {}
    for line in extract:
        key = (line.batch_id, line.number, line.currency)
        theirs[key] = theirs.get(key, 0) + line.minor
    return tuple(
        Unreconciled(*key, ours.get(key, 0), theirs.get(key, 0), tuple(behind.get(key, ())))
        for key in sorted({*ours, *theirs})
        if ours.get(key, 0) != theirs.get(key, 0)
    )


# --- the machine


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case BuildBatch(), _:
                return _built(carrier, command, state)
            case ((SendBatch() | AcknowledgeBatch() | RejectBatch()), NoBatch()):
                return Refusal("unknown_batch", f"no batch {command.batch_id} was built")
            case SendBatch(), (Built(batch=batch) | Sent(batch=batch) | Rejected(batch=batch)):
                return _sent(command, batch)
            case SendBatch(), Acknowledged():
                return ()
            case ((AcknowledgeBatch() | RejectBatch()), Built()):
                return Refusal("wrong_state", f"{command.batch_id} was not sent")
            case AcknowledgeBatch(), (Sent(batch=batch) | Rejected(batch=batch)):
                return _acknowledged(command, batch)
            case AcknowledgeBatch(receipt=receipt), Acknowledged(receipt=known):
                return () if receipt == known else Refusal("acknowledged_twice", f"it was taken as {known}")
            case RejectBatch(reason=reason), Sent():
                return (BatchRejected(batch_id=command.batch_id, reason=reason, on=command.on, at=command.at),)
            case RejectBatch(), Rejected():
                return ()
            case RejectBatch(), Acknowledged(receipt=known):
                return Refusal("wrong_state", f"the general ledger took it as {known}")

    return Decider("journal", NoBatch(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return batch_name(command.day, command.part) if isinstance(command, BuildBatch) else command.batch_id


def _built(carrier: Carrier, command: BuildBatch, state: State) -> Decision[Event]:
    body = journal(carrier, command)
    if isinstance(body, Refusal):
        return body
    text = msgspec.json.encode(body).decode()
    if not isinstance(state, NoBatch):
        same = state.batch.body == text
        return () if same else Refusal("batch_reused", f"{state.batch.batch_id} was built from other entries")
    return (
        BatchBuilt(
            batch_id=body.batch_id,
            body=text,
            digest=sha256(text.encode()).hexdigest(),
            on=command.on,
            at=command.at,
        ),
    )


def _sent(command: SendBatch, batch: Batch) -> Decision[Event]:
    if command.attempt <= batch.attempts:
        return ()
    if command.attempt > batch.attempts + 1:
        return Refusal("out_of_order", f"{batch.batch_id} was sent {batch.attempts} times so far")
    return (BatchSent(batch_id=batch.batch_id, body=batch.body, attempt=command.attempt, on=command.on, at=command.at),)


def _acknowledged(command: AcknowledgeBatch, batch: Batch) -> Decision[Event]:
    """An answer after a rejection that came first is believed: the general ledger has it."""
    if command.digest != batch.digest:
        return Refusal("other_bytes", f"the general ledger took something else as {batch.batch_id}")
    return (BatchAcknowledged(batch_id=batch.batch_id, receipt=command.receipt, on=command.on, at=command.at),)


def evolve(state: State, event: Event) -> State:
    match event:
        case BatchBuilt(batch_id=batch_id, body=body, digest=digest):
            return Built(Batch(batch_id, body, digest))
        case _ if isinstance(state, NoBatch):
            return state
        case BatchSent(attempt=attempt):
            return Sent(replace(state.batch, attempts=attempt))
        case BatchAcknowledged(receipt=receipt):
            return Acknowledged(state.batch, receipt)
        case BatchRejected(reason=reason):
            return Rejected(state.batch, reason)
        case _:
            assert_never(event)
