"""What claims publish, from what happened inside them."""

from model.claims import events as claims
from model.claims.payees import joint
from model.published.claim_events import (
    ClaimPaymentRequested,
    ClaimPaymentStopped,
    ClaimPaymentVoided,
    DwellingDamaged,
    DwellingRepaired,
)
from model.wire import to_wire


def requested(event: claims.PaymentRequested) -> ClaimPaymentRequested:
    return ClaimPaymentRequested(
        claim_id=event.claim_id,
        payment_id=event.payment_id,
        payee_id=event.payee_id,
        amount=to_wire(event.amount),
        joint_payees=joint(event.payees),
    )


def stopped(event: claims.PaymentStopped) -> ClaimPaymentStopped:
    return ClaimPaymentStopped(
        claim_id=event.claim_id, payment_id=event.payment_id, amount=to_wire(event.amount), reason=event.reason
    )


def voided(event: claims.PaymentVoided) -> ClaimPaymentVoided:
    return ClaimPaymentVoided(
        claim_id=event.claim_id, payment_id=event.payment_id, amount=to_wire(event.amount), reason=event.reason
    )


def damaged(event: claims.DwellingDamaged) -> DwellingDamaged:
    return DwellingDamaged(claim_id=event.claim_id, policy_id=event.policy_id)


def repaired(event: claims.DwellingRepaired) -> DwellingRepaired:
    return DwellingRepaired(claim_id=event.claim_id, policy_id=event.policy_id)
