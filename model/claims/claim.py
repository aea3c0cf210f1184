"""A claim, its exposures and their reserve lines.

    Unreported --ReportClaim--> Reported --VerifyCoverage--> Open --CloseClaim--> Closed
                                   |                          |
                                   +---- not covered ---------+--> Closed (denied)

Money on an open claim: a reserve line is set at notice (average) and revised at inspection; a payment is requested
against what the line has available, then issued or failed as payments reports; the final payment releases what
remains of the line.
"""

from datetime import date
from typing import assert_never

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import (
    AcknowledgeClaim,
    CloseClaim,
    Command,
    ConfirmPayment,
    FailPayment,
    RecordInspection,
    RecordProofOfLoss,
    ReportClaim,
    RequestPayment,
    SetReserve,
    VerifyCoverage,
)
from model.claims.coverage import NotCovered, coverage_at
from model.claims.events import (
    ClaimAcknowledged,
    ClaimClosed,
    ClaimReported,
    CoverageDenied,
    CoverageVerified,
    Event,
    LossInspected,
    PaymentFailed,
    PaymentIssued,
    PaymentRequested,
    ProofOfLossReceived,
    ReserveChanged,
)
from model.claims.file import Closed, Exposure, Notice, Open, Reported, State, Unreported, exposure_of
from model.claims.reserve import LineKey
from model.claims.reserving import evolve_money, request_payment, resolve_payment, set_reserve
from model.claims.vocabulary import Outcome
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law
from model.money import Money

# --- rules


def _wrong_state(command: Command, state: State) -> Refusal:
    return Refusal("wrong_state", f"{type(command).__name__} is not possible when the claim is {type(state).__name__}")


def _same_notice(command: ReportClaim, notice: Notice) -> bool:
    told = (command.policy_id, command.claimant_id, command.cause, command.loss_at)
    return told == (notice.policy_id, notice.claimant_id, notice.cause, notice.loss_at)


