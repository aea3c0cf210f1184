"""The published language, version 1: what the contexts tell each other and the world.

Each struct is a deliberate projection of something that happened inside, never the inside itself. Names are wire
names (snake_case), money is an Amount, days are ISO dates. `EVENT_TYPES` gives the CloudEvents type of each.
"""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.published.process_events import (
    AskRefused,
    CancelForNonpaymentAsked,
    ClaimPayoutAsked,
    ProcessEvent,
    RenewalBindAsked,
)
from model.published.settlement_events import SETTLEMENT_TYPES, SettlementEvent
from model.wire import Amount


class PublishedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class PublishedPayer(Struct, frozen=True, gc=False):
    payer_id: str
    kind: Literal["insured", "mortgagee", "agency"]
    weight: int


class PublishedInterest(Struct, frozen=True, gc=False):
    party_id: str
    kind: Literal["mortgagee", "lienholder"]


class PublishedCoverage(Struct, frozen=True, gc=False, omit_defaults=True):
    """What most coverages have none of is left out: perils that are excluded, days to wait once it was
    added, additional interests in what is insured, and a limit for all losses of one policy year.
    """

    code: str
    limit: Amount
    deductible: Amount
    hurricane_deductible: Amount
    excluded: tuple[
        Literal["hurricane", "wind", "water", "flood", "fire", "theft", "equipment_breakdown", "other"], ...
    ] = ()
    waiting_days: int = 0
    interests: tuple[PublishedInterest, ...] = ()
    aggregate: Amount | None = None


class PolicyIssued(Struct, frozen=True, kw_only=True, gc=False):
    policy_id: str
    account_id: str
    insured_id: str
    product: str
    state: str
    zone: str
    term_starts_at: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]
    areas: tuple[str, ...] = ()


class PolicyCancelled(Struct, frozen=True, kw_only=True, gc=False):
    """`returned` holds negative amounts. `plan` and `payers` are those of the cancelled term."""

    policy_id: str
    account_id: str
    job_id: str
    reason: str
    cancelled_on: date
    returned: tuple[PublishedCharge, ...]


class PublishedCover(Struct, frozen=True, gc=False):
    """What is insured on the days [start, end) of a term; days of a term that no cover names have none."""

    start: date
    end: date
    coverages: tuple[PublishedCoverage, ...]


class PolicyChanged(Struct, frozen=True, kw_only=True, gc=False):
    """`charges` is the one net difference, signed, by pattern; `cover` the whole term as it stands after `version`."""

    policy_id: str
    account_id: str
    kind: str
    version: int
    effective: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]
    cover: tuple[PublishedCover, ...]


class PolicyReinstated(Struct, frozen=True, kw_only=True, gc=False):
    """Cover goes on from `effective`; a gap lies between `cancelled_on` and it where they differ."""

    policy_id: str
    account_id: str
    job_id: str
    version: int
    cancelled_on: date
    effective: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]
    cover: tuple[PublishedCover, ...]


class PolicyRenewed(Struct, frozen=True, kw_only=True, gc=False):
    """The next term, billed from `start`."""

    policy_id: str
    account_id: str
    zone: str
    term_starts_at: str
    job_id: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]


class PolicyRewritten(Struct, frozen=True, kw_only=True, gc=False):
    """New terms from `start` on; `returned` (negative) is what the old ones gave back to `returned_to`."""

    policy_id: str
    account_id: str
    returned_to: str
    returned: tuple[PublishedCharge, ...]
    zone: str
    term_starts_at: str
    start: date
    end: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    coverages: tuple[PublishedCoverage, ...]
    charges: tuple[PublishedCharge, ...]


class PolicyNonrenewed(Struct, frozen=True, kw_only=True, gc=False):
    """Cover ends on `ends`; `charges` is what days past the end of the term cost."""

    policy_id: str
    account_id: str
    reason: str
    mailed_on: date
    ends: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]


class JobPreempted(Struct, frozen=True, kw_only=True, gc=False):
    policy_id: str
    job_id: str
    kind: str
    winner: str


class MoratoriumActivated(Struct, frozen=True, kw_only=True):
    """`suspended` names operations of policy and of billing, on days [start, end) in any of `areas` (none: all of the
    states) for `products` (none: all); without `end` until it is released.
    """

    moratorium_id: str
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    suspended: tuple[str, ...]
    start: date
    end: date | None


class MoratoriumReleased(Struct, frozen=True, kw_only=True, gc=False):
    """`ends` is the first day on which it no longer holds."""

    moratorium_id: str
    ends: date


