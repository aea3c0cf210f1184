"""What must hold of messages between contexts: repeated, reordered, told again, and who caused what.

INV-X1 and INV-X4 compare worlds by `model.resilience.replay.digest`; when two differ, `differences` says where. INV-X2
says which two messages it is whose order matters. INV-X7 needs only what was published.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from model.invariants.judging import Violation
from model.published.envelope import Envelope

M = TypeVar("M")


def differences(code: str, live: Mapping[str, object], other: Mapping[str, object]) -> tuple[Violation, ...]:
    """Every stream whose state is not the same in both worlds (INV-X1 after repetitions, INV-X4 after a replay)."""
    return tuple(
        Violation(code, stream, f"{live.get(stream, 'nothing')!r} is {other.get(stream, 'nothing')!r} in the other")
        for stream in sorted({*live, *other})
        if live.get(stream) != other.get(stream)
    )


def order_dependent_pair(
    one: Sequence[M], other: Sequence[M], end_of: Callable[[tuple[M, ...]], str]
) -> tuple[M, M] | None:
    """INV-X2: two neighbours whose exchange changes how it ends, on the way from one order to the other; None when all
    orders on the way end alike.

    Both orders hold the same messages, each once. The way exchanges neighbours only, and only such as stand the other
    way round in the other order, so that whatever order both keep is kept on the whole way.
    """
    wanted = {message: place for place, message in enumerate(other)}
    current, end = list(one), end_of(tuple(one))
    exchanged = True
    while exchanged:
        exchanged = False
        for place in range(len(current) - 1):
            first, second = current[place], current[place + 1]
            if wanted[first] < wanted[second]:
                continue
            current[place], current[place + 1] = second, first
            exchanged = True
            if end_of(tuple(current)) != end:
                return first, second
    return None


def broken_stories(published: Iterable[Envelope]) -> tuple[Violation, ...]:
    """INV-X7: every event has one cause, and from each one gets back, cause by cause, to where its story began.

    An event that is its own cause begins a story or goes on with one by an outside command; several of them bear one
    correlation id and make one tree whose root that id is.
    """
    events = tuple(published)
    causes: dict[str, Envelope] = {}
    broken: list[Violation] = []
    for event in events:
        known = causes.setdefault(event.id, event)
        if (known.causationid, known.correlationid) != (event.causationid, event.correlationid):
            text = f"caused by {known.causationid} and by {event.causationid}"
            broken.append(Violation("INV-X7", event.id, text))
    for event in causes.values():
        text = _lost_way(event, causes)
        if text is not None:
            broken.append(Violation("INV-X7", event.id, text))
    return tuple(broken)


def _lost_way(event: Envelope, causes: Mapping[str, Envelope]) -> str | None:
    """Why one does not get from an event to the beginning of its story."""
    passed = {event.id}
    while event.causationid != event.id:
        cause = causes.get(event.causationid)
        if cause is None:
            return f"its cause {event.causationid} was never published"
        if cause.correlationid != event.correlationid:
            return f"{event.id} belongs to {event.correlationid} and its cause to {cause.correlationid}"
        if cause.id in passed:
            return f"{cause.id} is among its own causes"
        passed.add(cause.id)
        event = cause
    return None
