"""An entry of the reconciliation: what the ledger expects, the processor settles and the bank has.

    NoEntry --ExpectMoney--> expected --MatchSettlement--> partially_reconciled --MatchDeposit--> posted
                                |             \\--> over_amount, under_amount, currency_mismatch, data_mismatch
                                |                                       \\--MatchDeposit--> split_mismatch
                                +--(its days are over)--> missing, a flag: it may still come
    any exception --EditEntry--> judged anew   --ForcePost--> posted   --VoidEntry--> void

The processor may settle one entry in several lines (1:n), and the bank has one deposit for many, net of fees (n:1,
see model.payments.deposits). An exception is no end: the next line may mend it, or a person, whose edit keeps every
version that stood there before. The same line or deposit again changes nothing (Y10, INV-Y5). The tolerances and the
days after which something is missing are the carrier's choice [K].
"""

from datetime import timedelta
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.carrier import Carrier
from model.choices.settlement import SettlementChoices
from model.decider import Decider, Decision, Refusal
from model.payments.reconciliation_events import (
    CheckMissing,
    Command,
    EditEntry,
    EntryDeposited,
    EntryEdited,
    EntryForced,
    EntryMatched,
    EntryMismatched,
    EntryMissed,
    EntrySettled,
    EntryVoided,
    Event,
    Expectation,
    ExpectMoney,
    ForcePost,
    MatchDeposit,
    MatchSettlement,
    MoneyExpected,
    SettlementLine,
    Status,
    VoidEntry,
)

# --- states


class NoEntry(Struct, frozen=True, gc=False, tag=True):
    pass


class Deposit(Struct, frozen=True, gc=False):
    batch_id: str
    deposit_id: str
    deposited: Literal["whole", "split_mismatch"]


