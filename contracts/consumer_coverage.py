"""What a consumer depends on and no interaction shows: a contract that leaves it out would be green without it."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, Never, cast, get_args, get_type_hints

import msgspec
from msgspec import Struct

from contracts.consumers import agent_portal_expects, billing
from contracts.consumers.agent_portal import AgentPortal, CoverPage, Refused
from contracts.consumers.expectation import Expectation
from model.billing.reactions import REACTIONS

POLICY_EVENTS = "insurance.policy."
BEYOND_THE_FRONT_DOOR: frozenset[str] = frozenset(
    f"insurance.{name}.v1"
    for name in (
        "policy.changed",
        "policy.reinstated",
        "policy.renewed",
        "policy.rewritten",
        "policy.nonrenewed",
        "policy.job.preempted",
        "policy.notice.given",
        "policy.notice.rescinded",
        "policy.operation.held",
        "policy.operation.released",
        "policy.renewal.offered",
        "policy.renewal.bound",
        "policy.renewal.closed",
        "billing.renewal.billed",
        "billing.renewal.paid",
        "billing.delinquency.cancel_requested",
        "billing.delinquency.exited",
        "claims.payment.held",
        "claims.payment.denied",
        "process.cancel_for_nonpayment.asked",
        "process.renewal_bind.asked",
        "process.ask.refused",
    )
)
"""Events that no pact can promise: no public operation leads to them, so that no deployment can be brought to the state
in which it would publish them. Histories that publish each are in fixtures.policy_histories and process_histories.
"""

WORDS_TO_SHOW: tuple[tuple[type[Struct], str], ...] = ((Refused, "code"), (CoverPage, "reason"))


def uncovered(pacts: Iterable[bytes]) -> tuple[str, ...]:
    """Every call, word and event that a consumer here uses and none of the pacts shows, a line each."""
    portal, heard = agent_portal_expects.CONSUMER, {expectation.event_type for expectation in billing.EXPECTATIONS}
    return (
        *(f"{portal}: uncovered: nothing expects {call}()" for call in uncalled(agent_portal_expects.EXPECTATIONS)),
        *(f"{portal}: uncovered: no answer shows {word!r}" for word in unshown(_answers(pacts))),
        *(f"{billing.CONSUMER}: uncovered: nothing expects {event}" for event in unheard(heard)),
    )


def uncalled(expectations: Iterable[Expectation[AgentPortal]]) -> tuple[str, ...]:
    """The portal's calls that no expectation makes."""
    made = {_call_of(expectation) for expectation in expectations}
    calls = (name for name, _ in inspect.getmembers(AgentPortal, inspect.isfunction) if not name.startswith("_"))
    return tuple(name for name in calls if name not in made)


def unshown(answers: Iterable[Any]) -> tuple[str, ...]:
    """The words that the portal tells apart and no answer has."""
    shown = {(name, answer.get(name)) for answer in answers if isinstance(answer, dict) for _, name in WORDS_TO_SHOW}
    return tuple(
        word for page, name in WORDS_TO_SHOW for word in _words(get_type_hints(page)[name]) if (name, word) not in shown
    )


def unheard(heard: Set[str]) -> tuple[str, ...]:
    """The events of policy that billing reacts to and no expectation has, though a deployment can publish them."""
    return tuple(
        reaction.event_type
        for reaction in REACTIONS
        if reaction.event_type.startswith(POLICY_EVENTS)
        and reaction.event_type not in heard
        and reaction.event_type not in BEYOND_THE_FRONT_DOOR
    )


class _Called(Exception):
    """Says which call an expectation makes, before it is made."""


class _Listener:
    def __getattr__(self, name: str) -> Callable[..., Never]:
        def called(*_: object, **__: object) -> Never:
            raise _Called(name)

        return called


def _call_of(expectation: Expectation[AgentPortal]) -> str:
    try:
        expectation.acts(cast("AgentPortal", _Listener()), {"policy_id": "P-1", "account_id": "A-1"})
    except _Called as call:
        return str(call)
    return ""


def _words(hint: Any) -> Iterator[str]:
    """The words of a Literal, also of one that may be None."""
    for argument in get_args(hint):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _words(argument)


def _answers(pacts: Iterable[bytes]) -> Iterator[Any]:
    for pact in pacts:
        for interaction in msgspec.json.decode(pact)["interactions"]:
            yield interaction.get("response", {}).get("body", {}).get("content")
