"""What waits before a station: entries of (item, tick since when it waits). A deque is the plain queue, first in
first out."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from itertools import count
from typing import Final, Generic, Protocol, TypeVar

Item = TypeVar("Item")
Leaver = TypeVar("Leaver", bound=Hashable)


class Queue(Protocol[Item]):
    """What a station asks of its queue."""

    def __len__(self) -> int: ...
    def append(self, entry: tuple[Item, int], /) -> None: ...
    def popleft(self) -> tuple[Item, int]: ...


class RankedQueue(Generic[Item]):
    """Lowest rank first, and first in first out within a rank. An entry costs the logarithm of the length, twice."""

    __slots__ = ("_heap", "_rank", "_turn")

    def __init__(self, rank: Callable[[Item], int]) -> None:
        self._rank: Final = rank
        self._turn: Final = count().__next__
        self._heap: Final[list[tuple[int, int, tuple[Item, int]]]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def append(self, entry: tuple[Item, int], /) -> None:
        # The turn decides among equal ranks, so that entries themselves are never compared.
        heappush(self._heap, (self._rank(entry[0]), self._turn(), entry))

    def popleft(self) -> tuple[Item, int]:
        return heappop(self._heap)[2]


class LeavingQueue(OrderedDict[Leaver, int]):
    """First in, first out, and any item may leave from the middle at once. Items are distinct and can be hashed."""

    def append(self, entry: tuple[Leaver, int], /) -> None:
        item, since = entry
        if item in self:
            raise ValueError(f"{item!r} waits here already")
        self[item] = since

    def popleft(self) -> tuple[Leaver, int]:
        return self.popitem(last=False)

    def leave(self, item: Leaver) -> bool:
        """Whether the item was waiting; now it is gone."""
        return self.pop(item, None) is not None
