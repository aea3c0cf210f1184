"""What can be seen of a policy: its versions, its money, its jobs, what suspends them, and what it covers."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.published.policy_events import PublishedCharge, PublishedCover, PublishedCoverage
from model.wire import Amount


class PolicySnapshot(Struct, frozen=True, kw_only=True):
    """A policy for whoever asks about cover: from the `start` of its first term to the `end` of the one that runs, or
    until `cancelled_on`. `cover` is what is insured on which days, in all of its terms.
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
    beyond what was earned. `prorated` names the patterns that accrue by day, `earned` gives some days. `extension` says
    whether days of cover past the end of the term cost what any other day does.
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
    extension: Literal["pro_rata", "free"] = "pro_rata"


class NoticeView(Struct, frozen=True, kw_only=True):
    """A cancellation that is to come: not before `earliest`."""

    reason: str
    mailed_on: date
    earliest: date
    effective: date


class IssueView(Struct, frozen=True, kw_only=True):
    """An underwriting issue that blocks a step until `authority` or above approves it; approved through
    `approved_until`, None before anybody did, in `scope` of the quote, the job or the policy.
    """

    code: str
    blocks: Literal["quote", "bind", "issue"]
    authority: str
    approved_until: date | None = None
    scope: Literal["job", "quote", "policy"] = "job"


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
    issues: tuple[IssueView, ...] | None = None


class ScopeView(Struct, frozen=True, kw_only=True):
    """An operation that is suspended for a policy, and every moratorium that names it."""

    operation: str
    moratoria: tuple[str, ...]


class StandingView(Struct, frozen=True, kw_only=True):
    """What is so on a day: what a year costs of the premium of what is insured then, and what is suspended."""

    on: date
    in_force_premium: Amount
    suspended: tuple[ScopeView, ...]


class PolicyView(Struct, frozen=True, kw_only=True):
    """`written` is what the term charged, `returned` what cancellation gave back (negative). `versions` are those that
    hold, in the order in which they were recorded.

    `direction` is what somebody said of the next term. `as_of` is the version that ruled when a question named a day or
    an instant; None when none did, or none was named. `standing` is of the day that the question named, or of the
    day of asking.
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
    direction: Literal["renew", "refer", "non_renew", "not_taken"] | None = None
    standing: StandingView | None = None


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
