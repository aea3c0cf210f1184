"""What claims publish, version 1: payments that are asked for and their end, dwellings that storms damaged."""

from typing import TypeAlias

from msgspec import Struct

from model.wire import Amount


class ClaimPaymentRequested(Struct, frozen=True, kw_only=True, gc=False):
    """`joint_payees` are the parties who have to endorse the cheque together; empty where `payee_id` is paid alone."""

    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount
    joint_payees: tuple[str, ...] = ()


class DwellingDamaged(Struct, frozen=True, kw_only=True, gc=False):
    """A storm damaged the dwelling that a policy insures; the event's effective day is when claims found it so."""

    claim_id: str
    policy_id: str


class DwellingRepaired(Struct, frozen=True, kw_only=True, gc=False):
    claim_id: str
    policy_id: str


class ClaimPaymentHeld(Struct, frozen=True, kw_only=True):
    """A payment above the authority of who asked for it waits for somebody else's approval."""

    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount
    joint_payees: tuple[str, ...] = ()


class ClaimPaymentDenied(Struct, frozen=True, kw_only=True):
    claim_id: str
    payment_id: str
    reason: str


class ClaimPaymentStopped(Struct, frozen=True, kw_only=True):
    """A payment that was issued shall not reach its payee: the bank is to be told."""

    claim_id: str
    payment_id: str
    amount: Amount
    reason: str


class ClaimPaymentVoided(Struct, frozen=True, kw_only=True):
    """The cheque is back in our hands, or never left them."""

    claim_id: str
    payment_id: str
    amount: Amount
    reason: str


ClaimEvent: TypeAlias = (
    ClaimPaymentRequested
    | DwellingDamaged
    | DwellingRepaired
    | ClaimPaymentHeld
    | ClaimPaymentDenied
    | ClaimPaymentStopped
    | ClaimPaymentVoided
)

CLAIM_TYPES: dict[type[ClaimEvent], str] = {
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    DwellingDamaged: "insurance.claims.dwelling.damaged.v1",
    DwellingRepaired: "insurance.claims.dwelling.repaired.v1",
    ClaimPaymentHeld: "insurance.claims.payment.held.v1",
    ClaimPaymentDenied: "insurance.claims.payment.denied.v1",
    ClaimPaymentStopped: "insurance.claims.payment.stopped.v1",
    ClaimPaymentVoided: "insurance.claims.payment.voided.v1",
}
