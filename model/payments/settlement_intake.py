"""How a processor's settlement files come in: each is taken once, and what it says is matched line by line.

    NothingSettled --ReceiveSettlement--> Settled --ReceiveSettlement--> Settled

The good rows of a file are matched with what the ledger expects whatever its others are; bad ones are kept with their
line and what is wrong, and are one case for a person, as is a line that nobody expects. The same id with the same body
is the same file, with another body a mistake; a body that came before under another id is the same file sent twice.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision, Refusal
from model.payments.reconciliation_events import SettlementLine
from model.payments.settlement_file import BadRow, read_settlement


class ReceiveSettlement(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`body` is the text of a CSV file with the columns of `model.payments.settlement_file`."""

    processor: str
    file_id: str
    body: str
    on: date
    at: datetime


Command: TypeAlias = ReceiveSettlement


class SettlementReceived(Struct, frozen=True, kw_only=True, tag=True):
    """`digest` is the hash of the file."""

    processor: str
    file_id: str
    digest: str
    lines: tuple[SettlementLine, ...]
    bad: tuple[BadRow, ...]
    on: date
    at: datetime


Event: TypeAlias = SettlementReceived


class TakenFile(Struct, frozen=True, gc=False):
    file_id: str
    digest: str


class NothingSettled(Struct, frozen=True, gc=False, tag=True):
    pass


class Settled(Struct, frozen=True, tag=True):
    files: tuple[TakenFile, ...]


State: TypeAlias = NothingSettled | Settled

# --- the machine


def decider() -> Decider[Command, State, Event]:
    return Decider("settlement_intake", NothingSettled(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.processor


def decide(command: Command, state: State) -> Decision[Event]:
    digest = sha256(command.body.encode()).hexdigest()
    for file in state.files if isinstance(state, Settled) else ():
        if file.file_id == command.file_id:
            same = file.digest == digest
            return () if same else Refusal("file_reused", f"{command.file_id} came before with another body")
        if file.digest == digest:
            return Refusal("file_sent_twice", f"the same file came as {file.file_id}")
    found = read_settlement(command.body)
    if isinstance(found, Refusal):
        return found
    return (
        SettlementReceived(
            processor=command.processor,
            file_id=command.file_id,
            digest=digest,
            lines=found.lines,
            bad=found.bad,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    file = TakenFile(event.file_id, event.digest)
    return replace(state, files=(*state.files, file)) if isinstance(state, Settled) else Settled((file,))
