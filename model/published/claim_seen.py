"""From the file of a claim to what can be seen of it."""

from datetime import date
from typing import Literal

from model.claims import file
from model.claims.clocks import ClaimClock
from model.claims.file import ClaimPayment, Exposure
from model.claims.recovery import RecoveryLine
from model.claims.reserve import ReserveLine
from model.claims.standing import Standing
from model.money import Money
from model.published.claim_views import (
    ClaimClocksView,
    ClaimPaymentView,
    ClaimView,
    ClockView,
    ExposureView,
    RecoveryView,
    ReserveLineView,
)
from model.wire import Amount, to_wire


def claim_view(claim_id: str, state: file.State) -> ClaimView | None:
    """None for a claim that nobody reported."""
    if isinstance(state, file.Unreported):
        return None
    notice = state.notice
    worked = None if isinstance(state, file.Reported) else state
    lines = worked.lines if worked else ()
    currency = lines[0].currency if lines else None
    incurred = sum(line.incurred for line in lines)
    recovered = sum(line.received for line in worked.recoveries) if worked else 0
    return ClaimView(
        claim_id=claim_id,
        policy_id=notice.policy_id,
        status=_status(state),
        cause=notice.cause,
        loss_at=notice.loss_at,
        notice_on=notice.notice_on,
        acknowledged_on=notice.acknowledged_on,
        proof_on=notice.proof_on,
        inspected_on=notice.inspected_on,
        decided_on=notice.decided_on,
        outcome=state.outcome if isinstance(state, file.Closed) else None,
        denial=state.reason if isinstance(state, file.Closed) else None,
        incurred=_amount(incurred, currency) if currency else None,
        net_incurred=_amount(incurred - recovered, currency) if currency else None,
        lines=tuple(_line(line) for line in lines),
        payments=tuple(_payment(payment) for payment in worked.payments) if worked else (),
        exposures=tuple(_exposure(exposure) for exposure in worked.exposures) if worked else (),
        recoveries=tuple(_recovery(line, worked) for line in worked.recoveries) if worked else (),
        deductible=_amount(worked.deductible.amount, currency) if worked and currency else None,
        state=notice.state or None,
        county=notice.county or None,
        catastrophe=(notice.tag.code or None) if notice.tag else None,
        catastrophe_basis=notice.tag.basis if notice.tag else None,
        tasks=tuple(task.name for task in notice.tasks if task.done_on is None),
        links=notice.links,
        warnings=notice.warnings,
        damaged_on=notice.damaged_on,
        repaired_on=notice.repaired_on,
    )


def _status(state: file.Reported | file.Open | file.Closed) -> Literal["reported", "open", "closed"]:
    match state:
        case file.Reported():
            return "reported"
        case file.Open():
            return "open"
        case file.Closed():
            return "closed"


def _line(line: ReserveLine) -> ReserveLineView:
    return ReserveLineView(
        exposure=line.key.exposure,
        cost_type=line.key.cost_type,
        category=line.key.category,
        open=_amount(line.open, line.currency),
        available=_amount(line.available, line.currency),
        paid=_amount(line.paid, line.currency),
        incurred=_amount(line.incurred, line.currency),
    )


def _payment(payment: ClaimPayment) -> ClaimPaymentView:
    return ClaimPaymentView(
        payment_id=payment.payment_id,
        payee_id=payment.payee_id,
        kind=payment.kind,
        status=payment.status,
        exposure=payment.line.exposure,
        category=payment.line.category,
        amount=to_wire(payment.amount),
        cost_type=payment.line.cost_type,
        by=payment.by or None,
        approved_by=payment.approved_by or None,
        replaces=payment.replaces or None,
        replaced_by=payment.replaced_by or None,
    )


def _exposure(exposure: Exposure) -> ExposureView:
    settlement = exposure.settlement
    return ExposureView(
        exposure=exposure.number,
        claimant_id=exposure.claimant_id,
        coverage=exposure.coverage.code,
        incident=exposure.incident,
        status=exposure.status,
        limit=to_wire(exposure.coverage.limit),
        settled=to_wire(settlement.payable) if settlement else None,
        deductible=to_wire(settlement.deductible) if settlement else None,
        lost=exposure.lost,
    )


def _recovery(line: RecoveryLine, claim: file.Open | file.Closed) -> RecoveryView:
    to_insured = sum(
        receipt.to_insured.minor
        for receipt in claim.receipts
        if (receipt.line, receipt.category) == (line.line, line.category)
    )
    return RecoveryView(
        exposure=line.line.exposure,
        category=line.category,
        expected=_amount(line.expected, line.currency),
        received=_amount(line.received, line.currency),
        expense=_amount(line.expense, line.currency),
        to_insured=_amount(to_insured, line.currency),
    )


def _amount(minor: int, currency: str) -> Amount:
    return to_wire(Money(minor, currency))


def clocks_view(claim_id: str, standing: Standing) -> ClaimClocksView:
    cost = standing.cost
    clocks = (*standing.running, *standing.met, *standing.missed)
    return ClaimClocksView(
        claim_id=claim_id,
        on=standing.on,
        clocks=tuple(_clock(clock, standing.on) for clock in clocks),
        overlays=standing.overlays,
        owed=to_wire(standing.owed),
        days_late=cost.days_late,
        interest=to_wire(cost.interest),
        penalty=to_wire(cost.penalty),
        at_stake=to_wire(cost.at_stake),
        cost_rules=cost.rows,
    )


def _clock(clock: ClaimClock, today: date) -> ClockView:
    return ClockView(
        name=clock.name,
        status=clock.status(today),
        rule=clock.row_id,
        started_on=clock.started_on,
        due=clock.due,
        met_on=clock.met_on,
        days_late=clock.days_late(today),
        changed_by=clock.changed_by,
        answers=clock.answers or None,
    )
