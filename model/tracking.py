"""Where every payment of a story stands now: for whoever has a correlation id and wants to know of the money.

A board of published events (model.payments.status) answers the same from afar and a little later; this one looks at the
intents themselves.
"""

from collections.abc import Iterator
from typing import cast

from model.core import Core
from model.payments import intent
from model.payments.evolution import story_of
from model.published.intent_views import IntentView
from model.published.seen import intent_view


def payments_of(core: Core, correlation_id: str) -> tuple[IntentView, ...]:
    """Every payment of a story, in the order in which they began; none when the story moves no money."""
    return tuple(_of(core, correlation_id))


def _of(core: Core, correlation_id: str) -> Iterator[IntentView]:
    for intent_id, state in core.intents.states.items():
        # A payment that nothing led to begins a story of its own, which is named after its stream.
        if (story_of(state) or f"{core.intents.name}:{intent_id}") != correlation_id:
            continue
        view = intent_view(intent_id, cast("intent.State", state))
        if view is not None:
            yield view
