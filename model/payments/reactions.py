"""What payments does when others publish: draft what fell due on autopay, pay out what a claim asked for, and send back
what an account asked for.
"""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct

from model.choices.payments import BillingModel, Method
from model.payments.commands import Command, ReportTimeout, StartPayment, StopPayout
from model.payments.naming import collection_id, disbursement_id, payout_id
from model.reaction import Delivery, Reaction, reaction
from model.wire import Amount, from_wire

METHODS: dict[str, Method] = {method: method for method in get_args(Method)}
BILLING_MODELS: dict[str, BillingModel] = {model: model for model in get_args(BillingModel)}
"""The words of billing that payments knows; any other says nothing to it, and the draft goes where most go."""


class Draft(Struct, frozen=True, gc=False):
    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    autopay: Literal["on", "off"]
    due_on: date
    method: str | None = None
    billing_model: str | None = None
    state: str = ""
    installments: int | None = None


class DraftAhead(Struct, frozen=True, gc=False):
    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    due_on: date
    method: str | None = None
    billing_model: str | None = None
    state: str = ""
    installments: int | None = None


class Payout(Struct, frozen=True):
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount
    method: Method | None = None
    joint_payees: tuple[str, ...] = ()


def draft_due(draft: Draft, delivery: Delivery) -> tuple[Command, ...]:
    """An account without autopay pays by itself."""
    if draft.autopay == "off":
        return ()
    return (
        StartPayment(
            intent_id=collection_id(draft.account_id, str(draft.invoice), repeat=delivery.repeat),
            purpose="collection",
            subject=draft.account_id,
            reference=str(draft.invoice),
            party_id=draft.payer_id,
            amount=from_wire(draft.amount),
            on=draft.due_on,
            at=delivery.at,
            story=delivery.correlation_id,
            expected=METHODS.get(draft.method or ""),
            billing_model=BILLING_MODELS.get(draft.billing_model or "", "direct_bill"),
            state=draft.state,
            installments=1 if draft.installments is None else draft.installments,
        ),
    )


def draft_ahead(draft: DraftAhead, delivery: Delivery) -> tuple[Command, ...]:
    """The same draft as on the due day, on the day on which billing asked for it."""
    invoice = Draft(
        draft.account_id,
        draft.invoice,
        draft.payer_id,
        draft.amount,
        "on",
        delivery.on,
        draft.method,
        draft.billing_model,
        draft.state,
        draft.installments,
    )
    return draft_due(invoice, delivery)


def pay_out(payout: Payout, delivery: Delivery) -> tuple[Command, ...]:
    return (
        StartPayment(
            intent_id=payout_id(payout.claim_id, payout.payment_id, repeat=delivery.repeat),
            purpose="payout",
            subject=payout.claim_id,
            reference=payout.payment_id,
            party_id=payout.payee_id,
            amount=from_wire(payout.amount),
            on=delivery.on,
            at=delivery.at,
            method=payout.method,
            story=delivery.correlation_id,
            joint_payees=payout.joint_payees,
        ),
    )


class Disbursement(Struct, frozen=True, gc=False):
    account_id: str
    disbursement_id: str
    party_id: str
    amount: Amount
    pay_on: date


def send_back(asked: Disbursement, delivery: Delivery) -> tuple[Command, ...]:
    return (
        StartPayment(
            intent_id=disbursement_id(asked.account_id, asked.disbursement_id, repeat=delivery.repeat),
            purpose="disbursement",
            subject=asked.account_id,
            reference=asked.disbursement_id,
            party_id=asked.party_id,
            amount=from_wire(asked.amount),
            on=asked.pay_on,
            at=delivery.at,
        ),
    )


class RejectedDisbursement(Struct, frozen=True):
    account_id: str
    disbursement_id: str
    amount: Amount
    was: Literal["draft", "approved"]
    reason: str


def keep_back(rejected: RejectedDisbursement, delivery: Delivery) -> tuple[Command, ...]:
    """What was never approved was never asked for; what was does not leave any more, if it has not."""
    if rejected.was == "draft":
        return ()
    return (
        StopPayout(
            intent_id=disbursement_id(rejected.account_id, rejected.disbursement_id),
            amount=from_wire(rejected.amount),
            reason=rejected.reason,
            on=delivery.on,
            at=delivery.at,
        ),
    )


class PayoutAsk(Struct, frozen=True):
    asks: str
    claim_id: str
    payment_id: str
    payee_id: str
    amount: Amount | None
    joint_payees: tuple[str, ...] = ()


def pay_or_inquire(ask: PayoutAsk, delivery: Delivery) -> tuple[Command, ...]:
    """The payout under the name that the claim's own request gives it, so that it is one payout whoever asks first. Who
    is asked what became of it does not know, and unknown payments are resolved by inquiries on their own schedule.
    """
    if ask.asks == "payout" and ask.amount is not None:
        asked = Payout(ask.claim_id, ask.payment_id, ask.payee_id, ask.amount, joint_payees=ask.joint_payees)
        return pay_out(asked, delivery)
    if ask.asks == "inquiry":
        return (ReportTimeout(intent_id=payout_id(ask.claim_id, ask.payment_id), on=delivery.on, at=delivery.at),)
    return ()


class Unwanted(Struct, frozen=True, gc=False):
    claim_id: str
    payment_id: str
    amount: Amount
    reason: str


def stop_payout(payment: Unwanted, delivery: Delivery) -> tuple[Command, ...]:
    """Claims stopped or voided it: what has not left does not leave."""
    return (
        StopPayout(
            intent_id=payout_id(payment.claim_id, payment.payment_id),
            amount=from_wire(payment.amount),
            reason=payment.reason,
            on=delivery.on,
            at=delivery.at,
        ),
    )


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.billing.invoice.due.v1", Draft, draft_due),
    reaction("insurance.billing.invoice.draft_requested.v1", DraftAhead, draft_ahead),
    reaction("insurance.billing.disbursement.requested.v1", Disbursement, send_back),
    reaction("insurance.billing.disbursement.rejected.v1", RejectedDisbursement, keep_back),
    reaction("insurance.claims.payment.requested.v1", Payout, pay_out),
    reaction("insurance.claims.payment.stopped.v1", Unwanted, stop_payout),
    reaction("insurance.claims.payment.voided.v1", Unwanted, stop_payout),
    reaction("insurance.process.claim_payout.asked.v1", PayoutAsk, pay_or_inquire),
)
