"""Provider states made through the front door: a recipe of public operations, and the ids that the deployment chose.

A deployment file may bring a recipe of its own for a state; what it does not bring comes from the named histories.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from contracts.deployment import Deployment, Step
from contracts.driver import Driver, Reply
from contracts.recipes import NoRecipe, recipe
from model.published.operations import BY_NAME
from model.published.requests import Request

PLACE = re.compile(r"\$\{(\w+)\}")
SETTLE_SECONDS = 5.0
POLL_SECONDS = 0.05


class StateFailed(Exception):
    """A state that could not be made. The message says at which step and why."""


def steps_to(deployment: Deployment, state: str) -> tuple[Step, ...]:
    """Raises StateFailed when there is no recipe."""
    own = deployment.states.get(state)
    if own is not None:
        return own.steps
    try:
        return recipe(state)
    except NoRecipe as error:
        raise StateFailed(f"no recipe for the state {state!r}: {error}") from None


def make_state(driver: Driver, state: str, params: Mapping[str, object]) -> dict[str, str]:
    """Leads the deployment to a state and returns what was captured on the way, beside what was handed in.

    Raises StateFailed, and what a driver raises.
    """
    known = {name: str(value) for name, value in params.items()}
    for number, step in enumerate(steps_to(driver.deployment, state), 1):
        place = f"state {state!r}, step {number} ({step.operation})"
        reply = _performed(driver, step, known, place)
        if not 200 <= reply.status < 300:
            raise StateFailed(f"{place}: the deployment answers {reply.status} {reply.code or ''}".rstrip())
        known |= _captured(step, reply, place)
        driver.drain()
    return known


def _performed(driver: Driver, step: Step, known: Mapping[str, str], place: str) -> Reply:
    """One step. What it is about may still be on its way there from another context, so nothing found is asked again
    for a while.
    """
    subject = _filled(step.subject, known, place)
    request = _request(step, known, place)
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        reply = driver.perform(step.operation, str(subject), request)
        if reply.status != 404 or time.monotonic() >= deadline:
            return reply
        time.sleep(POLL_SECONDS)


def _request(step: Step, known: Mapping[str, str], place: str) -> Request:
    operation = BY_NAME[step.operation]
    kind = operation.body or operation.question
    if kind is None or (step.request is None and operation.body is None):
        return None
    try:
        return cast("Request", msgspec.convert(_filled(step.request or {}, known, place), kind))
    except msgspec.ValidationError as error:
        raise StateFailed(f"{place}: {error}") from None


def _filled(value: Any, known: Mapping[str, str], place: str) -> Any:
    """`value` with every `${name}` in it replaced by what is known under that name."""
    match value:
        case str():
            return PLACE.sub(_lookup(known, place), value)
        case dict():
            return {key: _filled(one, known, place) for key, one in cast("dict[str, Any]", value).items()}
        case list():
            return [_filled(one, known, place) for one in cast("list[Any]", value)]
        case _:
            return value


def _lookup(known: Mapping[str, str], place: str) -> Callable[[re.Match[str]], str]:
    def found(name: re.Match[str]) -> str:
        if name[1] not in known:
            raise StateFailed(f"{place}: nothing is known as ${{{name[1]}}}; known: {', '.join(known) or 'nothing'}")
        return known[name[1]]

    return found


def _captured(step: Step, reply: Reply, place: str) -> dict[str, str]:
    """Out of the answer as it is: whether it is a good one, the interaction judges and not the way to it."""
    captured: dict[str, str] = {}
    for name, field in step.capture.items():
        value = _fields(reply.body).get(field)
        if value is None:
            raise StateFailed(f"{place}: the answer has no {field} to be known as {name}")
        captured[name] = str(value)
    return captured


def _fields(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except msgspec.DecodeError:
        return {}
