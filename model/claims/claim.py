"""A claim, its exposures and their reserve lines.

    Unreported --ReportClaim--> Reported --VerifyCoverage--> Open --CloseClaim--> Closed
                                 ^    |                      |  ^                   |
                 policy unknown -+    +---- not covered -----+  +---ReopenClaim-----+
                                      +--> Closed (denied) --ReopenClaim--> Reported

Each part of the work has a file: the notice (`notice`), cover and exposures (`covering`, `exposing`), reserves
(`reserving`), payments (`paying`), the life of a cheque (`cheque`), recoveries (`recovering`).
"""

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar, get_args

from model.carrier import Carrier
from model.claims.beside import NOTHING_BESIDE, Beside, warned, within_aggregate
from model.claims.cheque import decide_cheque, evolve_cheque
from model.claims.commands import (
    ApprovePayment,
    Command,
    ConfirmPayment,
    DenyPayment,
    FailPayment,
    NoticeCommand,
    ReissueCheque,
    RequestPayment,
    SetReserve,
    VerifyCoverage,
)
from model.claims.covering import COVER_DECIDES, COVER_EVOLVES, Decides, Evolves
from model.claims.events import (
    Event,
    NoticeEvent,
)
from model.claims.file import Closed, Open, State, Unreported, wrong_state
from model.claims.money_commands import ChequeCommand, PaymentCommand, RecoveryCommand
from model.claims.money_events import ChequeEvent, PaymentEvent, RecoveryEvent
from model.claims.notice import decide_notice, evolve_notice
from model.claims.paying import approve_or_deny, request_payment, resolve_payment
from model.claims.recovering import decide_recovery, evolve_recovery
from model.claims.reserving import evolve_money, set_reserve
from model.decider import Decider, Decision
from model.jurisdiction import Law

T = TypeVar("T")


def decider(law: Law, carrier: Carrier, beside: Beside = NOTHING_BESIDE) -> Decider[Command, State, Event]:
    """The machine for a state's law and a carrier's choices (model.carrier.ClaimsChoices). `beside` looks up what other
    streams of claims know.
    """
    _ = law

    def pays(carrier: Carrier, command: Command, state: State) -> Decision[Event]:
        return within_aggregate(carrier, beside, state, DECIDES[type(command)](carrier, command, state))

    def verifies(carrier: Carrier, command: Command, state: State) -> Decision[Event]:
        return warned(beside, state, DECIDES[type(command)](carrier, command, state))

    decides: dict[type[Command], Decides] = {
        **DECIDES,
        RequestPayment: pays,
        ReissueCheque: pays,
        VerifyCoverage: verifies,
    }

    def decide(command: Command, state: State) -> Decision[Event]:
        return decides[type(command)](carrier, command, state)

    return Decider("claim", Unreported(), STREAM, decide, evolve)


STREAM: Callable[[Command], str] = attrgetter("claim_id")


def _decide_payment(carrier: Carrier, command: SetReserve | PaymentCommand, state: State) -> Decision[Event]:
    if not isinstance(state, (Open, Closed)):
        return wrong_state(command, state)
    match command:
        case RequestPayment(kind=kind):
            if isinstance(state, Open) or (kind == "supplemental" and state.outcome != "denied"):
                return request_payment(carrier, command, state)
            return wrong_state(command, state)
        case ConfirmPayment() | FailPayment():
            return resolve_payment(command, state)
        case SetReserve():
            return set_reserve(carrier, command, state) if isinstance(state, Open) else wrong_state(command, state)
        case ApprovePayment() | DenyPayment():
            return approve_or_deny(carrier, command, state)


def _decide_cheque(carrier: Carrier, command: ChequeCommand, state: State) -> Decision[Event]:
    _ = carrier
    return decide_cheque(command, state) if isinstance(state, (Open, Closed)) else wrong_state(command, state)


def _decide_recovery(carrier: Carrier, command: RecoveryCommand, state: State) -> Decision[Event]:
    if isinstance(state, (Open, Closed)):
        return decide_recovery(carrier, command, state)
    return wrong_state(command, state)


def evolve(state: State, event: Event) -> State:
    return EVOLVES[type(event)](state, event)


def _each(union: object, act: Callable[..., T]) -> dict[type, Callable[..., T]]:
    """A function for every member of a union; the tables below call it with those only."""
    return dict.fromkeys(get_args(union), act)


# Looked up and not matched: a miss in a match costs 40 ns with these classes, and there are sixty of them.
DECIDES: dict[type[Command], Decides] = {
    **_each(NoticeCommand, decide_notice),
    **COVER_DECIDES,
    **_each(SetReserve | PaymentCommand, _decide_payment),
    **_each(ChequeCommand, _decide_cheque),
    **_each(RecoveryCommand, _decide_recovery),
}
EVOLVES: dict[type[Event], Evolves] = {
    **_each(PaymentEvent, evolve_money),
    **_each(NoticeEvent, evolve_notice),
    **COVER_EVOLVES,
    **_each(ChequeEvent, evolve_cheque),
    **_each(RecoveryEvent, evolve_recovery),
}
