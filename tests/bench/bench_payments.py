"""One payment from its start to its success by one retry, as the core works it, in customers of idiomatic SimPy.

Seven commands: start, accepted, declined for want of funds, an early look at the clock, the retry, accepted, succeeded.
"""

from datetime import date, timedelta
from typing import Any

from rounds import Benchmark
from stories import MICROSECONDS_OF_A_CUSTOMER, Story

from fixtures.histories import at, usd
from model.payments import commands as ask
from model.payments.naming import collection_id

DUE = date(2026, 6, 1)
RETRIED = DUE + timedelta(days=8)
AMOUNT = usd("240.00")


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


EARLY = 3
PAYMENT = Story("payments", commands, frozenset({EARLY}))

BENCHMARKS = (
    Benchmark(
        name="payment_with_one_retry",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=80 / MICROSECONDS_OF_A_CUSTOMER,
        measure=PAYMENT.in_customers,
    ),
    Benchmark(
        name="payment_command",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=5 / MICROSECONDS_OF_A_CUSTOMER,
        measure=PAYMENT.command_in_customers,
    ),
)
