"""Random lives of accounts that owe: late and short payments, returns, holds, orders and cancellations in any order.
Whatever happens, every invariant holds after every step, and what is held and released is billed to the cent.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.owing_accounts import EVERYTHING, LAW, LEE, START, carrier_with
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.dunning_commands import AgeAccount, PlaceHold, RecordPolicyEnd, RecordPolicyReturn, ReleaseHold
from model.billing.orders import HearOrder, LiftOrder, Order
from model.billing.plan import Charge, Payer
from model.books import Books
from model.choices.delinquency import NOT_TAKEN, PAST_DUE, DelinquencyPlan, DunningStep, ReleaseChoices
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.invariants.billing_steps import badly_dated
from model.money import Money
from model.published.seen import account_view

ENDS = date(2027, 6, 1)
POLICIES = st.sampled_from(["P-1", "P-2"])
HOLDS = st.sampled_from(["H-1", "H-2", "H-3"])
SUSPENDS = st.sampled_from([EVERYTHING, EVERYTHING, ("delinquency",), ("invoicing",), ("autopay",), EVERYTHING[:2]])
GIVING_UP = (*PAST_DUE, DunningStep("write_off", 30))
ROLLS = st.sampled_from(["none", "following", "preceding"])
PLANS = st.builds(
    DelinquencyPlan,
    level=st.sampled_from(["policy", "invoice"]),
    grace_days=st.integers(0, 10),
    start_minor=st.just(500),
    exit_minor=st.sampled_from([1, 500]),
    past_due=st.sampled_from([PAST_DUE, GIVING_UP]),
    not_taken=st.sampled_from([NOT_TAKEN, PAST_DUE, GIVING_UP]),
    step_day_roll=ROLLS,
)
RELEASES = st.builds(
    ReleaseChoices,
    strategy=st.sampled_from(["one_catch_up_invoice", "spread_over_installments", "extend_due_dates"]),
    due_days=st.integers(0, 40),
    installments=st.integers(1, 6),
    jitter_days=st.integers(0, 9),
)
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=160, stateful_step_count=20)
REACHED: set[str] = set()
PLANS_ANEW = (ReceiveCharges, AgeAccount, ReleaseHold)


class Owing(RuleBasedStateMachine):
    @initialize(plan=PLANS, release=RELEASES, autopay=st.sampled_from(["on", "off"]), roll=ROLLS)
    def open_an_account(self, plan, release, autopay, roll):
        carrier = carrier_with(plan=plan, release=release)
        self.core = Core(LAW, replace(carrier, billing=replace(carrier.billing, due_day_roll=roll)))
        self.books = Books(self.core.carrier)
        self.core.observers += [self.books, lambda recorded: REACHED.add(type(recorded.event).__name__)]
        self.autopay = autopay
        self.day = START - timedelta(days=30)
        self.number = 0
        self.ended: dict[str, date] = {}
        self.charge("P-1", 120000)

    def ask(self, command: Any) -> Any:
        """What is refused changes nothing; what is asked twice is answered once."""
        before = self.core.account("A")
        answer = self.core.submit(command)
        if isinstance(answer, Refusal):
            assert self.core.account("A") == before
            return answer
        if isinstance(command, PLANS_ANEW):
            self.dates_are_in_order(before)
        after = self.core.account("A")
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.account("A") == after
        self.core.outbox.clear()
        return answer

    def dates_are_in_order(self, before: Any) -> None:
        """INV-B8."""
        after = account_view(self.account)
        assert after is not None
        known = account_view(before) or replace(after, invoices=())
        roll = self.core.carrier.billing.due_day_roll
        assert badly_dated(known, after, roll=roll, holidays=LAW.holidays) == ()

    @property
    def about(self) -> Any:
        return {"account_id": "A", "on": self.day, "at": at(self.day)}

    @property
    def account(self) -> Any:
        return self.core.account("A")

    def next_id(self) -> str:
        self.number += 1
        return f"N-{self.number}"

    @rule(policy=POLICIES, minor=st.integers(1, 200000))
    def charge(self, policy, minor):
        """The first time a term, after that more of it from today on."""
        is_new = all(one.policy_id != policy for one in getattr(self.account, "instructions", ()))
        self.ask(
            ReceiveCharges(
                account_id="A",
                instruction_id=self.next_id(),
                policy_id=policy,
                plan="monthly",
                autopay=self.autopay,
                payers=(Payer("I", "insured", 1), Payer("B", "mortgagee", 1)),
                charges=(Charge("premium", Money(minor, "USD")),),
                kind="term" if is_new else "endorsement",
                starts=START,
                ends=ENDS,
                place=LEE,
                on=START if is_new else min(max(self.day, START), ENDS - timedelta(days=1)),
                at=at(self.day),
            )
        )

    @rule(policy=POLICIES, minor=st.integers(1, 100000))
    def credit(self, policy, minor):
        if all(one.policy_id != policy or one.kind == "credit" for one in self.account.instructions):
            return
        charges = (Charge("premium", Money(-minor, "USD")),)
        self.ask(CreditCharges(instruction_id=self.next_id(), policy_id=policy, charges=charges, **self.about))

    @rule(policy=POLICIES, days=st.integers(30, 90))
    def nobody_pays_after_cover_ended(self, policy, days):
        self.nights(20)
        self.end_cover(policy)
        self.nights(1)
        self.nights(days)

    @rule(days=st.integers(1, 45))
    def nights(self, days):
        """Some days, of which the last has a night."""
        self.day += timedelta(days=days)
        for invoice in self.account.invoices:
            if invoice.step == "planned" and invoice.bill_on <= self.day:
                self.ask(BillInvoice(number=invoice.number, **self.about))
        for invoice in self.account.invoices:
            if invoice.status == "billed" and invoice.due_on <= self.day:
                self.ask(MarkInvoiceDue(number=invoice.number, **self.about))
        self.ask(AgeAccount(**self.about))

    @rule(hold=HOLDS, days=st.integers(1, 6))
    def hold_whoever_is_pursued_for_some_days(self, hold, days):
        self.nights(30)
        self.nights(days)
        if any(one.stage == "dunning" for one in self.account.delinquencies):
            self.hold(hold, EVERYTHING)
            self.nights(days)
            self.release(hold)
            self.nights(30)

    @rule(payer=st.sampled_from(["I", "B"]), minor=st.integers(1, 60000))
    def pay_something(self, payer, minor):
        self.ask(ReceivePayment(payment_id=self.next_id(), payer_id=payer, amount=Money(minor, "USD"), **self.about))

    @rule(payer=st.sampled_from(["I", "B"]))
    def pay_all(self, payer):
        steps = ("billed", "due", "past_due")
        owed = sum(one.open for one in self.account.invoices if one.step in steps and one.payer_id == payer)
        if owed:
            self.pay_something(payer, owed)

    @rule(data=st.data())
    def bounce(self, data):
        payments = [one.payment_id for one in self.account.payments]
        if payments:
            self.ask(ReturnPayment(payment_id=data.draw(st.sampled_from(payments)), reason="R01", **self.about))

    @rule(hold=HOLDS, suspends=SUSPENDS)
    def hold(self, hold, suspends):
        self.ask(PlaceHold(hold_id=hold, suspends=suspends, **self.about))

    @rule(hold=HOLDS)
    def release(self, hold):
        self.ask(ReleaseHold(hold_id=hold, **self.about))

    @rule(suspends=SUSPENDS, days=st.one_of(st.none(), st.integers(1, 60)))
    def hear_an_order(self, suspends, days):
        end = None if days is None else self.day + timedelta(days=days)
        order = Order("O", ("FL",), ("county:Lee",), (), suspends, self.day, end)
        self.core.submit(HearOrder(order=order, on=self.day, at=at(self.day)))

    @rule()
    def lift_the_order(self):
        self.core.submit(LiftOrder(order_id="O", on=self.day, at=at(self.day)))

    @rule(policy=POLICIES)
    def end_cover(self, policy):
        self.ended[policy] = min(max(self.day, START), ENDS - timedelta(days=1))
        self.ask(RecordPolicyEnd(policy_id=policy, cancelled_on=self.ended[policy], **self.about))

    @rule(policy=POLICIES)
    def resume_cover(self, policy):
        cancelled_on = self.ended.get(policy, START)
        self.ask(RecordPolicyReturn(policy_id=policy, cancelled_on=cancelled_on, **self.about))

    @invariant()
    def every_invariant_holds(self):
        view = account_view(self.account) if hasattr(self, "core") else None
        assert view is None or list(judged(ACCOUNT_INVARIANTS, "A", view)) == []

    @invariant()
    def the_books_say_the_same(self):
        """INV-B3, and that nothing held or released moved a cent between what is billed and what is not."""
        if not hasattr(self, "core"):
            return
        balances = {account: minor for (account, _), minor in self.books.ledger.balances.items()}
        unbilled = sum(one.open for one in self.account.invoices if one.step == "planned")
        billed = sum(one.open for one in self.account.invoices if one.step in ("billed", "due", "past_due"))
        assert sum(balances.values()) == 0
        assert balances.get("receivable_unbilled", 0) == unbilled
        assert balances.get("receivable_billed", 0) == billed


def test_no_life_of_an_account_that_owes_breaks_an_invariant():
    REACHED.clear()
    run_state_machine_as_test(Owing, settings=HOW_MANY)

    assert {
        "InvoicePastDue",
        "DelinquencyStarted",
        "DunningStepTaken",
        "CancellationRequested",
        "DelinquencyHeld",
        "DelinquencyReleased",
        "SentToCollections",
        "DelinquencyExited",
        "HoldPlaced",
        "HoldReleased",
        "HeldInvoicesReplanned",
        "GraceEnded",
        "ItemsWrittenOff",
    } <= REACHED
