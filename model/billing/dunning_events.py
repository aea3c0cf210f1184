"""What happens to an account whose premium is past due or held. `on` is the effective day, `at` the instant (UTC)."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.plan import PlannedInvoice
from model.choices.delinquency import Reason, ReleaseStrategy, StepName, Term
from model.money import Money

ExitCause = Literal["paid", "policy_cancelled", "written_off", "held", "reinstated"]
Suspends = Literal["invoicing", "delinquency", "autopay"]


class InvoicePastDue(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Grace is over; `amount` is what is open of one policy on the invoice, each policy with an event of its own."""

    account_id: str
    number: int
    policy_id: str
    payer_id: str
    amount: Money
    due_on: date
    on: date
    at: datetime


class NonpaymentNoticeSent(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The notice went with the bill or ahead of the due day, on `on`: unpaid, cover may end on `earliest`. `row_id`
    is the row of law that gives the days, empty where they are the carrier's.
    """

    account_id: str
    number: int
    policy_id: str
    payer_id: str
    amount: Money
    due_on: date
    earliest: date
    row_id: str
    on: date
    at: datetime


class DelinquencyStarted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`invoice` is the target where the plan pursues invoices, None where it pursues policies. Steps count from
    `on`. `due_on` is the due day of the oldest debt, `noticed_on` the day on which its notice went out ahead of that,
    if it did; `term` says whether the policy had a term before the one that is owed for.
    """

    account_id: str
    delinquency_id: str
    policy_id: str
    invoice: int | None
    reason: Reason
    amount: Money
    on: date
    at: datetime
    noticed_on: date | None = None
    due_on: date | None = None
    term: Term = "renewal"


class GraceEnded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The grace that a released hold gave anew is over: steps count from `on`."""

    account_id: str
    delinquency_id: str
    on: date
    at: datetime


class DunningStepTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A letter went out, or the debt is given up (`write_off`); `number` is the place of the step in its workflow."""

    account_id: str
    delinquency_id: str
    policy_id: str
    number: int
    step: StepName
    amount: Money
    on: date
    at: datetime


class CancellationRequested(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Billing asks, policy decides; `amount` paid is what would make it unnecessary. `due_on` is the due day that was
    missed, and a notice that went out ahead of it, on `noticed_on`, need not be given again. `received` is the premium
    that was paid for the term.
    """

    account_id: str
    delinquency_id: str
    policy_id: str
    number: int
    reason: Reason
    amount: Money
    on: date
    at: datetime
    noticed_on: date | None = None
    due_on: date | None = None
    term: Term = "renewal"
    received: Money | None = None


class DelinquencyHeld(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    delinquency_id: str
    policy_id: str
    on: date
    at: datetime


class DelinquencyReleased(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The clock of grace begins again and ends on `grace_ends`."""

    account_id: str
    delinquency_id: str
    policy_id: str
    grace_ends: date
    on: date
    at: datetime


class SentToCollections(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The policy is cancelled and `amount` is still owed for cover that was given."""

    account_id: str
    delinquency_id: str
    policy_id: str
    amount: Money
    on: date
    at: datetime


class DelinquencyExited(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    delinquency_id: str
    policy_id: str
    cause: ExitCause
    on: date
    at: datetime


class PolicyEnded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Billing heard that a policy was cancelled: there is nothing left to ask policy for. `currency` is that of the
    account, which may be news of itself when the cancellation overtook the charges.
    """

    account_id: str
    policy_id: str
    cancelled_on: date
    currency: str
    on: date
    at: datetime


class PolicyResumed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    account_id: str
    policy_id: str
    cancelled_on: date
    currency: str
    on: date
    at: datetime


class HoldPlaced(Struct, frozen=True, kw_only=True, tag=True):
    """`policies` are those of the account that are held. `on` is the first day of the hold."""

    account_id: str
    hold_id: str
    policies: tuple[str, ...]
    suspends: tuple[Suspends, ...]
    on: date
    at: datetime


class HoldReleased(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the first day on which it no longer holds."""

    account_id: str
    hold_id: str
    on: date
    at: datetime


class HeldInvoicesReplanned(Struct, frozen=True, kw_only=True, tag=True):
    """What a hold kept back of a payer is billed as `replanned`, numbered from `first`, in place of the invoices
    `skipped`, whose open items move there: not a cent more or less.
    """

    account_id: str
    hold_id: str
    strategy: ReleaseStrategy
    payer_id: str
    skipped: tuple[int, ...]
    first: int
    replanned: tuple[PlannedInvoice, ...]
    on: date
    at: datetime


DelinquencyEvent: TypeAlias = (
    DelinquencyStarted
    | GraceEnded
    | DunningStepTaken
    | CancellationRequested
    | DelinquencyHeld
    | DelinquencyReleased
    | SentToCollections
    | DelinquencyExited
)
Event: TypeAlias = (
    InvoicePastDue
    | NonpaymentNoticeSent
    | DelinquencyEvent
    | PolicyEnded
    | PolicyResumed
    | HoldPlaced
    | HoldReleased
    | HeldInvoicesReplanned
)
