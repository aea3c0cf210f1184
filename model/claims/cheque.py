"""The life of a cheque, or of any payout, after it was issued.

    issued --ClearCheque--> cleared
           --StopCheque---> stopped ----+
           --VoidCheque---> voided -----+--ReissueCheque--> reissued (and a new payment)
           --StaleDateCheque-> stale_dated --EscheatCheque--> escheated

A stop or a void gives the reserve back exactly what the payment took, and what it released when it was the final one.
One that went stale gives nothing back: the money is still the payee's, until the payee gets it in another way or the
state does. Of a cheque and the one that replaced it never both clear.
"""

from typing import assert_never

from msgspec.structs import replace

from model.claims.events import ClaimReopened, Event
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
from model.claims.money_commands import (
    ChequeCommand,
    ClearCheque,
    EscheatCheque,
    ReissueCheque,
    StaleDateCheque,
    StopCheque,
    VoidCheque,
)
from model.claims.money_events import (
    ChequeEvent,
    PaymentCleared,
    PaymentEscheated,
    PaymentReissued,
    PaymentRequested,
    PaymentStaleDated,
    PaymentStopped,
    PaymentVoided,
    ReserveChanged,
)
from model.claims.payees import unendorsed
from model.claims.paying import beyond_cover
from model.claims.reserve import empty
from model.claims.vocabulary import PaymentStatus
from model.decider import Decision, Refusal
from model.money import Money

CODES: dict[PaymentStatus, str] = {
    "awaiting_approval": "not_issued",
    "denied": "not_issued",
    "requested": "not_issued",
    "failed": "not_issued",
    "issued": "cheque_outstanding",
    "cleared": "already_cleared",
    "stopped": "cheque_stopped",
    "voided": "cheque_voided",
    "stale_dated": "cheque_stale",
    "escheated": "cheque_escheated",
    "reissued": "cheque_replaced",
}
"""The refusal of whatever a cheque of a status cannot do."""


def decide_cheque(command: ChequeCommand, claim: Open | Closed) -> Decision[Event]:
    payment = payment_of(claim.payments, command.payment_id)
    if payment is None:
        return Refusal("unknown_payment", f"claim {command.claim_id} has no payment {command.payment_id}")
    if isinstance(command, ReissueCheque):
        return _reissue(command, payment, claim)
    claim_id, payment_id, on, at = command.claim_id, command.payment_id, command.on, command.at
    match command, payment.status:
        case ClearCheque(endorsed_by=endorsed_by), "issued":
            missing = unendorsed(payment.payees, endorsed_by)
            if missing:
                return Refusal("endorsement_missing", f"{', '.join(missing)} did not endorse {payment_id}")
            return (PaymentCleared(claim_id=claim_id, payment_id=payment_id, on=on, at=at),)
        case ((StopCheque() | VoidCheque()), "issued"):
            return (*_reopened(command, payment, claim), *_taken_back(command, payment))
        case StaleDateCheque(), "issued":
            return (PaymentStaleDated(claim_id=claim_id, payment_id=payment_id, amount=payment.amount, on=on, at=at),)
        case EscheatCheque(), "stale_dated":
            return (PaymentEscheated(claim_id=claim_id, payment_id=payment_id, amount=payment.amount, on=on, at=at),)
        case (
            (ClearCheque(), "cleared")
            | (StopCheque(), "stopped")
            | (VoidCheque(), "voided")
            | (StaleDateCheque(), "stale_dated")
            | (EscheatCheque(), "escheated")
        ):
            return ()
        case ((ClearCheque() | StopCheque() | VoidCheque() | StaleDateCheque() | EscheatCheque()), status):
            return Refusal(CODES[status], f"{type(command).__name__} is not possible: {payment_id} is {status}")


def _reopened(
    command: StopCheque | VoidCheque | ReissueCheque, payment: ClaimPayment, claim: Open | Closed
) -> tuple[Event, ...]:
    """Money that comes back to the reserve of a closed claim opens it again; a closed claim has no reserve."""
    if isinstance(claim, Open) or not payment.erodes:
        return ()
    return (ClaimReopened(claim_id=command.claim_id, reason="payment_came_back", on=command.on, at=command.at),)


