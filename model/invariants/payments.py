"""What must hold of all payments together."""

from collections.abc import Iterable, Mapping

from model.invariants.judging import Violation
from model.published.views import IntentView


def effective_successes(intents: Iterable[IntentView]) -> Mapping[tuple[str, str, str], int]:
    """How often money moved for the same purpose, subject and reference."""
    moved: dict[tuple[str, str, str], int] = {}
    for intent in intents:
        if intent.status == "succeeded":
            key = (intent.purpose, intent.subject, intent.reference)
            moved[key] = moved.get(key, 0) + 1
    return moved


def moved_more_than_once(intents: Iterable[IntentView]) -> tuple[Violation, ...]:
    """INV-Y1: money moves at most once for what one payment is for."""
    return tuple(
        Violation("INV-Y1", f"{subject} {reference}", f"the {purpose} succeeded {count} times")
        for (purpose, subject, reference), count in effective_successes(intents).items()
        if count > 1
    )
