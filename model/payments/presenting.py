"""A cheque that the bank asks about before it pays it: one that fits our register is cleared, any other is a case.

    NotPresented --PresentCheque--> Presented --PresentCheque, once more--> Presented

What the register says is in `model.payments.positive_pay`; it is looked up in the payment that the serial names. The
same presentment told twice is one. A cheque that is presented again on another day was paid before, and is a case.
"""

from datetime import date, datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Decider, Decision
from model.payments import states
from model.payments.positive_pay import IssuedCheque, Misfit, PresentedCheque, misfit, register_of


class Knowledge(Protocol):
    """A core answers from its streams."""

    def intent(self, intent_id: str) -> states.State: ...


class PresentCheque(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    cheque: PresentedCheque
    on: date
    at: datetime


Command: TypeAlias = PresentCheque


class ChequePresented(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`wrong` is what does not fit; None for a cheque that is to be paid."""

    cheque: PresentedCheque
    wrong: Misfit | None
    on: date
    at: datetime


Event: TypeAlias = ChequePresented


class NotPresented(Struct, frozen=True, gc=False, tag=True):
    pass


class Presented(Struct, frozen=True, tag=True):
    cheques: tuple[PresentedCheque, ...]


State: TypeAlias = NotPresented | Presented

# --- the machine


def decider(carrier: Carrier, known: Knowledge) -> Decider[Command, State, Event]:
    choices = carrier.settlement

    def decide(command: Command, state: State) -> Decision[Event]:
        cheque = command.cheque
        if isinstance(state, Presented) and cheque in state.cheques:
            return ()
        wrong = misfit(choices, register_for(known, cheque), cheque)
        return (ChequePresented(cheque=cheque, wrong=wrong, on=command.on, at=command.at),)

    return Decider("presented_cheque", NotPresented(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.cheque.serial


def register_for(known: Knowledge, cheque: PresentedCheque) -> dict[str, IssuedCheque]:
    """What the register says of the payment that a serial names: its cheques, or nothing where there is no such one."""
    intent_id = cheque.serial.rpartition("/")[0]
    return register_of(((intent_id, known.intent(intent_id)),))


def evolve(state: State, event: Event) -> State:
    return Presented((*state.cheques, event.cheque) if isinstance(state, Presented) else (event.cheque,))
