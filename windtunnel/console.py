"""What a person sees while they wait: a bar on standard error, or a line now and then where there is no terminal."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import Literal, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Shown = Literal["shown", "quiet"]

SECONDS_BETWEEN_LINES = 20.0


class Advance(Protocol):
    """Called with the part that is done, 0 to 1."""

    def __call__(self, done: float) -> None: ...


def answers() -> Console:
    """Where answers go: standard output, as wide as a terminal, and wide enough to read where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=max(console.width, 110))


def complain(line: str) -> None:
    """One line on standard error, as it is: no colours, no box, no wrapping."""
    print(f"windtunnel: {line}", file=sys.stderr)


@contextmanager
def progress(what: str, shown: Shown) -> Generator[Advance]:
    """Gives what is called with the part that is done, 0 to 1."""
    if shown == "quiet":
        yield _unheard
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(what)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=1.0)

        def advance(done: float) -> None:
            bar.update(task, completed=done)

        yield advance


def _lines(what: str) -> Advance:
    """A log keeps every line, so there are few."""
    start = last = monotonic()

    def advance(done: float) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= SECONDS_BETWEEN_LINES and done > 0.0:
            last = now
            left = (now - start) * (1.0 - done) / done
            print(f"{what}: {100.0 * done:.0f} % done, about {left:.0f} s left", file=sys.stderr, flush=True)

    return advance


def _unheard(done: float) -> None:
    pass