class NoticeGiven(Struct, frozen=True, kw_only=True):
    """Cover ends on `effective`, at the instant `takes_effect_at`, unless what was asked for is paid through
    `cure_until`, which in some states is the day on which it ends. `asked_by` names the process that asked, empty where
    nobody else did.
    """

    policy_id: str
    account_id: str
    reason: str
    mailed_on: date
    earliest: date
    effective: date
    takes_effect_at: datetime
    asked_by: str
    cure_until: date | None = None


class NoticeRescinded(Struct, frozen=True, kw_only=True):
    """The policy goes on as if no notice had been given."""

    policy_id: str
    account_id: str
    effective: date
    asked_by: str


class OperationHeld(Struct, frozen=True, kw_only=True):
    """A moratorium suspends what was asked; policy decides it when the moratorium ends."""

    policy_id: str
    moratorium_id: str
    operation: str
    asked_by: str


class OperationReleased(Struct, frozen=True, kw_only=True):
    """What was held is decided; `refused` is the code when the answer was no."""

    policy_id: str
    operation: str
    refused: str | None
    asked_by: str


class RenewalOffered(Struct, frozen=True, kw_only=True):
    """The next term has a price. It is accepted by paying through `accept_by`, or `deemed` where nobody objects."""

    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    zone: str
    accept_by: date
    acceptance: Literal["payment", "deemed"]
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[PublishedPayer, ...]
    charges: tuple[PublishedCharge, ...]


class RenewalBound(Struct, frozen=True, kw_only=True):
    policy_id: str
    job_id: str


class RenewalClosed(Struct, frozen=True, kw_only=True):
    """The offer ended before it was issued: not taken, withdrawn, expired or declined."""

    policy_id: str
    job_id: str
    outcome: str


class RenewalApproved(Struct, frozen=True, kw_only=True):
    """Somebody approved the underwriting issue `code` of a renewal, through `until`: what it blocked may be asked."""

    policy_id: str
    job_id: str
    code: str
    until: date


class RenewalBilled(Struct, frozen=True, kw_only=True):
    """The offer of a renewal is billed from invoice number `first` on; `due` is what its first due date asks for."""

    account_id: str
    policy_id: str
    job_id: str
    first: int
    due: Amount
    due_on: date


class PaidInvoice(Struct, frozen=True, gc=False):
    policy_id: str
    invoice: int
    amount: Amount


class RenewalPaid(Struct, frozen=True, kw_only=True):
    """What a payment paid of the invoices of policies whose renewal is billed."""

    account_id: str
    payment_id: str
    paid: tuple[PaidInvoice, ...]


class InvoiceDue(Struct, frozen=True, kw_only=True, gc=False):
    """Where autopay drafts it: `method` is what the payer lets itself be drafted by as far as billing knows,
    `installment` the place of the bill in its plan (0: the down payment) of `installments` after it, `state` that of
    the policy.
    """

    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    autopay: Literal["on", "off"]
    due_on: date
    method: Literal["ach", "card", "wallet"] | None = None
    billing_model: Literal["direct_bill", "agency_bill", "mortgagee_bill"] | None = None
    state: str = ""
    installment: int | None = None
    installments: int | None = None


class InvoicePastDue(Struct, frozen=True, kw_only=True, gc=False):
    """Grace is over; `amount` is what one policy still owes on the invoice."""

    account_id: str
    invoice: int
    policy_id: str
    payer_id: str
    amount: Amount
    due_on: date


class NonpaymentNoticeSent(Struct, frozen=True, kw_only=True, gc=False):
    """The notice of nonpayment went with the bill or ahead of the due day: unpaid, cover may end on `earliest`."""

    account_id: str
    invoice: int
    policy_id: str
    payer_id: str
    amount: Amount
    due_on: date
    mailed_on: date
    earliest: date


class DelinquencyStarted(Struct, frozen=True, kw_only=True, gc=False):
    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    since: date


class DelinquencyHeld(Struct, frozen=True, kw_only=True, gc=False):
    """Nothing is pursued until the hold ends; then grace begins anew."""

    delinquency_id: str
    account_id: str
    policy_id: str


class CancellationRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Billing asks, policy decides. `amount` paid before the cancellation takes effect makes it unnecessary. `due_on`
    is the due day that was missed; a notice that was mailed ahead of it, on `noticed_on`, is the notice. `received` is
    the premium that was paid for the term. A `renewal` that was not taken is undone, a `first` term is cancelled with
    notice.
    """

    delinquency_id: str
    account_id: str
    policy_id: str
    reason: Literal["past_due", "not_taken"]
    amount: Amount
    noticed_on: date | None = None
    due_on: date | None = None
    term: Literal["first", "renewal"] = "renewal"
    received: Amount | None = None


class DelinquencyExited(Struct, frozen=True, kw_only=True, gc=False):
    """`paid`: in time, by the event's effective day. `policy_cancelled`: what was owed went with the cover, or was paid
    after it. `held`: what was asked for is withdrawn, and asked anew after the hold. `reinstated`: cover is back.
    """

    delinquency_id: str
    account_id: str
    policy_id: str
    cause: Literal["paid", "policy_cancelled", "written_off", "held", "reinstated"]


class SuspenseCreated(Struct, frozen=True, kw_only=True, gc=False):
    """Money came in that matches nothing; `reason` says why."""

    suspense_id: str
    payment_id: str
    amount: Amount
    reason: str


class SuspenseResolved(Struct, frozen=True, kw_only=True, gc=False):
    """`amount` of it left suspense: paid on an account, refunded, or taken back by the bank."""

    suspense_id: str
    payment_id: str
    amount: Amount
    reason: str
    outcome: Literal["resolved", "refunded", "taken_back"]


class CommissionEarned(Struct, frozen=True, kw_only=True, gc=False):
    """`rate` is exact (`0.125` for 12.5 percent) of `base`, commissionable premium."""

    producer_id: str
    policy_id: str
    base: Amount
    rate: str
    amount: Amount


class CommissionChargedBack(Struct, frozen=True, kw_only=True, gc=False):
    """`base` and `amount` are negative; `rate` is that at which it was earned."""

    producer_id: str
    policy_id: str
    base: Amount
    rate: str
    amount: Amount


class FinanceCancellationOrdered(Struct, frozen=True, kw_only=True, gc=False):
    """A premium finance lender orders the cancellation as if the insured asked for it."""

    contract_id: str
    account_id: str
    policy_id: str
    lender_id: str
    effective: date


class InvoiceDraftRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Autopay drafts it ahead of its due day; the rest is told as with an invoice that falls due."""

    account_id: str
    invoice: int
    payer_id: str
    amount: Amount
    due_on: date
    method: Literal["ach", "card", "wallet"] | None = None
    billing_model: Literal["direct_bill", "agency_bill", "mortgagee_bill"] | None = None
    state: str = ""
    installment: int | None = None
    installments: int | None = None


class DisbursementRequested(Struct, frozen=True, kw_only=True, gc=False):
    """Unapplied money is approved to go back to a party, not before `pay_on`."""

    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount
    pay_on: date


class DisbursementExecuted(Struct, frozen=True, kw_only=True, gc=False):
    disbursement_id: str
    account_id: str
    party_id: str
    amount: Amount


class DisbursementRejected(Struct, frozen=True, kw_only=True, gc=False):
    """It is not to be paid, and its money is unapplied again. `was` says whether it had been asked for."""

    disbursement_id: str
    account_id: str
    amount: Amount
    was: Literal["draft", "approved"]
    reason: str


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


class IntentSucceeded(Struct, frozen=True, kw_only=True, gc=False):
    """`fee` was charged beside the amount, as a surcharge or a convenience fee, and is no part of it. `wins_back` is
    the movement that a chargeback had taken and that this one brings back; empty for money that was never lost.
    """

    intent_id: str
    movement_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    fee: Amount | None = None
    fee_kind: Literal["none", "convenience_fee", "card_surcharge"] = "none"
    wins_back: str = ""


class IntentFailed(Struct, frozen=True, kw_only=True, gc=False):
    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    reason: str


class IntentUnknown(Struct, frozen=True, kw_only=True, gc=False):
    """Nobody knows whether the money moved; what comes of it is told as a success or a failure."""

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str


class IntentCreated(Struct, frozen=True, kw_only=True, gc=False):
    """A payment has begun. `route` is the processor that it goes to, empty where nobody chose one."""

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    method: str
    route: str


class IntentCleared(Struct, frozen=True, kw_only=True, gc=False):
    """The bank has paid a cheque that was issued: the money has left for good. `endorsed_by` are the parties whose
    endorsements the bank has seen, empty where it does not say.
    """

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    endorsed_by: tuple[str, ...] = ()


class IntentReturned(Struct, frozen=True, kw_only=True, gc=False):
    intent_id: str
    movement_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    amount: Amount
    reason: str


PublishedEvent: TypeAlias = (
    PolicyIssued
    | PolicyCancelled
    | PolicyChanged
    | PolicyReinstated
    | PolicyRenewed
    | PolicyRewritten
    | PolicyNonrenewed
    | JobPreempted
    | MoratoriumActivated
    | MoratoriumReleased
    | NoticeGiven
    | NoticeRescinded
    | OperationHeld
    | OperationReleased
    | RenewalOffered
    | RenewalBound
    | RenewalClosed
    | RenewalApproved
    | RenewalBilled
    | RenewalPaid
    | InvoiceDue
    | InvoicePastDue
    | NonpaymentNoticeSent
    | DelinquencyStarted
    | DelinquencyHeld
    | CancellationRequested
    | DelinquencyExited
    | SuspenseCreated
    | SuspenseResolved
    | CommissionEarned
    | CommissionChargedBack
    | FinanceCancellationOrdered
    | InvoiceDraftRequested
    | DisbursementRequested
    | DisbursementExecuted
    | DisbursementRejected
    | ClaimPaymentRequested
    | DwellingDamaged
    | DwellingRepaired
    | ClaimPaymentHeld
    | ClaimPaymentDenied
    | ClaimPaymentStopped
    | ClaimPaymentVoided
    | IntentCreated
    | IntentSucceeded
    | IntentFailed
    | IntentUnknown
    | IntentReturned
    | IntentCleared
    | SettlementEvent
    | ProcessEvent
)

