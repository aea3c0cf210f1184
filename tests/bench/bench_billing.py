"""A year of one monthly policy: what it costs across policy, billing and payments, and what it leaves behind.

Submission, twelve installments billed, due, drafted and collected, one change, one draft that the bank returns and that
is paid again, and the renewal: about seventy commands, those that reactions ask for among them. Whatever is published
is delivered at once. Thousands of policies are kept beside it and the collector is off, so that a year is told as it
costs in a book of business. Told as multiples of an idiomatic SimPy customer of the same round: 500 us are 500/7.
"""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import msgspec
from bench_engine import idiomatic_customer
from msgspec.structs import replace
from rounds import Benchmark, Round

from fixtures.histories import END, START, account_id, at, bind, insured_id, intent_id, issue, policy_id, quote, usd
from fixtures.jurisdictions import florida
from model.billing.at_rest import at_rest
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReceivePayment
from model.choices.billing import PaymentPlan
from model.core import Command, Core
from model.daycount import months_after
from model.payments.commands import ReportSuccess, ReturnMoney
from model.policy import at_rest as policy_at_rest
from model.policy.commands import BindJob, IssueJob, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge
from model.policy.proposals import PolicyChange, Proposal, Renewal

INSTALLMENTS = 12
KEPT = 5000
TIMED = 100
WEIGHED = 300
CHANGED, RENEWED = date(2026, 8, 17), date(2027, 4, 20)


def year(number: int) -> Iterator[Command]:
    """The commands of a policy's year that somebody asks; those that follow from events are the core's own."""
    yield quote(number)
    yield bind(number)
    yield issue(number)
    for invoice in range(INSTALLMENTS):
        if invoice == 3:
            change = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("365.00")),))
            yield from job(number, "C", change, CHANGED)
        due_on = months_after(START, invoice)
        account = account_id(number)
        yield BillInvoice(account_id=account, number=invoice, on=due_on, at=at(due_on - timedelta(days=20)))
        yield MarkInvoiceDue(account_id=account, number=invoice, on=due_on, at=at(due_on))
        yield ReportSuccess(intent_id=intent_id(number, invoice), on=due_on, at=at(due_on))
        if invoice == 5:
            yield from returned(number, invoice, due_on + timedelta(days=3))
    terms = quote(number).terms
    yield from job(number, "R", Renewal(replace(terms, start=END, end=months_after(END, 12))), RENEWED)


def job(number: int, name: str, proposal: Proposal, on: date) -> Iterator[Command]:
    policy, now = policy_id(number), at(on)
    yield OpenJob(policy_id=policy, job_id=name, proposal=proposal, on=on, at=now)
    yield QuoteJob(policy_id=policy, job_id=name, on=on, at=now)
    yield BindJob(policy_id=policy, job_id=name, paid=usd("500.00"), on=on, at=now)
    yield IssueJob(policy_id=policy, job_id=name, on=on, at=now)


def returned(number: int, invoice: int, on: date) -> Iterator[Command]:
    """The bank takes the draft back, and the insured pays by cheque, the fee included."""
    yield ReturnMoney(intent_id=intent_id(number, invoice), reason="R01", on=on, at=at(on))
    yield ReceivePayment(
        account_id=account_id(number),
        payment_id=f"CHEQUE-{number}",
        payer_id=insured_id(number),
        amount=usd("300.00"),
        on=on,
        at=at(on),
    )


@cache
def commands_of(numbers: range) -> tuple[tuple[Command, ...], ...]:
    """Made beforehand: whoever asks pays for asking."""
    return tuple(tuple(year(number)) for number in numbers)


def new_core() -> Core:
    law, carrier = florida()
    monthly = PaymentPlan("monthly", 9, INSTALLMENTS - 1, 1)
    return Core(law, replace(carrier, billing=replace(carrier.billing, plans=(monthly,))))


def live(core: Core, years: tuple[tuple[Command, ...], ...]) -> None:
    for commands in years:
        for command in commands:
            core.submit(command)
            if core.outbox:
                core.drain(at=command.at)


@cache
def kept() -> Core:
    core = new_core()
    for first in range(0, KEPT, TIMED):
        live(core, tuple(tuple(year(number)) for number in range(first, first + TIMED)))
    gc.freeze()
    return core


def commands_in_a_year() -> int:
    """How many commands a year is, those that follow from events among them."""
    core, asked = new_core(), 0
    submit = core.submit

    def counted(command: Command, *, correlation_id: str = "", causation_id: str = ""):
        nonlocal asked
        asked += 1
        return submit(command, correlation_id=correlation_id, causation_id=causation_id)

    core.submit = counted
    live(core, commands_of(range(1)))
    return asked


def year_in_customers(current: Round) -> float:
    first = KEPT + TIMED * (current.number + 1)
    core, years = kept(), commands_of(range(first, first + TIMED))
    gc.collect()
    gc.disable()
    try:
        seconds = current.seconds("a policy's year", lambda: live(core, years)) / TIMED
    finally:
        gc.enable()
    return seconds / idiomatic_customer(current)


def kilobytes_of_a_year(current: Round) -> float:
    return current.once("a policy's year, kept", weighed)


def weighed() -> float:
    """What the process holds more for each policy with its account after a year; its payments are kept elsewhere."""
    core = new_core()
    live(core, commands_of(range(WEIGHED, 2 * WEIGHED)))
    for machine in (core.intents, core.known_policies):
        machine.states.clear()
        machine.sequences.clear()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        live(core, tuple(tuple(year(number)) for number in range(WEIGHED)))
        for machine in (core.intents, core.known_policies):
            machine.states.clear()
            machine.sequences.clear()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / WEIGHED / 1000


def kilobytes_at_rest(current: Round) -> float:
    return current.once("a policy's year, at rest", encoded)


def encoded() -> float:
    """The rows that are stored of them, the policy and the account as they are put at rest."""
    core = new_core()
    live(core, commands_of(range(1)))
    rows = (policy_at_rest.at_rest(core.policy(policy_id(0))), at_rest(core.account(account_id(0))))
    return sum(len(msgspec.msgpack.encode(row)) for row in rows) / 1000


BENCHMARKS = (
    Benchmark(
        name="year_of_a_monthly_policy",
        unit="x idiomatic SimPy customer",
        sense="<=",
        bound=500 / 7,
        measure=year_in_customers,
    ),
    Benchmark(name="policy_and_account_live", unit="kB", sense="<=", bound=16.0, measure=kilobytes_of_a_year),
    Benchmark(name="policy_and_account_at_rest", unit="kB", sense="<=", bound=4.0, measure=kilobytes_at_rest),
)
