"""What policy publishes, version 1: policies as they are written, changed and ended, notices, moratoria, renewals."""

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

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


PolicyEvent: TypeAlias = (
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
)

POLICY_TYPES: dict[type[PolicyEvent], str] = {
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
}
