"""Random histories of money around accounts, under every commission basis: batches, bounces, suspense, bills, returns,
transfers of the agency. After every step each cent is somewhere, the books say what the states say, and commission fits
the premium.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.billing import commission, events, statement, suspense
from model.billing.commands import BillInvoice, CreditCharges, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.commission import AssignProducer
from model.billing.money_commands import (
    ApproveDisbursement,
    ChangePlan,
    DraftDisbursement,
    ExecuteDisbursement,
    RejectDisbursement,
    ReverseDisbursement,
)
from model.billing.money_events import (
    DisbursementExecuted,
    DisbursementPaidAfterRejection,
    DisbursementReversed,
    PlanChanged,
    UnappliedDistributed,
)
from model.billing.plan import Charge, Payer
from model.billing.producer import AppointProducer, CommissionMoved, HoldInTrust
from model.billing.program import AgreeShares, PayeeShare, PremiumSplit
from model.billing.remittances import ReceiveRemittance
from model.billing.statement import ChargeDifference, IssueStatement, PromiseRemittance, RemitStatement, RemittedLine
from model.billing.suspense import RefundSuspense, ResolveSuspense
from model.billing.trust import OpenTrust
from model.books import Daybook
from model.core import Core, Recorded
from model.invariants.money import (
    CashView,
    cash_view,
    commingled,
    commission_view,
    lost_cash,
    overearned_commission,
    trust_shortfall,
    trust_view,
    unbalanced,
    unearned_commission,
    unstated,
)
from model.ledger import Entry, Posting, transfer
from model.money import Money, wire_amount
from model.published.seen import account_view

ACCOUNTS, PRODUCERS = ("A-1", "A-2"), ("X", "Y")
AMOUNTS = st.integers(1, 60000)
REACHED: set[type] = set()
MUST_REACH = {
    events.PaymentReturned,
    suspense.MoneySuspended,
    suspense.SuspenseResolved,
    suspense.SuspenseRefunded,
    suspense.SuspendedMoneyReturned,
    commission.CommissionEarned,
    commission.CommissionChargedBack,
    commission.ReturnCarried,
    statement.StatementRemitted,
    statement.RemittancePromised,
    statement.DifferenceCharged,
    PremiumSplit,
    CommissionMoved,
    DisbursementExecuted,
    DisbursementReversed,
    DisbursementPaidAfterRejection,
    UnappliedDistributed,
    PlanChanged,
}
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=20, stateful_step_count=30)


class MoneyAround(RuleBasedStateMachine):
    basis: Any = "written"

    def __init__(self) -> None:
        super().__init__()
        law, carrier = florida()
        self.core = Core(law, replace(carrier, billing=replace(carrier.billing, commission_basis=self.basis)))
        self.books = Daybook(self.core.carrier)
        self.core.observers += [self.books, self.heard]
        self.day, self.number, self.received, self.offset, self.sent = date(2026, 1, 31), 0, 0, 0, 0
        self.earned_on, self.given_back = Counter[str](), Counter[str]()
        for who in PRODUCERS:
            self.core.submit(
                AppointProducer(producer_id=who, kind="agency", commission_plan="standard", **self.about())
            )
        shares = (PayeeShare("LEAD", Decimal("62.5")), PayeeShare("FOLLOW", Decimal("37.5")))
        for command in (
            OpenTrust(trust_id="T-X", producer_id="X", **self.about()),
            OpenTrust(trust_id="T-Y", producer_id="Y", **self.about()),
            AgreeShares(program_id="G", trust_id="T-Y", shares=shares, **self.about()),
            HoldInTrust(producer_id="X", trust_id="T-X", program_id="G", **self.about()),
        ):
            self.core.submit(command)

    def heard(self, recorded: Recorded) -> None:
        """What came and what the bank took back, by the events and not by the states."""
        event = recorded.event
        REACHED.add(type(event))
        match event:
            case events.PaymentReturned():
                payments = cast("Any", recorded.before).payments
                self.received -= next(p.amount.minor for p in payments if p.payment_id == event.payment_id)
            case suspense.SuspendedMoneyReturned():
                self.received -= event.held.minor + event.refunded.minor
            case commission.CommissionEarned() | commission.CommissionChargedBack():
                self.earned_on[event.policy_id.removeprefix("P-")] += event.base.minor
            case events.ReturnPremiumCredited(unapplied=unapplied):
                back = sum(charge.amount.minor for charge in unapplied if charge.pattern == "premium")
                self.given_back[event.account_id] += back
            case DisbursementExecuted() | DisbursementReversed():
                self.sent += event.amount.minor * (1 if isinstance(event, DisbursementExecuted) else -1)
            case DisbursementPaidAfterRejection():
                self.sent += event.amount.minor + event.short.minor
            case CommissionMoved(how="netted"):
                self.offset += event.amount.minor
            case _:
                pass

    def about(self) -> dict[str, Any]:
        return {"on": self.day, "at": at(self.day)}

    def new(self, word: str) -> str:
        self.number += 1
        return f"{word}-{self.number}"

    @initialize(premium=AMOUNTS)
    def two_policies_are_sold_and_billed(self, premium):
        """The insured pays the one, the agency the other."""
        for account, payer in zip(ACCOUNTS, ("I", "X"), strict=True):
            self.assign(account, "X")
            self.charge(account, payer, premium, 0)
            self.bill(account, 0)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @rule(
        account=st.sampled_from(ACCOUNTS), payer=st.sampled_from(["I", "X"]), premium=AMOUNTS, tax=st.integers(0, 900)
    )
    def charge(self, account, payer, premium, tax):
        charges = [Charge("premium", Money(premium, "USD"))]
        charges += [Charge("tax", Money(tax, "USD"))] if tax else []
        self.core.submit(
            ReceiveCharges(
                account_id=account, instruction_id=self.new("B"), policy_id=f"P-{account}", plan="two_pay",
                autopay="off", payers=(Payer(payer, "agency" if payer == "X" else "insured", 1),), charges=tuple(charges), **self.about(),
            )
        )  # fmt: skip

    @rule(account=st.sampled_from(ACCOUNTS), premium=AMOUNTS)
    def credit(self, account, premium):
        """At most what was charged, as policy would send it."""
        told = getattr(self.core.account(account), "instructions", ())
        net = sum(c.amount.minor for one in told for c in one.charges if c.pattern == "premium")
        if net:
            back = Money(-min(premium, net), "USD")
            self.core.submit(
                CreditCharges(
                    account_id=account, instruction_id=self.new("B"), policy_id=f"P-{account}",
                    charges=(Charge("premium", back),), **self.about(),
                )
            )  # fmt: skip

    @rule(account=st.sampled_from(ACCOUNTS), number=st.integers(0, 5))
    def bill_more(self, account, number):
        self.bill(account, number)

    def bill(self, account, number):
        self.core.submit(BillInvoice(account_id=account, number=number, **self.about()))

    @rule(account=st.sampled_from(ACCOUNTS), producer=st.sampled_from(PRODUCERS))
    def transfer(self, account, producer):
        self.assign(account, producer)

    def assign(self, account, producer):
        self.core.submit(
            AssignProducer(
                policy_id=f"P-{account}", producer_id=producer, product="homeowners", on=self.day, at=at(self.day)
            )
        )

    @rule(
        rows=st.lists(
            st.sampled_from([("A-1", "I"), ("A-1", "I"), ("A-2", "X"), ("A-1", "X"), ("A-NONE", "I")]), max_size=3
        ),
        minor=AMOUNTS,
        more=st.sampled_from([0, 0, 0, 1, 2500, -1]),
    )
    def remit(self, rows, minor, more):
        amount = minor * len(rows) + more
        lines = [f"{account},{payer},{wire_amount(minor, 'USD')}" for account, payer in rows]
        decision = self.core.submit(
            ReceiveRemittance(
                source_id="BANK", batch_id=self.new("batch"), way="ach", amount=Money(amount, "USD"),
                body="\n".join(("reference,payer_id,amount", *lines)), **self.about(),
            )
        )  # fmt: skip
        if isinstance(decision, tuple) and decision:
            self.received += amount

    @rule(which=st.integers(0, 30), account=st.sampled_from(ACCOUNTS), payer=st.sampled_from(["I", "X"]), minor=AMOUNTS)
    def resolve(self, which, account, payer, minor):
        for name in self.held(which):
            self.core.submit(
                ResolveSuspense(
                    suspense_id=name, part_id=self.new("R"), account_id=account, payer_id=payer,
                    amount=Money(minor, "USD"), **self.about(),
                )
            )  # fmt: skip

    @rule(which=st.integers(0, 30), minor=AMOUNTS)
    def refund(self, which, minor):
        for name in self.held(which):
            self.core.submit(
                RefundSuspense(
                    suspense_id=name, part_id=self.new("R"), party_id="I", amount=Money(minor, "USD"), **self.about()
                )
            )

    def held(self, which: int) -> list[str]:
        names = list(self.core.suspense.states)
        return names[which % len(names) :][:1] if names else []

    @rule(account=st.sampled_from(ACCOUNTS), minor=AMOUNTS)
    def give_back_what_was_paid_and_bounce(self, account, minor):
        """A payment pays, its premium comes back, and then the bank takes the payment back."""
        payer = {"A-1": "I", "A-2": "X"}[account]
        self.pay_too_much(account, payer, minor)
        payment = f"more-{self.number}"
        self.credit(account, 60000)
        self.core.submit(ReturnPayment(account_id=account, payment_id=payment, reason="R01", **self.about()))
        self.pay_ahead(account, payer, 1)

    @rule(which=st.integers(0, 30))
    def bounce(self, which):
        """Some payment, or some money that may be in suspense."""
        payments = [
            (account, payment.payment_id)
            for account in ACCOUNTS
            for payment in getattr(self.core.account(account), "payments", ())
        ]
        payments += [("A-NONE", name.removeprefix("S-")) for name in self.core.suspense.states]
        for account, payment in payments[which % len(payments) :][:1] if payments else []:
            command = ReturnPayment(account_id=account, payment_id=payment, reason="R01", **self.about())
            self.core.accept(command, correlation_id="", causation_id="")

    @rule(which=st.integers(0, 5), minor=st.integers(-200, 200), extra=st.integers(0, 500))
    def remit_statement(self, which, minor, extra):
        names = list(self.core.statements.states)
        for name in names[which % len(names) :][:1] if names else []:
            producer, month = name.split("/")
            self.core.submit(IssueStatement(producer_id=producer, month=month, **self.about()))
            state: Any = self.core.statements.states[name]
            lines = tuple(
                RemittedLine(item.item_id, Money(max(item.due.minor + minor, 1), "USD"))
                for item in state.items
                if item.status != "settled"
            )
            amount = sum(line.amount.minor for line in lines) + extra
            decision = self.core.submit(
                RemitStatement(
                    producer_id=producer, month=month, remittance_id=self.new("S"), amount=Money(amount, "USD"),
                    lines=lines, **self.about(),
                )
            )  # fmt: skip
            if isinstance(decision, tuple) and decision:
                self.received += amount

    @rule(which=st.integers(0, 5), minor=st.sampled_from([0, 0, 0, 50, 900]), then=st.sampled_from(["wait", "charge"]))
    def promise(self, which, minor, then):
        """The agency says what it will pay, or is charged for what it did not."""
        names = list(self.core.statements.states)
        for name in names[which % len(names) :][:1] if names else []:
            producer, month = name.split("/")
            self.core.submit(IssueStatement(producer_id=producer, month=month, **self.about()))
            state: Any = self.core.statements.states[name]
            for item in state.items:
                about: Any = {"producer_id": producer, "month": month, "item_id": item.item_id, **self.about()}
                amount = Money(max(item.due.minor - minor, 0), "USD")
                self.core.submit(PromiseRemittance(amount=amount, **about))
                if then == "charge":
                    self.core.submit(ChargeDifference(**about))

    @rule(account=st.sampled_from(ACCOUNTS), payer=st.sampled_from(["I", "X"]), minor=AMOUNTS)
    def pay_too_much(self, account, payer, minor):
        """It waits unapplied for the next bill, or for being sent back."""
        decision = self.core.submit(
            ReceivePayment(
                account_id=account, payment_id=self.new("more"), payer_id=payer, amount=Money(minor, "USD"),
                **self.about(),
            )
        )  # fmt: skip
        if isinstance(decision, tuple) and decision:
            self.received += minor

    @rule(account=st.sampled_from(ACCOUNTS), payer=st.sampled_from(["I", "X"]), minor=AMOUNTS)
    def pay_ahead(self, account, payer, minor):
        """What waits pays the bills of half a year later."""
        self.pay_too_much(account, payer, minor)
        self.day += timedelta(days=190)
        state: Any = self.core.account(account)
        for number in range(len(state.invoices)):
            self.bill(account, number)

    @rule(
        account=st.sampled_from(ACCOUNTS), minor=AMOUNTS,
        until=st.sampled_from(["drafted", "approved", "executed", "executed", "reversed", "rejected"]),
    )  # fmt: skip
    def send_some_back(self, account, minor, until):
        """It may be returned by the bank afterwards, whatever became of the disbursement."""
        party = {"A-1": "I", "A-2": "X"}[account]
        self.pay_too_much(account, party, 60000 + minor)
        one: Any = {"account_id": account, "disbursement_id": self.new("D")}
        self.core.submit(DraftDisbursement(party_id=party, amount=Money(minor, "USD"), by="ann", **one, **self.about()))
        if until == "drafted":
            return
        for by in ("bob", "cyd"):
            self.core.submit(ApproveDisbursement(by=by, **one, **self.about()))
        if until in ("executed", "reversed"):
            self.day += timedelta(days=10)
            self.core.submit(ExecuteDisbursement(**one, **self.about()))
        if until == "reversed":
            self.core.submit(ReverseDisbursement(reason="stale", **one, **self.about()))
        if until == "rejected":
            self.core.submit(RejectDisbursement(reason="owed elsewhere", **one, **self.about()))

    @rule(
        which=st.integers(0, 30), meanwhile=st.integers(0, 9),
        news=st.lists(st.sampled_from(["gone", "not_paid", "sent_back"]), min_size=1, max_size=3),
    )  # fmt: skip
    def payments_tells_what_became_of_it(self, which, meanwhile, news):
        """In whatever order and however often, after more was billed that the money may have paid."""
        known = [
            (account, one.disbursement_id)
            for account in ACCOUNTS
            for one in getattr(self.core.account(account), "disbursements", ())
        ]
        for account, name in known[which % len(known) :][:1] if known else []:
            for number in range(meanwhile):
                self.bill(account, number)
            one: Any = {"account_id": account, "disbursement_id": name, **self.about()}
            for told in news:
                self.core.submit(
                    {
                        "gone": ExecuteDisbursement(because="paid_out", **one),
                        "not_paid": RejectDisbursement(reason="R03", because="not_paid", **one),
                        "sent_back": ReverseDisbursement(reason="R03", because="sent_back", **one),
                    }[told]
                )

    @rule(
        account=st.sampled_from(ACCOUNTS),
        plan=st.sampled_from(["two_pay", "monthly"]),
        again=st.sampled_from(["yes", "no"]),
    )
    def change_the_plan(self, account, plan, again):
        self.core.submit(
            ChangePlan(
                account_id=account, change_id=self.new("C"), policy_id=f"P-{account}", plan=plan, reslice="all",
                redistribute=again, **self.about(),
            )
        )  # fmt: skip

    @invariant()
    def commission_on_paid_premium_follows_what_is_paid(self):
        """Whatever paid it: a payment, money that had waited, return premium that closed nothing."""
        if self.basis != "paid":
            return
        for account in ACCOUNTS:
            state: Any = self.core.account(account)
            paid = sum(i.paid for one in state.invoices for i in one.items if i.pattern == "premium")
            kept = paid - self.given_back[account]
            assert self.earned_on[account] == max(kept, 0)
            view = commission_view(f"P-{account}", self.core.commission(f"P-{account}"))
            assert overearned_commission(view, eligible=kept) is None

    @invariant()
    def every_cent_is_somewhere(self):
        accounts: Any = self.core.accounts.states.values()
        held: Any = self.core.suspense.states.values()
        assert lost_cash(cash_view(accounts, list(held), received=self.received, offset=self.offset)) is None

    @invariant()
    def the_books_say_what_the_states_say(self):
        balance = {name: minor for (name, _), minor in self.books.ledger.balances.items()}
        held: Any = self.core.suspense.states.values()
        producers: Any = self.core.producers.states.values()

        assert balance.get("suspense_liability", 0) == -suspense.held_minor(held).get("USD", 0)
        assert balance.get("commission_payable", 0) == -sum(state.balance for state in producers)
        refunded = sum(
            part.amount.minor for state in held for part in getattr(state, "parts", ()) if not part.account_id
        )
        # What was refunded before the bank took the money back is owed to us, and out of cash twice.
        owed = balance.get("returned_refunds_receivable", 0)
        assert balance.get("cash", 0) == self.received - refunded - owed - self.sent
        assert unbalanced(entry for day in self.books.days.values() for entry in day) is None

    @invariant()
    def what_the_agency_is_billed_for_is_on_its_statements(self):
        statements: Any = self.core.statements.states.values()
        stated = {item.item_id for one in statements for item in one.items}
        for account in ACCOUNTS:
            view = account_view(self.core.account(account))
            assert view is not None
            assert unstated(view, stated) is None

    @invariant()
    def what_is_in_trust_is_whose_it_is_and_apart(self):
        balances: dict[tuple[str, str], int] = dict(self.books.ledger.balances)
        for name, state in self.core.trusts.states.items():
            assert trust_shortfall(trust_view(name, state)) is None
        assert commingled(balances) is None

    @invariant()
    def commission_fits_the_premium(self):
        for policy, state in self.core.commissions.states.items():
            assert unearned_commission(commission_view(policy, state)) is None

    @invariant()
    def nothing_that_followed_was_refused(self):
        assert self.core.drain(at=at(self.day)) == ()


def test_every_cent_is_somewhere_after_any_history_on_any_basis():
    for basis in ("written", "billed", "paid"):
        kind = type(f"MoneyAround_{basis}", (MoneyAround,), {"basis": basis})
        run_state_machine_as_test(kind, settings=HOW_MANY)

    assert MUST_REACH <= REACHED


def test_the_invariants_of_cash_and_ledger_see_planted_defects():
    good = CashView(received=100, offset=15, returned=0, distributed=90, unapplied=10, suspense=10, disbursed=5)
    assert lost_cash(good) is None
    violation = lost_cash(replace(good, suspense=9))
    assert violation is not None
    assert (violation.code, violation.text) == ("INV-B4", "115 minor units came, 114 are somewhere")

    entry = Entry("account:A#1", transfer(Money(5, "USD"), debit="cash", credit="unapplied_cash"))
    assert unbalanced([entry]) is None
    lame = unbalanced([entry, Entry("account:A#2", entry.postings[:1])])
    mixed = unbalanced(
        [Entry("account:A#3", (*entry.postings, Posting("cash", 1, "EUR"), Posting("unapplied_cash", -1, "EUR")))]
    )
    assert lame is not None
    assert mixed is not None
    assert (lame.subject, mixed.text) == ("account:A#2", "mixes EUR and USD")
