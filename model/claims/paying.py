"""A payment of a claim, from who asks for it until payments says what became of it.

    RequestPayment --within authority--> requested --ConfirmPayment--> issued
                   \\--above it--> awaiting_approval --ApprovePayment--> requested --FailPayment--> failed
                                                    \\--DenyPayment--> denied

A payment may take what its line has available and not a cent more, and never more than the coverage's limit or what
the loss was settled for, and it goes to those whom the cover names (`payee_rules`). The final payment releases what
then remains of the line, except what is already on its way.
"""

from datetime import timedelta
from typing import Literal

from model.carrier import Carrier
from model.choices.claims import Authority
from model.claims.authority import above, authority_of, may_approve
from model.claims.events import Event
from model.claims.file import ClaimPayment, Closed, Exposure, Open, exposure_of, line_of, payment_of
from model.claims.money_commands import ApprovePayment, ConfirmPayment, DenyPayment, FailPayment, RequestPayment
from model.claims.money_events import (
    DuplicateSuspected,
    PaymentDenied,
    PaymentFailed,
    PaymentHeld,
    PaymentIssued,
    PaymentRequested,
    ReserveChanged,
)
from model.claims.payee_rules import parted, payees_refused
from model.claims.reserve import LineKey, ReserveLine
from model.claims.reserving import incurred
from model.claims.vocabulary import PAID, PENDING
from model.decider import Decision, Refusal
from model.money import Money

NEVER_LEFT: dict[str, tuple[str, str]] = {
    "failed": ("already_failed", "failed; request another"),
    "denied": ("already_denied", "was denied"),
    "awaiting_approval": ("not_approved", "still awaits its approval"),
}


def request_payment(carrier: Carrier, command: RequestPayment, claim: Open | Closed) -> Decision[Event]:
    parts = parted(command)
    if isinstance(parts, Refusal):
        return parts
    known = [(part, payment_of(claim.payments, part.payment_id)) for part in parts]
    if any(found is not None for _, found in known):
        same = all(found is not None and _same(part, found) for part, found in known)
        return () if same else _reused(command.payment_id)
    return _requested(carrier, command, parts, claim)


def _requested(
    carrier: Carrier, command: RequestPayment, parts: tuple[RequestPayment, ...], claim: Open | Closed
) -> Decision[Event]:
    line = line_of(claim.lines, command.line)
    if line is None:
        return Refusal("unknown_line", f"claim {command.claim_id} has no such reserve line")
    if command.amount.currency != line.currency:
        return Refusal("wrong_currency", f"the line is in {line.currency}, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a payment is more than nothing, not {command.amount}")
    exposure = exposure_of(claim.exposures, command.line.exposure)
    refused = beyond_cover(claim, exposure, command.line, command.amount)
    refused = refused or payees_refused(carrier, command, parts, claim, exposure)
    if refused is not None:
        return refused
    twin = next(filter(None, [_twin(carrier, part, claim) for part in parts]), None)
    if twin is not None and carrier.claims.duplicate_payments == "block":
        return Refusal("duplicate_payment", f"{twin} already pays invoice {command.invoice} to {command.payee_id}")
    room = _made_room(carrier, command, line)
    if isinstance(room, Refusal):
        return room
    authority = authority_of(carrier, command.role)
    if isinstance(authority, Refusal):
        return authority
    warned = () if twin is None else (_suspected(command, twin),)
    more = sum(event.change.minor for event in room) if room else 0
    more += command.amount.minor if command.kind == "supplemental" else 0
    # Whoever may not pay the whole alone may not pay it in parts either.
    kind = _kind(authority, payment=command.amount.minor, cost=incurred(claim) + more)
    return (*warned, *room, *(_asked(part, kind) for part in parts))


def _same(command: RequestPayment, known: ClaimPayment) -> bool:
    told = (command.line, command.amount, command.kind, command.payee_id)
    return told == (known.line, known.amount, known.kind, known.payee_id)


def _reused(payment_id: str) -> Refusal:
    return Refusal("payment_reused", f"{payment_id} was already used for another payment")


def beyond_cover(claim: Open | Closed, exposure: Exposure | None, line: LineKey, amount: Money) -> Refusal | None:
    """Claim cost is bounded by cover; adjusting expense is the insurer's own and is not."""
    if exposure is None or line.cost_type != "claim_cost":
        return None
    if exposure.lost is not None:
        return Refusal("coverage_lost", f"exposure {exposure.number} is not covered any more: {exposure.lost}")
    code, limit = exposure.coverage.code, exposure.coverage.limit.minor
    alike = {one.number for one in claim.exposures if one.coverage.code == code}
    if _taken(claim.payments, alike) + amount.minor > limit:
        return Refusal("limit_exhausted", f"the limit of {code} is {exposure.coverage.limit} for one occurrence")
    if exposure.settlement is not None:
        due = exposure.settlement.payable
        if _taken(claim.payments, {exposure.number}) + amount.minor > due.minor:
            return Refusal("beyond_settlement", f"exposure {exposure.number} was settled for {due}")
    return None


def _taken(payments: tuple[ClaimPayment, ...], exposures: set[int]) -> int:
    """Claim cost paid and asked for under some exposures, in minor units."""
    return sum(
        payment.amount.minor
        for payment in payments
        if payment.line.exposure in exposures
        and payment.line.cost_type == "claim_cost"
        and (payment.status in PAID or payment.status in PENDING)
    )


