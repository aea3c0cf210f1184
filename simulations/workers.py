"""Processes that run replications: started fresh, so that they behave alike on every system, and never left behind."""

import os
import signal
from collections.abc import Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread


def processors() -> int:
    """How many processors this process may use, which in a container or under taskset is fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(workers: int) -> Generator[Executor]:
    """A pool of `workers` processes. On an error or Ctrl-C they are ended at once, in the middle of what they do."""
    others = {child.pid for child in active_children()}
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        ours = [child for child in active_children() if child.pid not in others]
        for child in ours:
            child.terminate()
        for child in ours:
            child.join()
        raise
    pool.shutdown()


def _begin() -> None:
    # Ctrl-C reaches every process of a terminal; only the parent answers, and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers, which would otherwise wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
