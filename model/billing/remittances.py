"""The ways in which money comes in other than one payment at a time: each file or batch becomes payments and suspense.

    NothingRemitted --ReceiveRemittance--> Remitted --ReceiveRemittance--> Remitted

A lockbox sends cheques with the document number of the bill on the slip, a servicer one sum for many loans, an agent
sweeps what its customers paid in, and phone, card and ACH batches name accounts. A batch is taken once: the same id
with the same body is the same batch, with another body a mistake, and a body that came before under another id is the
same file sent twice. Sources keep their own streams.
"""

import csv
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from model.billing import loan
from model.billing.standing import NoAccount
from model.billing.standing import State as AccountState
from model.billing.suspense import Reason, misfit
from model.decider import Decider, Decision, Refusal
from model.money import Money, MoneyError, parse_amount, total

Way = Literal["lockbox", "mortgagee_file", "agent_sweep", "phone", "card", "ach"]
COLUMNS = ("reference", "payer_id", "amount")


class ReceiveRemittance(Struct, frozen=True, kw_only=True, tag=True):
    """`body` has a header `reference,payer_id,amount` and a line for each row. `reference` is the document number of a
    bill from a lockbox (`A-1/3`, account and invoice; its payer where none is named), a loan number from a servicer
    (with the policy after `/` where the loan secures several), and an account otherwise. A servicer's rows need no
    payer: it is the source itself.
    """

    source_id: str
    batch_id: str
    way: Way
    amount: Money
    body: str
    on: date
    at: datetime


Command: TypeAlias = ReceiveRemittance


class MatchedRow(Struct, frozen=True, gc=False):
    row: int
    account_id: str
    payer_id: str
    amount: Money


class HeldRow(Struct, frozen=True, gc=False):
    """Row 0 is no row: the difference between the sum and its rows."""

    row: int
    reason: Reason
    told: str
    payer_id: str
    amount: Money


class BadRow(Struct, frozen=True, gc=False):
    """A row that cannot be read. Its money, if any, is in what is left of the sum."""

    row: int
    text: str


class RemittanceReceived(Struct, frozen=True, kw_only=True, tag=True):
    """`amount` = matched + held, to the cent."""

    source_id: str
    batch_id: str
    way: Way
    digest: str
    amount: Money
    matched: tuple[MatchedRow, ...]
    held: tuple[HeldRow, ...]
    bad: tuple[BadRow, ...]
    on: date
    at: datetime


Event: TypeAlias = RemittanceReceived


class Batch(Struct, frozen=True, gc=False):
    batch_id: str
    digest: str


class NothingRemitted(Struct, frozen=True, tag=True, gc=False):
    pass


class Remitted(Struct, frozen=True, tag=True):
    batches: tuple[Batch, ...]


State: TypeAlias = NothingRemitted | Remitted

# --- reading


class Row(Struct, frozen=True, gc=False):
    row: int
    reference: str
    payer_id: str
    amount: Money


def digest_of(command: ReceiveRemittance) -> str:
    """Of everything that the batch says, so that a changed sum is another batch too."""
    said = f"{command.way}\n{command.amount}\n{command.body}"
    return sha256(said.encode()).hexdigest()


def rows_of(body: str, currency: str) -> tuple[Row | BadRow, ...]:
    """The rows by their number, from 1. A row that cannot be read keeps the others."""
    lines = body.splitlines()
    found: list[Row | BadRow] = []
    for number, line in enumerate(lines[1:], 1):
        cells = [cell.strip() for row in csv.reader([line]) for cell in row]
        if len(cells) != len(COLUMNS) or not cells[0]:
            found.append(BadRow(number, f"{len(cells)} cells, of which the first is needed, where 3 are expected"))
            continue
        try:
            amount = parse_amount(cells[2], currency)
        except MoneyError as error:
            found.append(BadRow(number, str(error)))
            continue
        if amount.minor <= 0:
            found.append(BadRow(number, f"{amount} pays nothing"))
            continue
        found.append(Row(number, cells[0], cells[1], amount))
    return tuple(found)


# --- matching


class Destinations(Struct, frozen=True):
    """Where money can go: accounts by id, loans by number."""

    account: Callable[[str], AccountState]
    loan: Callable[[str], loan.State]