def _twin(carrier: Carrier, command: RequestPayment, claim: Open | Closed) -> str | None:
    """Another payment of the same invoice and amount to the same payee, a short time ago."""
    if not command.invoice or carrier.claims.duplicate_payments == "ignore":
        return None
    days = timedelta(days=carrier.claims.duplicate_payment_days)
    for payment in claim.payments:
        alike = (payment.invoice, payment.payee_id, payment.amount) == (
            command.invoice,
            command.payee_id,
            command.amount,
        )
        near = payment.asked_on is not None and abs(command.on - payment.asked_on) <= days
        if alike and near and (payment.status in PAID or payment.status in PENDING):
            return payment.payment_id
    return None


def _made_room(carrier: Carrier, command: RequestPayment, line: ReserveLine) -> tuple[ReserveChanged, ...] | Refusal:
    """The raise of the reserve that a payment needs, if the carrier lets it have one."""
    short = command.amount.minor - line.available
    if command.kind == "supplemental" or short <= 0:
        return ()
    if carrier.claims.payment_above_reserve == "refuse":
        return Refusal(
            "reserve_required", f"the line has {line.available} minor units available, not {command.amount.minor}"
        )
    return (
        ReserveChanged(
            claim_id=command.claim_id,
            line=command.line,
            change=Money(short, line.currency),
            reason="raised",
            on=command.on,
            at=command.at,
        ),
    )


def _suspected(command: RequestPayment, twin: str) -> DuplicateSuspected:
    return DuplicateSuspected(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        other_payment_id=twin,
        on=command.on,
        at=command.at,
    )


def _kind(authority: Authority, *, payment: int, cost: int) -> type[PaymentHeld] | type[PaymentRequested]:
    return PaymentRequested if above(authority, payment=payment, incurred=cost) is None else PaymentHeld


def _asked(command: RequestPayment, kind: type[PaymentHeld] | type[PaymentRequested]) -> PaymentHeld | PaymentRequested:
    return kind(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        line=command.line,
        amount=command.amount,
        kind=command.kind,
        payee_id=command.payee_id,
        by=command.by,
        payees=command.payees,
        invoice=command.invoice,
        on=command.on,
        at=command.at,
    )


def approve_or_deny(carrier: Carrier, command: ApprovePayment | DenyPayment, claim: Open | Closed) -> Decision[Event]:
    payment = payment_of(claim.payments, command.payment_id)
    if payment is None:
        return _unknown(command.claim_id, command.payment_id)
    verdict: Literal["approved", "denied"] = "approved" if isinstance(command, ApprovePayment) else "denied"
    if payment.status != "awaiting_approval":
        settled = payment.status == "denied" if verdict == "denied" else bool(payment.approved_by)
        return () if settled else Refusal("not_awaiting_approval", f"{command.payment_id} is {payment.status}")
    if isinstance(command, DenyPayment):
        return (
            PaymentDenied(
                claim_id=command.claim_id,
                payment_id=command.payment_id,
                by=command.by,
                reason=command.reason,
                on=command.on,
                at=command.at,
            ),
        )
    refused = may_approve(carrier, payment, by=command.by, role=command.role, incurred=incurred(claim))
    return (_approved(command, payment),) if refused is None else refused


def _approved(command: ApprovePayment, payment: ClaimPayment) -> PaymentRequested:
    return PaymentRequested(
        claim_id=command.claim_id,
        payment_id=payment.payment_id,
        line=payment.line,
        amount=payment.amount,
        kind=payment.kind,
        payee_id=payment.payee_id,
        by=payment.by,
        approved_by=command.by,
        payees=payment.payees,
        invoice=payment.invoice,
        on=command.on,
        at=command.at,
    )


def resolve_payment(command: ConfirmPayment | FailPayment, claim: Open | Closed) -> Decision[Event]:
    payment = payment_of(claim.payments, command.payment_id)
    if payment is None:
        return _unknown(command.claim_id, command.payment_id)
    if isinstance(command, FailPayment):
        return _fail(command, payment)
    if payment.status in NEVER_LEFT:
        code, text = NEVER_LEFT[payment.status]
        return Refusal(code, f"payment {command.payment_id} {text}")
    return _issue(command, payment, claim) if payment.status == "requested" else ()


def _fail(command: FailPayment, payment: ClaimPayment) -> Decision[Event]:
    if payment.status in ("failed", "denied", "stopped", "voided"):
        return ()
    if payment.status == "awaiting_approval":
        return Refusal("not_approved", f"payment {command.payment_id} still awaits its approval")
    if payment.status != "requested":
        return Refusal("already_issued", f"payment {command.payment_id} was issued")
    return (
        PaymentFailed(
            claim_id=command.claim_id,
            payment_id=command.payment_id,
            reason=command.reason,
            on=command.on,
            at=command.at,
        ),
    )


def _issue(command: ConfirmPayment, payment: ClaimPayment, claim: Open | Closed) -> Decision[Event]:
    line = line_of(claim.lines, payment.line)
    rest = line.open - line.pending if line is not None and payment.kind == "final" else 0
    issued = PaymentIssued(
        claim_id=command.claim_id,
        payment_id=command.payment_id,
        line=payment.line,
        amount=payment.amount,
        kind=payment.kind,
        released=rest,
        on=command.on,
        at=command.at,
    )
    if rest <= 0:
        return (issued,)
    release = Money(-rest, payment.amount.currency)
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


def _unknown(claim_id: str, payment_id: str) -> Refusal:
    return Refusal("unknown_payment", f"claim {claim_id} has no payment {payment_id}")
