"""What a core that hosts processes publishes beside the rest: the answers that processes wait for, and their asks.

Some of it needs the state before the event, because the event alone does not say enough: which kind a job is, whose
invoices a payment paid. None where there is nothing to tell.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from model.billing import account
from model.billing import events as billing
from model.billing.reactions import RENEWAL
from model.carrier import Carrier
from model.claims import events as claims
from model.claims.payees import joint
from model.money import Money
from model.policy import events as policy
from model.policy import job_events as jobs
from model.policy import period
from model.policy.proposals import Renewal
from model.policy.renewals import accept_by
from model.policy.states import PendingCancel, Written
from model.policy.terms import Terms
from model.processes import nonpayment_messages, payout_messages, renewal_messages
from model.published.billing_events import PaidInvoice, RenewalBilled, RenewalPaid
from model.published.claim_events import ClaimPaymentDenied, ClaimPaymentHeld
from model.published.events import PublishedEvent
from model.published.policy_events import (
    NoticeGiven,
    NoticeRescinded,
    OperationHeld,
    OperationReleased,
    PublishedCharge,
    PublishedPayer,
    RenewalApproved,
    RenewalBound,
    RenewalClosed,
    RenewalOffered,
)
from model.published.process_events import (
    AskedCharge,
    AskedPayer,
    CancelForNonpaymentAsked,
    ClaimPayoutAsked,
    RenewalBindAsked,
)
from model.wire import Amount, to_wire

E = TypeVar("E")
S = TypeVar("S")
Teller = Callable[[object, object], PublishedEvent | None]


def tellers(carrier: Carrier) -> dict[type[object], Teller]:
    """Who tells of which internal event: given it and the state before it."""

    def noticed(event: policy.NoticeGiven, before: period.State) -> NoticeGiven | None:
        return _noticed(carrier, event, before)

    def offered(event: jobs.JobQuoted, before: period.State) -> RenewalOffered | None:
        terms = _renewal_terms(before, event.job_id)
        return None if terms is None else _offered(carrier, event, terms)

    def renewal(event: renewal_messages.RenewalStepTaken, before: object) -> RenewalBindAsked:
        return _renewal(carrier, event, before)

    return {
        policy.NoticeGiven: _of(policy.NoticeGiven, noticed),
        policy.CancellationRescinded: _of(policy.CancellationRescinded, _rescinded),
        policy.OperationHeld: _of(policy.OperationHeld, _held),
        policy.HeldReleased: _of(policy.HeldReleased, _released),
        jobs.JobQuoted: _of(jobs.JobQuoted, offered),
        jobs.JobBound: _of(jobs.JobBound, _bound),
        jobs.JobClosed: _of(jobs.JobClosed, _closed),
        jobs.IssueApproved: _of(jobs.IssueApproved, _approved),
        billing.InvoicesPlanned: _of(billing.InvoicesPlanned, _billed),
        billing.PaymentDistributed: _of(billing.PaymentDistributed, _paid),
        claims.PaymentHeld: _of(claims.PaymentHeld, _payment_held),
        claims.PaymentDenied: _of(claims.PaymentDenied, _payment_denied),
        payout_messages.PayoutStepTaken: _of(payout_messages.PayoutStepTaken, _payout),
        nonpayment_messages.NonpaymentStepTaken: _of(nonpayment_messages.NonpaymentStepTaken, _nonpayment),
        renewal_messages.RenewalStepTaken: _of(renewal_messages.RenewalStepTaken, renewal),
    }


def _of(kind: type[E], tell: Callable[[E, S], PublishedEvent | None]) -> Teller:
    """The teller of one kind of event, as one of any: the table above calls it with that kind and its state only."""
    _ = kind
    return cast("Teller", tell)


# --- policy


def _noticed(carrier: Carrier, event: policy.NoticeGiven, before: period.State) -> NoticeGiven | None:
    if not isinstance(before, Written):
        return None
    terms = before.terms
    begins = time.fromisoformat(carrier.term_starts_at)
    return NoticeGiven(
        policy_id=event.policy_id,
        account_id=terms.account_id,
        reason=event.reason,
        mailed_on=event.mailed_on,
        earliest=event.earliest,
        effective=event.effective,
        takes_effect_at=_instant(event.effective, begins, terms.zone),
        cure_until=event.cure_until,
        asked_by=event.asked_by,
    )


def _instant(day: date, begins: time, zone: str) -> datetime:
    return datetime.combine(day, begins, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def _rescinded(event: policy.CancellationRescinded, before: period.State) -> NoticeRescinded | None:
    if not isinstance(before, PendingCancel):
        return None
    return NoticeRescinded(
        policy_id=event.policy_id,
        account_id=before.terms.account_id,
        effective=before.notice.effective,
        asked_by=before.notice.asked_by,
    )


def _held(event: policy.OperationHeld, before: period.State) -> OperationHeld:
    _ = before
    return OperationHeld(
        policy_id=event.policy_id,
        moratorium_id=event.moratorium_id,
        operation=type(event.command).__name__,
        asked_by=getattr(event.command, "asked_by", ""),
    )


def _released(event: policy.HeldReleased, before: period.State) -> OperationReleased:
    held = before.docket.held[0]
    return OperationReleased(
        policy_id=event.policy_id,
        operation=type(held).__name__,
        refused=event.refused,
        asked_by=getattr(held, "asked_by", ""),
    )


def _renewal_terms(before: period.State, job_id: str) -> Terms | None:
    """What a renewal offers; None for every other kind of job, of which nearly all are."""
    for job in before.docket.jobs:
        if job.job_id == job_id:
            proposal = job.proposal
            return proposal.terms if type(proposal) is Renewal else None
    return None


def _offered(carrier: Carrier, event: jobs.JobQuoted, terms: Terms) -> RenewalOffered:
    return RenewalOffered(
        policy_id=event.policy_id,
        account_id=terms.account_id,
        job_id=event.job_id,
        start=terms.start,
        end=terms.end,
        zone=terms.zone,
        accept_by=accept_by(carrier, terms.start),
        acceptance=carrier.policy.renewal_acceptance,
        plan=terms.plan,
        autopay=terms.autopay,
        payers=tuple([PublishedPayer(payer.payer_id, payer.kind, payer.weight) for payer in terms.payers]),
        charges=tuple([PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in terms.charges]),
    )


def _bound(event: jobs.JobBound, before: period.State) -> RenewalBound | None:
    return (
        None
        if _renewal_terms(before, event.job_id) is None
        else RenewalBound(policy_id=event.policy_id, job_id=event.job_id)
    )


def _closed(event: jobs.JobClosed, before: period.State) -> RenewalClosed | None:
    if _renewal_terms(before, event.job_id) is None:
        return None
    return RenewalClosed(policy_id=event.policy_id, job_id=event.job_id, outcome=event.outcome)


def _approved(event: jobs.IssueApproved, before: period.State) -> RenewalApproved | None:
    if _renewal_terms(before, event.job_id) is None:
        return None
    return RenewalApproved(policy_id=event.policy_id, job_id=event.job_id, code=event.code, until=event.until)


# --- billing


def _billed(event: billing.InvoicesPlanned, before: account.State) -> RenewalBilled | None:
    """An instruction is recorded right before its invoices."""
    if not isinstance(before, account.Account) or not event.invoices:
        return None
    instruction_id = before.instructions[-1].instruction_id
    if not instruction_id.startswith(RENEWAL):
        return None
    due_on = event.invoices[0].due_on
    due = [item.amount for invoice in event.invoices if invoice.due_on == due_on for item in invoice.items]
    return RenewalBilled(
        account_id=event.account_id,
        policy_id=event.policy_id,
        job_id=instruction_id.removeprefix(f"{RENEWAL}{event.policy_id}/").rpartition("/")[0],
        first=event.first,
        due=to_wire(Money(sum(amount.minor for amount in due), due[0].currency)),
        due_on=due_on,
    )


def _paid(event: billing.PaymentDistributed, before: account.State) -> RenewalPaid | None:
    if not isinstance(before, account.Account) or not event.parts:
        return None
    renewing: set[str] = set()
    for one in before.instructions:
        if one.instruction_id.startswith(RENEWAL):
            renewing.add(one.policy_id)
    if not renewing:
        return None
    sums: dict[tuple[str, int], int] = {}
    for part in event.parts:
        policy_id = before.invoices[part.invoice].items[part.item].policy_id
        if policy_id in renewing:
            sums[policy_id, part.invoice] = sums.get((policy_id, part.invoice), 0) + part.minor
    currency = event.unapplied.currency
    paid = tuple(PaidInvoice(policy_id, invoice, to_wire(Money(minor, currency)))
                 for (policy_id, invoice), minor in sums.items())  # fmt: skip
    return RenewalPaid(account_id=event.account_id, payment_id=event.payment_id, paid=paid) if paid else None


# --- claims and payments


def _payment_held(event: claims.PaymentHeld, before: object) -> ClaimPaymentHeld:
    _ = before
    return ClaimPaymentHeld(
        claim_id=event.claim_id,
        payment_id=event.payment_id,
        payee_id=event.payee_id,
        amount=to_wire(event.amount),
        joint_payees=joint(event.payees),
    )


def _payment_denied(event: claims.PaymentDenied, before: object) -> ClaimPaymentDenied:
    _ = before
    return ClaimPaymentDenied(claim_id=event.claim_id, payment_id=event.payment_id, reason=event.reason)


def _wire(amount: Money | None) -> Amount | None:
    return None if amount is None else to_wire(amount)


def _payout(event: payout_messages.PayoutStepTaken, before: object) -> ClaimPayoutAsked:
    _ = before
    return ClaimPayoutAsked(
        process_id=event.payment_id,
        step=event.step,
        asks=event.asks,
        because=event.because,
        claim_id=event.claim_id,
        payment_id=event.payment_id,
        payee_id=event.payee_id,
        amount=_wire(event.amount),
        until=event.until,
        joint_payees=event.joint_payees,
    )


def _nonpayment(event: nonpayment_messages.NonpaymentStepTaken, before: object) -> CancelForNonpaymentAsked:
    _ = before
    return CancelForNonpaymentAsked(
        process_id=event.process_id,
        step=event.step,
        asks=event.asks,
        because=event.because,
        account_id=event.account_id,
        policy_id=event.policy_id,
        amount=_wire(event.amount),
        effective=event.effective,
        paid_on=event.paid_on,
        until=event.until,
        noticed_on=event.noticed_on,
        due_on=event.due_on,
        received=_wire(event.received),
    )


def _renewal(carrier: Carrier, event: renewal_messages.RenewalStepTaken, before: object) -> RenewalBindAsked:
    _ = before
    offer = event.offer
    return RenewalBindAsked(
        process_id=event.policy_id,
        step=event.step,
        asks=event.asks,
        because=event.because,
        policy_id=event.policy_id,
        account_id=offer.account_id,
        job_id=offer.job_id,
        start=offer.start,
        end=offer.end,
        zone=offer.zone,
        plan=offer.plan,
        autopay=offer.autopay,
        payers=tuple([AskedPayer(payer.payer_id, payer.kind, payer.weight) for payer in offer.payers]),
        charges=tuple([AskedCharge(charge.pattern, to_wire(charge.amount)) for charge in offer.charges]),
        paid=to_wire(Money(sum(part.amount.minor for part in event.paid), carrier.currency)),
        until=event.until,
    )