def matched(to: Destinations, way: Way, source_id: str, row: Row) -> MatchedRow | HeldRow:
    """The account that a row pays, or the reason why nobody knows."""
    payer_id = row.payer_id or (source_id if way == "mortgagee_file" else "")
    match way:
        case "lockbox":
            account_id, payer_id, reason = _by_document(to, row)
        case "mortgagee_file":
            account_id, reason = _by_loan(to, source_id, row)
        case "agent_sweep" | "phone" | "card" | "ach":
            account_id = row.reference
            reason = misfit(to.account(account_id), payer_id, row.amount)
    if reason is not None:
        return HeldRow(row.row, reason, row.reference, payer_id, row.amount)
    return MatchedRow(row.row, account_id, payer_id, row.amount)


def _by_document(to: Destinations, row: Row) -> tuple[str, str, Reason | None]:
    """A cheque without a payer is its bill's payer's."""
    account_id, _, number = row.reference.rpartition("/")
    state = to.account(account_id)
    if isinstance(state, NoAccount) or not (number.isdigit() and int(number) < len(state.invoices)):
        return "", row.payer_id, "unknown_account"
    payer_id = row.payer_id or state.invoices[int(number)].payer_id
    return account_id, payer_id, misfit(state, payer_id, row.amount)


def _by_loan(to: Destinations, servicer_id: str, row: Row) -> tuple[str, Reason | None]:
    loan_number, _, policy_id = row.reference.partition("/")
    known = to.loan(loan_number)
    if isinstance(known, loan.Unregistered):
        return "", "no_such_loan"
    if known.servicer_id != servicer_id:
        return "", "unknown_payer"
    of = [secured for secured in known.secured if policy_id in ("", secured.policy_id)]
    if len(of) != 1:
        return "", "ambiguous" if of else "no_such_loan"
    return of[0].account_id, misfit(to.account(of[0].account_id), servicer_id, row.amount)


def _sorted_out(to: Destinations, command: ReceiveRemittance) -> RemittanceReceived:
    """Good rows are paid whatever the others are. When the rows ask for more than came nobody can say which of them is
    wrong: nothing is paid and the whole sum is held.
    """
    rows = rows_of(command.body, command.amount.currency)
    good = [row for row in rows if isinstance(row, Row)]
    bad = tuple(row for row in rows if isinstance(row, BadRow))
    rest = command.amount - total([row.amount for row in good], command.amount.currency)
    if rest.minor < 0:
        whole = HeldRow(0, "short_sum", f"rows exceed the sum by {-rest}", command.source_id, command.amount)
        return _received(command, (), (whole,), bad)
    found = [matched(to, command.way, command.source_id, row) for row in good]
    held = [row for row in found if isinstance(row, HeldRow)]
    if rest.minor:
        told = f"rows {', '.join(str(row.row) for row in bad)}" if bad else "the sum exceeds its rows"
        held.append(HeldRow(0, "bad_row" if bad else "over_sum", told, command.source_id, rest))
    return _received(command, tuple(row for row in found if isinstance(row, MatchedRow)), tuple(held), bad)


def _received(
    command: ReceiveRemittance, paid: tuple[MatchedRow, ...], held: tuple[HeldRow, ...], bad: tuple[BadRow, ...]
) -> RemittanceReceived:
    return RemittanceReceived(
        source_id=command.source_id,
        batch_id=command.batch_id,
        way=command.way,
        digest=digest_of(command),
        amount=command.amount,
        matched=paid,
        held=held,
        bad=bad,
        on=command.on,
        at=command.at,
    )


# --- the machine


def decider(to: Destinations) -> Decider[Command, State, Event]:
    def decide(command: Command, state: State) -> Decision[Event]:
        batches = state.batches if isinstance(state, Remitted) else ()
        digest = digest_of(command)
        for batch in batches:
            if batch.batch_id == command.batch_id:
                same = batch.digest == digest
                return () if same else Refusal("batch_reused", f"{command.batch_id} came before with another body")
            if batch.digest == digest:
                return Refusal("file_sent_twice", f"the same file came as {batch.batch_id}")
        if command.amount.minor <= 0:
            return Refusal("not_positive", f"a remittance is more than nothing, not {command.amount}")
        if command.body.partition("\n")[0].strip() != ",".join(COLUMNS):
            return Refusal("bad_header", f"the first line must be {','.join(COLUMNS)}")
        return (_sorted_out(to, command),)

    return Decider("remittance", NothingRemitted(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.source_id


def evolve(state: State, event: Event) -> State:
    batch = Batch(event.batch_id, event.digest)
    return replace(state, batches=(*state.batches, batch)) if isinstance(state, Remitted) else Remitted((batch,))
