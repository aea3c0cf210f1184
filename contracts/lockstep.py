"""One walk of model and deployment side by side: every request goes to both, and the oracle judges every answer.

Ids are symbols here ($P1, $A1) and become what the deployment chose only on the wire, so that a walk can be written
down and walked again, on this deployment or another.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

from contracts.comparison import Difference
from contracts.driver import Driver, Reply
from contracts.oracle import Oracle
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    PAYMENT_INVARIANTS,
    POLICY_INVARIANTS,
    Skipped,
    Violation,
    judged,
)
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.operations import BY_NAME, OperationName
from model.published.policy_views import PolicyView
from model.published.requests import Request

SETTLE_SECONDS = 5.0
POLL_SECONDS = 0.05


class WalkStep(Struct, frozen=True):
    """`subject` is a symbol. `captures` are the symbols that the answer gives, with the fields that they come from.
    A step `again` repeats the one before under the same idempotency key.
    """

    operation: OperationName
    subject: str
    request: dict[str, Any]
    captures: dict[str, str] = {}
    attempt: Literal["first", "again"] = "first"


def unknown_symbols(steps: Iterable[WalkStep]) -> tuple[str, ...]:
    """The symbols that a step speaks of before any answer gave them."""
    known: set[str] = set()
    unknown: list[str] = []
    for step in steps:
        spoken = (step.subject, *_words(step.request))
        unknown += [word for word in spoken if word.startswith("$") and word not in known]
        known |= step.captures.keys()
    return tuple(unknown)


def _words(value: object) -> Iterator[str]:
    """Every text in a request."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in cast("dict[str, object]", value).values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            yield from _words(one)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """A part of a request with ids for symbols."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {name: _named(one, names) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_named(one, names) for one in cast("list[Any]", value)]
    return value


class Mismatch(Exception):
    """The deployment did what the model does not allow. The last of `steps` is where it showed."""

    def __init__(self, steps: tuple[WalkStep, ...], differences: tuple[Difference, ...]) -> None:
        super().__init__(f"step {len(steps)}: {differences[0].place if differences else 'refuted'}")
        self.steps = steps
        self.differences = differences


class Tally(Struct):
    """What was done and what was not, over all walks of a run."""

    walks: int = 0
    calls: int = 0
    judged: Counter[str] = msgspec.field(default_factory=Counter[str])
    unknown: int = 0
    skipped: set[str] = msgspec.field(default_factory=set[str])


