"""One account with an invoice in each state in which money finds it: what the tests of charges and payments share."""

from datetime import date
from functools import reduce
from typing import Any

from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.plan import Charge, Payer
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, BILL_ON, DUE_ON, LATER = date(2026, 5, 10), date(2026, 5, 12), date(2026, 6, 1), date(2026, 6, 4)
SECOND = date(2026, 12, 1)
PREMIUM, FEE = Charge("premium", usd("1000.00")), Charge("fee", usd("25.00"))
INSURED = Payer("I", "insured", 1)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def charge(**changes) -> ReceiveCharges:
    """600.00 and a fee of 25.00 on 1 June, 400.00 and an installment fee of 3.00 on 1 December."""
    command = ReceiveCharges(
        instruction_id="B-1",
        policy_id="P",
        plan="two_pay",
        autopay="on",
        payers=(INSURED,),
        charges=(PREMIUM, FEE),
        **about(DUE_ON),
    )
    return replace(command, **{"at": at(EARLY), **changes})


def credit(**changes) -> CreditCharges:
    charges = (Charge("premium", usd("-500.00")),)
    return replace(CreditCharges(instruction_id="B-9", policy_id="P", charges=charges, **about(LATER)), **changes)


def pay(payment_id="M-2", **changes) -> ReceivePayment:
    return replace(ReceivePayment(payment_id=payment_id, payer_id="I", amount=usd("700.00"), **about(LATER)), **changes)


def bounce(payment_id="M-1") -> ReturnPayment:
    return ReturnPayment(payment_id=payment_id, reason="R01", **about(LATER))


LATE = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, late_fee_minor=1000)))


def bill(number, day=BILL_ON) -> BillInvoice:
    return BillInvoice(number=number, **about(day))


def asked(*commands, state: Any = None, machine=MACHINE) -> Any:
    """The account after commands that must all be accepted."""
    state = NoAccount() if state is None else state
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


PLANNED = asked(charge())
DUE = asked(bill(0), MarkInvoiceDue(number=0, **about(DUE_ON)), state=PLANNED)
PAID = asked(pay("M-1"), state=DUE)
RETURNED = asked(bounce(), state=PAID)


def items(account) -> list[tuple[str, int, int, int]]:
    return [(i.pattern, i.amount, i.paid, i.credited) for invoice in account.invoices for i in invoice.items]