EVENT_TYPES: dict[type[PublishedEvent], str] = {
    PolicyIssued: "insurance.policy.issued.v1",
    PolicyCancelled: "insurance.policy.cancelled.v1",
    PolicyChanged: "insurance.policy.changed.v1",
    PolicyReinstated: "insurance.policy.reinstated.v1",
    PolicyRenewed: "insurance.policy.renewed.v1",
    PolicyRewritten: "insurance.policy.rewritten.v1",
    PolicyNonrenewed: "insurance.policy.nonrenewed.v1",
    JobPreempted: "insurance.policy.job.preempted.v1",
    MoratoriumActivated: "insurance.ops.moratorium.activated.v1",
    MoratoriumReleased: "insurance.ops.moratorium.released.v1",
    NoticeGiven: "insurance.policy.notice.given.v1",
    NoticeRescinded: "insurance.policy.notice.rescinded.v1",
    OperationHeld: "insurance.policy.operation.held.v1",
    OperationReleased: "insurance.policy.operation.released.v1",
    RenewalOffered: "insurance.policy.renewal.offered.v1",
    RenewalBound: "insurance.policy.renewal.bound.v1",
    RenewalClosed: "insurance.policy.renewal.closed.v1",
    RenewalApproved: "insurance.policy.renewal.approved.v1",
    RenewalBilled: "insurance.billing.renewal.billed.v1",
    RenewalPaid: "insurance.billing.renewal.paid.v1",
    InvoiceDue: "insurance.billing.invoice.due.v1",
    InvoicePastDue: "insurance.billing.invoice.past_due.v1",
    NonpaymentNoticeSent: "insurance.billing.nonpayment_notice.sent.v1",
    DelinquencyStarted: "insurance.billing.delinquency.started.v1",
    DelinquencyHeld: "insurance.billing.delinquency.held.v1",
    CancellationRequested: "insurance.billing.delinquency.cancel_requested.v1",
    DelinquencyExited: "insurance.billing.delinquency.exited.v1",
    SuspenseCreated: "insurance.billing.suspense.created.v1",
    SuspenseResolved: "insurance.billing.suspense.resolved.v1",
    CommissionEarned: "insurance.billing.commission.earned.v1",
    CommissionChargedBack: "insurance.billing.commission.charged_back.v1",
    FinanceCancellationOrdered: "insurance.billing.finance.cancellation_ordered.v1",
    InvoiceDraftRequested: "insurance.billing.invoice.draft_requested.v1",
    DisbursementRequested: "insurance.billing.disbursement.requested.v1",
    DisbursementRejected: "insurance.billing.disbursement.rejected.v1",
    DisbursementExecuted: "insurance.billing.disbursement.executed.v1",
    ClaimPaymentRequested: "insurance.claims.payment.requested.v1",
    DwellingDamaged: "insurance.claims.dwelling.damaged.v1",
    DwellingRepaired: "insurance.claims.dwelling.repaired.v1",
    ClaimPaymentHeld: "insurance.claims.payment.held.v1",
    ClaimPaymentDenied: "insurance.claims.payment.denied.v1",
    ClaimPaymentStopped: "insurance.claims.payment.stopped.v1",
    ClaimPaymentVoided: "insurance.claims.payment.voided.v1",
    IntentCreated: "insurance.payments.intent.created.v1",
    IntentSucceeded: "insurance.payments.intent.succeeded.v1",
    IntentFailed: "insurance.payments.intent.failed.v1",
    IntentUnknown: "insurance.payments.intent.unknown.v1",
    IntentReturned: "insurance.payments.return.received.v1",
    IntentCleared: "insurance.payments.intent.cleared.v1",
    **SETTLEMENT_TYPES,
    ClaimPayoutAsked: "insurance.process.claim_payout.asked.v1",
    CancelForNonpaymentAsked: "insurance.process.cancel_for_nonpayment.asked.v1",
    RenewalBindAsked: "insurance.process.renewal_bind.asked.v1",
    AskRefused: "insurance.process.ask.refused.v1",
}
