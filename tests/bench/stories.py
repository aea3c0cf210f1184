"""What a story of commands costs a core that keeps thousands of such stories, in customers of idiomatic SimPy.

As many stories are kept while it is measured as are told, and the collector is off. The commands are made beforehand:
whoever asks pays for that.
"""

import gc
from collections.abc import Callable
from functools import cache
from typing import Any

from bench_engine import idiomatic_customer
from msgspec import Struct
from rounds import Round

from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal

STORIES = 5_000
MICROSECONDS_OF_A_CUSTOMER = 7.0
"""What one idiomatic customer takes where the bounds in microseconds were set."""


class Story(Struct, frozen=True):
    """`commands` gives everything that is asked of one thing by its number, in order; what stands at the places of
    `nothing` is answered with nothing.
    """

    name: str
    commands: Callable[[int], tuple[Any, ...]]
    nothing: frozenset[int] = frozenset()

    def in_customers(self, current: Round) -> float:
        """One story, in idiomatic customers."""
        customer = idiomatic_customer(current)
        return current.once(f"seconds of all {self.name}", lambda: told(self, current)) / STORIES / customer

    def command_in_customers(self, current: Round) -> float:
        return self.in_customers(current) / len(self.commands(0))


@cache
def all_commands(story: Story) -> tuple[tuple[Any, ...], ...]:
    return tuple(story.commands(number) for number in range(2 * STORIES))


def core_with_stories_kept(story: Story) -> Core:
    core = Core(*florida())
    for commands in all_commands(story)[:STORIES]:
        for place, command in enumerate(commands):
            decision = core.submit(command)
            if isinstance(decision, Refusal) or bool(decision) == (place in story.nothing):
                raise ValueError(f"{command} was answered by {decision}: the story of the benchmark is broken")
    core.outbox.clear()
    return core


def told(story: Story, current: Round) -> float:
    """Seconds of all stories that are not kept yet."""
    core = core_with_stories_kept(story)

    def work() -> None:
        for commands in all_commands(story)[STORIES:]:
            for command in commands:
                core.submit(command)

    gc.collect()
    gc.disable()
    try:
        return current.seconds(f"{story.name} worked", work)
    finally:
        gc.enable()