class Walk:
    """Begins where nothing is known of the deployment but that it is there."""

    def __init__(self, driver: Driver, oracle: Oracle, tally: Tally, key_prefix: str) -> None:
        self.steps: list[WalkStep] = []
        self._driver = driver
        self._oracle = oracle
        self._tally = tally
        self._states = oracle.beginning()
        self._names: dict[str, str] = {}
        self._key_prefix = key_prefix
        self._last: tuple[WalkStep, Reply, str] | None = None
        tally.walks += 1

    def ask(
        self, operation: OperationName, subject: str, request: dict[str, Any], captures: Mapping[str, str] | None = None
    ) -> Reply:
        """One request to both. Raises Mismatch, and what a driver raises."""
        step = WalkStep(operation, subject, request, dict(captures or {}))
        self.steps.append(step)
        key = f"{self._key_prefix}-{len(self.steps)}"
        reply = self._judged_reply(step, key)
        self._last = (step, reply, key)
        if reply.view is not None:
            for symbol, field in step.captures.items():
                self._names[symbol] = str(getattr(reply.view, field))
        return reply

    def ask_again(self) -> None:
        """The last request once more under its key: the same answer, and nothing more happens. Raises Mismatch."""
        if self._last is None:
            return
        step, before, key = self._last
        self.steps.append(WalkStep(step.operation, step.subject, step.request, attempt="again"))
        self._tally.calls += 1
        reply = self._driver.perform(step.operation, self._named(step.subject), request_of(step, self._names), key=key)
        self._driver.drain()
        if before.status in (0, 502, 503, 504) or reply.status in (0, 429, 502, 503, 504):
            self._tally.unknown += 1
            return
        self._tally.judged["retry under a known key"] += 1
        if (reply.status, reply.code, _json(reply.body)) != (before.status, before.code, _json(before.body)):
            first = Difference("answer to a retry", f"{before.status}, as before", f"{reply.status}, another answer")
            raise Mismatch(tuple(self.steps), (first,))

    def settle(self, accounts: Iterable[str], *, seconds: float = SETTLE_SECONDS) -> None:
        """For deployments that cannot be drained: reads every account until all that was published has arrived.

        Raises Mismatch when that takes too long.
        """
        if self._driver.deployment.capabilities.drain:
            return
        self._states = self._oracle.settled(self._states, _now())
        for symbol in accounts:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    self.ask("read_account", symbol, {})
                    break
                except Mismatch:
                    if time.monotonic() >= deadline:
                        raise
                    self.steps.pop()
                    time.sleep(POLL_SECONDS)

    @property
    def can_repeat(self) -> bool:
        """Whether the last step was a first attempt to change something, and the deployment knows a key again."""
        if self._driver.deployment.idempotency.dialect == "none" or not self.steps:
            return False
        last = self.steps[-1]
        return last.attempt == "first" and BY_NAME[last.operation].method != "GET"

    def _judged_reply(self, step: WalkStep, key: str) -> Reply:
        operation, subject, request = step.operation, self._named(step.subject), request_of(step, self._names)
        writes = BY_NAME[operation].method != "GET"
        asked = _now()
        reply = self._driver.perform(operation, subject, request, key=key if writes else None)
        self._tally.calls += 1
        recipe = self._driver.deployment.operations.get(operation)
        verdict = self._oracle.allows(
            operation,
            subject,
            request,
            reply,
            self._states,
            asked=asked,
            answered=_now(),
            lacks=recipe.lacks if recipe else (),
        )
        self._tally.skipped.update(verdict.skipped)
        if verdict.result == "refuted":
            raise Mismatch(tuple(self.steps), verdict.differences)
        if verdict.result == "unknown":
            self._tally.unknown += 1
        else:
            self._tally.judged[operation] += 1
        self._states = verdict.states
        self._hold_invariants(reply)
        if self._driver.deployment.capabilities.drain and any(state.outbox for state in self._states):
            self._driver.drain()
            self._states = self._oracle.settled(self._states, _now())
        return reply

    def _hold_invariants(self, reply: Reply) -> None:
        """The model's answer keeps them; a deployment with the same answer and another field may not."""
        found: list[Violation | Skipped] = []
        match reply.view:
            case PolicyView():
                found += judged(POLICY_INVARIANTS, reply.view.policy_id, reply.view)
            case AccountView():
                found += judged(ACCOUNT_INVARIANTS, reply.view.account_id, reply.view)
            case ClaimView():
                found += judged(CLAIM_INVARIANTS, reply.view.claim_id, reply.view)
            case IntentView():
                found += judged(PAYMENT_INVARIANTS, reply.view.intent_id, reply.view)
            case _:
                return
        self._tally.judged["invariants"] += 1
        self._tally.skipped.update(f"{one.code}: lacks {one.lacks}" for one in found if isinstance(one, Skipped))
        broken = tuple(Difference(one.code, "holds", one.text) for one in found if isinstance(one, Violation))
        if broken:
            raise Mismatch(tuple(self.steps), broken)

    def _named(self, symbol: str) -> str:
        return self._names.get(symbol, symbol)


def request_of(step: WalkStep, names: Mapping[str, str]) -> Request:
    """The request of a step with ids for symbols. Raises msgspec.ValidationError for one that the operation does not
    take.
    """
    operation = BY_NAME[step.operation]
    kind = operation.body or operation.question
    if kind is None:
        return None
    return cast("Request", msgspec.convert(_named(step.request, names), kind))


def _now() -> datetime:
    return datetime.now(UTC)


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