# --- the machine


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law and a carrier's choices (average reserves)."""
    _ = law

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case ReportClaim(), Unreported():
                if command.loss_at > command.at:
                    return Refusal("loss_in_future", f"a loss at {command.loss_at} cannot be reported at {command.at}")
                return (_reported(command),)
            case ReportClaim(), Reported(notice=notice) | Open(notice=notice) | Closed(notice=notice):
                return (
                    ()
                    if _same_notice(command, notice)
                    else Refusal("claim_id_reused", f"{command.claim_id} is another claim")
                )
            case VerifyCoverage(), Reported(notice=notice):
                return _verify(carrier, command, notice)
            case VerifyCoverage(), Open() | Closed():
                return ()
            case AcknowledgeClaim(claim_id=claim_id, on=on, at=at), Reported(notice=notice) | Open(notice=notice):
                return () if notice.acknowledged_on else (ClaimAcknowledged(claim_id=claim_id, on=on, at=at),)
            case RecordProofOfLoss(claim_id=claim_id, on=on, at=at), Open(notice=notice):
                return () if notice.proof_on else (ProofOfLossReceived(claim_id=claim_id, on=on, at=at),)
            case RecordInspection(), Open():
                return _inspect(command, state)
            case SetReserve(), Open():
                return set_reserve(carrier, command, state)
            case RequestPayment(), Open():
                return request_payment(command, state)
            case ((ConfirmPayment() | FailPayment()), Open() | Closed()):
                return resolve_payment(command, state)
            case CloseClaim(), Open():
                return _close(command, state)
            case CloseClaim(), Closed():
                return ()
            case (
                (
                    ReportClaim()
                    | VerifyCoverage()
                    | AcknowledgeClaim()
                    | RecordProofOfLoss()
                    | RecordInspection()
                    | SetReserve()
                    | RequestPayment()
                    | ConfirmPayment()
                    | FailPayment()
                    | CloseClaim()
                ),
                _,
            ):
                return _wrong_state(command, state)

    return Decider("claim", Unreported(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.claim_id


def _reported(command: ReportClaim) -> ClaimReported:
    return ClaimReported(
        claim_id=command.claim_id,
        policy_id=command.policy_id,
        claimant_id=command.claimant_id,
        cause=command.cause,
        loss_at=command.loss_at,
        intake=command.intake,
        on=command.on,
        at=command.at,
    )


def _verify(carrier: Carrier, command: VerifyCoverage, notice: Notice) -> Decision[Event]:
    claim_id, on, at = command.claim_id, command.on, command.at
    found = coverage_at(command.policy, notice.loss_at, command.coverage)
    if isinstance(found, NotCovered):
        return (
            CoverageDenied(claim_id=claim_id, reason=found.reason, on=on, at=at),
            ClaimClosed(claim_id=claim_id, outcome="denied", on=on, at=at),
        )
    verified = CoverageVerified(claim_id=claim_id, exposure=1, coverage=found.coverage, on=on, at=at)
    average = carrier.average_reserve(found.coverage.code)
    if average.minor == 0:
        return (verified,)
    line = LineKey(1, "claim_cost", found.coverage.code)
    return (verified, ReserveChanged(claim_id=claim_id, line=line, change=average, reason="average", on=on, at=at))


def _inspect(command: RecordInspection, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.exposure)
    if exposure is None:
        return Refusal("unknown_exposure", f"claim {command.claim_id} has no exposure {command.exposure}")
    currency = exposure.coverage.limit.currency
    if command.estimate.currency != currency:
        return Refusal("wrong_currency", f"the loss is insured in {currency}, not {command.estimate.currency}")
    if command.estimate.minor < 0:
        return Refusal("negative_amount", f"a loss cannot be {command.estimate}")
    if exposure.estimate == command.estimate:
        return ()
    return (
        LossInspected(
            claim_id=command.claim_id,
            exposure=command.exposure,
            estimate=command.estimate,
            on=command.on,
            at=command.at,
        ),
    )


def _close(command: CloseClaim, claim: Open) -> Decision[Event]:
    if any(payment.status == "requested" for payment in claim.payments):
        return Refusal("payment_pending", f"a payment of claim {command.claim_id} is still on its way")
    released = tuple(
        ReserveChanged(
            claim_id=command.claim_id,
            line=line.key,
            change=Money(-line.open, line.currency),
            reason="released",
            on=command.on,
            at=command.at,
        )
        for line in claim.lines
        if line.open
    )
    paid = any(payment.status == "issued" for payment in claim.payments)
    outcome: Outcome = "paid" if paid else "unpaid"
    return (*released, ClaimClosed(claim_id=command.claim_id, outcome=outcome, on=command.on, at=command.at))


def evolve(state: State, event: Event) -> State:
    match event:
        case ClaimReported():
            notice = Notice(event.policy_id, event.claimant_id, event.cause, event.loss_at, event.intake, event.on)
            return Reported(notice)
        case CoverageVerified(exposure=number, coverage=coverage):
            if not isinstance(state, Reported):
                return state
            exposure = Exposure(number, state.notice.claimant_id, coverage, None)
            return Open(state.notice, (exposure,), (), ())
        case CoverageDenied(reason=reason, on=on):
            if not isinstance(state, Reported):
                return state
            return Closed(replace(state.notice, decided_on=on), (), (), (), "denied", reason)
        case ClaimAcknowledged(on=on):
            return _with_notice(state, acknowledged_on=on)
        case ProofOfLossReceived(on=on):
            return _with_notice(state, proof_on=on)
        case LossInspected(exposure=number, estimate=estimate, on=on):
            return _inspected(state, number, estimate, on)
        case ReserveChanged() | PaymentRequested() | PaymentIssued() | PaymentFailed():
            return evolve_money(state, event)
        case ClaimClosed(outcome=outcome, on=on):
            if not isinstance(state, Open):
                return state
            notice = state.notice if state.notice.decided_on else replace(state.notice, decided_on=on)
            return Closed(notice, state.exposures, state.lines, state.payments, outcome, None)
        case _:
            assert_never(event)


def _with_notice(state: State, **days: date) -> State:
    if isinstance(state, (Reported, Open)):
        return replace(state, notice=replace(state.notice, **days))
    return state


def _inspected(state: State, number: int, estimate: Money, on: date) -> State:
    if not isinstance(state, Open):
        return state
    exposures = tuple(replace(e, estimate=estimate) if e.number == number else e for e in state.exposures)
    notice = state.notice if state.notice.inspected_on else replace(state.notice, inspected_on=on)
    return replace(state, exposures=exposures, notice=notice)
