"""A payee as the insurer knows it before it sends money: its bank details, who verified them, what screening found.

    unverified --VerifyPayee, by a second person--> verified --other bank details--> unverified, and cooling off
    screening: pending --ScreenPayee--> clear | hit

Bank details are behind a token. Whoever recorded them cannot verify them (Y13, dual control), and a change of details
undoes the verification, because a letter that asks for one is how payees are robbed. All of it is practice [K]. That
nobody is paid whom a sanctions list names is law (31 CFR chapter V); which list, and what matches it, is for whoever
screens.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.decider import Decider, Decision, Refusal
from model.payments.tokens import card_in

Screening = Literal["pending", "clear", "hit"]

# --- commands


class RecordBankDetails(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Where a payee wants its money; `token` is the vault's name of the account, `by` who took it down."""

    party_id: str
    token: str
    by: str
    on: date
    at: datetime


class VerifyPayee(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Somebody has made sure that the account behind `token` is the payee's."""

    party_id: str
    token: str
    by: str
    on: date
    at: datetime


class ScreenPayee(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What comparing the payee with the sanctions lists has found; a hit that was none is `clear` afterwards."""

    party_id: str
    found: Literal["clear", "hit"]
    by: str
    on: date
    at: datetime


Command: TypeAlias = RecordBankDetails | VerifyPayee | ScreenPayee

# --- events


class BankDetailsRecorded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`instead_of` is the token that they replace, empty for the first."""

    party_id: str
    token: str
    instead_of: str
    by: str
    on: date
    at: datetime


class PayeeVerified(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    party_id: str
    token: str
    by: str
    on: date
    at: datetime


class PayeeScreened(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    party_id: str
    found: Literal["clear", "hit"]
    by: str
    on: date
    at: datetime


Event: TypeAlias = BankDetailsRecorded | PayeeVerified | PayeeScreened

# --- state


class Payee(Struct, frozen=True, gc=False, tag=True):
    """`token` is empty while there are no bank details. `changed_on` is the day on which they replaced others."""

    token: str = ""
    recorded_by: str = ""
    changed_on: date | None = None
    standing: Literal["unverified", "verified"] = "unverified"
    screening: Screening = "pending"


State: TypeAlias = Payee

# --- the machine


def decider() -> Decider[Command, State, Event]:
    return Decider("payee", Payee(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.party_id


def decide(command: Command, state: State) -> Decision[Event]:
    match command:
        case RecordBankDetails():
            return _recorded(command, state)
        case VerifyPayee():
            return _verified(command, state)
        case ScreenPayee(found=found):
            if found == state.screening:
                return ()
            return (PayeeScreened(party_id=command.party_id, found=found, by=command.by, on=command.on, at=command.at),)


def _recorded(command: RecordBankDetails, state: Payee) -> Decision[Event]:
    if command.token == state.token:
        return ()
    return card_in(command) or (
        BankDetailsRecorded(
            party_id=command.party_id,
            token=command.token,
            instead_of=state.token,
            by=command.by,
            on=command.on,
            at=command.at,
        ),
    )


def _verified(command: VerifyPayee, state: Payee) -> Decision[Event]:
    if not state.token or command.token != state.token:
        return Refusal("other_bank_details", f"these are not the bank details of {command.party_id}")
    if state.standing == "verified":
        return ()
    if command.by == state.recorded_by:
        return Refusal("same_person", f"{command.by} took the bank details down and cannot verify them")
    return (PayeeVerified(party_id=command.party_id, token=command.token, by=command.by, on=command.on, at=command.at),)


def evolve(state: State, event: Event) -> State:
    match event:
        case BankDetailsRecorded(token=token, instead_of=instead_of, by=by, on=on):
            return Payee(token, by, on if instead_of else None, "unverified", state.screening)
        case PayeeVerified():
            return Payee(state.token, state.recorded_by, state.changed_on, "verified", state.screening)
        case PayeeScreened(found=found):
            return Payee(state.token, state.recorded_by, state.changed_on, state.standing, found)
        case _:
            assert_never(event)
