"""What happened to a policy. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.money import Money
from model.policy.commands import Direction, NoticeReason, Suspendable
from model.policy.job_events import JobEvent
from model.policy.terms import Charge, Terms
from model.policy.versions import Kind, Segment, Version


class PolicyQuoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    terms: Terms
    expires: date
    on: date
    at: datetime


class PolicyBound(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class PolicyIssued(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    terms: Terms
    on: date
    at: datetime


class PolicyCancelled(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`returned` holds negative charges, one for each pattern that gives something back; `retained` what is kept beyond
    what was earned; `versions` what the cancellation writes down, changes after it reversed among them.
    """

    policy_id: str
    account_id: str
    reason: str
    returned: tuple[Charge, ...]
    on: date
    at: datetime
    retained: tuple[Charge, ...] = ()
    versions: tuple[Version, ...] = ()
    job_id: str = "cancellation"


class PolicyExpired(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    on: date
    at: datetime


class NoticeGiven(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`earliest` is the first day on which the cancellation may take effect, by the rule of `row_id` (empty where the
    state has none and the carrier's own days hold). Payment rescinds it through `cure_until`.
    """

    policy_id: str
    reason: NoticeReason
    mailed_on: date
    effective: date
    earliest: date
    cure_until: date
    row_id: str
    required: Money | None
    on: date
    at: datetime
    asked_by: str = ""


class CancellationMoved(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    effective: date
    on: date
    at: datetime


class CancellationRescinded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    paid: Money | None
    on: date
    at: datetime


class PolicyChanged(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`versions` are the reversals, newest first, the change itself, and what was applied again, oldest first;
    `charges` the one net difference that all of it makes. `conflicts` are fields that the change and a later one both
    set: the later one holds from its day on. `cover` is the whole term as it is cut now.
    """

    policy_id: str
    account_id: str
    job_id: str
    kind: Kind
    versions: tuple[Version, ...]
    charges: tuple[Charge, ...]
    conflicts: tuple[str, ...]
    cover: tuple[Segment, ...]
    terms: Terms
    on: date
    at: datetime


class PolicyReinstated(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Cover goes on from `on`; where `cancelled_on` is earlier, the days between are a gap."""

    policy_id: str
    account_id: str
    job_id: str
    cancelled_on: date
    versions: tuple[Version, ...]
    charges: tuple[Charge, ...]
    cover: tuple[Segment, ...]
    terms: Terms
    on: date
    at: datetime


class PolicyRewritten(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The old term ended on `on` with what `returned` gives back, less than is unearned where `retained` keeps some;
    new terms took its place.
    """

    policy_id: str
    account_id: str
    job_id: str
    returned: tuple[Charge, ...]
    versions: tuple[Version, ...]
    terms: Terms
    on: date
    at: datetime
    retained: tuple[Charge, ...] = ()


class PolicyRenewed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    job_id: str
    terms: Terms
    on: date
    at: datetime


class RenewalNotTaken(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """An issued renewal that nobody paid, or whose policy was cancelled before: as if it had never been."""

    policy_id: str
    account_id: str
    job_id: str
    returned: tuple[Charge, ...]
    on: date
    at: datetime


class RenewalDirected(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Somebody of `authority` said what is to become of the next term."""

    policy_id: str
    direction: Direction
    authority: str
    on: date
    at: datetime


class TermStarted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The renewal's term is the current one now."""

    policy_id: str
    on: date
    at: datetime


class PolicyNonrenewed(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Cover ends on `ends`, which a late notice puts past the end of the term; `charges` is what those days cost."""

    policy_id: str
    account_id: str
    job_id: str
    reason: str
    mailed_on: date
    latest: date
    ends: date
    row_id: str
    charges: tuple[Charge, ...]
    terms: Terms
    on: date
    at: datetime


class OperationHeld(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A moratorium suspends what was asked; it waits, and is decided when the moratorium ends."""

    policy_id: str
    moratorium_id: str
    command: Suspendable
    on: date
    at: datetime


class HeldReleased(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The first that was held is decided; `refused` is the code when the answer was no."""

    policy_id: str
    refused: str | None
    on: date
    at: datetime


PolicyEvent: TypeAlias = (
    PolicyQuoted
    | PolicyBound
    | PolicyIssued
    | PolicyCancelled
    | PolicyExpired
    | NoticeGiven
    | CancellationMoved
    | CancellationRescinded
    | PolicyChanged
    | PolicyReinstated
    | PolicyRewritten
    | PolicyRenewed
    | RenewalNotTaken
    | RenewalDirected
    | TermStarted
    | PolicyNonrenewed
    | OperationHeld
    | HeldReleased
)
Event: TypeAlias = PolicyEvent | JobEvent
