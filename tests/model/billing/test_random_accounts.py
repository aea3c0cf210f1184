"""Random histories of accounts, good and bad commands in any order: every invariant holds after every step, and the
books say the same as the accounts.
"""

from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.events import Event
from model.billing.plan import Charge, Payer
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.money import Money
from model.published.seen import account_view

ACCOUNTS = st.sampled_from(["A-1", "A-2"])
POLICIES = st.sampled_from(["P-1", "P-2"])
INSTRUCTIONS = st.sampled_from([f"B-{k}" for k in range(6)])
PAYMENTS = st.sampled_from([f"M-{k}" for k in range(8)])
PAYERS = [Payer("I", "insured", 1), Payer("B", "mortgagee", 2), Payer("S", "insured", 0)]
GOOD_PAYERS = st.sampled_from([PAYERS[:1], PAYERS[:1], PAYERS[1:2], PAYERS[:2], PAYERS])
CURRENCY = st.sampled_from(["USD"] * 9 + ["EUR"])
PATTERN = st.sampled_from(["premium", "premium", "tax", "fee", "surcharge"])
CHARGES = st.lists(st.builds(Charge, PATTERN, st.builds(Money, st.integers(-5, 250000), CURRENCY)), max_size=3)
GOOD_CHARGES = st.lists(
    st.builds(
        Charge,
        st.sampled_from(["premium", "premium", "tax", "fee"]),
        st.builds(Money, st.integers(1, 250000), st.just("USD")),
    ),
    min_size=1,
    max_size=3,
)
GOOD_PLANS = st.sampled_from(["full_pay", "two_pay", "four_pay", "monthly"])
PLANS = st.sampled_from(["full_pay", "two_pay", "four_pay", "monthly", "monthly", "weekly"])
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=150, stateful_step_count=30)


REACHED: set[type] = set()


