"""Random histories of the whole core, whose messages arrive in any order and more than once: every invariant holds in
every context at every moment, and what was delivered before changes nothing when it comes again.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fixtures.histories import (
    NOTICE,
    START,
    Step,
    acknowledge,
    at,
    bind,
    cancel,
    close,
    issue,
    paid_out,
    quote,
    report,
    request,
    reserve,
    verify,
    verify_flood,
)
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.books import Books
from model.core import Context, Core, Recorded, subscribers
from model.decider import Refusal
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    PAYMENT_INVARIANTS,
    POLICY_INVARIANTS,
    broken_stories,
    differences,
    judged,
    moved_more_than_once,
)
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout, ReturnMoney
from model.published.envelope import Envelope
from model.published.seen import account_view, claim_view, intent_view, policy_view

STEPS: list[Step] = [cancel, report, acknowledge, verify, verify_flood, reserve, request, paid_out, close]
NUMBERS = st.integers(1, 2)
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=100, stateful_step_count=40)


class WholeCore(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.log: list[Recorded] = []
        self.published: list[Envelope] = []
        self.core.observers.extend((self.books, self.keep))
        self.waiting: list[tuple[Envelope, Context]] = []
        self.arrived: list[tuple[Envelope, Context]] = []
        self.day = START

    def keep(self, recorded: Recorded) -> None:
        self.log.append(recorded)

    def ask(self, command: Any) -> None:
        self.core.submit(command)
        self.collect()

    def collect(self) -> None:
        while self.core.outbox:
            envelope = self.core.outbox.pop(0)
            self.published.append(envelope)
            self.waiting.extend((envelope, context) for context in subscribers(envelope.type))

    def deliver(self, place: int) -> None:
        envelope, context = self.waiting.pop(place)
        answers = self.core.deliver(envelope, to=context, at=at(self.day))
        if not any(isinstance(answer, Refusal) for answer in answers):
            self.arrived.append((envelope, context))
        self.collect()

    @initialize()
    def issue_two_policies(self):
        for number in (1, 2):
            for step in (quote, bind, issue):
                self.ask(step(number))

    @rule(step=st.sampled_from(STEPS), number=NUMBERS)
    def take_a_step(self, step, number):
        self.ask(step(number))

    @rule(months=st.integers(1, 4))
    def run_billing(self, months):
        self.day = min(self.day + timedelta(days=31 * months), date(2027, 5, 1))
        accounts: list[Any] = list(self.core.accounts.states.values())
        about: dict[str, Any] = {"on": self.day, "at": at(self.day)}
        for account in accounts:
            for invoice in account.invoices:
                for kind in (BillInvoice, MarkInvoiceDue):
                    self.ask(kind(account_id=account.account_id, number=invoice.number, **about))

    @rule(
        data=st.data(), kind=st.sampled_from([ReportSuccess, ReportSuccess, ReportTimeout, ReportFailure, ReturnMoney])
    )
    def hear_of_a_payment(self, data, kind):
        intent = data.draw(st.sampled_from(["nobody's", *self.core.intents.states]))
        why: dict[str, Any] = {"reason": "R01"} if kind in (ReportFailure, ReturnMoney) else {}
        self.ask(kind(intent_id=intent, on=self.day, at=at(self.day), **why))

    @rule()
    def deliver_the_oldest(self):
        if self.waiting:
            self.deliver(0)

    @rule(data=st.data())
    def deliver_any(self, data):
        if self.waiting:
            self.deliver(data.draw(st.integers(0, len(self.waiting) - 1)))

    @rule()
    def deliver_all(self):
        while self.waiting:
            self.deliver(0)

    @rule(data=st.data())
    def deliver_again(self, data):
        """INV-X1: whatever was taken once is not taken twice."""
        if not self.arrived:
            return
        envelope, context = data.draw(st.sampled_from(self.arrived))
        before = self.states()
        self.core.deliver(envelope, to=context, at=at(NOTICE))
        assert self.states() == before
        assert self.core.outbox == []

    def states(self) -> list[dict[str, Any]]:
        core = self.core
        machines = (core.policies, core.accounts, core.claims, core.known_policies, core.intents)
        return [dict(machine.states) for machine in machines]

    @invariant()
    def every_invariant_holds(self):
        core = self.core
        policies = [(key, policy_view(key, core.policy(key), core.carrier)) for key in core.policies.states]
        accounts = [(key, account_view(core.account(key))) for key in core.accounts.states]
        claims = [(key, claim_view(key, core.claim(key))) for key in core.claims.states]
        intents = [intent_view(key, core.intent(key)) for key in core.intents.states]
        assert [found for key, view in policies if view for found in judged(POLICY_INVARIANTS, key, view)] == []
        assert [found for key, view in accounts if view for found in judged(ACCOUNT_INVARIANTS, key, view)] == []
        assert [found for key, view in claims if view for found in judged(CLAIM_INVARIANTS, key, view)] == []
        seen = [view for view in intents if view]
        assert [found for view in seen for found in judged(PAYMENT_INVARIANTS, view.intent_id, view)] == []
        assert moved_more_than_once([view for view in intents if view]) == ()

    @invariant()
    def the_books_balance(self):
        """INV-B3."""
        assert sum(self.books.ledger.balances.values()) == 0

    def teardown(self):
        """INV-X4: told again from nothing it is what it was live. INV-X7: every message leads back to its beginning."""
        machines = {machine.name: machine for machine in self.core.machines.values()}
        told: dict[str, dict[str, Any]] = {name: {} for name in machines}
        for recorded in self.log:
            machine, states = machines[recorded.machine], told[recorded.machine]
            states[recorded.stream] = machine.evolve(states.get(recorded.stream, machine.initial), recorded.event)
        for name, machine in machines.items():
            assert differences("INV-X4", dict(machine.states), told[name]) == ()
        assert broken_stories(self.published) == ()


def test_no_order_and_no_repetition_of_messages_breaks_an_invariant():
    run_state_machine_as_test(WholeCore, settings=HOW_MANY)
