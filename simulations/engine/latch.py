"""Waiting for several answers."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

Argument = TypeVar("Argument")


class Latch(Generic[Argument]):
    """Calls `function(argument)` when it has been counted down to nothing, within the last `count_down`.

    For a process that waits: `Latch(3, event.succeed, "all three")`. SimPy's AllOf looks at every event it waits for
    each time that one of them happens.
    """

    __slots__ = ("_argument", "_function", "left")

    def __init__(self, count: int, function: Callable[[Argument], object], argument: Argument) -> None:
        if count < 1:
            raise ValueError(f"a latch waits for at least one thing, not {count}")
        self.left = count
        """How many are still missing."""
        self._function: Final = function
        self._argument: Final = argument

    def count_down(self) -> None:
        """One more is there. RuntimeError if none was missing, because somebody then counts twice."""
        if self.left == 0:
            raise RuntimeError("the latch was counted down already: something was counted twice")
        self.left -= 1
        if self.left == 0:
            self._function(self._argument)