class Entry(Struct, frozen=True, tag=True):
    """`archived` are the expectations of the versions before `version`, the oldest first. `how` says what made it
    stand as it does: the rules alone, a person's edit, or a person's word against the rules.
    """

    expectation: Expectation
    status: Status
    version: int = 1
    archived: tuple[Expectation, ...] = ()
    lines: tuple[SettlementLine, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    missing: Literal["missing", "in_time"] = "in_time"
    how: Literal["auto", "manual", "force"] = "auto"


State: TypeAlias = NoEntry | Entry
EXCEPTIONS: frozenset[Status] = frozenset(
    {"over_amount", "under_amount", "currency_mismatch", "data_mismatch", "split_mismatch"}
)
OPEN: frozenset[Status] = frozenset({"expected", "partially_reconciled"})

# --- rules


def judged(
    choices: SettlementChoices,
    expectation: Expectation,
    lines: tuple[SettlementLine, ...],
    deposits: tuple[Deposit, ...],
) -> Status:
    """Where an entry stands, from all that is known of it. The first thing that is wrong names it."""
    if not lines:
        return "expected"
    if any(line.amount.currency != expectation.amount.currency for line in lines):
        return "currency_mismatch"
    late = timedelta(days=choices.reconciliation_tolerance_days)
    for line in lines:
        if line.reference != expectation.reference or abs(line.paid_on - expectation.expected_on) > late:
            return "data_mismatch"
    difference = sum(line.amount.minor for line in lines) - expectation.amount.minor
    if abs(difference) > choices.reconciliation_tolerance_minor:
        return "over_amount" if difference > 0 else "under_amount"
    by_batch = {deposit.batch_id: deposit for deposit in deposits}
    if any(deposit.deposited == "split_mismatch" for deposit in by_batch.values()):
        return "split_mismatch"
    return "posted" if all(line.batch_id in by_batch for line in lines) else "partially_reconciled"


# --- the machine


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    choices = carrier.settlement

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case ExpectMoney(expectation=expectation), NoEntry():
                if expectation.amount.minor == 0:
                    return Refusal("not_positive", "nothing is not expected")
                return (
                    MoneyExpected(entry_id=command.entry_id, expectation=expectation, on=command.on, at=command.at),
                )
            case ExpectMoney(expectation=expectation), Entry():
                first = state.archived[0] if state.archived else state.expectation
                same = expectation == first
                return () if same else Refusal("entry_reused", f"{command.entry_id} was expected otherwise")
            case (
                (MatchSettlement() | MatchDeposit() | CheckMissing() | EditEntry() | ForcePost() | VoidEntry()),
                NoEntry(),
            ):
                return Refusal("unknown_entry", f"nobody expects {command.entry_id}")
            case MatchSettlement(), Entry():
                return _settled(choices, command, state)
            case MatchDeposit(), Entry():
                return _deposited(choices, command, state)
            case CheckMissing(), Entry():
                return _missed(choices, command, state)
            case ((EditEntry() | ForcePost() | VoidEntry()), Entry()):
                return _by_hand(choices, command, state)

    return Decider("reconciliation", NoEntry(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.entry_id


def _settled(choices: SettlementChoices, command: MatchSettlement, state: Entry) -> Decision[Event]:
    line = command.line
    known = next((one for one in state.lines if one.line_id == line.line_id), None)
    if known is not None:
        return () if known == line else Refusal("line_changed", f"line {line.line_id} came before with other contents")
    if state.status == "void":
        return Refusal("entry_void", f"{command.entry_id} is void, and {line.amount} came for it")
    status = judged(choices, state.expectation, (*state.lines, line), state.deposits)
    settled = EntrySettled(entry_id=command.entry_id, line=line, status=status, on=command.on, at=command.at)
    return (settled, *_news(command, state, status))


def _deposited(choices: SettlementChoices, command: MatchDeposit, state: Entry) -> Decision[Event]:
    deposit = Deposit(command.batch_id, command.deposit_id, command.deposited)
    if deposit in state.deposits:
        return ()
    if all(line.batch_id != command.batch_id for line in state.lines):
        return Refusal("unknown_batch", f"no line of {command.entry_id} is in batch {command.batch_id}")
    status = judged(choices, state.expectation, state.lines, _with_deposit(state, deposit))
    status = "posted" if state.how == "force" else status
    deposited = EntryDeposited(
        entry_id=command.entry_id,
        batch_id=command.batch_id,
        deposit_id=command.deposit_id,
        deposited=command.deposited,
        status=status,
        on=command.on,
        at=command.at,
    )
    return (deposited, *_news(command, state, status))


def _news(command: Command, state: Entry, status: Status) -> tuple[EntryMatched | EntryMismatched, ...]:
    """What others have to hear of, if the entry now stands otherwise than before."""
    entry_id, amount, on, at = command.entry_id, state.expectation.amount, command.on, command.at
    if status == state.status:
        return ()
    if status == "posted":
        return (EntryMatched(entry_id=entry_id, amount=amount, on=on, at=at),)
    if status in EXCEPTIONS:
        return (EntryMismatched(entry_id=entry_id, status=status, amount=amount, on=on, at=at),)
    return ()


def _missed(choices: SettlementChoices, command: CheckMissing, state: Entry) -> Decision[Event]:
    late = command.on > state.expectation.expected_on + timedelta(days=choices.reconciliation_missing_days)
    if state.status != "expected" or state.missing == "missing" or not late:
        return ()
    return (EntryMissed(entry_id=command.entry_id, expectation=state.expectation, on=command.on, at=command.at),)


def _by_hand(choices: SettlementChoices, command: EditEntry | ForcePost | VoidEntry, state: Entry) -> Decision[Event]:
    entry_id, by, reason, on, at = command.entry_id, command.by, command.reason, command.on, command.at
    match command:
        case EditEntry(expectation=expectation) if expectation == state.expectation:
            return ()
        case ForcePost() if state.status == "posted":
            return ()
        case VoidEntry() if state.status == "void":
            return ()
        case EditEntry() | ForcePost() | VoidEntry() if state.status in ("posted", "void"):
            return Refusal("wrong_state", f"{entry_id} is {state.status}")
        case EditEntry() | ForcePost() | VoidEntry() if not reason.strip():
            return Refusal("note_missing", "whoever changes an entry by hand says why")
        case EditEntry(version=version) if version != state.version:
            return Refusal("stale_version", f"{entry_id} is in version {state.version}, not {version}")
        case EditEntry(expectation=expectation):
            status = judged(choices, expectation, state.lines, state.deposits)
            edited = EntryEdited(
                entry_id=entry_id,
                version=state.version + 1,
                expectation=expectation,
                status=status,
                by=by,
                reason=reason,
                on=on,
                at=at,
            )
            return (edited, *_news(command, replace(state, expectation=expectation), status))
        case ForcePost():
            forced = EntryForced(entry_id=entry_id, by=by, reason=reason, on=on, at=at)
            return (forced, *_news(command, state, "posted"))
        case VoidEntry() if state.lines:
            return Refusal("entry_settled", f"money came for {entry_id}: it cannot be void")
        case VoidEntry():
            return (EntryVoided(entry_id=entry_id, by=by, reason=reason, on=on, at=at),)


def _with_deposit(state: Entry, deposit: Deposit) -> tuple[Deposit, ...]:
    """A later word on a batch takes the place of an earlier one."""
    return (*(one for one in state.deposits if one.batch_id != deposit.batch_id), deposit)


def evolve(state: State, event: Event) -> State:
    if isinstance(state, NoEntry):
        return Entry(event.expectation, "expected") if isinstance(event, MoneyExpected) else state
    match event:
        case MoneyExpected() | EntryMatched() | EntryMismatched():
            return state
        case EntrySettled(line=line, status=status):
            # More money than a person has seen is for a person again.
            how = "auto" if state.how == "force" else state.how
            return replace(state, lines=(*state.lines, line), status=status, missing="in_time", how=how)
        case EntryDeposited(batch_id=batch_id, deposit_id=deposit_id, deposited=deposited, status=status):
            deposits = _with_deposit(state, Deposit(batch_id, deposit_id, deposited))
            return replace(state, deposits=deposits, status=status)
        case EntryMissed():
            return replace(state, missing="missing")
        case EntryEdited(version=version, expectation=expectation, status=status):
            archived = (*state.archived, state.expectation)
            edited = replace(state, expectation=expectation, version=version, archived=archived)
            return replace(edited, status=status, missing="in_time", how="manual")
        case EntryForced():
            return replace(state, status="posted", missing="in_time", how="force")
        case EntryVoided():
            return replace(state, status="void", missing="in_time")
        case _:
            assert_never(event)
