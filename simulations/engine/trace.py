"""The trace: one hash over all that happened, by which two runs are the same or not.

A row is (tick, kind, entity), three whole numbers. Rows gather in a list and pass into SHA-256 many at a time, which
costs less a row than any rolling sum written in Python. The digest depends on the rows alone: not on the process, the
seed of Python's own hashes, the version of Python, nor on who asked for the digest in between.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import error as BadNumber
from struct import iter_unpack, pack
from typing import Final, Literal

_BUFFERED: Final = 3 * 4096
_DIGITS: Final = 32


class Trace:
    """`keep="hash"` forgets each row once it is hashed; `keep="rows"` keeps 24 bytes of it, for a replay."""

    __slots__ = ("_buffer", "_hash", "_keep", "_kept", "_kinds")

    def __init__(self, *, keep: Literal["hash", "rows"] = "hash") -> None:
        self._keep: Final = keep
        self._kept: Final[list[bytes]] = []
        self._buffer: Final[list[int]] = []
        self._hash = sha256()
        self._kinds: Final[dict[str, int]] = {}

    def kind(self, name: str) -> int:
        """The number under which rows of this kind are noted. It follows from the name alone, not from who came
        before."""
        if name not in self._kinds:
            number = stable_number(name)
            if number in self._kinds.values():
                raise ValueError(f"another kind has the number of {name!r}: rename one")
            self._kinds[name] = number
        return self._kinds[name]

    def note(self, tick: int, kind: int, entity: int) -> None:
        """Add a row. A number that is not whole, or needs more than 64 bits, is a TypeError within 4096 rows."""
        buffer = self._buffer
        buffer += (tick, kind, entity)
        if len(buffer) >= _BUFFERED:
            self._flush()

    def digest(self) -> str:
        """All rows so far as 32 hexadecimal digits."""
        self._flush()
        return self._hash.hexdigest()[:_DIGITS]

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """All rows as (tick, name of the kind, entity), in order. ValueError unless the trace was made to keep them."""
        if self._keep == "hash":
            raise ValueError("this trace kept only its hash: make it with keep='rows' to see what happened")
        self._flush()
        names = {number: name for name, number in self._kinds.items()}
        for chunk in self._kept:
            for tick, kind, entity in iter_unpack("<3q", chunk):
                yield tick, names.get(kind, str(kind)), entity

    def _flush(self) -> None:
        buffer = self._buffer
        try:
            # Little-endian whatever the machine, so that digests can be compared between machines.
            chunk = pack(f"<{len(buffer)}q", *buffer)
        except BadNumber:
            rows = zip(buffer[::3], buffer[1::3], buffer[2::3], strict=True)
            bad = next(row for row in rows if not _packs(row))
            raise TypeError(f"a row of the trace is three whole numbers of 64 bits, not {bad}") from None
        self._hash.update(chunk)
        if self._keep == "rows":
            self._kept.append(chunk)
        buffer.clear()


def _packs(row: tuple[int, int, int]) -> bool:
    try:
        pack("<3q", *row)
    except BadNumber:
        return False
    return True


def untraced(tick: int, kind: int, entity: int) -> None:
    """What `Trace.note` is where there is no trace."""


def stable_number(name: str) -> int:
    """A number of 56 bits for a name, the same in every process and version; two names rarely share one."""
    return int.from_bytes(sha256(name.encode()).digest()[:7], "little")


def combine(digests: Iterable[str]) -> str:
    """One digest for the traces of several replications, in their order."""
    return sha256("\n".join(digests).encode()).hexdigest()[:_DIGITS]
