"""What can be seen of each thing from outside: answers of a deployment decode to these, states of the model project
to them.

A field that a deployment does not offer is None; invariants that need it are then skipped by name. Money is an Amount
throughout.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.published.account_views import DisbursementView, PaidToView, WriteOffView
from model.published.events import PublishedCharge, PublishedCover, PublishedCoverage
from model.wire import Amount


class PolicySnapshot(Struct, frozen=True, kw_only=True):
    """A policy for whoever asks about cover: [start, end), or until `cancelled_on`. `cover` is what is insured on which
    days, in all of its terms.
    """

    policy_id: str
    product: str
    state: str
    start: date
    end: date
    zone: str
    term_starts_at: str
    cancelled_on: date | None
    coverages: tuple[PublishedCoverage, ...]
    cover: tuple[PublishedCover, ...]


class VersionView(Struct, frozen=True, kw_only=True):
    effective: date
    recorded: datetime
    status: Literal["in_force", "cancelled", "expired"]


class SegmentView(Struct, frozen=True, kw_only=True):
    """[start, end) of a term in which nothing changes; `rates` are what a year of it costs."""

    start: date
    end: date
    status: Literal["in_force", "gap"]
    rates: tuple[PublishedCharge, ...]


class EarnedView(Struct, frozen=True, kw_only=True):
    pattern: str
    on: date
    written: Amount
    earned: Amount
    unearned: Amount


class PeriodView(Struct, frozen=True, kw_only=True):
    """One term and its money: `booked` is all that was charged and given back, `retained` what a cancellation kept
    beyond what was earned. `prorated` names the patterns that accrue by day, `earned` gives some days.
    """

    start: date
    end: date
    until: date
    day_count: str
    rounding: str
    prorated: tuple[str, ...]
    segments: tuple[SegmentView, ...]
    booked: tuple[PublishedCharge, ...]
    retained: tuple[PublishedCharge, ...]
    earned: tuple[EarnedView, ...]


class NoticeView(Struct, frozen=True, kw_only=True):
    """A cancellation that is to come: not before `earliest`."""

    reason: str
    mailed_on: date
    earliest: date
    effective: date


class JobView(Struct, frozen=True, kw_only=True):
    """`base` is the version of the policy that the job stands on, of `versions` in all; `charges` what binding it as
    quoted would book.
    """

    job_id: str
    kind: str
    status: str
    base: int
    quote_expires: date | None = None
    charges: tuple[PublishedCharge, ...] | None = None


class PolicyView(Struct, frozen=True, kw_only=True):
    """`written` is what the term charged, `returned` what cancellation gave back (negative). `versions` are those that
    hold, in the order in which they were recorded.

    `as_of` is the version that ruled when a question named a day or an instant; None when none did, or none was named.
    """

    policy_id: str
    status: Literal["quoted", "bound", "in_force", "cancelled", "expired"]
    account_id: str
    start: date
    end: date
    quote_expires: date | None = None
    cancelled_on: date | None = None
    written: tuple[PublishedCharge, ...] | None = None
    returned: tuple[PublishedCharge, ...] | None = None
    versions: tuple[VersionView, ...] | None = None
    as_of: VersionView | None = None
    base: int | None = None
    has_renewal: Literal["yes", "no"] | None = None
    notice: NoticeView | None = None
    jobs: tuple[JobView, ...] | None = None
    periods: tuple[PeriodView, ...] | None = None


class SuspensionView(Struct, frozen=True):
    operation: str
    answer: Literal["refuse", "hold"]


class MoratoriumView(Struct, frozen=True, kw_only=True):
    """What is suspended on days [start, end). No states, areas or products named means all of them."""

    moratorium_id: str
    status: Literal["declared", "ended"]
    start: date
    end: date | None
    suspended: tuple[SuspensionView, ...]
    states: tuple[str, ...]
    areas: tuple[str, ...]
    products: tuple[str, ...]
    except_reasons: tuple[str, ...]
    citation: str


class CoverageView(Struct, frozen=True, kw_only=True):
    """Whether a loss at `at` is covered, and why not."""

    policy_id: str
    at: datetime
    coverage: str
    covered: Literal["yes", "no"]
    reason: str | None = None
    limit: Amount | None = None
    deductible: Amount | None = None
    hurricane_deductible: Amount | None = None


class ItemView(Struct, frozen=True, kw_only=True):
    policy_id: str
    pattern: str
    amount: Amount
    paid: Amount
    credited: Amount
    written_off: Amount | None = None
    instruction: int | None = None


class InvoiceView(Struct, frozen=True, kw_only=True):
    """`payer_kind` is as what the payer pays for the policy of the first item: an agency by its statement, others by
    themselves.
    """

    number: int
    payer_id: str
    bill_on: date
    due_on: date
    status: Literal["planned", "billed", "due", "past_due", "paid", "carried"]
    items: tuple[ItemView, ...]
    payer_kind: Literal["insured", "mortgagee", "premium_finance", "agency"] | None = None


class PaymentView(Struct, frozen=True, kw_only=True):
    """`distributed` went to items; the rest is unapplied, held for a disbursement, or was disbursed."""

    payment_id: str
    payer_id: str
    status: Literal["received", "returned"]
    amount: Amount
    distributed: Amount
    unapplied: Amount | None = None
    held: Amount | None = None
    disbursed: Amount | None = None


class InstructionView(Struct, frozen=True, kw_only=True):
    """`waiting` is what of a return premium waits for its charges."""

    instruction_id: str
    policy_id: str
    charges: tuple[PublishedCharge, ...]
    waiting: tuple[PublishedCharge, ...] = ()


class DelinquencyView(Struct, frozen=True, kw_only=True):
    """`invoice` is the target where invoices are pursued one by one; `cancel_requests` counts those to policy."""

    delinquency_id: str
    policy_id: str
    invoice: int | None
    reason: Literal["past_due", "not_taken"]
    stage: Literal["pre_grace", "in_grace", "dunning", "cancel_requested", "collections", "written_off", "exited"]
    since: date
    cancel_requests: int
    cause: str | None = None


class CarriedView(Struct, frozen=True, kw_only=True):
    """What a hold kept back on an invoice of a payer, or what is billed in its place."""

    invoice: int
    payer_id: str
    amount: Amount


class HoldView(Struct, frozen=True, kw_only=True):
    """What of `policies` is or was kept back on days [since, released), and what was billed when it ended."""

    hold_id: str
    policies: tuple[str, ...]
    suspends: tuple[str, ...]
    since: date
    released: date | None
    strategy: str | None
    skipped: tuple[CarriedView, ...]
    replanned: tuple[CarriedView, ...]


class AccountView(Struct, frozen=True, kw_only=True):
    """`credits` are return premiums that closed nothing, by payer; `fees` the triggers that were charged."""

    account_id: str
    autopay: Literal["on", "off"]
    unapplied: Amount
    invoices: tuple[InvoiceView, ...] | None = None
    payments: tuple[PaymentView, ...] | None = None
    instructions: tuple[InstructionView, ...] | None = None
    delinquencies: tuple[DelinquencyView, ...] | None = None
    holds: tuple[HoldView, ...] | None = None
    credits: tuple[PaymentView, ...] | None = None
    disbursements: tuple[DisbursementView, ...] | None = None
    write_offs: tuple[WriteOffView, ...] | None = None
    paid_to: tuple[PaidToView, ...] | None = None
    fees: tuple[str, ...] | None = None


class ReserveLineView(Struct, frozen=True, kw_only=True):
    """`available` = `open` less what is on its way; `incurred` = `open` + `paid`."""

    exposure: int
    cost_type: str
    category: str
    open: Amount
    available: Amount
    paid: Amount
    incurred: Amount


class ClaimPaymentView(Struct, frozen=True, kw_only=True):
    """`by` asked for it and `approved_by` let it go where that needed somebody else. `replaces` and `replaced_by` are
    the lineage of a cheque that was issued again.
    """

    payment_id: str
    payee_id: str
    kind: Literal["partial", "final", "supplemental"]
    status: Literal[
        "awaiting_approval",
        "denied",
        "requested",
        "issued",
        "failed",
        "cleared",
        "stopped",
        "voided",
        "stale_dated",
        "escheated",
        "reissued",
    ]
    exposure: int
    category: str
    amount: Amount
    cost_type: str = "claim_cost"
    by: str | None = None
    approved_by: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None


class ExposureView(Struct, frozen=True, kw_only=True):
    """`settled` is what it pays in all, `deductible` what it bears of the deductible of the occurrence; None while it
    was not settled. `lost` is why it is not covered any more.
    """

    exposure: int
    claimant_id: str
    coverage: str
    incident: int
    status: Literal["open", "closed"]
    limit: Amount
    settled: Amount | None = None
    deductible: Amount | None = None
    lost: str | None = None


class RecoveryView(Struct, frozen=True, kw_only=True):
    """`expected` is what was reserved to come back in all, `to_insured` what of `received` is the insured's."""

    exposure: int
    category: str
    expected: Amount
    received: Amount
    expense: Amount
    to_insured: Amount


