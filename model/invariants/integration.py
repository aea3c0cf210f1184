"""What must hold of messages between contexts: repeated, reordered and told again.

INV-X1 and INV-X4 compare worlds by `model.resilience.replay.digest`; when two differ, `differences` says where. INV-X2
says which two messages it is whose order matters. Who caused what (INV-X7) is in `stories`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from model.invariants.judging import Violation

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
