"""What must hold of everything that was published together: where each event comes from.

Every event names the event that caused it, or itself where the outside did. What one event caused belongs to its story;
a process hears answers of other stories and stays in its own, and so does a payment whose run or
dispute is about more than its story. So the events of one story hang together: each is caused
by another of the story, or follows one on its stream.
"""

from collections.abc import Iterable

from model.invariants.judging import Violation
from model.published.envelope import Envelope
from model.published.payment_events import (
    IntentCleared,
    IntentCreated,
    IntentFailed,
    IntentReturned,
    IntentSucceeded,
    IntentUnknown,
)
from model.published.process_events import AskRefused, CancelForNonpaymentAsked, ClaimPayoutAsked, RenewalBindAsked

STAYS = (
    ClaimPayoutAsked,
    CancelForNonpaymentAsked,
    RenewalBindAsked,
    IntentCreated,
    IntentSucceeded,
    IntentFailed,
    IntentUnknown,
    IntentReturned,
    IntentCleared,
)
"""What stays in the story in which it began, whoever reports of it: a process, and a payment."""


def broken_stories(published: Iterable[Envelope]) -> tuple[Violation, ...]:
    """INV-X7: every effect has one cause, which was published before it; every story hangs together and never turns
    back on itself. `published` is in the order of publishing.
    """
    seen: dict[str, Envelope] = {}
    last_of: dict[tuple[str, str], Envelope] = {}
    began: dict[str, str] = {}
    found: list[Violation] = []
    for event in published:
        known = seen.get(event.id)
        if known is not None:
            # An event may be told again, but never with another cause.
            if (known.causationid, known.correlationid) != (event.causationid, event.correlationid):
                found.append(_violation(event, f"is caused by {known.causationid} and by {event.causationid}"))
            continue
        stream = (event.id.partition("#")[0], "no" if isinstance(event.data, AskRefused) else "yes")
        before = last_of.get(stream)
        found.extend(_faults(event, seen, before, began))
        seen[event.id] = event
        last_of[stream] = event
        began.setdefault(event.correlationid, event.id)
    return tuple(found)


def _faults(
    event: Envelope, seen: dict[str, Envelope], before: Envelope | None, began: dict[str, str]
) -> Iterable[Violation]:
    cause = seen.get(event.causationid)
    step = isinstance(event.data, STAYS)
    if cause is None and event.causationid != event.id:
        yield _violation(event, f"is caused by {event.causationid}, which nobody published before")
        return
    if step and before is not None and event.correlationid != before.correlationid:
        yield _violation(event, f"leaves its story {before.correlationid} for {event.correlationid}")
    if cause is not None and not step and cause.correlationid != event.correlationid:
        yield _violation(event, f"belongs to {event.correlationid}, its cause to {cause.correlationid}")
    caused_within = cause is not None and cause.correlationid == event.correlationid
    follows_within = before is not None and before.correlationid == event.correlationid
    if not caused_within and not follows_within and event.correlationid in began:
        yield _violation(event, f"hangs on nothing in the story that {began[event.correlationid]} began")


def _violation(event: Envelope, text: str) -> Violation:
    return Violation("INV-X7", event.id, text)
