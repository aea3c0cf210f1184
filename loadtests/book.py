"""What a load needs to be there: policies in force with bills that are due, made through the front door.

The same parts of journeys as under load, carried one after another by a driver. What they touched is part of the
record, with instants before 0, so that the audit looks at it too.
"""

from collections.abc import Iterable
from time import perf_counter, sleep

from contracts.driver import Driver
from loadtests.asking import Ask, Walk, advance
from loadtests.journeys import Insured, Scene, opening
from loadtests.record import Moment, Row, row

LONG_BEFORE = -86_400.0
"""Seconds. The book is made before the load begins; how long before is nobody's business."""


class BookFailed(Exception):
    """The policies that the load needs could not be made. The message says which answer was wrong."""


def open_book(driver: Driver, scenes: Iterable[Scene]) -> tuple[tuple[Insured, ...], list[Row]]:
    """One policy per scene, and a row per request. Raises BookFailed, DeploymentUnreachable, DeploymentRefused."""
    book: list[Insured] = []
    rows: list[Row] = []

    def opened(scene: Scene) -> Walk:
        book.append((yield from opening(scene)))

    begun = perf_counter() - LONG_BEFORE
    for scene in scenes:
        _carry(driver, opened(scene), scene.arrival, begun, rows)
    return tuple(book), rows


def _carry(driver: Driver, walk: Walk, arrival: int, begun: float, rows: list[Row]) -> None:
    ask: Ask | None = next(walk)
    step = 0
    while ask is not None:
        sleep(ask.after)
        sent = perf_counter() - begun
        reply = driver.perform(ask.operation, ask.subject, ask.request, key=ask.key)
        advanced = advance(walk, ask, reply)
        moment = Moment(sent, sent, perf_counter() - begun)
        rows.append(row(ask, reply, advanced, moment, journey="book", arrival=arrival, step=step))
        if advanced.verdict in ("wrong", "unanswered"):
            raise BookFailed(f"{ask.operation} while the book was made: {advanced.says or 'no answer'}")
        ask, step = advanced.following, step + 1
