"""A bank account that is debited over the ACH network: whether the next entry may be made, by what came of the last.

    good --notice of change--> to be corrected by a day --CorrectAccount--> good
      |---R02, R03, R04, R20--> stopped until corrected --CorrectAccount--> good
      \\---R05, R07, R10, R29--> authorisation void --AuthorizeDebits--> good

An account is known by the vault's name of it, or by its payer where nobody named it: then it is the one that the payer
has authorised. The codes are rows of fixtures/rules/ach.csv (Nacha Operating Rules, App. Four; 2.12 for the notice of
change). What is behind the name is corrected in the vault, so that the next entry is made with it by itself.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.payments.ach import AchRules, ach_rules

# --- commands


class HearChange(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A notice of change came for an entry: the account's data are to be corrected through `correct_by`."""

    account_id: str
    code: str
    correct_by: date
    on: date
    at: datetime


class HearReturn(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An entry came back with a code."""

    account_id: str
    code: str
    on: date
    at: datetime


class CorrectAccount(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The data behind the account's name are right now; `by` is who saw to it."""

    account_id: str
    by: str
    on: date
    at: datetime


class AuthorizeDebits(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The payer has authorised debits anew."""

    account_id: str
    on: date
    at: datetime


Command: TypeAlias = HearChange | HearReturn | CorrectAccount | AuthorizeDebits

# --- events


class CorrectionAsked(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    code: str
    correct_by: date
    on: date
    at: datetime


class DebitsStopped(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    code: str
    until: Literal["corrected", "authorized"]
    on: date
    at: datetime


class AccountCorrected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    by: str
    on: date
    at: datetime


class DebitsAuthorized(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    on: date
    at: datetime


Event: TypeAlias = CorrectionAsked | DebitsStopped | AccountCorrected | DebitsAuthorized

# --- state


class BankAccount(Struct, frozen=True, gc=False, tag=True):
    """Through when a change has to be made, if one has; the code that stopped the account until it is corrected, and
    the one that said that nobody had authorised the debit.
    """

    correct_by: date | None = None
    stopped: str = ""
    void: str = ""


State: TypeAlias = BankAccount
GOOD = BankAccount()

# --- the machine


def decider(law: Law) -> Decider[Command, State, Event]:
    """The machine for the network that came with a state's law, whose rows are read when something first comes back."""
    read: list[AchRules] = []

    def decide(command: Command, state: State) -> Decision[Event]:
        match command:
            case HearChange():
                return _change(command, state)
            case HearReturn():
                if not read:
                    read.append(ach_rules(law.network("US-ACH")))
                return _return(read[0], command, state)
            case CorrectAccount(account_id=account, by=by, on=on, at=at):
                asked = state.correct_by is not None or state.stopped
                return (AccountCorrected(account_id=account, by=by, on=on, at=at),) if asked else ()
            case AuthorizeDebits(account_id=account, on=on, at=at):
                return (DebitsAuthorized(account_id=account, on=on, at=at),) if state.void else ()

    return Decider("bank_account", GOOD, _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.account_id


def _change(command: HearChange, state: BankAccount) -> Decision[Event]:
    """The first day by which something has to be corrected stands."""
    if state.correct_by is not None and state.correct_by <= command.correct_by:
        return ()
    return (
        CorrectionAsked(
            account_id=command.account_id,
            code=command.code,
            correct_by=command.correct_by,
            on=command.on,
            at=command.at,
        ),
    )


def _return(rules: AchRules, command: HearReturn, state: BankAccount) -> Decision[Event]:
    until: Literal["corrected", "authorized"]
    if command.code in rules.authorization_void and not state.void:
        until = "authorized"
    elif command.code in rules.account_wrong and not state.stopped:
        until = "corrected"
    else:
        return ()
    return (DebitsStopped(account_id=command.account_id, code=command.code, until=until, on=command.on, at=command.at),)


def not_debited(state: BankAccount, *, on: date) -> Refusal | None:
    """Why no debit of the account may be originated on a day; None when one may. With data that a notice of change says
    are wrong it may through the day by which they have to be corrected, and not after it.
    """
    if state.void:
        return Refusal("authorization_void", f"{state.void} says that nobody has authorised the debit")
    if state.stopped:
        return Refusal("account_stopped", f"{state.stopped} stops the account until it is corrected")
    if state.correct_by is not None and on > state.correct_by:
        return Refusal("change_not_corrected", f"a notice of change had to be acted on by {state.correct_by}")
    return None


def evolve(state: State, event: Event) -> State:
    match event:
        case CorrectionAsked(correct_by=correct_by):
            return replace(state, correct_by=correct_by)
        case DebitsStopped(code=code, until=until):
            return replace(state, stopped=code) if until == "corrected" else replace(state, void=code)
        case AccountCorrected():
            return BankAccount(void=state.void)
        case DebitsAuthorized():
            return replace(state, void="")
        case _:
            assert_never(event)
