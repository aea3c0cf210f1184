"""Who reacts to what: every context's reactions in one table."""

from collections.abc import Mapping
from typing import cast

from model.billing import agency_following
from model.billing.reactions import REACTIONS as BILLING_REACTIONS
from model.claims.reactions import REACTIONS as CLAIMS_REACTIONS
from model.payments.reactions import REACTIONS as PAYMENTS_REACTIONS
from model.policy.reactions import REACTIONS as POLICY_REACTIONS
from model.processes.reactions import REACTIONS as PROCESS_REACTIONS
from model.reaction import Reaction, Unless
from model.vocabulary import Command, Context


def reaction_table() -> dict[tuple[str, Context], tuple[Reaction[Command], ...]]:
    """Who reacts to what: CloudEvents type and context to reactions, in the order in which they act."""
    by_context: dict[Context, tuple[Reaction[Command], ...]] = {
        "policy": cast("tuple[Reaction[Command], ...]", POLICY_REACTIONS),
        "billing": cast("tuple[Reaction[Command], ...]", (*agency_following.REACTIONS, *BILLING_REACTIONS)),
        "claims": cast("tuple[Reaction[Command], ...]", CLAIMS_REACTIONS),
        "payments": cast("tuple[Reaction[Command], ...]", PAYMENTS_REACTIONS),
        "processes": cast("tuple[Reaction[Command], ...]", PROCESS_REACTIONS),
    }
    table: dict[tuple[str, Context], tuple[Reaction[Command], ...]] = {}
    for context, reactions in by_context.items():
        for reaction in reactions:
            key = (reaction.event_type, context)
            table[key] = (*table.get(key, ()), reaction)
    return table


WITH_PROCESSES = reaction_table()
CONTEXTS_ALONE = {key: reactions for key, reactions in WITH_PROCESSES.items() if key[1] != "processes"}


def _by_event(
    table: Mapping[tuple[str, Context], tuple[Reaction[Command], ...]],
) -> dict[str, tuple[tuple[Context, Unless | None], ...]]:
    """Who hears of an event, and what each passes over: nothing, where it reacts in several ways."""
    heard: dict[str, tuple[tuple[Context, Unless | None], ...]] = {}
    for (event_type, context), reactions in table.items():
        unless = reactions[0].unless if len(reactions) == 1 else None
        heard[event_type] = (*heard.get(event_type, ()), (context, unless))
    return heard


HEEDFUL = _by_event(WITH_PROCESSES)
HEEDFUL_ALONE = _by_event(CONTEXTS_ALONE)
SUBSCRIBERS: dict[str, tuple[Context, ...]] = {
    event_type: tuple([context for context, _ in heard]) for event_type, heard in HEEDFUL.items()
}
SUBSCRIBERS_ALONE: dict[str, tuple[Context, ...]] = {
    event_type: tuple([context for context, _ in heard]) for event_type, heard in HEEDFUL_ALONE.items()
}


def subscribers(event_type: str) -> tuple[Context, ...]:
    """The contexts that react to a published event, the processes among them."""
    return SUBSCRIBERS.get(event_type, ())
