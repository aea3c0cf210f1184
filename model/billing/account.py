"""A billing account: the charges of one or more policies, the invoices for them, and the money that came in.

    NoAccount --ReceiveCharges, CreditCharges--> Account --+
                                                    ^      |  every other command
                                                    +------+

Every cent of a charge is in one place: on an item that is open, paid, credited or written off. Money that finds nothing
to pay stays unapplied until a later bill or a disbursement takes it. A returned payment takes back the distributions
that were recorded, not what a new run would give. What comes before the thing it belongs to (a return premium before
its charges, a return before its payment) waits for it.
What becomes of a command stands in the file that knows it; this one gathers them (see dispatch.py).
"""

from collections.abc import Callable
from functools import reduce
from operator import attrgetter

from model.billing import (
    applying,
    autopaying,
    charging,
    crediting,
    disbursed,
    disbursing,
    dunning,
    ending,
    fees,
    invoicing,
    paying,
    prenotice,
    recapturing,
    replanning,
    repointing,
    waiving,
    writing_off,
)
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, Opening
from model.billing.drafting import Producers, no_producers
from model.billing.dunning_events import PolicyEnded, PolicyResumed
from model.billing.events import ChargesReceived, Event
from model.billing.orders import Orders, none_heard
from model.billing.repointing_messages import PayerRepointed
from model.billing.standing import Account, Instruction, NoAccount, Payment, State
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law

__all__ = ["EFFECTS", "Account", "Instruction", "NoAccount", "Payment", "State", "answers", "decider", "evolve"]


def answers(
    law: Law, carrier: Carrier, orders: Orders = none_heard, producers: Producers = no_producers
) -> dict[type[Command], Answer]:
    """What an account answers to every command but those that may open it."""
    return {
        **invoicing.answers(law, carrier, orders, producers),
        **paying.answers(law, carrier),
        **autopaying.answers(law, carrier, orders, producers),
        **disbursing.answers(law, carrier),
        **fees.answers(law, carrier),
        **replanning.answers(law, carrier),
        **writing_off.answers(law, carrier),
        **dunning.answers(law, carrier, orders),
        **prenotice.answers(law, carrier),
    }


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    return {**charging.openings(law, carrier), **ending.openings(law, carrier), **repointing.openings(law, carrier)}


EFFECTS: dict[type[Event], Effect] = {
    **invoicing.EFFECTS,
    **charging.EFFECTS,
    **crediting.EFFECTS,
    **paying.EFFECTS,
    **recapturing.EFFECTS,
    **waiving.EFFECTS,
    **applying.EFFECTS,
    **autopaying.EFFECTS,
    **disbursed.EFFECTS,
    **fees.EFFECTS,
    **replanning.EFFECTS,
    **writing_off.EFFECTS,
    **dunning.EFFECTS,
    **prenotice.EFFECTS,
    **ending.EFFECTS,
    **repointing.EFFECTS,
}
"""What every event does to an account that is open."""


def decider(
    law: Law, carrier: Carrier, orders: Orders = none_heard, producers: Producers = no_producers
) -> Decider[Command, State, Event]:
    """The machine for a state's law (caps on fees) and a carrier's choices (plans, rounding, order of allocation),
    under the orders that were heard of; `producers` says which payers are the carrier's producers.
    """
    opened_by = openings(law, carrier)
    known: dict[type[Command], Answer] = {**answers(law, carrier, orders, producers), **opened_by}

    def decide(command: Command, state: State) -> Decision[Event]:
        kind = type(command)
        if type(state) is NoAccount:
            opening = opened_by.get(kind)
            if opening is None:
                return Refusal("unknown_account", f"there is no account {command.account_id}")
            return opening(command, state)
        decision = known[kind](command, state)
        if not state.delinquencies or type(decision) is Refusal or not decision:
            return decision
        return dunning.settled(law, carrier, decision, reduce(_effect, decision, state))

    return Decider("account", NoAccount(), STREAM, decide, evolve)


STREAM: Callable[[Command], str] = attrgetter("account_id")


def _effect(account: Account, event: Event) -> Account:
    return EFFECTS[type(event)](account, event)


def evolve(state: State, event: Event) -> State:
    if type(state) is Account:
        return EFFECTS[type(event)](state, event)
    if isinstance(state, NoAccount):
        match event:
            case ChargesReceived():
                state = charging.opened(event)
            case PolicyEnded() | PolicyResumed() | PayerRepointed():
                state = charging.empty(event.account_id, None, event.currency)
            case _:
                return state
    return _effect(state, event)
