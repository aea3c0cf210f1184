"""The policy machine: what a submitted command costs, and what a policy costs to keep.

A command is decided, its events are applied and what is published is projected; observers, stores and channels come on
top elsewhere. The commands are those of a policy's whole life: quote, bind, issue, one change by a job of four
commands, and a cancellation. Told as a multiple of an idiomatic SimPy customer of the same round: 5 us are 5/7 of one.
"""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import date
from functools import cache

from bench_engine import idiomatic_customer
from msgspec.structs import replace
from rounds import Benchmark, Round

from fixtures.histories import at, bind, cancel, issue, policy_id, quote, usd
from fixtures.jurisdictions import florida
from model.core import Command, Core
from model.policy.commands import BindJob, IssueJob, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge
from model.policy.proposals import PolicyChange
from model.policy.terms import Coverage

LIVES = 500
KEPT = 500
CHANGED = date(2026, 8, 3)


def submission(number: int) -> Iterator[Command]:
    """The limits differ from policy to policy, as in a book."""
    limit = usd(f"{150 + number}000.00")
    asked = quote(number)
    coverages = (
        Coverage("dwelling", limit, usd("1000.00"), usd("6000.00")),
        Coverage("contents", usd(f"{50 + number}000.00"), usd("1000.00"), usd("6000.00")),
    )
    yield replace(asked, terms=replace(asked.terms, coverages=coverages))
    yield bind(number)
    yield issue(number)


def change(number: int) -> Iterator[Command]:
    proposal = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("365.00")),))
    policy, on = policy_id(number), at(CHANGED)
    yield OpenJob(policy_id=policy, job_id="C", proposal=proposal, on=CHANGED, at=on)
    yield QuoteJob(policy_id=policy, job_id="C", on=CHANGED, at=on)
    yield BindJob(policy_id=policy, job_id="C", on=CHANGED, at=on)
    yield IssueJob(policy_id=policy, job_id="C", on=CHANGED, at=on)


@cache
def lives() -> tuple[Command, ...]:
    """The commands of all lives, made beforehand: whoever asks pays for asking."""
    return tuple(
        command for number in range(LIVES) for command in (*submission(number), *change(number), cancel(number))
    )


def submit_all(commands: tuple[Command, ...]) -> None:
    """What is published is taken away at once, as every host does."""
    core = Core(*florida())
    for command in commands:
        core.submit(command)
        core.outbox.clear()


def command_in_customers(current: Round) -> float:
    commands = lives()
    florida()
    seconds = current.seconds("policy lives", lambda: submit_all(commands)) / len(commands)
    return seconds / idiomatic_customer(current)


def kilobytes_of_a_changed_policy(current: Round) -> float:
    """What the process holds more for each policy in force with one change, the strings of its own ids included."""
    return current.once("changed policy", kept_kilobytes)


def kept_kilobytes() -> float:
    core = Core(*florida())
    for number in range(KEPT, 2 * KEPT):
        _keep(core, number)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(KEPT):
            _keep(core, number)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / KEPT / 1000


def _keep(core: Core, number: int) -> None:
    for command in (*submission(number), *change(number)):
        core.submit(command)
    core.outbox.clear()


BENCHMARKS = (
    Benchmark(
        name="policy_command",
        unit="x idiomatic SimPy customer",
        sense="<=",
        bound=5 / 7,
        measure=command_in_customers,
    ),
    Benchmark(
        name="policy_with_one_change",
        unit="kB",
        sense="<=",
        bound=6.0,
        measure=kilobytes_of_a_changed_policy,
    ),
)
