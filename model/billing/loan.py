"""A mortgage loan whose servicer pays a policy's bill.

    Unregistered --RegisterLoan--> Serviced --RegisterLoan (another policy), TransferLoan--> Serviced

The servicer pays the year for its borrower and names the loan, not the policy, so that the loan is how its money finds
an account. When the loan is sold the next servicer pays what is not paid yet; what the old one paid stays the old
one's, also when its cheque bounces.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.invoice import Invoice
from model.decider import Decider, Decision, Refusal


class Secured(Struct, frozen=True, gc=False):
    """A policy on the mortgaged house, and the account that bills it."""

    account_id: str
    policy_id: str


class RegisterLoan(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """One loan may be secured by several policies (home and flood): its money then needs more than a loan number."""

    loan_number: str
    servicer_id: str
    account_id: str
    policy_id: str
    on: date
    at: datetime


class TransferLoan(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`servicer_id` takes the loan over from `on`."""

    loan_number: str
    servicer_id: str
    on: date
    at: datetime


Command: TypeAlias = RegisterLoan | TransferLoan


class LoanRegistered(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    loan_number: str
    servicer_id: str
    secured: Secured
    on: date
    at: datetime


class LoanTransferred(Struct, frozen=True, kw_only=True, tag=True):
    loan_number: str
    old_servicer_id: str
    new_servicer_id: str
    secured: tuple[Secured, ...]
    on: date
    at: datetime


Event: TypeAlias = LoanRegistered | LoanTransferred


class Unregistered(Struct, frozen=True, tag=True, gc=False):
    pass


class Serviced(Struct, frozen=True, tag=True):
    """`past_servicers` are those who no longer pay, in order."""

    loan_number: str
    servicer_id: str
    since: date
    secured: tuple[Secured, ...]
    past_servicers: tuple[str, ...] = ()


State: TypeAlias = Unregistered | Serviced


def repointed(invoices: Sequence[Invoice], *, policies: Collection[str], old: str, new: str) -> tuple[int, ...]:
    """The numbers of the invoices that go from the old payer to the new one: those with something open, all of whose
    items are of the policies. A paid invoice stays with the payer who paid it.
    """
    if old == new:
        return ()
    return tuple(
        invoice.number
        for invoice in invoices
        if invoice.payer_id == old and invoice.open and all(item.policy_id in policies for item in invoice.items)
    )


def decide(command: Command, state: State) -> Decision[Event]:
    match command, state:
        case RegisterLoan(), Unregistered():
            return (_registered(command),)
        case RegisterLoan(servicer_id=servicer_id), Serviced(servicer_id=known) if servicer_id != known:
            return Refusal("other_servicer", f"loan {command.loan_number} is serviced by {known}; transfer it")
        case RegisterLoan(), Serviced(secured=secured):
            return () if Secured(command.account_id, command.policy_id) in secured else (_registered(command),)
        case TransferLoan(), Unregistered():
            return Refusal("no_such_loan", f"no loan {command.loan_number} is registered")
        case TransferLoan(servicer_id=servicer_id), Serviced(servicer_id=known) if servicer_id == known:
            return ()
        case TransferLoan(on=on), Serviced(since=since) if on < since:
            return Refusal("out_of_order", f"its servicer has had the loan since {since}")
        case TransferLoan(), Serviced(servicer_id=known, secured=secured):
            return (
                LoanTransferred(
                    loan_number=command.loan_number,
                    old_servicer_id=known,
                    new_servicer_id=command.servicer_id,
                    secured=secured,
                    on=command.on,
                    at=command.at,
                ),
            )


def _registered(command: RegisterLoan) -> LoanRegistered:
    return LoanRegistered(
        loan_number=command.loan_number,
        servicer_id=command.servicer_id,
        secured=Secured(command.account_id, command.policy_id),
        on=command.on,
        at=command.at,
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case LoanRegistered(secured=secured):
            if isinstance(state, Serviced):
                return replace(state, secured=(*state.secured, secured))
            return Serviced(event.loan_number, event.servicer_id, event.on, (secured,))
        case LoanTransferred(old_servicer_id=old, new_servicer_id=new, on=on):
            if not isinstance(state, Serviced):
                return state
            return replace(state, servicer_id=new, since=on, past_servicers=(*state.past_servicers, old))
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return command.loan_number


def decider() -> Decider[Command, State, Event]:
    return Decider("loan", Unregistered(), _stream, decide, evolve)
