"""Model and deployment in lockstep: hypothesis invents walks, the oracle judges every answer, and a walk that ends in a
mismatch is made as short as it can be.
"""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from msgspec import Struct

from contracts.comparison import Difference
from contracts.deployment import Deployment
from contracts.driver import OPERATION_NAMES, DeploymentRefused, DeploymentUnreachable, Driver, Reply
from contracts.lockstep import Mismatch, Tally, Walk, WalkStep, unknown_symbols
from contracts.lockstep_jobs import JobLockstep
from contracts.oracle import Oracle
from model.published.operations import OperationName

SHRINK_CALLS = 1_000
"""How many calls hypothesis may spend on making a walk shorter; what it leaves, `_shortened` takes out."""
SHORTEN_SECONDS = 20.0


class Search(Struct, frozen=True):
    """How far to look: at most so many walks of at most so many steps, for at most so many seconds (None: no limit)."""

    examples: int
    steps: int
    seed: int
    seconds: float | None = None


class Failure(Struct, frozen=True):
    """The shortest walk found that ends in a mismatch, and what is wrong at its last step."""

    steps: tuple[WalkStep, ...]
    differences: tuple[Difference, ...]


class Conformance(Struct, frozen=True):
    tally: Tally
    failure: Failure | None

    @property
    def checked(self) -> int:
        """How many answers were judged."""
        return self.tally.judged.total()

    @property
    def result(self) -> Literal["conforms", "departs", "nothing checked"]:
        if self.failure is not None:
            return "departs"
        return "conforms" if self.checked else "nothing checked"


def unchecked(deployment: Deployment, tally: Tally) -> tuple[str, ...]:
    """What a run did not judge, and why, a line each."""
    silent = [name for name in OPERATION_NAMES if not tally.judged[name]]
    lines = [f"no answer judged of {', '.join(silent)}"] if silent else []
    if deployment.idempotency.dialect == "none":
        lines.append("retries: the deployment file names no idempotency header")
    if not deployment.capabilities.drain:
        lines.append("the very moment at which an event arrives: the deployment cannot be drained, so any was allowed")
    if tally.unknown:
        lines.append(f"{tally.unknown} calls without an answer: both outcomes were kept")
    return (*lines, *sorted(tally.skipped))


def conform(driver: Driver, oracle: Oracle, search: Search) -> Conformance:
    """Searches for a walk on which deployment and model part. Raises DeploymentUnreachable and DeploymentRefused."""
    searching = _Searching(driver, oracle, search)

    class Chosen(JobLockstep):
        session = searching

    hypothesis.seed(search.seed)(Chosen)
    limits = settings(
        max_examples=search.examples,
        stateful_step_count=search.steps,
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )
    try:
        run_state_machine_as_test(Chosen, settings=limits)
    except (Mismatch, Flaky, Unsatisfiable):
        # The shortest one was kept on the way; a deployment that errs only now and then errs all the same.
        pass
    except _Stop as stop:
        if stop.cause is not None:
            raise stop.cause from None
    failure = searching.failure
    if failure is not None:
        failure = _shortened(driver, oracle, failure)
    return Conformance(searching.tally, failure)


def walk_again(driver: Driver, oracle: Oracle, steps: Sequence[WalkStep]) -> Conformance:
    """A walk that was written down. Raises DeploymentUnreachable and DeploymentRefused."""
    tally = Tally()
    walk = Walk(driver, oracle, tally, _fresh_key())
    try:
        for step in steps:
            if step.attempt == "again":
                walk.ask_again()
            else:
                walk.ask(step.operation, step.subject, step.request, step.captures)
    except Mismatch as mismatch:
        return Conformance(tally, Failure(mismatch.steps, mismatch.differences))
    return Conformance(tally, None)


def _shortened(driver: Driver, oracle: Oracle, failure: Failure) -> Failure:
    """The walk without every step that it can do without: hypothesis thinks in choices, a reader in steps."""
    deadline = time.monotonic() + SHORTEN_SECONDS
    number = 0
    while number < len(failure.steps) - 1 and time.monotonic() < deadline:
        without = (*failure.steps[:number], *failure.steps[number + 1 :])
        found = walk_again(driver, oracle, without).failure if not unknown_symbols(without) else None
        if found is None or found.steps[-1].operation != failure.steps[-1].operation:
            number += 1
        else:
            failure, number = found, 0
    return failure


class _Stop(BaseException):
    """Ends a search at once; hypothesis would take an ordinary exception for one more mismatch."""

    def __init__(self, cause: Exception | None = None) -> None:
        super().__init__()
        self.cause = cause


class _Searching:
    """What all walks of a search share: the deployment, the tally, the time, and the shortest failure so far."""

    def __init__(self, driver: Driver, oracle: Oracle, search: Search) -> None:
        self.carrier = oracle.carrier
        self.tally = Tally()
        self.failure: Failure | None = None
        self._driver = driver
        self._oracle = oracle
        self._deadline = None if search.seconds is None else time.monotonic() + search.seconds
        self._most_calls: int | None = None
        self._key = _fresh_key()

    def walk(self) -> Walk:
        self._go_on()
        return Walk(self._driver, self._oracle, self.tally, f"{self._key}-{self.tally.walks}")

    def step(
        self, walk: Walk, operation: OperationName, subject: str, request: dict[str, Any], captures: dict[str, str]
    ) -> Reply:
        with self._watched():
            return walk.ask(operation, subject, request, captures)

    def again(self, walk: Walk) -> None:
        with self._watched():
            walk.ask_again()

    def settle(self, walk: Walk, accounts: list[str]) -> None:
        with self._watched():
            walk.settle(accounts)

    @contextmanager
    def _watched(self) -> Generator[None]:
        self._go_on()
        try:
            yield
        except Mismatch as mismatch:
            if self.failure is None:
                self._most_calls = self.tally.calls + SHRINK_CALLS
            if self.failure is None or len(mismatch.steps) <= len(self.failure.steps):
                self.failure = Failure(mismatch.steps, mismatch.differences)
            raise
        except (DeploymentUnreachable, DeploymentRefused) as error:
            raise _Stop(error) from None

    def _go_on(self) -> None:
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise _Stop
        if self._most_calls is not None and self.tally.calls >= self._most_calls:
            raise _Stop


def _fresh_key() -> str:
    """Idempotency keys must be new in every walk, or a deployment would rightly answer as it did before."""
    return f"conform-{time.time_ns():x}"
