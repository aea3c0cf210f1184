"""One payment from its start to its success by one retry, as the core works it, in customers of idiomatic SimPy.

Seven commands: start, accepted, declined for want of funds, an early look at the clock, the retry, accepted, succeeded.
Five thousand payments are kept while it is measured, and the collector is off. The commands are made beforehand:
whoever asks pays for that.
"""

import gc
from datetime import date, timedelta
from functools import cache
from typing import Any

from bench_engine import idiomatic_customer
from rounds import Benchmark, Round

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.payments import commands as ask
from model.payments.naming import collection_id

PAYMENTS = 5_000
DUE = date(2026, 6, 1)
RETRIED = DUE + timedelta(days=8)
AMOUNT = usd("240.00")
MICROSECONDS_OF_A_CUSTOMER = 7.0
"""What one idiomatic customer takes where the bounds in microseconds were set."""


def commands(number: int) -> tuple[Any, ...]:
    """Everything that is asked of one payment, in order; the look at the clock is answered with nothing."""
    account = f"A-{number:06d}"

    def about(day: date) -> dict[str, Any]:
        return {"intent_id": collection_id(account, "4"), "on": day, "at": at(day)}

    due, retried = about(DUE), about(RETRIED)
    return (
        ask.StartPayment(purpose="collection", subject=account, reference="4", party_id="I", amount=AMOUNT, **due),
        ask.HearProcessor(attempt=1, says="accepted", **due),
        ask.HearProcessor(attempt=1, says="failed", network="US-ACH", code="R01", **due),
        ask.TimePassed(**about(RETRIED - timedelta(days=1))),
        ask.TimePassed(**retried),
        ask.HearProcessor(attempt=2, says="accepted", **retried),
        ask.HearProcessor(attempt=2, says="succeeded", **retried),
    )


COMMANDS = len(commands(0))
EARLY = 3


@cache
def all_commands() -> tuple[tuple[Any, ...], ...]:
    return tuple(commands(number) for number in range(2 * PAYMENTS))


def core_with_payments_kept() -> Core:
    core = Core(*florida())
    for every in all_commands()[:PAYMENTS]:
        for place, command in enumerate(every):
            decision = core.submit(command)
            if isinstance(decision, Refusal) or bool(decision) == (place == EARLY):
                raise ValueError(f"{command} was answered by {decision}: the story of the benchmark is broken")
    core.outbox.clear()
    return core


def worked(core: Core) -> None:
    for every in all_commands()[PAYMENTS:]:
        for command in every:
            core.submit(command)


def payment_in_customers(current: Round) -> float:
    """One payment with one retry in idiomatic customers."""
    customer = idiomatic_customer(current)

    def seconds() -> float:
        core = core_with_payments_kept()
        gc.collect()
        gc.disable()
        try:
            return current.seconds("payments worked", lambda: worked(core))
        finally:
            gc.enable()

    return current.once("seconds of all payments", seconds) / PAYMENTS / customer


def command_in_customers(current: Round) -> float:
    return payment_in_customers(current) / COMMANDS


BENCHMARKS = (
    Benchmark(
        name="payment_with_one_retry",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=80 / MICROSECONDS_OF_A_CUSTOMER,
        measure=payment_in_customers,
    ),
    Benchmark(
        name="payment_command",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=5 / MICROSECONDS_OF_A_CUSTOMER,
        measure=command_in_customers,
    ),
)
