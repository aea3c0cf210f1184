"""What a consumer depends on and no interaction shows: a contract that leaves it out would be green without it."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, Never, cast, get_args, get_type_hints

import msgspec
from msgspec import Struct

from contracts.consumers import agent_portal_expects, billing, claims, processes, underwriting
from contracts.consumers.agent_portal import AgentPortal, CoverPage, Refused
from contracts.consumers.expectation import Expectation, MessageExpectation
from model.billing.reactions import REACTIONS as BILLING_REACTIONS
from model.claims.reactions import REACTIONS as CLAIMS_REACTIONS
from model.processes.reactions import REACTIONS as PROCESS_REACTIONS
from model.published.events import EVENT_TYPES

POLICY_EVENTS = "insurance.policy."
HEARERS: tuple[tuple[str, tuple[MessageExpectation, ...], frozenset[str]], ...] = (
    (billing.CONSUMER, billing.EXPECTATIONS, frozenset(one.event_type for one in BILLING_REACTIONS)),
    (claims.CONSUMER, claims.EXPECTATIONS, frozenset(one.event_type for one in CLAIMS_REACTIONS)),
    (
        processes.CONSUMER,
        processes.EXPECTATIONS,
        frozenset(one.event_type for one in PROCESS_REACTIONS) - processes.ANSWERS,
    ),
    (underwriting.CONSUMER, underwriting.EXPECTATIONS, frozenset({underwriting.PREEMPTED})),
)
"""Who hears events: what each expects, and what it reacts to that a deployment can be led to."""

WORDS_TO_SHOW: tuple[tuple[type[Struct], str], ...] = ((Refused, "code"), (CoverPage, "reason"))


def uncovered(pacts: Iterable[bytes]) -> tuple[str, ...]:
    """Every call, word and event that a consumer here uses and none of the pacts shows, a line each."""
    portal = agent_portal_expects.CONSUMER
    return (
        *(f"{portal}: uncovered: nothing expects {call}()" for call in uncalled(agent_portal_expects.EXPECTATIONS)),
        *(f"{portal}: uncovered: no answer shows {word!r}" for word in unshown(_answers(pacts))),
        *(
            f"{consumer}: uncovered: nothing expects {event}"
            for consumer, expectations, reacts in HEARERS
            for event in unheard({expectation.event_type for expectation in expectations}, reacts)
        ),
        *(
            f"{event}: uncovered: no consumer hears it"
            for event in unheard(_heard() | processes.ANSWERS, _published_by_policy())
        ),
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


def unheard(heard: Set[str], reacts: Set[str]) -> tuple[str, ...]:
    """The events of policy that somebody reacts to and no expectation has."""
    return tuple(sorted(one for one in reacts if one.startswith(POLICY_EVENTS) and one not in heard))


def _heard() -> set[str]:
    return {expectation.event_type for _, expectations, _ in HEARERS for expectation in expectations}


def _published_by_policy() -> set[str]:
    return {name for name in EVENT_TYPES.values() if name.startswith(POLICY_EVENTS)}


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