class ClaimView(Struct, frozen=True, kw_only=True):
    """`denial` is the reason code when the loss is not covered. `net_incurred` is `incurred` less what came back,
    `deductible` that of the whole occurrence. `catastrophe` is a code and `catastrophe_basis` how it came there.
    `damaged_on` is when a storm was found to have damaged the dwelling.
    """

    claim_id: str
    policy_id: str
    status: Literal["reported", "open", "closed"]
    cause: str
    loss_at: datetime
    notice_on: date
    acknowledged_on: date | None
    proof_on: date | None
    inspected_on: date | None
    decided_on: date | None
    outcome: Literal["paid", "unpaid", "denied"] | None
    denial: str | None
    incurred: Amount | None = None
    lines: tuple[ReserveLineView, ...] | None = None
    payments: tuple[ClaimPaymentView, ...] | None = None
    exposures: tuple[ExposureView, ...] | None = None
    recoveries: tuple[RecoveryView, ...] | None = None
    net_incurred: Amount | None = None
    deductible: Amount | None = None
    state: str | None = None
    county: str | None = None
    catastrophe: str | None = None
    catastrophe_basis: Literal["matched", "override"] | None = None
    tasks: tuple[str, ...] | None = None
    links: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    damaged_on: date | None = None
    repaired_on: date | None = None


