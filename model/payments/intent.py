"""A payment intent: one sum that should move once, in or out, in as many attempts as it takes.

    NoIntent --StartPayment--> Processing --succeeded--> Succeeded --ReturnMoney--> Returned | Retrying
                               |  ^  |  |                  \\--ChargeBack--> ChargedBack --RepresentCharge--> Succeeded
        (payer) RequiresAction-+  |  |  +--hard decline--> Failed
                                  |  +--not sent, soft decline--> Retrying --(time)--> Processing, the next attempt
                                  +--timeout--> Unknown --inquiry--> Succeeded | Retrying | Failed | (time) a person

A timeout does not mean that nothing happened: an unknown attempt is inquired about by schedule and never repeated
blindly. At most one attempt is live; an old one that turns out to have succeeded beside it is refunded or given to a
person, never kept in silence. What nobody understands, a code without a class or another amount, is for a person.

How an attempt begins is in `starting`, what a processor says in `hearing`, when the next one begins in `next_try`, what
time does and people decide in `waiting`, what goes back in `giving_back`.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar, cast

from model.carrier import Carrier
from model.decider import Decider, Decision
from model.jurisdiction import Law
from model.payments.commands import (
    AnswerInquiry,
    ChargeBack,
    Command,
    DecideByHand,
    HearProcessor,
    NoteChange,
    RefundMoney,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
    RepresentCharge,
    ReturnMoney,
    ReversePayout,
    StartPayment,
    StopPayout,
    TimePassed,
)
from model.payments.events import Event
from model.payments.evolution import evolve
from model.payments.giving_back import (
    charge_back,
    note_change,
    refund,
    represent,
    return_money,
    reverse_payout,
    stop_payout,
)
from model.payments.hearing import (
    answer_inquiry,
    hear_processor,
    report_failure,
    report_success,
    report_timeout,
)
from model.payments.knowledge import NOTHING_KNOWN, Knowledge
from model.payments.rulebook import Rulebook
from model.payments.starting import start
from model.payments.states import (
    ChargedBack,
    Failed,
    NoIntent,
    Order,
    Processing,
    RequiresAction,
    Retrying,
    Returned,
    State,
    Status,
    Succeeded,
    Unknown,
)
from model.payments.waiting import decide_by_hand, pass_time

__all__ = [
    "ChargedBack",
    "Failed",
    "NoIntent",
    "Order",
    "Processing",
    "RequiresAction",
    "Retrying",
    "Returned",
    "State",
    "Status",
    "Succeeded",
    "Unknown",
    "decider",
    "evolve",
]

C = TypeVar("C", bound=Command)
Decides = Callable[[Rulebook, Command, State], Decision[Event]]


def decider(law: Law, carrier: Carrier, known: Knowledge = NOTHING_KNOWN) -> Decider[Command, State, Event]:
    """The machine for a state's law (with its networks and failure classes), a carrier's choices, and what is known of
    cards and processors.
    """
    rules = Rulebook(law, carrier, known)

    def decide(command: Command, state: State) -> Decision[Event]:
        return DECIDES[type(command)](rules, command, state)

    return Decider("intent", NoIntent(), STREAM, decide, evolve)


STREAM: Callable[[Command], str] = attrgetter("intent_id")


def _for(kind: type[C], act: Callable[[Rulebook, C, State], Decision[Event]]) -> tuple[type[Command], Decides]:
    """One line of the table: whoever looks a command up by its type gives it to the function for that type."""
    return kind, cast("Decides", act)


DECIDES: dict[type[Command], Decides] = dict(
    (
        _for(StartPayment, start),
        _for(ReportSuccess, report_success),
        _for(ReportFailure, report_failure),
        _for(ReportTimeout, report_timeout),
        _for(ReturnMoney, return_money),
        _for(HearProcessor, hear_processor),
        _for(AnswerInquiry, answer_inquiry),
        _for(TimePassed, pass_time),
        _for(DecideByHand, decide_by_hand),
        _for(RefundMoney, refund),
        _for(NoteChange, note_change),
        _for(StopPayout, stop_payout),
        _for(ReversePayout, reverse_payout),
        _for(ChargeBack, charge_back),
        _for(RepresentCharge, represent),
    )
)
