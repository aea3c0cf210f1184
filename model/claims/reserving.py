"""The money of a claim: reserves, and payments against them.

A payment may take what the line has available and not a cent more; it erodes the reserve once payments says that it
was issued. The final payment releases what then remains of the line, except what is already on its way.
"""

from typing import Literal

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.commands import ConfirmPayment, FailPayment, RequestPayment, SetReserve
from model.claims.events import Event, PaymentFailed, PaymentIssued, PaymentRequested, ReserveChanged
from model.claims.file import ClaimPayment, Closed, Open, State, exposure_of, line_of, payment_of, put_line
from model.claims.reserve import empty
from model.decider import Decision, Refusal
from model.money import Money


def set_reserve(carrier: Carrier, command: SetReserve, claim: Open) -> Decision[Event]:
    if exposure_of(claim.exposures, command.line.exposure) is None:
        return Refusal("unknown_exposure", f"claim {command.claim_id} has no exposure {command.line.exposure}")
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
    return (
        ReserveChanged(
            claim_id=command.claim_id, line=command.line, change=change, reason="revised", on=command.on, at=command.at
        ),
    )


def request_payment(command: RequestPayment, claim: Open) -> Decision[Event]:
    known = payment_of(claim.payments, command.payment_id)
    if known is not None:
        same = (known.line, known.amount, known.kind, known.payee_id) == (
            command.line,
            command.amount,
            command.kind,
            command.payee_id,
        )
        return () if same else Refusal("payment_reused", f"{command.payment_id} was already used for another payment")
    line = line_of(claim.lines, command.line)
    if line is None:
        return Refusal("unknown_line", f"claim {command.claim_id} has no such reserve line")
    if command.amount.currency != line.currency:
        return Refusal("wrong_currency", f"the line is in {line.currency}, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a payment is more than nothing, not {command.amount}")
    if command.amount.minor > line.available:
        return Refusal(
            "reserve_required", f"the line has {line.available} minor units available, not {command.amount.minor}"
        )
    return (
        PaymentRequested(
            claim_id=command.claim_id,
            payment_id=command.payment_id,
            line=command.line,
            amount=command.amount,
            kind=command.kind,
            payee_id=command.payee_id,
            on=command.on,
            at=command.at,
        ),
    )


def resolve_payment(command: ConfirmPayment | FailPayment, claim: Open | Closed) -> Decision[Event]:
    payment = payment_of(claim.payments, command.payment_id)
    if payment is None:
        return Refusal("unknown_payment", f"claim {command.claim_id} has no payment {command.payment_id}")
    if isinstance(command, FailPayment):
        if payment.status == "issued":
            return Refusal("already_issued", f"payment {command.payment_id} was issued")
        if payment.status == "failed":
            return ()
        return (
            PaymentFailed(
                claim_id=command.claim_id,
                payment_id=command.payment_id,
                reason=command.reason,
                on=command.on,
                at=command.at,
            ),
        )
    if payment.status == "failed":
        return Refusal("already_failed", f"payment {command.payment_id} failed; request another")
    if payment.status == "issued":
        return ()
    issued = PaymentIssued(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        line=payment.line,
        amount=payment.amount,
        on=command.on,
        at=command.at,
    )
    line = line_of(claim.lines, payment.line)
    rest = line.open - payment.amount.minor - (line.pending - payment.amount.minor) if line else 0
    if payment.kind == "partial" or rest <= 0 or line is None:
        return (issued,)
    release = Money(-rest, line.currency)
    return (
        issued,
        ReserveChanged(
            claim_id=command.claim_id,
            line=payment.line,
            change=release,
            reason="released",
            on=command.on,
            at=command.at,
        ),
    )


def evolve_money(state: State, event: ReserveChanged | PaymentRequested | PaymentIssued | PaymentFailed) -> State:
    if not isinstance(state, (Open, Closed)):
        return state
    match event:
        case ReserveChanged(line=key, change=change):
            line = line_of(state.lines, key) or empty(key, change.currency)
            return replace(state, lines=put_line(state.lines, line.changed(change.minor)))
        case PaymentRequested(payment_id=payment_id, line=key, amount=amount, kind=kind, payee_id=payee_id):
            line = line_of(state.lines, key) or empty(key, amount.currency)
            payment = ClaimPayment(payment_id, key, amount, kind, payee_id, "requested")
            return replace(
                state, lines=put_line(state.lines, line.requested(amount.minor)), payments=(*state.payments, payment)
            )
        case PaymentIssued(payment_id=payment_id, line=key, amount=amount, on=on):
            line = line_of(state.lines, key) or empty(key, amount.currency)
            notice = state.notice if state.notice.decided_on else replace(state.notice, decided_on=on)
            return replace(
                state,
                notice=notice,
                lines=put_line(state.lines, line.issued(amount.minor)),
                payments=_marked(state.payments, payment_id, "issued"),
            )
        case PaymentFailed(payment_id=payment_id):
            payment = payment_of(state.payments, payment_id)
            if payment is None:
                return state
            line = line_of(state.lines, payment.line) or empty(payment.line, payment.amount.currency)
            return replace(
                state,
                lines=put_line(state.lines, line.failed(payment.amount.minor)),
                payments=_marked(state.payments, payment_id, "failed"),
            )


def _marked(
    payments: tuple[ClaimPayment, ...], payment_id: str, status: Literal["issued", "failed"]
) -> tuple[ClaimPayment, ...]:
    return tuple(replace(p, status=status) if p.payment_id == payment_id else p for p in payments)