class AttemptView(Struct, frozen=True, kw_only=True):
    """One try to move the money. `settled_on` is the day on which it moved, `failure` the class of the answer."""

    ordinal: int
    status: Literal[
        "init", "requires_action", "processing", "succeeded", "failed", "errored", "unknown", "returned", "refunded",
        "refunded_partial", "charged_back", "represented",
    ]  # fmt: skip
    method: Literal["ach", "card", "wallet", "cheque", "wire"]
    started_at: datetime
    ended_at: datetime | None = None
    network: str | None = None
    code: str | None = None
    failure: str | None = None
    settled_on: date | None = None
    returned_at: datetime | None = None
    return_code: str | None = None
    surplus: Literal["none", "refunded", "person"] = "none"


class IntentView(Struct, frozen=True, kw_only=True):
    """`status` is that of the sum as a whole. `next_at` is when its schedule goes on, `unknown_since` since when nobody
    knows, `for_person` why somebody has to look at it.
    """

    intent_id: str
    purpose: Literal["collection", "payout", "disbursement"]
    subject: str
    reference: str
    party_id: str
    amount: Amount
    status: Literal[
        "processing", "requires_action", "unknown", "retrying", "succeeded", "refunded", "failed", "returned",
        "charged_back",
    ]  # fmt: skip
    reason: str | None = None
    due_on: date | None = None
    attempts: tuple[AttemptView, ...] | None = None
    captured: Amount | None = None
    refunded: Amount | None = None
    next_at: datetime | None = None
    unknown_since: datetime | None = None
    escalated_at: datetime | None = None
    for_person: str | None = None
