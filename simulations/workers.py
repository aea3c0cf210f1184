"""Processes that do tasks: started fresh, so that they behave alike on every system, and never left behind.

This is no `ProcessPoolExecutor`, which waits at exit for a process that was ended in the middle of its answer. Here
each process has a pipe of its own and there are no threads: whatever happens, all can be ended at once.
"""

import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from simulations.run import Progress

T = TypeVar("T")
R = TypeVar("R")

LOOK_UP_SECONDS = 0.2
"""A Ctrl-C that comes at the very moment at which a wait begins would otherwise be heard only at its end."""


class WorkerDied(RuntimeError):
    """A process ended without an answer, as one does that takes more memory than there is."""


class WorkerTraceback(Exception):
    """Where an error was raised in another process, as text, for it has no traceback here."""


def processors() -> int:
    """How many processors this process may use, which in a container or under taskset is fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def done_in_processes(
    perform: Callable[[T, Progress], R], tasks: Sequence[T], *, workers: int, progress: Progress
) -> Generator[tuple[T, R]]:
    """Each task and its result, as they get done. `progress` hears how many tasks' worth of the unfinished ones is
    done.

    `perform` is a function of a module. What it raises is raised here; then, or when this is left early, all processes
    are ended in the middle of what they do. Raises WorkerDied.
    """
    waiting = deque(tasks)
    crew: list[_Worker[T, R]] = []
    try:
        for _ in range(min(workers, len(tasks))):
            crew.append(_Worker[T, R](perform))
            crew[-1].give(waiting.popleft())
        while busy := [worker for worker in crew if worker.task is not None]:
            heard = wait([worker.pipe for worker in busy], timeout=LOOK_UP_SECONDS)
            for worker in busy:
                ended = worker.hear() if worker.pipe in heard else None
                progress(sum(each.done for each in crew))
                if ended is not None:
                    yield ended
                    if waiting:
                        worker.give(waiting.popleft())
    finally:
        for worker in crew:
            worker.process.terminate()
        for worker in crew:
            worker.process.join()
            worker.pipe.close()


class _Worker(Generic[T, R]):
    """A process, the pipe to it, what it is at, and how much of that is done."""

    def __init__(self, perform: Callable[[T, Progress], R]) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.task: T | None = None
        self.done = 0.0
        self.process = context.Process(target=_serve, args=(perform, theirs), daemon=True)
        self.process.start()
        # With the other end open here too, the death of the process would not be noticed.
        theirs.close()

    def give(self, task: T) -> None:
        self.task, self.done = task, 0.0
        # Who has died meanwhile will not answer either, and is found out by that.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(task)

    def hear(self) -> tuple[T, R] | None:
        """The task and its result if the process has come to the end of it."""
        task = self.task
        try:
            what, said = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            raise WorkerDied(
                f"a worker process ended with {self.process.exitcode}, perhaps for want of memory"
            ) from None
        if what == "progress":
            self.done = said
            return None
        if what == "failed":
            error, where = said
            raise error from WorkerTraceback(where)
        self.task, self.done = None, 0.0
        return (task, said) if task is not None else None


def _serve(perform: Callable[[Any, Progress], Any], pipe: Connection) -> None:
    """Does what comes through the pipe, until its other end is gone."""
    # Ctrl-C reaches every process of a terminal; only the parent answers, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def progress(done: float) -> None:
        pipe.send(("progress", done))

    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            task = pipe.recv()
            try:
                answer = ("done", perform(task, progress))
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception as error:
                answer = ("failed", (error, traceback.format_exc()))
            pipe.send(answer)
