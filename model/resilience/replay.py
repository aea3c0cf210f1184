"""Replay: telling again what happened, from a checkpoint, a time or the very beginning.

What is told again is marked, so that whoever acts on news (sends a letter, moves money) leaves it alone, and whoever
keeps a picture rebuilds it. A picture that was rebuilt from nothing must equal the one that was kept up live; the
digest of both says whether it does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

R = TypeVar("R")
S = TypeVar("S")


class Told(Struct, Generic[R], frozen=True):
    """The `position`-th record of a log, from 1, at `at` microseconds; news, or told again."""

    position: int
    at: int
    record: R
    kind: Literal["live", "replay"] = "live"


class Checkpoint(Struct, Generic[S], frozen=True):
    """A picture, and the last position that is in it."""

    position: int
    picture: S


def told_again(
    log: Iterable[Told[R]], *, after: int = 0, since: int | None = None, before: int | None = None
) -> Iterator[Told[R]]:
    """The records after a position that happened in [since, before), each marked as a replay."""
    for told in log:
        if (
            told.position <= after
            or (since is not None and told.at < since)
            or (before is not None and told.at >= before)
        ):
            continue
        yield Told(told.position, told.at, told.record, "replay")


def brought_up(checkpoint: Checkpoint[S], told: Iterable[Told[R]], apply: Callable[[S, R], S]) -> Checkpoint[S]:
    """The picture with everything that is told; what is in it already is passed over.

    Raises ValueError when a position before one that is in the picture is missing from it, which means that the log
    was told out of its order.
    """
    position, picture = checkpoint.position, checkpoint.picture
    for one in told:
        if one.position <= position:
            continue
        if one.position != position + 1:
            raise ValueError(f"after position {position} comes {one.position}: what lies between was never told")
        position, picture = one.position, apply(picture, one.record)
    return Checkpoint(position, picture)


def digest(pictures: Mapping[str, object]) -> str:
    """One hash for all pictures, whatever order they came to be in: two worlds are equal when it is.

    Every name and every picture is written with its length before it, so that no two worlds are spelled alike.
    """
    total = sha256()
    for name in sorted(pictures):
        for part in (name.encode(), msgspec.json.encode(pictures[name], order="deterministic")):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()
