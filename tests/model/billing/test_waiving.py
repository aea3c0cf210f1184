"""A payment that was lost in a dispute and won back: the fee that the loss cost is nobody's."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing import accounting
from model.billing.account import Account, NoAccount, decider, evolve
from model.billing.at_rest import at_rest, restored
from model.billing.commands import BillInvoice, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.events import FeeCharged, FeeWaived
from model.billing.plan import CHARGED_FEE, Charge, Payer
from model.decider import Refusal
from model.ledger import Ledger

LAW, CARRIER = florida()
DUE_ON = date(2026, 6, 1)
LATER = DUE_ON + timedelta(days=7)
FEE = 1500
"""Florida's cap on an insurer's fee for a returned payment, below the carrier's own 25.00."""


def about(day: date = LATER) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


CHARGED = ReceiveCharges(
    instruction_id="B-1", policy_id="P", plan="two_pay", autopay="off", payers=(Payer("I", "insured", 1),),
    charges=(Charge("premium", usd("1000.00")),), starts=DUE_ON, ends=date(2027, 6, 1), **about(DUE_ON),
)  # fmt: skip
"""600.00 on 1 June; 400.00 and an installment fee of 3.00 on 1 December."""
SECOND = date(2026, 12, 1)


def pay(payment_id: str = "M", amount: str = "600.00", wins_back: str = "", day: date = LATER) -> ReceivePayment:
    return ReceivePayment(payment_id=payment_id, payer_id="I", amount=usd(amount), wins_back=wins_back, **about(day))


LOST = ReturnPayment(payment_id="M", reason="13.1", **about())
WON = pay("M/won", wins_back="M")


class Lived:
    """An account that is asked, with everything that happened and its ledger."""

    def __init__(self, *commands: Any, **choices: Any) -> None:
        self.carrier = replace(CARRIER, billing=replace(CARRIER.billing, **choices))
        self.machine: Any = decider(LAW, self.carrier)
        self.state: Any = NoAccount()
        self.events: list[Any] = []
        self.ledger = Ledger()
        for command in (CHARGED, BillInvoice(number=0, **about(DUE_ON)), *commands):
            self.ask(command)

    def ask(self, command: Any) -> tuple[Any, ...]:
        decision = self.machine.decide(command, self.state)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            entry = accounting.entry(self.carrier, str(len(self.events)), event, self.state)
            if entry is not None:
                self.ledger.post(entry)
            self.state = evolve(self.state, event)
            self.events.append(event)
        return decision

    @property
    def open(self) -> int:
        return sum(invoice.open for invoice in self.state.invoices if invoice.step != "planned")

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    def balance(self, name: Any) -> int:
        return self.ledger.balances.get((name, "USD"), 0)


def test_what_the_loss_cost_is_waived_and_the_money_pays_what_it_had_paid():
    before = Lived(pay())
    lived = Lived(pay(), LOST)
    assert lived.open == 600_00 + FEE

    lived.ask(WON)
    assert lived.open == 0
    assert lived.state.unapplied == usd("0.00")
    assert lived.state.payments[1].parts == before.state.payments[0].parts
    for name in ("cash", "receivable_billed", "unapplied_cash", "fee_income", "bad_debt"):
        assert lived.balance(name) == before.balance(name), name


def test_a_fee_that_was_paid_meanwhile_is_its_payers_money_again():
    lived = Lived(pay(), LOST, pay("N", "615.00"))
    assert lived.open == 0

    lived.ask(WON)
    assert lived.state.unapplied == usd("615.00")
    assert [one.unapplied for one in lived.state.payments] == [usd("0.00"), usd("15.00"), usd("600.00")]
    assert lived.balance("unapplied_cash") == -615_00
    assert lived.balance("receivable_billed") == 0


def test_a_fee_that_was_paid_in_part_is_given_back_in_part_and_asked_for_no_more():
    lived = Lived(pay(), LOST, pay("N", "605.00"))
    fees = [item for invoice in lived.state.invoices for item in invoice.items if item.instruction == CHARGED_FEE]
    assert [(item.paid, item.open) for item in fees] in ([(5_00, 10_00)], [(15_00, 0)])

    lived.ask(WON)
    assert lived.open == 0
    assert lived.state.unapplied == usd("605.00")
    assert lived.balance("receivable_billed") == 0


def test_what_is_given_back_pays_what_is_billed():
    lived = Lived(pay(), LOST, pay("N", "615.00"), BillInvoice(number=1, **about(SECOND)))
    assert lived.open == 403_00
    lived.ask(replace(WON, amount=usd("100.00")))
    assert lived.open == 403_00 - FEE - 100_00
    assert lived.state.unapplied == usd("0.00")


def test_it_is_waived_once():
    lived = Lived(pay(), LOST, WON)
    assert lived.ask(WON) == ()
    lived.ask(pay("M/won~2", "600.00", wins_back="M"))
    assert lived.count(FeeWaived) == 1


def test_a_loss_that_is_heard_of_after_the_money_was_won_back_costs_nothing():
    """INV-X2: the news may come in either order; what waits unapplied then is taken by the next bill."""
    one, other = Lived(pay(), LOST, WON), Lived(pay(), WON, LOST)
    assert other.count(FeeCharged) == 0
    for lived in (one, other):
        assert lived.open - lived.state.unapplied.minor == 0
        lived.ask(BillInvoice(number=1, **about(SECOND)))
        assert lived.open == 403_00
        assert lived.state.unapplied.minor == 0
    for name in ("cash", "receivable_billed", "unapplied_cash", "fee_income"):
        assert other.balance(name) == one.balance(name), name


def test_only_the_fee_of_the_payment_that_was_won_back_is_waived():
    lived = Lived(pay(), LOST, pay("N"), ReturnPayment(payment_id="N", reason="R01", **about()))
    assert lived.open == 600_00 + 2 * FEE
    lived.ask(WON)
    assert lived.open == FEE
    lived.ask(pay("N/won", "15.00", wins_back="N"))
    assert (lived.open, lived.state.unapplied) == (0, usd("15.00"))


def test_a_carrier_may_keep_the_fee():
    lived = Lived(pay(), LOST, WON, won_dispute_fee="keep")
    assert lived.count(FeeWaived) == 0
    assert lived.open == FEE


def test_money_that_was_never_lost_waives_nothing():
    lived = Lived(pay(), LOST, pay("N"))
    assert lived.count(FeeWaived) == 0
    assert lived.open == FEE


@pytest.mark.parametrize("steps", [(pay(), LOST), (pay(), LOST, WON), (pay(), WON, LOST)])
def test_an_account_at_rest_knows_its_returned_fees(steps):
    state: Account = Lived(*steps).state
    assert restored(at_rest(state)) == state


def test_a_waiver_that_forgets_what_was_paid_loses_money_and_the_ledger_shows_it():
    """The planted defect: the fee leaves its invoice, what was paid on it stays with nobody."""
    lived = Lived(pay(), LOST, pay("N", "615.00"))
    (waived,) = [event for event in lived.machine.decide(WON, lived.state) if isinstance(event, FeeWaived)]
    assert waived.undone
    bent: Any = evolve(lived.state, replace(waived, undone=()))
    held = sum(one.unapplied.minor for one in bent.payments) + sum(
        part.minor for one in bent.payments if one.status == "received" for part in one.parts
    )
    items = [item for invoice in bent.invoices for item in invoice.items]
    assert held == 615_00
    assert min(item.open for item in items) < 0, "an item is paid more than it is"
