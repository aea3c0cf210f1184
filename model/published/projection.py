"""From what happened inside a context to what it publishes. What is not named here stays inside."""

from collections.abc import Callable
from typing import TypeVar, cast

from model.billing import commission, finance, suspense
from model.billing import dunning_events as dunning
from model.billing import events as billing
from model.carrier import Carrier
from model.claims import events as claims
from model.payments import dispute
from model.payments import events as payments
from model.payments import payout_events as payouts
from model.payments import reconciliation_events as recon
from model.policy import events as policy
from model.policy import job_events as jobs
from model.policy import moratorium
from model.published import (
    claim_projection,
    dunning_projection,
    payment_projection,
    policy_projection,
    settlement_projection,
)
from model.published import money_projection as money
from model.published.account_projection import money_projectors
from model.published.events import PublishedEvent

E = TypeVar("E")
Projector = Callable[[object], PublishedEvent]


def projectors(carrier: Carrier) -> dict[type[object], Projector]:
    """The projector of each published event, by the type of the internal one."""
    return {
        policy.PolicyIssued: _of(policy.PolicyIssued, lambda event: policy_projection.issued(carrier, event)),
        policy.PolicyCancelled: _of(policy.PolicyCancelled, policy_projection.cancelled),
        policy.PolicyChanged: _of(policy.PolicyChanged, policy_projection.changed),
        policy.PolicyReinstated: _of(policy.PolicyReinstated, policy_projection.reinstated),
        policy.PolicyRenewed: _of(policy.PolicyRenewed, lambda event: policy_projection.renewed(carrier, event)),
        policy.PolicyRewritten: _of(policy.PolicyRewritten, lambda event: policy_projection.rewritten(carrier, event)),
        policy.PolicyNonrenewed: _of(policy.PolicyNonrenewed, policy_projection.nonrenewed),
        policy.RenewalNotTaken: _of(policy.RenewalNotTaken, policy_projection.not_taken),
        jobs.JobPreempted: _of(jobs.JobPreempted, policy_projection.preempted),
        moratorium.MoratoriumDeclared: _of(moratorium.MoratoriumDeclared, policy_projection.activated),
        moratorium.MoratoriumEnded: _of(moratorium.MoratoriumEnded, policy_projection.ended),
        billing.InvoiceFellDue: _of(billing.InvoiceFellDue, dunning_projection.due),
        **money_projectors(),
        dunning.InvoicePastDue: _of(dunning.InvoicePastDue, dunning_projection.past_due),
        dunning.NonpaymentNoticeSent: _of(dunning.NonpaymentNoticeSent, dunning_projection.nonpayment_notice),
        dunning.DelinquencyStarted: _of(dunning.DelinquencyStarted, dunning_projection.delinquent),
        dunning.DelinquencyHeld: _of(dunning.DelinquencyHeld, dunning_projection.held),
        dunning.CancellationRequested: _of(dunning.CancellationRequested, dunning_projection.cancel_requested),
        dunning.DelinquencyExited: _of(dunning.DelinquencyExited, dunning_projection.exited),
        suspense.MoneySuspended: _of(suspense.MoneySuspended, money.suspended),
        suspense.SuspenseResolved: _of(suspense.SuspenseResolved, money.resolved),
        suspense.SuspenseRefunded: _of(suspense.SuspenseRefunded, money.refunded),
        suspense.SuspendedMoneyReturned: _of(suspense.SuspendedMoneyReturned, money.taken_back),
        commission.CommissionEarned: _of(commission.CommissionEarned, money.earned),
        commission.CommissionChargedBack: _of(commission.CommissionChargedBack, money.charged_back),
        finance.CancellationOrdered: _of(finance.CancellationOrdered, money.cancellation_ordered),
        claims.PaymentRequested: _of(claims.PaymentRequested, claim_projection.requested),
        claims.DwellingDamaged: _of(claims.DwellingDamaged, claim_projection.damaged),
        claims.DwellingRepaired: _of(claims.DwellingRepaired, claim_projection.repaired),
        claims.PaymentStopped: _of(claims.PaymentStopped, claim_projection.stopped),
        claims.PaymentVoided: _of(claims.PaymentVoided, claim_projection.voided),
        payments.PaymentStarted: _of(payments.PaymentStarted, payment_projection.created),
        payments.PayoutCleared: _of(payments.PayoutCleared, payment_projection.cleared),
        payments.PayoutStopped: _of(payments.PayoutStopped, payment_projection.stopped),
        payments.PaymentSucceeded: _of(payments.PaymentSucceeded, payment_projection.succeeded),
        payments.PaymentRefused: _of(payments.PaymentRefused, payment_projection.refused),
        payments.PaymentTimedOut: _of(payments.PaymentTimedOut, payment_projection.timed_out),
        payments.MoneyReturned: _of(payments.MoneyReturned, payment_projection.returned),
        payments.ChargedBackByIssuer: _of(payments.ChargedBackByIssuer, payment_projection.returned),
        payments.ChargeRepresented: _of(payments.ChargeRepresented, payment_projection.represented),
        dispute.DisputeOpened: _of(dispute.DisputeOpened, settlement_projection.dispute_opened),
        dispute.DisputeWon: _of(dispute.DisputeWon, settlement_projection.dispute_won),
        dispute.DisputeLost: _of(dispute.DisputeLost, settlement_projection.dispute_lost),
        payouts.PayoutEmitted: _of(payouts.PayoutEmitted, settlement_projection.payout_issued),
        payouts.PayoutPosted: _of(payouts.PayoutPosted, settlement_projection.payout_settled),
        payouts.PayoutVoided: _of(payouts.PayoutVoided, settlement_projection.payout_returned),
        recon.EntryMatched: _of(recon.EntryMatched, settlement_projection.matched),
        recon.EntryMismatched: _of(recon.EntryMismatched, settlement_projection.mismatched),
        recon.EntryMissed: _of(recon.EntryMissed, settlement_projection.missing),
    }


def _of(kind: type[E], project: Callable[[E], PublishedEvent]) -> Projector:
    """The projector of one kind of event, as one of any: the table above calls it with that kind only."""
    _ = kind
    return cast("Projector", project)
