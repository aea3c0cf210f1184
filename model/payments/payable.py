"""What a payment run looks up before it sends money: what its account holds, whether its payments may leave."""

from collections.abc import Iterable
from typing import Protocol

from model.decider import Refusal
from model.money import Money, zero
from model.payments import holds, payee, states
from model.payments.payout_commands import ReserveFunds
from model.payments.payout_events import PayoutItem


class Knowledge(Protocol):
    """A core answers from its streams."""

    def fund(self, fund_id: str) -> holds.State: ...
    def intent(self, intent_id: str) -> states.State: ...
    def payee(self, party_id: str) -> payee.State: ...


class NothingKnown:
    """No account of ours, payments that were taken elsewhere, and nobody verified to whom they could be sent."""

    def fund(self, fund_id: str) -> holds.State:
        _ = fund_id
        return holds.Fund()

    def intent(self, intent_id: str) -> states.State:
        _ = intent_id
        return states.NoIntent()

    def payee(self, party_id: str) -> payee.State:
        _ = party_id
        return payee.Payee()


NOTHING_KNOWN = NothingKnown()


def not_payable(known: Knowledge, items: Iterable[PayoutItem]) -> Refusal | None:
    """Why a payment cannot be sent: it has left already, was stopped, or is another. One that was taken elsewhere is
    not known here and is paid as it was told.
    """
    for item in items:
        state = known.intent(item.payment_id)
        if isinstance(state, states.NoIntent):
            continue
        if state.order.purpose != "payout" or state.order.amount != item.amount:
            return Refusal("other_payment", f"{item.payment_id} is a {state.order.purpose} of {state.order.amount}")
        if not isinstance(state, states.Processing) or state.attempts[-1].status != "init":
            return Refusal("not_payable", f"{item.payment_id} is {type(state).__name__} and is not sent again")
    return None


def available(known: Knowledge, command: ReserveFunds, currency: str) -> Money:
    """What a run can reserve; nothing where nobody says out of what."""
    if command.fund_id:
        return Money(known.fund(command.fund_id).available, currency)
    return command.available or zero(currency)