def _taken_back(command: StopCheque | VoidCheque, payment: ClaimPayment) -> tuple[Event, ...]:
    kind = PaymentStopped if isinstance(command, StopCheque) else PaymentVoided
    back = kind(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        line=payment.line,
        amount=payment.amount,
        kind=payment.kind,
        reason=command.reason,
        on=command.on,
        at=command.at,
    )
    if not payment.released:
        return (back,)
    restored = Money(payment.released, payment.amount.currency)
    return (
        back,
        ReserveChanged(
            claim_id=command.claim_id,
            line=payment.line,
            change=restored,
            reason="restored",
            on=command.on,
            at=command.at,
        ),
    )


def _reissue(command: ReissueCheque, payment: ClaimPayment, claim: Open | Closed) -> Decision[Event]:
    if payment.status == "reissued" and payment.replaced_by == command.new_payment_id:
        return ()
    if payment.status not in ("stopped", "voided", "stale_dated"):
        return Refusal(CODES[payment.status], f"{command.payment_id} is {payment.status} and cannot be issued again")
    if payment_of(claim.payments, command.new_payment_id) is not None:
        return Refusal("payment_reused", f"{command.new_payment_id} was already used for another payment")
    line = line_of(claim.lines, payment.line) or empty(payment.line, payment.amount.currency)
    owed = payment.status == "stale_dated"
    if not owed and payment.erodes > line.available:
        return Refusal("reserve_required", f"the line has {line.available} minor units available for the new one")
    if not owed:
        # What was given back may have been spent on something else since.
        exposure = exposure_of(claim.exposures, payment.line.exposure)
        refused = beyond_cover(claim, exposure, payment.line, payment.amount)
        if refused is not None:
            return refused
    reissued = PaymentReissued(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        new_payment_id=command.new_payment_id,
        line=payment.line,
        amount=payment.amount,
        kind=payment.kind,
        held="for_payee" if owed else "by_reserve",
        on=command.on,
        at=command.at,
    )
    return (*_reopened(command, payment, claim), reissued, _again(command, payment))


def _again(command: ReissueCheque, payment: ClaimPayment) -> PaymentRequested:
    return PaymentRequested(
        claim_id=command.claim_id,
        payment_id=command.new_payment_id,
        line=payment.line,
        amount=payment.amount,
        kind=payment.kind,
        payee_id=payment.payee_id,
        by=payment.by,
        approved_by=payment.approved_by,
        payees=payment.payees,
        invoice=payment.invoice,
        replaces=payment.payment_id,
        on=command.on,
        at=command.at,
    )


def evolve_cheque(state: State, event: ChequeEvent) -> State:
    if not isinstance(state, (Open, Closed)):
        return state
    payment = payment_of(state.payments, event.payment_id)
    if payment is None:
        return state
    match event:
        case PaymentCleared():
            return _marked(state, replace(payment, status="cleared"))
        case PaymentStaleDated():
            return _marked(state, replace(payment, status="stale_dated"))
        case PaymentEscheated():
            return _marked(state, replace(payment, status="escheated"))
        case PaymentStopped():
            return _restored(_marked(state, replace(payment, status="stopped", released=0)), payment)
        case PaymentVoided():
            return _restored(_marked(state, replace(payment, status="voided", released=0)), payment)
        case PaymentReissued(new_payment_id=new, held=held):
            marked = _marked(state, replace(payment, status="reissued", replaced_by=new, released=0))
            return _restored(marked, payment) if held == "for_payee" else marked
        case _:
            assert_never(event)


def _marked(state: Open | Closed, payment: ClaimPayment) -> Open | Closed:
    return replace(state, payments=put_payment(state.payments, payment))


def _restored(state: Open | Closed, payment: ClaimPayment) -> Open | Closed:
    line = line_of(state.lines, payment.line) or empty(payment.line, payment.amount.currency)
    line = line.restored(payment.erodes) if payment.erodes else line.paid_beyond(-payment.amount.minor)
    return replace(state, lines=put_line(state.lines, line))
