"""Random histories of accounts, good and bad commands in any order: every invariant holds after every step, and the
books say the same as the accounts.
"""

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import reduce
from random import Random
from typing import Any, Literal, TypeAlias, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.billing import dunning_events
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.disbursing import OPEN
from model.billing.events import Event
from model.billing.money_commands import (
    ApproveDisbursement,
    AssessFee,
    ChangePlan,
    DraftDisbursement,
    DraftInvoice,
    ExecuteDisbursement,
    RejectDisbursement,
    ReverseDisbursement,
    ReverseWriteOff,
    SetAutopay,
    WriteOff,
)
from model.billing.plan import Charge, Payer
from model.billing.repointing_messages import RepointPayer
from model.billing.suspense import misfit
from model.books import Books
from model.choices.billing import Tolerance
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.invariants.billing_steps import (
    badly_dated,
    different_invoices,
    not_conserved,
    out_of_order,
    split_differently,
    undone,
)
from model.money import Money
from model.published.seen import account_view

Drawn: TypeAlias = Callable[[Random], Any]


class Draws:
    """What hypothesis calls strategies, of one seed: each takes the dice and gives a value."""

    def sampled_from(self, values: Sequence[Any]) -> Drawn:
        return lambda dice: values[int(dice.random() * len(values))]

    def integers(self, least: int, most: int) -> Drawn:
        """Often an end, since limits are where things break."""

        def drawn(dice: Random) -> int:
            where = dice.random()
            return least if where < 0.05 else most if where > 0.97 else least + int(dice.random() * (most - least + 1))

        return drawn

    def just(self, value: Any) -> Drawn:
        return lambda dice: value

    def builds(self, kind: Callable[..., Any], *parts: Drawn) -> Drawn:
        return lambda dice: kind(*[part(dice) for part in parts])

    def lists(self, one: Drawn, *, min_size: int = 0, max_size: int, unique: Literal["yes", "no"] = "no") -> Drawn:
        def drawn(dice: Random) -> list[Any]:
            found = [one(dice) for _ in range(min_size + int(dice.random() * (max_size - min_size + 1)))]
            return found if unique == "no" else [each for k, each in enumerate(found) if each not in found[:k]]

        return drawn

    def fixed_dictionaries(self, each: dict[str, Drawn]) -> Drawn:
        return lambda dice: {name: drawn(dice) for name, drawn in each.items()}

    def dice(self, dice: Random) -> Random:
        return dice


draw = Draws()
STEPS: list[tuple[Callable[..., None], dict[str, Drawn]]] = []


