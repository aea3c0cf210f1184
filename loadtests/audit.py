"""The audit after a load: is every cent still where it belongs?

Everything that the record says was touched is read through the front door and judged. Messages may still be on their
way when it begins, so a deployment that can is drained first, and whatever is found is read again, for a while, until
it stands or is gone.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic, sleep
from typing import Protocol, TypeVar

import polars as pl
from msgspec import Struct

from contracts.deployment import Deployment
from contracts.driver import DeploymentUnreachable
from contracts.spelling import Reply
from loadtests.asking import unanswered
from loadtests.findings import Finding, Judgement, Views, judgements
from loadtests.promises import KINDS, Promises, promises_of
from model.invariants import Skipped
from model.payments.naming import payout_id
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.operations import OperationName
from model.published.policy_views import PolicyView

V = TypeVar("V")

SETTLE_SECONDS = 5.0
PAUSE_SECONDS = 0.25
NOT_THERE = 404


class Reading(Protocol):
    """What an audit needs of a contracts.driver.Driver."""

    @property
    def deployment(self) -> Deployment: ...

    @property
    def base_url(self) -> str: ...

    def perform(self, operation: OperationName, subject: str = "") -> Reply: ...

    def drain(self) -> int: ...


class SkippedInvariant(Struct, frozen=True, gc=False):
    """An invariant that could not be judged on so many subjects, because their answers lack something."""

    code: str
    lacks: str
    subjects: int


class Audit(Struct, frozen=True, kw_only=True):
    """`read` counts what was read by kind, `judgements` how many could be made. `off_minor` sums the findings' cents
    without their signs.
    """

    deployment: str
    read: dict[str, int]
    judgements: int
    findings: tuple[Finding, ...]
    skipped: tuple[SkippedInvariant, ...]
    off_minor: int

    @property
    def exit_code(self) -> int:
        """0 good, 1 something is wrong, 4 nothing could be judged."""
        if self.findings:
            return 1
        return 0 if self.judgements else 4


def audit(
    driver: Reading, record: pl.DataFrame, *, settle_seconds: float = SETTLE_SECONDS, advance: Callable[[float], object]
) -> Audit:
    """Reads and judges everything that was touched. Raises DeploymentUnreachable, DeploymentRefused, and
    model.money.MoneyError for a record with an amount that is none.
    """
    promises = promises_of(record)
    driver.drain()
    deadline = monotonic() + settle_seconds
    while True:
        views = _read(driver, promises, advance)
        outcome = list(judgements(promises, views))
        wrong = any(isinstance(each, Finding) for each in outcome)
        # Where everything was delivered before we looked, what is wrong stays wrong.
        if not wrong or driver.deployment.capabilities.drain or monotonic() > deadline:
            return _summed(driver, views, outcome)
        sleep(PAUSE_SECONDS)


def _read(driver: Reading, promises: Promises, advance: Callable[[float], object]) -> Views:
    """Everything that was touched, and what hangs on it: the account of a policy, the payments of a claim."""
    views = Views()
    reader = _Reader(driver, views)
    reader.each("read_policy", promises.touched["policy"], PolicyView, views.policies)
    advance(0.3)
    accounts = (view.account_id for view in views.policies.values() if view is not None and view.status != "quoted")
    reader.each("read_account", (*promises.touched["account"], *accounts), AccountView, views.accounts)
    advance(0.6)
    reader.each("read_claim", promises.touched["claim"], ClaimView, views.claims)
    advance(0.8)
    payments = (
        payout_id(view.claim_id, payment.payment_id)
        for view in views.claims.values()
        if view is not None
        for payment in view.payments or ()
    )
    reader.each("read_payment", (*promises.touched["payment"], *payments), IntentView, views.payments)
    advance(1.0)
    return views


class _Reader:
    def __init__(self, driver: Reading, views: Views) -> None:
        self._driver = driver
        self._views = views

    def each(self, operation: OperationName, ids: Iterable[str], kind: type[V], into: dict[str, V | None]) -> None:
        for identity in dict.fromkeys(ids):
            reply = self._driver.perform(operation, identity)
            if isinstance(reply.view, kind):
                into[identity] = reply.view
            elif reply.status == NOT_THERE:
                into[identity] = None
            elif unanswered(reply):
                raise DeploymentUnreachable(f"{self._driver.base_url}: no answer to {operation} of {identity}")
            else:
                self._views.unreadable[identity] = f"{operation} answers {reply.status} {reply.code}"


def _summed(driver: Reading, views: Views, outcome: list[Judgement]) -> Audit:
    findings = tuple(each for each in outcome if isinstance(each, Finding))
    # One code may stand for several invariants that lack the same, and its subject is still one.
    lacking = dict.fromkeys((each.code, each.lacks, each.subject) for each in outcome if isinstance(each, Skipped))
    skipped = Counter((code, lacks) for code, lacks, _ in lacking)
    return Audit(
        deployment=driver.deployment.name,
        read={kind: len(views.of(kind)) for kind in KINDS},
        judgements=sum(not isinstance(each, Skipped) for each in outcome),
        findings=findings,
        skipped=tuple(SkippedInvariant(code, lacks, subjects) for (code, lacks), subjects in skipped.items()),
        off_minor=sum(abs(each.minor) for each in findings),
    )
