"""A billing account: the charges of one or more policies, the invoices for them, and the money that came in.

    NoAccount --ReceiveCharges--> Account --+
                                     ^      |  ReceiveCharges, CreditCharges, BillInvoice,
                                     |      |  MarkInvoiceDue, ReceivePayment, ReturnPayment
                                     +------+

Every cent of a charge is in one place: on an item that is open, paid or credited. Money that finds nothing to pay
stays unapplied. A returned payment takes back the distributions that were recorded, not what a new run would give.
What becomes of a command stands in the file that knows it; this one gathers them (see dispatch.py).
"""

from model.billing import charging, invoicing, paying
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, Opening
from model.billing.events import ChargesReceived, Event
from model.billing.standing import Account, Instruction, NoAccount, Payment, State
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law

__all__ = ["EFFECTS", "Account", "Instruction", "NoAccount", "Payment", "State", "answers", "decider", "evolve"]


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    """What an account answers to every command but those that may open it."""
    return {
        **invoicing.answers(law, carrier),
        **charging.answers(law, carrier),
        **paying.answers(law, carrier),
    }


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    return charging.openings(law, carrier)


EFFECTS: dict[type[Event], Effect] = {
    **invoicing.EFFECTS,
    **charging.EFFECTS,
    **paying.EFFECTS,
}
"""What every event does to an account that is open."""


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law (caps on fees) and a carrier's choices (plans, rounding, order of allocation)."""
    known = answers(law, carrier)
    opened_by = openings(law, carrier)

    def decide(command: Command, state: State) -> Decision[Event]:
        kind = type(command)
        opening = opened_by.get(kind)
        if opening is not None:
            return opening(command, state)
        if isinstance(state, NoAccount):
            return Refusal("unknown_account", f"there is no account {command.account_id}")
        return known[kind](command, state)

    return Decider("account", NoAccount(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.account_id


def evolve(state: State, event: Event) -> State:
    if isinstance(state, NoAccount):
        if not isinstance(event, ChargesReceived):
            return state
        state = charging.opened(event)
    return EFFECTS[type(event)](state, event)