class Accounts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.core.observers += [self.books, lambda recorded: REACHED.add(type(recorded.event))]
        self.day = date(2026, 1, 31)
        self.cash = 0
        self.number = 0

    def ask(self, command: Any) -> bool:
        """Whether something came of it. What is refused changes nothing, and what is asked twice is answered once."""
        before = self.core.account(command.account_id)
        decision = self.core.submit(command)
        if isinstance(decision, Refusal) or not decision:
            assert self.core.account(command.account_id) == before
            return False
        after = self.core.account(command.account_id)
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.account(command.account_id) == after
        return True

    def about(self, account: str) -> dict[str, Any]:
        return {"account_id": account, "on": self.day, "at": at(self.day)}

    @initialize(account=ACCOUNTS, plan=GOOD_PLANS, charges=GOOD_CHARGES, payers=GOOD_PAYERS)
    def open_an_account(self, account, plan, charges, payers):
        assert self.ask(self.charges(account, "B-0", "P-1", plan, charges, payers))

    def charges(self, account, instruction, policy, plan, charges, payers, late=0) -> ReceiveCharges:
        return ReceiveCharges(
            account_id=account,
            instruction_id=instruction,
            policy_id=policy,
            plan=plan,
            autopay="on",
            payers=tuple(payers),
            charges=tuple(charges),
            on=self.day + timedelta(days=late),
            at=at(self.day),
        )

    def known_payments(self, account) -> dict[str, Any]:
        return {each.payment_id: each for each in getattr(self.core.account(account), "payments", ())}

    @rule(days=st.integers(1, 60))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @rule(
        account=ACCOUNTS, policy=POLICIES, plan=GOOD_PLANS, charges=GOOD_CHARGES, payers=GOOD_PAYERS,
        late=st.integers(-60, 60),
    )  # fmt: skip
    def charge(self, account, policy, plan, charges, payers, late):
        self.number += 1
        assert self.ask(self.charges(account, f"N-{self.number}", policy, plan, charges, payers, late))

    @rule(
        account=ACCOUNTS, instruction=INSTRUCTIONS, policy=POLICIES, plan=PLANS, charges=CHARGES,
        payers=st.lists(st.sampled_from(PAYERS), max_size=3, unique=True),
    )  # fmt: skip
    def charge_anything(self, account, instruction, policy, plan, charges, payers):
        self.ask(self.charges(account, instruction, policy, plan, charges, payers))

    @rule(account=ACCOUNTS, policy=POLICIES, charges=GOOD_CHARGES)
    def credit(self, account, policy, charges):
        self.number += 1
        back = tuple(Charge(charge.pattern, -charge.amount) for charge in charges)
        what = {"instruction_id": f"N-{self.number}", "policy_id": policy, "charges": back}
        self.ask(CreditCharges(**what, **self.about(account)))

    @rule(account=ACCOUNTS, instruction=INSTRUCTIONS, policy=POLICIES, charges=CHARGES)
    def credit_anything(self, account, instruction, policy, charges):
        self.ask(
            CreditCharges(instruction_id=instruction, policy_id=policy, charges=tuple(charges), **self.about(account))
        )

    @rule(account=ACCOUNTS, number=st.integers(-1, 12), kind=st.sampled_from([BillInvoice, MarkInvoiceDue]))
    def step_one_invoice(self, account, number, kind):
        self.ask(kind(number=number, **self.about(account)))

    @rule(account=ACCOUNTS)
    def run_billing(self, account):
        for invoice in getattr(self.core.account(account), "invoices", ()):
            self.ask(BillInvoice(number=invoice.number, **self.about(account)))
            self.ask(MarkInvoiceDue(number=invoice.number, **self.about(account)))

    def pay(self, account, payment, payer, amount) -> None:
        if self.ask(ReceivePayment(payment_id=payment, payer_id=payer, amount=amount, **self.about(account))):
            self.cash += amount.minor

    @rule(account=ACCOUNTS, payer=st.sampled_from(["I", "B", "stranger"]), minor=st.integers(1, 300000))
    def pay_something(self, account, payer, minor):
        self.number += 1
        self.pay(account, f"new-{self.number}", payer, Money(minor, "USD"))

    @rule(account=ACCOUNTS, payer=st.sampled_from(["I", "B"]))
    def bill_and_pay(self, account, payer):
        self.number += 1
        self.run_billing(account)
        invoices = getattr(self.core.account(account), "invoices", ())
        billed = sum(i.open for i in invoices if i.step != "planned" and i.payer_id == payer)
        self.pay(account, f"new-{self.number}", payer, Money(billed, "USD"))

    @rule(
        account=ACCOUNTS,
        payment=PAYMENTS,
        payer=st.sampled_from(["I", "B"]),
        minor=st.integers(-1, 9),
        currency=CURRENCY,
    )
    def pay_anything(self, account, payment, payer, minor, currency):
        self.pay(account, payment, payer, Money(minor, currency))

    @rule(account=ACCOUNTS, data=st.data())
    def bounce(self, account, data):
        known = self.known_payments(account)
        payment = data.draw(st.sampled_from(["nobody's", *known]))
        if self.ask(ReturnPayment(payment_id=payment, reason="R01", **self.about(account))):
            self.cash -= known[payment].amount.minor

    @rule(account=ACCOUNTS, payer=st.sampled_from(["I", "B"]), minor=st.integers(1, 300000))
    def pay_and_bounce_at_once(self, account, payer, minor):
        """INV-B6: all is as it was but for a fee on one invoice and the history."""
        self.run_billing(account)
        before: Any = self.core.account(account)
        if before == self.core.accounts.initial:
            return
        self.number += 1
        payment, amount = f"quick-{self.number}", Money(minor, "USD")
        assert self.ask(ReceivePayment(payment_id=payment, payer_id=payer, amount=amount, **self.about(account)))
        assert self.ask(ReturnPayment(payment_id=payment, reason="R01", **self.about(account)))
        after: Any = self.core.account(account)
        pairs = list(zip(before.invoices, after.invoices, strict=True))
        fees = [item for old, new in pairs for item in new.items[len(old.items) :]]
        assert after.unapplied == before.unapplied
        assert [replace(new, items=new.items[: len(old.items)]) for old, new in pairs] == list(before.invoices)
        assert [(fee.pattern, fee.amount, fee.paid) for fee in fees] in ([], [("fee", 1500, 0)])

    @invariant()
    def every_invariant_holds(self):
        for account in self.core.accounts.states:
            view = account_view(self.core.account(account))
            assert view is None or list(judged(ACCOUNT_INVARIANTS, account, view)) == []

    @invariant()
    def the_books_say_the_same(self):
        """INV-B3 and INV-B4."""
        accounts: list[Any] = list(self.core.accounts.states.values())
        invoices = [invoice for account in accounts for invoice in account.invoices]
        unbilled = sum(invoice.open for invoice in invoices if invoice.step == "planned")
        held = self.books.ledger.balances
        assert sum(held.values()) == 0
        assert held.get(("receivable_unbilled", "USD"), 0) == unbilled
        assert held.get(("receivable_billed", "USD"), 0) == sum(invoice.open for invoice in invoices) - unbilled
        assert held.get(("unapplied_cash", "USD"), 0) == -sum(account.unapplied.minor for account in accounts)
        assert held.get(("cash", "USD"), 0) == self.cash

    @invariant()
    def nothing_is_due_before_it_is_billed_or_before_it_was_planned(self):
        accounts: list[Any] = list(self.core.accounts.states.values())
        assert all(date(2026, 1, 31) <= i.bill_on <= i.due_on for account in accounts for i in account.invoices)
        assert all(account.unapplied.minor >= 0 for account in accounts)


def test_no_history_of_accounts_breaks_an_invariant():
    REACHED.clear()
    run_state_machine_as_test(Accounts, settings=HOW_MANY)

    assert set(get_args(Event)) == REACHED
