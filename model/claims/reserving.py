"""The reserves of a claim: how much a line should hold, and how the money events change the lines.

What is on its way is never taken away: a reserve cannot be set below it, and releasing leaves it.
"""

from typing import assert_never

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.authority import may_reserve
from model.claims.events import Event
from model.claims.file import (
    ClaimPayment,
    Closed,
    Open,
    State,
    exposure_of,
    line_of,
    payment_of,
    put_line,
    put_payment,
)
from model.claims.money_commands import SetReserve
from model.claims.money_events import (
    DuplicateSuspected,
    PaymentDenied,
    PaymentEvent,
    PaymentFailed,
    PaymentHeld,
    PaymentIssued,
    PaymentRequested,
    ReserveChanged,
)
from model.claims.reserve import empty
from model.claims.vocabulary import PaymentStatus
from model.decider import Decision, Refusal
from model.money import Money


def incurred(claim: Open | Closed) -> int:
    """What the claim has cost so far and is expected to cost, in minor units."""
    return sum(line.incurred for line in claim.lines)


def set_reserve(carrier: Carrier, command: SetReserve, claim: Open) -> Decision[Event]:
    exposure = exposure_of(claim.exposures, command.line.exposure)
    if exposure is None:
        return Refusal("unknown_exposure", f"claim {command.claim_id} has no exposure {command.line.exposure}")
    if exposure.status == "closed":
        return Refusal("exposure_closed", f"exposure {exposure.number} of claim {command.claim_id} is closed")
    if command.amount.currency != carrier.currency:
        return Refusal(
            "wrong_currency", f"{carrier.name} reserves in {carrier.currency}, not {command.amount.currency}"
        )
    line = line_of(claim.lines, command.line) or empty(command.line, carrier.currency)
    if command.amount.minor < line.pending:
        return Refusal("reserve_below_pending", f"{line.pending} minor units are already on their way from this line")
    change = Money(command.amount.minor - line.open, carrier.currency)
    if change.minor == 0:
        return ()
    refused = may_reserve(carrier, command.role, reserve=command.amount.minor, incurred=incurred(claim) + change.minor)
    if refused is not None and change.minor > 0:
        return refused
    return (
        ReserveChanged(
            claim_id=command.claim_id, line=command.line, change=change, reason="revised", on=command.on, at=command.at
        ),
    )


def evolve_money(state: State, event: PaymentEvent) -> State:
    if not isinstance(state, (Open, Closed)):
        return state
    match event:
        case ReserveChanged(line=key, change=change):
            line = line_of(state.lines, key) or empty(key, change.currency)
            return replace(state, lines=put_line(state.lines, line.changed(change.minor)))
        case PaymentHeld():
            return _asked(state, event, "awaiting_approval")
        case PaymentRequested():
            return _asked(state, event, "requested")
        case PaymentIssued(payment_id=payment_id):
            payment = payment_of(state.payments, payment_id)
            return state if payment is None else _issued(state, event, payment)
        case PaymentFailed(payment_id=payment_id):
            return _given_back(state, payment_id, "failed")
        case PaymentDenied(payment_id=payment_id):
            return _given_back(state, payment_id, "denied")
        case DuplicateSuspected():
            return state
        case _:
            assert_never(event)


def _asked(state: Open | Closed, event: PaymentHeld | PaymentRequested, status: PaymentStatus) -> Open | Closed:
    held = payment_of(state.payments, event.payment_id)
    if held is not None:
        approved = event.approved_by if isinstance(event, PaymentRequested) else ""
        return replace(state, payments=put_payment(state.payments, replace(held, status=status, approved_by=approved)))
    payment = ClaimPayment(
        event.payment_id,
        event.line,
        event.amount,
        event.kind,
        event.payee_id,
        status,
        event.by,
        event.approved_by if isinstance(event, PaymentRequested) else "",
        event.payees,
        event.invoice,
        event.on,
        0,
        event.replaces if isinstance(event, PaymentRequested) else "",
    )
    line = line_of(state.lines, event.line) or empty(event.line, event.amount.currency)
    lines = put_line(state.lines, line.requested(payment.erodes)) if payment.erodes else state.lines
    return replace(state, lines=lines, payments=(*state.payments, payment))


def _issued(state: Open | Closed, event: PaymentIssued, payment: ClaimPayment) -> Open | Closed:
    line = line_of(state.lines, payment.line) or empty(payment.line, payment.amount.currency)
    line = line.issued(payment.erodes) if payment.erodes else line.paid_beyond(payment.amount.minor)
    notice = state.notice
    if notice.decided_on is None or notice.paid_on is None:
        notice = replace(notice, decided_on=notice.decided_on or event.on, paid_on=notice.paid_on or event.on)
    return replace(
        state,
        notice=notice,
        lines=put_line(state.lines, line),
        payments=put_payment(state.payments, replace(payment, status="issued", released=event.released)),
    )


def _given_back(state: Open | Closed, payment_id: str, status: PaymentStatus) -> Open | Closed:
    """The line has again what a payment held that did not go out."""
    payment = payment_of(state.payments, payment_id)
    if payment is None:
        return state
    line = line_of(state.lines, payment.line) or empty(payment.line, payment.amount.currency)
    lines = put_line(state.lines, line.failed(payment.erodes)) if payment.erodes else state.lines
    return replace(state, lines=lines, payments=put_payment(state.payments, replace(payment, status=status)))
