"""A payment intent: one sum that should move once, in or out.

    NoIntent --StartPayment--> Processing --ReportSuccess--> Succeeded --ReturnMoney--> Returned
                                |      |                        ^
                                |      +--ReportFailure--> Failed
                                |                               |
                                +--ReportTimeout--> Unknown ----+   (resolved by inquiry, never by a blind retry)

A timeout does not mean that nothing happened: Unknown is a state of its own. What a processor says late is believed
once, and a success that contradicts a recorded failure is refused with a code, so that a person sees it.
"""

from typing import Literal, TypeAlias, assert_never

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.money import Money
from model.payments.commands import (
    Command,
    Purpose,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
    ReturnMoney,
    StartPayment,
)
from model.payments.events import (
    Event,
    MoneyReturned,
    PaymentRefused,
    PaymentStarted,
    PaymentSucceeded,
    PaymentTimedOut,
)


class Order(Struct, frozen=True, gc=False):
    """What is to be moved, for whom and why; it never changes once the intent has started."""

    purpose: Purpose
    subject: str
    reference: str
    party_id: str
    amount: Money


class NoIntent(Struct, frozen=True, gc=False, tag=True):
    pass


class Processing(Struct, frozen=True, gc=False, tag=True):
    order: Order


class Unknown(Struct, frozen=True, gc=False, tag=True):
    order: Order


class Succeeded(Struct, frozen=True, gc=False, tag=True):
    order: Order


class Failed(Struct, frozen=True, gc=False, tag=True):
    order: Order
    reason: str


class Returned(Struct, frozen=True, gc=False, tag=True):
    order: Order
    reason: str


Status = Literal["processing", "unknown", "succeeded", "failed", "returned"]
State: TypeAlias = NoIntent | Processing | Unknown | Succeeded | Failed | Returned


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law and a carrier's choices."""
    _ = law

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case StartPayment(amount=amount), NoIntent() if amount.currency != carrier.currency:
                return Refusal("wrong_currency", f"{carrier.name} moves {carrier.currency}, not {amount.currency}")
            case StartPayment(amount=amount), NoIntent() if amount.minor <= 0:
                return Refusal("not_positive", f"a payment is more than nothing, not {amount}")
            case StartPayment(), NoIntent():
                return (_started(command),)
            case StartPayment(), Processing() | Unknown() | Succeeded() | Failed() | Returned():
                same = _order(command) == state.order
                return (
                    ()
                    if same
                    else Refusal("intent_reused", f"{command.intent_id} was already used for another payment")
                )
            case ReportSuccess(), Processing(order=order) | Unknown(order=order):
                return (_succeeded(command, order),)
            case ReportSuccess(), Succeeded() | Returned():
                return ()
            case ReportSuccess(), Failed():
                return Refusal(
                    "success_after_failure", f"{command.intent_id} was recorded as failed: reconcile before moving on"
                )
            case ReportFailure(reason=reason), Processing(order=order) | Unknown(order=order):
                return (_refused(command, order, reason),)
            case ReportFailure(), Failed():
                return ()
            case ReportTimeout(intent_id=intent_id, on=on, at=at), Processing():
                return (PaymentTimedOut(intent_id=intent_id, on=on, at=at),)
            case ReportTimeout(), Unknown() | Succeeded() | Failed() | Returned():
                return ()
            case ReturnMoney(reason=reason), Succeeded(order=order) if order.purpose == "collection":
                return (_returned(command, order, reason),)
            case ReturnMoney(), Returned():
                return ()
            case ((ReportSuccess() | ReportFailure() | ReportTimeout() | ReturnMoney()), _):
                return Refusal(
                    "wrong_state",
                    f"{type(command).__name__} is not possible when the payment is {type(state).__name__}",
                )

    return Decider("intent", NoIntent(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.intent_id


def _order(command: StartPayment) -> Order:
    return Order(command.purpose, command.subject, command.reference, command.party_id, command.amount)


def _started(command: StartPayment) -> PaymentStarted:
    return PaymentStarted(
        intent_id=command.intent_id,
        purpose=command.purpose,
        subject=command.subject,
        reference=command.reference,
        party_id=command.party_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )


def _succeeded(command: ReportSuccess, order: Order) -> PaymentSucceeded:
    return PaymentSucceeded(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        party_id=order.party_id,
        amount=order.amount,
        on=command.on,
        at=command.at,
    )


def _refused(command: ReportFailure, order: Order, reason: str) -> PaymentRefused:
    return PaymentRefused(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        reason=reason,
        on=command.on,
        at=command.at,
    )


def _returned(command: ReturnMoney, order: Order, reason: str) -> MoneyReturned:
    return MoneyReturned(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        amount=order.amount,
        reason=reason,
        on=command.on,
        at=command.at,
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case PaymentStarted(purpose=purpose, subject=subject, reference=reference, party_id=party_id, amount=amount):
            return Processing(Order(purpose, subject, reference, party_id, amount))
        case _ if isinstance(state, NoIntent):
            return state
        case PaymentSucceeded():
            return Succeeded(state.order)
        case PaymentRefused(reason=reason):
            return Failed(state.order, reason)
        case PaymentTimedOut():
            return Unknown(state.order)
        case MoneyReturned(reason=reason):
            return Returned(state.order, reason)
        case _:
            assert_never(event)
