"""A claim, its exposures and their reserve lines.

    Unreported --ReportClaim--> Reported --VerifyCoverage--> Open --CloseClaim--> Closed
                                 ^    |                      |  ^                   |
                 policy unknown -+    +---- not covered -----+  +---ReopenClaim-----+
                                      +--> Closed (denied) --ReopenClaim--> Reported

Each part of the work has a file: the notice (`notice`), cover and exposures (`exposing`), reserves (`reserving`),
payments (`paying`), the life of a cheque (`cheque`), recoveries (`recovering`).
"""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias, TypeVar, assert_never, get_args

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.beside import NOTHING_BESIDE, Beside, warned, within_aggregate
from model.claims.cheque import decide_cheque, evolve_cheque
from model.claims.commands import (
    AddIncident,
    ApprovePayment,
    CloseClaim,
    CloseExposure,
    Command,
    ConfirmPayment,
    CoverCommand,
    DenyPayment,
    FailPayment,
    NoticeCommand,
    OpenExposure,
    RecordInspection,
    ReissueCheque,
    ReopenClaim,
    RequestPayment,
    ReverifyCoverage,
    SetReserve,
    SettleLoss,
    VerifyCoverage,
)
from model.claims.events import (
    ClaimClosed,
    ClaimReopened,
    CoverageDenied,
    CoverageReverified,
    CoverageVerified,
    CoverEvent,
    Event,
    ExposureClosed,
    ExposureOpened,
    IncidentAdded,
    LossInspected,
    LossSettled,
    NoticeEvent,
)
from model.claims.exposing import (
    add_incident,
    close_claim,
    close_exposure,
    inspect,
    open_exposure,
    reverify,
    verify,
)
from model.claims.file import Closed, Exposure, Incident, Open, Reported, State, Unreported, put_exposure, wrong_state
from model.claims.money_commands import ChequeCommand, PaymentCommand, RecoveryCommand
from model.claims.money_events import ChequeEvent, PaymentEvent, RecoveryEvent
from model.claims.notice import decide_notice, evolve_notice
from model.claims.paying import approve_or_deny, request_payment, resolve_payment
from model.claims.recovering import decide_recovery, evolve_recovery
from model.claims.reserving import evolve_money, set_reserve
from model.claims.settling import settle, with_settlement
from model.claims.tasks import started
from model.decider import Decider, Decision
from model.jurisdiction import Law
from model.money import Money

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

    return Decider("claim", Unreported(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.claim_id


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


def _decide_cover(carrier: Carrier, command: CoverCommand, state: State) -> Decision[Event]:
    match command, state:
        case VerifyCoverage(), Reported(notice=notice):
            return verify(carrier, command, notice)
        case RecordInspection(), Open():
            return inspect(command, state)
        case SettleLoss(), Open():
            return settle(carrier, command, state)
        case CloseClaim(), Open():
            return close_claim(command, state)
        case OpenExposure(), Open():
            return open_exposure(carrier, command, state)
        case CloseExposure(), Open():
            return close_exposure(command, state)
        case AddIncident(), (Reported() | Open()):
            return add_incident(command, state.notice)
        case ReverifyCoverage(), (Open() | Closed()):
            return reverify(command, state)
        case ReopenClaim(claim_id=claim_id, reason=reason, on=on, at=at), Closed():
            return (ClaimReopened(claim_id=claim_id, reason=reason, on=on, at=at),)
        case (
            (VerifyCoverage(), (Open() | Closed())) | (CloseClaim(), Closed()) | (ReopenClaim(), (Reported() | Open()))
        ):
            return ()
        case (
            (
                VerifyCoverage()
                | RecordInspection()
                | SettleLoss()
                | CloseClaim()
                | OpenExposure()
                | CloseExposure()
                | AddIncident()
                | ReverifyCoverage()
                | ReopenClaim()
            ),
            _,
        ):
            return wrong_state(command, state)


def evolve(state: State, event: Event) -> State:
    return EVOLVES[type(event)](state, event)


def _evolve_cover(state: State, event: CoverEvent) -> State:
    match event:
        case CoverageVerified(exposure=number, coverage=coverage, policy_year=year):
            if not isinstance(state, Reported):
                return state
            notice = state.notice
            if event.warnings:
                notice = replace(notice, warnings=(*notice.warnings, *event.warnings))
            if "changed_after_report" in event.warnings:
                notice = replace(notice, tasks=started(notice.tasks, ("special_investigation",), event.on))
            return Open(notice, (Exposure(number, notice.claimant_id, coverage, None, policy_year=year),), (), ())
        case CoverageDenied(reason=reason, on=on):
            if not isinstance(state, Reported):
                return state
            return Closed(replace(state.notice, decided_on=on), (), (), (), "denied", reason)
        case LossInspected(exposure=number, estimate=estimate, on=on):
            return _inspected(state, number, estimate, on)
        case ClaimClosed():
            return _closed(state, event) if isinstance(state, Open) else state
        case ClaimReopened():
            return _reopened(state) if isinstance(state, Closed) else state
        case IncidentAdded(incident=number, kind=kind, text=text):
            if isinstance(state, Unreported):
                return state
            incidents = (*state.notice.incidents, Incident(number, kind, text))
            return replace(state, notice=replace(state.notice, incidents=incidents))
        case LossSettled():
            return with_settlement(state, event) if isinstance(state, Open) else state
        case CoverageReverified():
            return _reverified(state, event) if isinstance(state, (Open, Closed)) else state
        case ExposureOpened(exposure=number, claimant_id=claimant, coverage=coverage, policy_year=year):
            if not isinstance(state, Open):
                return state
            opened = Exposure(number, claimant, coverage, None, event.incident, policy_year=year)
            return replace(state, exposures=(*state.exposures, opened))
        case ExposureClosed(exposure=number):
            if not isinstance(state, Open):
                return state
            exposures = tuple(replace(e, status="closed") if e.number == number else e for e in state.exposures)
            return replace(state, exposures=exposures)
        case _:
            assert_never(event)


def _inspected(state: State, number: int, estimate: Money, on: date) -> State:
    if not isinstance(state, Open):
        return state
    exposures = tuple(replace(e, estimate=estimate) if e.number == number else e for e in state.exposures)
    notice = state.notice if state.notice.inspected_on else replace(state.notice, inspected_on=on)
    return replace(state, exposures=exposures, notice=notice)


def _closed(claim: Open, event: ClaimClosed) -> Closed:
    notice = claim.notice if claim.notice.decided_on else replace(claim.notice, decided_on=event.on)
    return Closed(
        notice,
        tuple(replace(exposure, status="closed") for exposure in claim.exposures),
        claim.lines,
        claim.payments,
        event.outcome,
        None,
        claim.recoveries,
        claim.receipts,
        claim.deductible,
    )


def _reopened(claim: Closed) -> Reported | Open:
    """A denied claim is looked at anew from its notice; any other goes on where it stood."""
    if claim.outcome == "denied":
        return Reported(replace(claim.notice, decided_on=None))
    return Open(
        claim.notice,
        tuple(replace(exposure, status="open") for exposure in claim.exposures),
        claim.lines,
        claim.payments,
        claim.recoveries,
        claim.receipts,
        claim.deductible,
    )


def _reverified(claim: Open | Closed, event: CoverageReverified) -> Open | Closed:
    """Other terms hold from now on; lost cover stops payments. Either way an investigator looks at it."""
    notice = claim.notice
    tasks = started(notice.tasks, ("special_investigation",), event.on)
    warnings = (
        notice.warnings if "changed_after_report" in notice.warnings else (*notice.warnings, "changed_after_report")
    )
    exposures = claim.exposures
    for exposure in claim.exposures:
        if exposure.number == event.exposure:
            changed = replace(
                exposure,
                coverage=event.coverage or exposure.coverage,
                lost=event.reason,
                policy_year=event.policy_year or exposure.policy_year,
            )
            exposures = put_exposure(exposures, changed)
    return replace(claim, notice=replace(notice, tasks=tasks, warnings=warnings), exposures=exposures)


Decides: TypeAlias = Callable[[Carrier, Command, State], Decision[Event]]
Evolves: TypeAlias = Callable[[State, Event], State]


def _each(union: object, act: Callable[..., T]) -> dict[type, Callable[..., T]]:
    """A function for every member of a union; the tables below call it with those only."""
    return dict.fromkeys(get_args(union), act)


# Looked up and not matched: a miss in a match costs 40 ns with these classes, and there are sixty of them.
DECIDES: dict[type[Command], Decides] = {
    **_each(NoticeCommand, decide_notice),
    **_each(CoverCommand, _decide_cover),
    **_each(SetReserve | PaymentCommand, _decide_payment),
    **_each(ChequeCommand, _decide_cheque),
    **_each(RecoveryCommand, _decide_recovery),
}
EVOLVES: dict[type[Event], Evolves] = {
    **_each(PaymentEvent, evolve_money),
    **_each(NoticeEvent, evolve_notice),
    **_each(CoverEvent, _evolve_cover),
    **_each(ChequeEvent, evolve_cheque),
    **_each(RecoveryEvent, evolve_recovery),
}