def step(**drawn: Drawn) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A method of the machine that may come at any time, and what is drawn for it."""

    def kept(act: Callable[..., None]) -> Callable[..., None]:
        STEPS.append((act, drawn))
        return act

    return kept


ACCOUNTS = draw.sampled_from(["A-1", "A-2"])
POLICIES = draw.sampled_from(["P-1", "P-2"])
INSTRUCTIONS = draw.sampled_from([f"B-{k}" for k in range(6)])
PAYMENTS = draw.sampled_from([f"M-{k}" for k in range(8)])
PAYERS = [Payer("I", "insured", 1), Payer("B", "mortgagee", 2), Payer("S", "agency", 0)]
GOOD_PAYERS = draw.sampled_from([PAYERS[:1], PAYERS[:1], PAYERS[1:2], PAYERS[:2], PAYERS])
CURRENCY = draw.sampled_from(["USD"] * 9 + ["EUR"])
PATTERN = draw.sampled_from(["premium", "premium", "tax", "fee", "surcharge"])
CHARGES = draw.lists(draw.builds(Charge, PATTERN, draw.builds(Money, draw.integers(-5, 250000), CURRENCY)), max_size=3)
GOOD_CHARGES = draw.lists(
    draw.builds(
        Charge,
        draw.sampled_from(["premium", "premium", "tax", "fee"]),
        draw.builds(Money, draw.integers(1, 250000), draw.just("USD")),
    ),
    min_size=1,
    max_size=3,
)
GOOD_PLANS = draw.sampled_from(["full_pay", "two_pay", "four_pay", "monthly"])
PLANS = draw.sampled_from(["full_pay", "two_pay", "four_pay", "monthly", "monthly", "weekly"])
PEOPLE = draw.sampled_from(["ann", "bob", "cyd"])
CHOICES = draw.fixed_dictionaries(
    {
        "leftover": draw.sampled_from(["first", "last", "write_off"]),
        "due_day_roll": draw.sampled_from(["none", "following", "preceding"]),
        "carry_forward_below_minor": draw.sampled_from([0, 20000]),
        "endorsement_premium": draw.sampled_from(["spread_remaining", "immediate_invoice", "catch_up_and_spread"]),
        "return_premium_direction": draw.sampled_from(["first_to_last", "last_to_first"]),
        "return_premium_remainder": draw.sampled_from(["keep_unapplied", "pay_what_is_billed", "send_back"]),
        "unapplied_money": draw.sampled_from(["apply_when_billed", "apply_when_billed", "keep_unapplied"]),
        "shortfall_tolerances": draw.sampled_from([(), (Tolerance("USD", 20000),)]),
        "late_fee_minor": draw.just(1000),
        "credit_order": draw.sampled_from(["billed_first", "planned_first"]),
        "disbursement_delay_days": draw.sampled_from([0, 5]),
        "disbursement_dual_approval_above_minor": draw.sampled_from([None, 20000]),
    }
)
LAW, CARRIER = florida()
PLANS_ANEW = (ReceiveCharges, ChangePlan)
HISTORIES = int(os.environ.get("WINDTUNNEL_HISTORIES") or ("1000" if os.environ.get("CI") else "100"))
"""A thousand in a pipeline, fewer while somebody waits."""
STEPS_AT_ONCE = 10
"""Steps between two looks at everything: what breaks in between is still broken then."""
SEEDS = st.integers(0, 2**24 - 1)
"""More than 24 bits would not be drawn evenly."""
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=HISTORIES, stateful_step_count=4)


REACHED: set[type] = set()


def prior_terms_of(account: Any) -> set[int]:
    """The instructions of every term of a policy that has a later one."""
    told = [(place, each) for place, each in enumerate(getattr(account, "instructions", ())) if each.starts]
    return {
        place
        for place, each in told
        if any(other.policy_id == each.policy_id and other.starts > each.starts for _, other in told)
    }


class Accounts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.keep(LAW, CARRIER)
        self.day = date(2026, 1, 31)
        self.cash = 0
        self.number = 0
        self.touched: set[str] = set()

    def keep(self, law: Any, carrier: Any) -> None:
        self.core = Core(law, carrier)
        self.books = Books(carrier)
        self.priority = {rule.pattern: rule.priority for rule in carrier.patterns}
        self.core.observers += [self.books, lambda recorded: REACHED.add(type(recorded.event))]

    def ask(self, command: Any) -> bool:
        """Whether something came of it. What is refused changes nothing, and what is asked twice is answered once."""
        before = self.core.account(command.account_id)
        decision = self.core.submit(command)
        if isinstance(decision, Refusal) or not decision:
            assert self.core.account(command.account_id) == before
            return False
        self.touched.add(command.account_id)
        if isinstance(command, PLANS_ANEW):
            self.dates_are_in_order(before, command.account_id)
        after = self.core.account(command.account_id)
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.account(command.account_id) == after
        return True

    def dates_are_in_order(self, before: Any, account: str) -> None:
        """INV-B8."""
        after = account_view(self.core.account(account))
        assert after is not None
        known = account_view(before) or replace(after, invoices=())
        roll = self.core.carrier.billing.due_day_roll
        assert badly_dated(known, after, roll=roll, holidays=LAW.holidays) == ()

    def about(self, account: str) -> dict[str, Any]:
        return {"account_id": account, "on": self.day, "at": at(self.day)}

    @initialize(seed=SEEDS)
    def open_an_account(self, seed):
        dice = Random(seed)
        account, plan, charges, payers, choices = (
            drawn(dice) for drawn in (ACCOUNTS, GOOD_PLANS, GOOD_CHARGES, GOOD_PAYERS, CHOICES)
        )
        self.keep(LAW, replace(CARRIER, billing=replace(CARRIER.billing, **choices)))
        assert self.ask(self.charges(account, "B-0", "P-1", plan, charges, payers))

    def charges(self, account, instruction, policy, plan, charges, payers, late=0, **more) -> ReceiveCharges:
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
            **more,
        )

    def known_payments(self, account) -> dict[str, Any]:
        return {each.payment_id: each for each in getattr(self.core.account(account), "payments", ())}

    @step(days=draw.integers(1, 60))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @step(
        account=ACCOUNTS, policy=POLICIES, plan=GOOD_PLANS, charges=GOOD_CHARGES, payers=GOOD_PAYERS,
        late=draw.integers(-60, 60), term=draw.sampled_from(["unknown", "year"]),
    )  # fmt: skip
    def charge(self, account, policy, plan, charges, payers, late, term):
        self.number += 1
        starts = self.day + timedelta(days=late)
        more = {"starts": starts, "ends": starts + timedelta(days=365)} if term == "year" else {}
        assert self.ask(self.charges(account, f"N-{self.number}", policy, plan, charges, payers, late, **more))

    @step(account=ACCOUNTS, policy=POLICIES, charges=GOOD_CHARGES, payers=GOOD_PAYERS, late=draw.integers(-60, 60))
    def endorse(self, account, policy, charges, payers, late):
        self.number += 1
        term = getattr(self.core.account(account), "instructions", ())
        starts = next((each.starts for each in term if each.policy_id == policy), None)
        more = {"kind": "endorsement", "starts": starts, "ends": starts and starts + timedelta(days=365)}
        assert self.ask(self.charges(account, f"N-{self.number}", policy, "monthly", charges, payers, late, **more))

    @step(
        account=ACCOUNTS, instruction=INSTRUCTIONS, policy=POLICIES, plan=PLANS, charges=CHARGES,
        payers=draw.lists(draw.sampled_from(PAYERS), max_size=3, unique="yes"),
    )  # fmt: skip
    def charge_anything(self, account, instruction, policy, plan, charges, payers):
        self.ask(self.charges(account, instruction, policy, plan, charges, payers))

    @step(account=ACCOUNTS, policy=POLICIES, charges=GOOD_CHARGES)
    def credit(self, account, policy, charges):
        self.number += 1
        back = tuple(Charge(charge.pattern, -charge.amount) for charge in charges)
        what = {"instruction_id": f"N-{self.number}", "policy_id": policy, "charges": back}
        self.ask(CreditCharges(**what, **self.about(account)))

    @step(account=ACCOUNTS, instruction=INSTRUCTIONS, policy=POLICIES, charges=CHARGES)
    def credit_anything(self, account, instruction, policy, charges):
        self.ask(
            CreditCharges(instruction_id=instruction, policy_id=policy, charges=tuple(charges), **self.about(account))
        )

    @step(account=ACCOUNTS, number=draw.integers(-1, 12), kind=draw.sampled_from([BillInvoice, MarkInvoiceDue]))
    def step_one_invoice(self, account, number, kind):
        self.ask(kind(number=number, **self.about(account)))

    @step(account=ACCOUNTS)
    def run_billing(self, account):
        for invoice in getattr(self.core.account(account), "invoices", ()):
            self.ask(BillInvoice(number=invoice.number, **self.about(account)))
            self.ask(MarkInvoiceDue(number=invoice.number, **self.about(account)))

    def pay(self, account, payment, payer, amount) -> None:
        standing: Any = self.core.account(account)
        before, prior = account_view(standing), prior_terms_of(standing)
        self.split(account, payer, amount)
        if self.ask(ReceivePayment(payment_id=payment, payer_id=payer, amount=amount, **self.about(account))):
            state: Any = self.core.account(account)
            after = account_view(state)
            assert before is not None
            assert after is not None
            if state.payments[-1].status == "received":
                self.cash += amount.minor
                assert out_of_order(before, after, payer, self.priority, prior=prior) == ()

    def split(self, account, payer, amount) -> None:
        """INV-B7. A shortfall that is forgiven is one of a payment, so that there the number of payments counts."""
        if amount.minor < 2 or self.core.carrier.billing.shortfall_tolerances:
            return
        half = Money(amount.minor // 2, amount.currency)
        asked: Any = {"payer_id": payer, **self.about(account)}
        whole = self.imagined(account, ReceivePayment(payment_id="whole", amount=amount, **asked))
        parts = self.imagined(
            account,
            ReceivePayment(payment_id="one", amount=half, **asked),
            ReceivePayment(payment_id="other", amount=amount - half, **asked),
        )
        if whole is not None and parts is not None:
            assert split_differently(whole, parts) == ()

    def imagined(self, account, *commands) -> Any:
        """The account as it would be after commands that nobody asks; None where one of them would be refused."""
        machine = self.core.machines[ReceivePayment]
        state: Any = self.core.account(account)
        for command in commands:
            decision = machine.decide(command, state)
            if isinstance(decision, Refusal):
                return None
            state = reduce(machine.evolve, decision, state)
        return account_view(state)

    @step(account=ACCOUNTS, plan=GOOD_PLANS, charges=GOOD_CHARGES, more=GOOD_CHARGES, payers=GOOD_PAYERS)
    def bill_two_terms_in_either_order(self, account, plan, charges, more, payers):
        """INV-B15."""
        one = self.charges(account, "either", "P-3", plan, charges, payers)
        other = self.charges(account, "or", "P-4", "monthly", more, payers)
        there, back = self.imagined(account, one, other), self.imagined(account, other, one)
        assert different_invoices(there, back) == ()

    @step(account=ACCOUNTS, minor=draw.integers(1, 300000))
    def pay_what_came_back_before(self, account, minor):
        self.pay(account, "early", "I", Money(minor, "USD"))

    @step(account=ACCOUNTS, payer=draw.sampled_from(["I", "B", "stranger"]), minor=draw.integers(1, 300000))
    def pay_something(self, account, payer, minor):
        self.number += 1
        self.pay(account, f"new-{self.number}", payer, Money(minor, "USD"))

    @step(account=ACCOUNTS, payer=draw.sampled_from(["I", "B"]))
    def bill_and_pay(self, account, payer):
        self.number += 1
        self.run_billing(account)
        invoices = getattr(self.core.account(account), "invoices", ())
        billed = sum(i.open for i in invoices if i.step != "planned" and i.payer_id == payer)
        self.pay(account, f"new-{self.number}", payer, Money(billed, "USD"))

    @step(
        account=ACCOUNTS,
        payment=PAYMENTS,
        payer=draw.sampled_from(["I", "B"]),
        minor=draw.integers(-1, 9),
        currency=CURRENCY,
    )
    def pay_anything(self, account, payment, payer, minor, currency):
        self.pay(account, payment, payer, Money(minor, currency))

    @step(account=ACCOUNTS, data=draw.dice)
    def bounce(self, account, data):
        known = self.known_payments(account)
        payment = draw.sampled_from(["nobody's", "early", *known])(data)
        if self.ask(ReturnPayment(payment_id=payment, reason="R01", **self.about(account))) and payment in known:
            self.cash -= known[payment].amount.minor

    @step(account=ACCOUNTS, data=draw.dice)
    def win_back(self, account, data):
        """A payment that was lost, or will be, comes again; whatever its loss cost is given back."""
        known = self.known_payments(account)
        if not known:
            return
        lost = known[draw.sampled_from(list(known))(data)]
        won = ReceivePayment(
            payment_id=f"{lost.payment_id}/won", payer_id=lost.payer_id, amount=lost.amount, wins_back=lost.payment_id,
            **self.about(account),
        )  # fmt: skip
        if self.ask(won):
            self.cash += lost.amount.minor

    @step(account=ACCOUNTS, payer=draw.sampled_from(["I", "B"]), minor=draw.integers(1, 300000))
    def pay_and_bounce_at_once(self, account, payer, minor):
        """INV-B6: all is as it was but for a fee on one invoice and the history."""
        self.run_billing(account)
        before = account_view(self.core.account(account))
        if before is None:
            return
        self.number += 1
        payment, amount = f"quick-{self.number}", Money(minor, "USD")
        if not self.ask(ReceivePayment(payment_id=payment, payer_id=payer, amount=amount, **self.about(account))):
            assert misfit(self.core.account(account), payer, amount) is not None
            return
        assert self.ask(ReturnPayment(payment_id=payment, reason="R01", **self.about(account)))
        after = account_view(self.core.account(account))
        assert after is not None
        assert undone(before, after) == ()
        assert len(set(after.fees or ()) - set(before.fees or ())) <= 1

    # --- beside payments

    @step(account=ACCOUNTS, party=draw.sampled_from(["I", "B"]), minor=draw.integers(1, 50000), by=PEOPLE)
    def draft_some_back(self, account, party, minor, by):
        self.number += 1
        amount, one = Money(minor, "USD"), f"D-{self.number}"
        self.ask(DraftDisbursement(disbursement_id=one, party_id=party, amount=amount, by=by, **self.about(account)))

    @step(
        account=ACCOUNTS,
        minor=draw.integers(1, 300000),
        what=draw.sampled_from(["sent", "sent", "drafted", "reversed", "on its way"]),
    )
    def pay_send_it_back_and_bounce(self, account, minor, what):
        """What the bank takes back after it was sent is owed; a disbursement that was only drafted is not sent."""
        self.number += 1
        payment, one, payer = f"sent-{self.number}", f"D-{self.number}", "I"
        invoices = getattr(self.core.account(account), "invoices", ())
        too_much = Money(minor + sum(invoice.open for invoice in invoices if invoice.payer_id == payer), "USD")
        self.pay(account, payment, payer, too_much)
        asked: Any = {"disbursement_id": one, **self.about(account)}
        self.ask(DraftDisbursement(party_id=payer, amount=Money(minor, "USD"), by="ann", **asked))
        if what != "drafted":
            self.ask(ApproveDisbursement(by="bob", **asked))
            self.ask(ApproveDisbursement(by="cyd", **asked))
        if what not in ("drafted", "on its way"):
            self.day += timedelta(days=5)
            self.execute(account, one)
        if what == "reversed" and self.ask(ReverseDisbursement(reason="not cashed", **self.known(account, one))):
            self.cash += minor
        known = self.known_payments(account)
        if self.ask(ReturnPayment(payment_id=payment, reason="R01", **self.about(account))) and payment in known:
            self.cash -= known[payment].amount.minor
        if what == "on its way":
            self.execute(account, one, because="paid_out")

    @step(account=ACCOUNTS, days=draw.integers(0, 40))
    def bill_and_draft(self, account, days):
        self.day += timedelta(days=days)
        for invoice in getattr(self.core.account(account), "invoices", ()):
            self.ask(BillInvoice(number=invoice.number, **self.about(account)))
            self.ask(DraftInvoice(number=invoice.number, **self.about(account)))

    @step(account=ACCOUNTS, party=draw.sampled_from(["I", "B"]))
    def send_everything_back(self, account, party):
        state: Any = self.core.account(account)
        sources = [each for each in getattr(state, "payments", ()) if each.status == "received"]
        sources += getattr(state, "credits", ())
        waits = sum(each.unapplied.minor for each in sources if each.payer_id == party)
        self.number += 1
        asked: Any = {"disbursement_id": f"D-{self.number}", **self.about(account)}
        if waits and self.ask(DraftDisbursement(party_id=party, amount=Money(waits, "USD"), by="ann", **asked)):
            assert self.ask(ApproveDisbursement(by="bob", **asked))
            self.ask(ApproveDisbursement(by="cyd", **asked))
            self.execute(account, asked["disbursement_id"])

    def known(self, account, one) -> Any:
        return {"disbursement_id": one, **self.about(account)}

    def execute(self, account, one, because: Any = "instructed") -> None:
        if self.ask(ExecuteDisbursement(disbursement_id=one, because=because, **self.about(account))):
            self.cash -= self.disbursement(account, one).amount.minor

    def disbursement(self, account, one) -> Any:
        state: Any = self.core.account(account)
        return next(each for each in state.disbursements if each.disbursement_id == one)

    @step(
        account=ACCOUNTS, data=draw.dice, by=PEOPLE, what=draw.sampled_from(["approve", "execute", "reject", "reverse"])
    )
    def step_a_disbursement(self, account, data, by, what):
        known = [each.disbursement_id for each in getattr(self.core.account(account), "disbursements", ())]
        one = draw.sampled_from(["nobody's", *known])(data)
        asked: Any = {"disbursement_id": one, **self.about(account)}
        if what == "approve":
            self.ask(ApproveDisbursement(by=by, **asked))
        elif what == "execute":
            self.execute(account, one)
        elif what == "reject":
            self.ask(RejectDisbursement(reason="cheaper to keep", **asked))
        elif self.ask(ReverseDisbursement(reason="not cashed", **asked)):
            self.cash += self.disbursement(account, one).amount.minor

    @step(account=ACCOUNTS, data=draw.dice, what=draw.sampled_from(["gone", "gone", "not_paid", "sent_back"]))
    def hear_of_a_disbursement(self, account, data, what):
        """What payments tells, whatever was decided meanwhile: money moves when it says so and only then."""
        known = getattr(self.core.account(account), "disbursements", ())
        if not known:
            return
        one = draw.sampled_from(known)(data)
        asked: Any = self.known(account, one.disbursement_id)
        back = one.amount.minor if one.status == "executed" else 0
        if what == "gone":
            self.execute(account, one.disbursement_id, because="paid_out")
        elif self.ask(
            RejectDisbursement(reason="R03", because="not_paid", **asked)
            if what == "not_paid"
            else ReverseDisbursement(reason="R03", because="sent_back", **asked)
        ):
            self.cash += back

    @step(
        account=ACCOUNTS,
        number=draw.integers(-1, 12),
        item=draw.sampled_from([None, 0, 9]),
        minor=draw.integers(0, 9000),
    )
    def write_off(self, account, number, item, minor):
        self.number += 1
        bills = [
            i.number for i in getattr(self.core.account(account), "invoices", ()) if i.step != "planned" and i.open
        ]
        if bills and number % 2:
            number, item, minor = bills[number % len(bills)], None, minor % 200
        amount = Money(minor, "USD") if minor else None
        asked: Any = {"number": number, "item": item, "amount": amount, **self.about(account)}
        name = f"W-{self.number}"
        if self.ask(WriteOff(write_off_id=name, reason="too old", **asked)) and minor % 3 == 0:
            assert self.ask(ReverseWriteOff(write_off_id=name, **self.about(account)))

    @step(account=ACCOUNTS, data=draw.dice)
    def take_a_write_off_back(self, account, data):
        known = [each.write_off_id for each in getattr(self.core.account(account), "write_offs", ())]
        one = draw.sampled_from(["nobody's", *known])(data)
        self.ask(ReverseWriteOff(write_off_id=one, **self.about(account)))

    @step(account=ACCOUNTS, number=draw.integers(-1, 12))
    def charge_a_fee(self, account, number):
        self.ask(AssessFee(fee="late", trigger=f"{number}", number=number, **self.about(account)))

    @step(
        account=ACCOUNTS, policy=POLICIES, plan=PLANS, reslice=draw.sampled_from(["all", "planned", "not_fully_paid"]),
        redistribute=draw.sampled_from(["yes", "no"]),
    )  # fmt: skip
    def change_the_plan(self, account, policy, plan, reslice, redistribute):
        """INV-B9."""
        self.number += 1
        before = account_view(self.core.account(account))
        asked: Any = {"policy_id": policy, "plan": plan, "reslice": reslice, "redistribute": redistribute}
        if self.ask(ChangePlan(change_id=f"C-{self.number}", **asked, **self.about(account))):
            after = account_view(self.core.account(account))
            assert before is not None
            assert after is not None
            assert not_conserved(before, after) == ()

    @step(
        account=ACCOUNTS, policies=draw.sampled_from([("P-1",), ("P-1", "P-2")]), old=draw.sampled_from(["I", "B", "N"]),
        new=draw.sampled_from(["I", "B", "N"]),
    )  # fmt: skip
    def sell_the_loan(self, account, policies, old, new):
        """What is charged for by pattern, and the money, stay as they were."""
        before = account_view(self.core.account(account))
        asked: Any = {"policies": policies, "old_payer_id": old, "new_payer_id": new, **self.about(account)}
        if self.ask(RepointPayer(**asked)) and before is not None:
            after = account_view(self.core.account(account))
            assert after is not None
            assert not_conserved(before, after) == ()

    @step(account=ACCOUNTS, number=draw.integers(-1, 12), autopay=draw.sampled_from(["on", "on", "off"]))
    def draft(self, account, number, autopay):
        self.ask(SetAutopay(autopay=autopay, **self.about(account)))
        self.ask(DraftInvoice(number=number, **self.about(account)))

    @rule(seed=SEEDS)
    def live(self, seed):
        """Some steps at once, and then everything is judged: a draw costs more than all that it is drawn for."""
        dice = Random(seed)
        for _ in range(STEPS_AT_ONCE):
            act, drawn = STEPS[int(dice.random() * len(STEPS))]
            act(self, **{name: draw_it(dice) for name, draw_it in drawn.items()})
        self.look()

    def look(self) -> None:
        self.every_invariant_holds()
        self.the_books_say_the_same()
        self.nothing_is_due_before_it_is_billed_or_before_it_was_planned()

    def every_invariant_holds(self):
        for account in self.touched:
            view = account_view(self.core.account(account))
            assert view is None or list(judged(ACCOUNT_INVARIANTS, account, view)) == []
        self.touched.clear()

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
        on_their_way = [one.amount.minor for a in accounts for one in a.disbursements if one.status in OPEN]
        assert held.get(("disbursements_payable", "USD"), 0) == -sum(on_their_way)
        written_off = sum(item.written_off for invoice in invoices for item in invoice.items)
        assert held.get(("bad_debt", "USD"), 0) == written_off

    def nothing_is_due_before_it_is_billed_or_before_it_was_planned(self):
        accounts: list[Any] = list(self.core.accounts.states.values())
        assert all(date(2026, 1, 31) <= i.bill_on <= i.due_on for account in accounts for i in account.invoices)
        assert all(each.unapplied.minor >= 0 for account in accounts for each in account.payments + account.credits)
        assert all(account.unapplied.minor >= 0 for account in accounts)


def test_no_history_of_accounts_breaks_an_invariant():
    REACHED.clear()
    run_state_machine_as_test(Accounts, settings=HOW_MANY)

    assert set(get_args(Event)) - set(get_args(dunning_events.Event)) == REACHED
