"""Cover and exposures in the life of a claim: what may be asked in which state, and what then is so.

    VerifyCoverage                    a claim that is reported; done before once it is open or closed
    RecordInspection, SettleLoss,
    OpenExposure, CloseExposure       an open claim
    AddIncident                       one that is reported or open
    ReverifyCoverage                  one whose cover was verified
    CloseClaim, ReopenClaim           an open one, a closed one; done before where it is so already

A command and an event are looked up by their type: the rules themselves are in `exposing`.
"""

from collections.abc import Callable
from typing import TypeAlias, TypeVar, cast

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import (
    AddIncident,
    CloseClaim,
    CloseExposure,
    Command,
    CoverCommand,
    OpenExposure,
    RecordInspection,
    ReopenClaim,
    ReverifyCoverage,
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
from model.claims.settling import settle, with_settlement
from model.claims.tasks import started
from model.decider import Decision

C = TypeVar("C", bound=CoverCommand)
E = TypeVar("E", bound=CoverEvent)
Decides: TypeAlias = Callable[[Carrier, Command, State], Decision[Event]]
Evolves: TypeAlias = Callable[[State, Event], State]


def _asked(kind: type[C], act: Callable[[Carrier, C, State], Decision[Event]]) -> tuple[type[Command], Decides]:
    """One line of the table: `act` is only ever called with commands of its kind."""
    return kind, cast("Decides", act)


def _happened(kind: type[E], then: Callable[[State, E], State]) -> tuple[type[Event], Evolves]:
    """One line of the table: `then` is only ever called with events of its kind."""
    return kind, cast("Evolves", then)


# --- what may be asked


def _verify(carrier: Carrier, command: VerifyCoverage, state: State) -> Decision[Event]:
    if isinstance(state, Reported):
        return verify(carrier, command, state.notice)
    return wrong_state(command, state) if isinstance(state, Unreported) else ()


def _inspect(carrier: Carrier, command: RecordInspection, state: State) -> Decision[Event]:
    _ = carrier
    return inspect(command, state) if isinstance(state, Open) else wrong_state(command, state)


def _settle(carrier: Carrier, command: SettleLoss, state: State) -> Decision[Event]:
    return settle(carrier, command, state) if isinstance(state, Open) else wrong_state(command, state)


def _open_exposure(carrier: Carrier, command: OpenExposure, state: State) -> Decision[Event]:
    return open_exposure(carrier, command, state) if isinstance(state, Open) else wrong_state(command, state)


def _close_exposure(carrier: Carrier, command: CloseExposure, state: State) -> Decision[Event]:
    _ = carrier
    return close_exposure(command, state) if isinstance(state, Open) else wrong_state(command, state)


def _add_incident(carrier: Carrier, command: AddIncident, state: State) -> Decision[Event]:
    _ = carrier
    if isinstance(state, (Reported, Open)):
        return add_incident(command, state.notice)
    return wrong_state(command, state)


def _reverify(carrier: Carrier, command: ReverifyCoverage, state: State) -> Decision[Event]:
    _ = carrier
    return reverify(command, state) if isinstance(state, (Open, Closed)) else wrong_state(command, state)


def _close(carrier: Carrier, command: CloseClaim, state: State) -> Decision[Event]:
    _ = carrier
    if isinstance(state, Open):
        return close_claim(command, state)
    return () if isinstance(state, Closed) else wrong_state(command, state)


def _reopen(carrier: Carrier, command: ReopenClaim, state: State) -> Decision[Event]:
    _ = carrier
    if isinstance(state, Closed):
        return (ClaimReopened(claim_id=command.claim_id, reason=command.reason, on=command.on, at=command.at),)
    return wrong_state(command, state) if isinstance(state, Unreported) else ()


COVER_DECIDES: dict[type[Command], Decides] = dict(
    (
        _asked(VerifyCoverage, _verify),
        _asked(RecordInspection, _inspect),
        _asked(SettleLoss, _settle),
        _asked(OpenExposure, _open_exposure),
        _asked(CloseExposure, _close_exposure),
        _asked(AddIncident, _add_incident),
        _asked(ReverifyCoverage, _reverify),
        _asked(CloseClaim, _close),
        _asked(ReopenClaim, _reopen),
    )
)

# --- what then is so


def _covered(state: State, event: CoverageVerified) -> State:
    if not isinstance(state, Reported):
        return state
    notice = state.notice
    if event.warnings:
        notice = replace(notice, warnings=(*notice.warnings, *event.warnings))
    if "changed_after_report" in event.warnings:
        notice = replace(notice, tasks=started(notice.tasks, ("special_investigation",), event.on))
    covered = Exposure(event.exposure, notice.claimant_id, event.coverage, None, policy_year=event.policy_year)
    return Open(notice, (covered,), (), ())


def _denied(state: State, event: CoverageDenied) -> State:
    if not isinstance(state, Reported):
        return state
    return Closed(replace(state.notice, decided_on=event.on), (), (), (), "denied", event.reason)


def _inspected(state: State, event: LossInspected) -> State:
    if not isinstance(state, Open):
        return state
    exposures = tuple(
        [replace(each, estimate=event.estimate) if each.number == event.exposure else each for each in state.exposures]
    )
    notice = state.notice if state.notice.inspected_on else replace(state.notice, inspected_on=event.on)
    return replace(state, exposures=exposures, notice=notice)


def _incident_added(state: State, event: IncidentAdded) -> State:
    if isinstance(state, Unreported):
        return state
    incidents = (*state.notice.incidents, Incident(event.incident, event.kind, event.text))
    return replace(state, notice=replace(state.notice, incidents=incidents))


def _settled(state: State, event: LossSettled) -> State:
    return with_settlement(state, event) if isinstance(state, Open) else state


def _exposure_opened(state: State, event: ExposureOpened) -> State:
    if not isinstance(state, Open):
        return state
    opened = Exposure(
        event.exposure, event.claimant_id, event.coverage, None, event.incident, policy_year=event.policy_year
    )
    return replace(state, exposures=(*state.exposures, opened))


def _exposure_closed(state: State, event: ExposureClosed) -> State:
    if not isinstance(state, Open):
        return state
    exposures = [replace(each, status="closed") if each.number == event.exposure else each for each in state.exposures]
    return replace(state, exposures=tuple(exposures))


def _closed(state: State, event: ClaimClosed) -> State:
    if not isinstance(state, Open):
        return state
    return Closed(
        state.notice if state.notice.decided_on else replace(state.notice, decided_on=event.on),
        tuple([replace(exposure, status="closed") for exposure in state.exposures]),
        state.lines,
        state.payments,
        event.outcome,
        None,
        state.recoveries,
        state.receipts,
        state.deductible,
    )


def _reopened(state: State, event: ClaimReopened) -> State:
    """A denied claim is looked at anew from its notice; any other goes on where it stood."""
    _ = event
    if not isinstance(state, Closed):
        return state
    if state.outcome == "denied":
        return Reported(replace(state.notice, decided_on=None))
    return Open(
        state.notice,
        tuple([replace(exposure, status="open") for exposure in state.exposures]),
        state.lines,
        state.payments,
        state.recoveries,
        state.receipts,
        state.deductible,
    )


def _reverified(state: State, event: CoverageReverified) -> State:
    """Other terms hold from now on; lost cover stops payments. Either way an investigator looks at it."""
    if not isinstance(state, (Open, Closed)):
        return state
    notice = state.notice
    tasks = started(notice.tasks, ("special_investigation",), event.on)
    warnings = (
        notice.warnings if "changed_after_report" in notice.warnings else (*notice.warnings, "changed_after_report")
    )
    exposures = state.exposures
    for exposure in state.exposures:
        if exposure.number == event.exposure:
            changed = replace(
                exposure,
                coverage=event.coverage or exposure.coverage,
                lost=event.reason,
                policy_year=event.policy_year or exposure.policy_year,
            )
            exposures = put_exposure(exposures, changed)
    return replace(state, notice=replace(notice, tasks=tasks, warnings=warnings), exposures=exposures)


COVER_EVOLVES: dict[type[Event], Evolves] = dict(
    (
        _happened(CoverageVerified, _covered),
        _happened(CoverageDenied, _denied),
        _happened(LossInspected, _inspected),
        _happened(IncidentAdded, _incident_added),
        _happened(LossSettled, _settled),
        _happened(ExposureOpened, _exposure_opened),
        _happened(ExposureClosed, _exposure_closed),
        _happened(ClaimClosed, _closed),
        _happened(ClaimReopened, _reopened),
        _happened(CoverageReverified, _reverified),
    )
)
