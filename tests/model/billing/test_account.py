"""The billing account: every command in every state, and the rules of charging, crediting, paying and bouncing."""

from datetime import date
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import Account, NoAccount, State, decider, evolve
from model.billing.allocation import Distribution
from model.billing.commands import (
    BillInvoice,
    Command,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.events import (
    ChargesReceived,
    Event,
    FeeCharged,
    InvoiceBilled,
    InvoiceFellDue,
    InvoicesPlanned,
    PaymentDistributed,
    PaymentReceived,
    PaymentReturned,
    ReturnPremiumCredited,
)
from model.billing.plan import Charge, Payer, PlannedInvoice, PlannedItem
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, BILL_ON, DUE_ON, LATER = date(2026, 5, 10), date(2026, 5, 12), date(2026, 6, 1), date(2026, 6, 4)
SECOND = date(2026, 12, 1)
PREMIUM, FEE = Charge("premium", usd("1000.00")), Charge("fee", usd("25.00"))
INSURED = Payer("I", "insured", 1)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


CHARGED = ChargesReceived(
    instruction_id="B-1", policy_id="P", autopay="on", charges=(PREMIUM, FEE), **about(EARLY)
)  # fmt: skip
PLANNED = InvoicesPlanned(
    policy_id="P",
    first=0,
    invoices=(
        PlannedInvoice(
            "I", BILL_ON, DUE_ON, (PlannedItem("P", "premium", usd("600.00")), PlannedItem("P", "fee", usd("25.00")))
        ),
        PlannedInvoice(
            "I",
            date(2026, 11, 11),
            SECOND,
            (PlannedItem("P", "premium", usd("400.00")), PlannedItem("P", "fee", usd("3.00"))),
        ),
    ),
    **about(EARLY),
)
BILLED = InvoiceBilled(number=0, payer_id="I", amount=usd("625.00"), due_on=DUE_ON, **about(BILL_ON))
FELL_DUE = InvoiceFellDue(number=0, payer_id="I", amount=usd("625.00"), autopay="on", **about(DUE_ON))
RECEIVED = PaymentReceived(payment_id="M-1", payer_id="I", amount=usd("700.00"), **about(DUE_ON))
PARTS = (Distribution(0, 1, 2500), Distribution(0, 0, 60000))
DISTRIBUTED = PaymentDistributed(payment_id="M-1", parts=PARTS, unapplied=usd("75.00"), **about(DUE_ON))
RETURNED = PaymentReturned(payment_id="M-1", reason="R01", parts=PARTS, unapplied=usd("75.00"), **about(LATER))
BOUNCE_FEE = FeeCharged(policy_id="P", number=0, trigger="returned:M-1", amount=usd("15.00"), **about(LATER))
CREDITED = ReturnPremiumCredited(
    policy_id="P",
    credits=(Distribution(1, 0, 40000),),
    unapplied=(Charge("premium", usd("100.00")),),
    **about(LATER),
)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


OPENED = (CHARGED, PLANNED)
PAID = (*OPENED, BILLED, FELL_DUE, RECEIVED, DISTRIBUTED)
STATES = {
    "NoAccount": folded(),
    "Planned": folded(*OPENED),
    "Billed": folded(*OPENED, BILLED),
    "Due": folded(*OPENED, BILLED, FELL_DUE),
    "Paid": folded(*PAID),
    "Returned": folded(*PAID, RETURNED, BOUNCE_FEE),
}


def charge(**changes) -> ReceiveCharges:
    command = ReceiveCharges(
        instruction_id="B-1",
        policy_id="P",
        plan="two_pay",
        autopay="on",
        payers=(INSURED,),
        charges=(PREMIUM, FEE),
        **about(DUE_ON),
    )
    return replace(command, at=at(EARLY), **changes)


def credit(**changes) -> CreditCharges:
    charges = (Charge("premium", usd("-500.00")),)
    return replace(CreditCharges(instruction_id="B-9", policy_id="P", charges=charges, **about(LATER)), **changes)


def pay(**changes) -> ReceivePayment:
    return replace(ReceivePayment(payment_id="M-2", payer_id="I", amount=usd("700.00"), **about(LATER)), **changes)


COMMANDS = {
    "ReceiveCharges": charge(),
    "ReceiveCharges(new)": charge(instruction_id="B-2"),
    "ReceiveCharges(reused)": charge(charges=(FEE,)),
    "ReceiveCharges(plan)": charge(instruction_id="B-2", plan="weekly"),
    "ReceiveCharges(nobody)": charge(instruction_id="B-2", payers=()),
    "ReceiveCharges(credit)": charge(instruction_id="B-2", charges=(Charge("premium", usd("-1.00")),)),
    "ReceiveCharges(euro)": charge(
        instruction_id="B-2", charges=(replace(PREMIUM, amount=replace(usd("1.00"), currency="EUR")),)
    ),
    "ReceiveCharges(pattern)": charge(instruction_id="B-2", charges=(replace(PREMIUM, pattern="surcharge"),)),
    "CreditCharges": credit(),
    "CreditCharges(reused)": credit(instruction_id="B-1"),
    "CreditCharges(charge)": credit(charges=(PREMIUM,)),
    "CreditCharges(pattern)": credit(charges=(Charge("surcharge", usd("-1.00")),)),
    "BillInvoice": BillInvoice(number=0, **about(BILL_ON)),
    "BillInvoice(early)": BillInvoice(number=1, **about(BILL_ON)),
    "BillInvoice(which)": BillInvoice(number=2, **about(BILL_ON)),
    "MarkInvoiceDue": MarkInvoiceDue(number=0, **about(DUE_ON)),
    "MarkInvoiceDue(early)": MarkInvoiceDue(number=0, **about(BILL_ON)),
    "MarkInvoiceDue(which)": MarkInvoiceDue(number=-1, **about(DUE_ON)),
    "ReceivePayment": pay(payment_id="M-1"),
    "ReceivePayment(new)": pay(),
    "ReceivePayment(reused)": pay(payment_id="M-1", amount=usd("1.00")),
    "ReceivePayment(euro)": pay(amount=replace(usd("1.00"), currency="EUR")),
    "ReceivePayment(nothing)": pay(amount=usd("0.00")),
    "ReturnPayment": ReturnPayment(payment_id="M-1", reason="R01", **about(LATER)),
    "ReturnPayment(which)": ReturnPayment(payment_id="M-7", reason="R01", **about(LATER)),
}
TABLE = """
#                        NoAccount                           Planned                                 Billed                              Due                                 Paid                                Returned
ReceiveCharges           ChargesReceived+InvoicesPlanned     -                                       -                                   -                                   -                                   -
ReceiveCharges(new)      ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned         ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned
ReceiveCharges(reused)   ChargesReceived+InvoicesPlanned     instruction_reused                      instruction_reused                  instruction_reused                  instruction_reused                  instruction_reused
ReceiveCharges(plan)     unknown_payment_plan                unknown_payment_plan                    unknown_payment_plan                unknown_payment_plan                unknown_payment_plan                unknown_payment_plan
ReceiveCharges(nobody)   no_payer                            no_payer                                no_payer                            no_payer                            no_payer                            no_payer
ReceiveCharges(credit)   wrong_sign                          wrong_sign                              wrong_sign                          wrong_sign                          wrong_sign                          wrong_sign
ReceiveCharges(euro)     wrong_currency                      wrong_currency                          wrong_currency                      wrong_currency                      wrong_currency                      wrong_currency
ReceiveCharges(pattern)  unknown_charge_pattern              unknown_charge_pattern                  unknown_charge_pattern              unknown_charge_pattern              unknown_charge_pattern              unknown_charge_pattern
CreditCharges            unknown_account                     ChargesReceived+ReturnPremiumCredited   ChargesReceived+ReturnPremiumCredited  ChargesReceived+ReturnPremiumCredited  ChargesReceived+ReturnPremiumCredited  ChargesReceived+ReturnPremiumCredited
CreditCharges(reused)    unknown_account                     instruction_reused                      instruction_reused                  instruction_reused                  instruction_reused                  instruction_reused
CreditCharges(charge)    unknown_account                     wrong_sign                              wrong_sign                          wrong_sign                          wrong_sign                          wrong_sign
CreditCharges(pattern)   unknown_account                     unknown_charge_pattern                  unknown_charge_pattern              unknown_charge_pattern              unknown_charge_pattern              unknown_charge_pattern
BillInvoice              unknown_account                     InvoiceBilled                           -                                   -                                   -                                   -
BillInvoice(early)       unknown_account                     not_yet                                 not_yet                             not_yet                             not_yet                             not_yet
BillInvoice(which)       unknown_account                     unknown_invoice                         unknown_invoice                     unknown_invoice                     unknown_invoice                     unknown_invoice
MarkInvoiceDue           unknown_account                     wrong_state                             InvoiceFellDue                      -                                   -                                   -
MarkInvoiceDue(early)    unknown_account                     wrong_state                             not_yet                             -                                   -                                   -
MarkInvoiceDue(which)    unknown_account                     unknown_invoice                         unknown_invoice                     unknown_invoice                     unknown_invoice                     unknown_invoice
ReceivePayment           unknown_account                     PaymentReceived+PaymentDistributed      PaymentReceived+PaymentDistributed  PaymentReceived+PaymentDistributed  -                                   -
ReceivePayment(new)      unknown_account                     PaymentReceived+PaymentDistributed      PaymentReceived+PaymentDistributed  PaymentReceived+PaymentDistributed  PaymentReceived+PaymentDistributed  PaymentReceived+PaymentDistributed
ReceivePayment(reused)   unknown_account                     PaymentReceived+PaymentDistributed      PaymentReceived+PaymentDistributed  PaymentReceived+PaymentDistributed  payment_reused                      payment_reused
ReceivePayment(euro)     unknown_account                     wrong_currency                          wrong_currency                      wrong_currency                      wrong_currency                      wrong_currency
ReceivePayment(nothing)  unknown_account                     not_positive                            not_positive                        not_positive                        not_positive                        not_positive
ReturnPayment            unknown_account                     unknown_payment                         unknown_payment                     unknown_payment                     PaymentReturned+FeeCharged          -
ReturnPayment(which)     unknown_account                     unknown_payment                         unknown_payment                     unknown_payment                     unknown_payment                     unknown_payment
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State)) == {NoAccount, Account}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (CHARGED, PLANNED, BILLED, FELL_DUE, RECEIVED, DISTRIBUTED, RETURNED, BOUNCE_FEE, CREDITED)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def test_nothing_but_charges_opens_an_account():
    events = (PLANNED, BILLED, FELL_DUE, RECEIVED, DISTRIBUTED, RETURNED, BOUNCE_FEE, CREDITED)

    assert all(evolve(NoAccount(), event) == NoAccount() for event in events)


def asked(*commands, state=None, machine=MACHINE) -> Any:
    """The account after commands that must all be accepted."""
    state = STATES["NoAccount"] if state is None else state
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


def items(account) -> list[tuple[str, int, int, int]]:
    return [(i.pattern, i.amount, i.paid, i.credited) for invoice in account.invoices for i in invoice.items]


# --- charges


def test_an_instruction_is_booked_once_however_often_it_comes():
    once = asked(charge())

    assert asked(charge(), charge(), charge()) == once
    assert len(once.instructions) == 1
    assert once == STATES["Planned"]


@pytest.mark.parametrize("command", [charge(charges=(FEE,)), charge(policy_id="P-2")])
def test_an_instruction_id_is_not_used_for_anything_else(command, answered):
    assert answered(MACHINE.decide(command, STATES["Planned"])) == "instruction_reused"


def test_a_second_policy_joins_the_account_with_invoices_of_its_own():
    both = asked(charge(), charge(instruction_id="B-2", policy_id="P-2", autopay="off"))

    assert [invoice.number for invoice in both.invoices] == [0, 1, 2, 3]
    assert [invoice.items[0].policy_id for invoice in both.invoices] == ["P", "P", "P-2", "P-2"]
    assert both.autopay == "off"


@pytest.mark.parametrize(
    "payers", [(replace(INSURED, weight=0),), (replace(INSURED, weight=2), Payer("B", "mortgagee", -1))]
)
def test_payers_whose_weights_divide_nothing_are_refused(payers, answered):
    assert answered(MACHINE.decide(charge(payers=payers), NoAccount())) == "no_payer"


def test_what_is_due_never_lies_in_the_past_when_the_instruction_came_late():
    late = replace(charge(), at=at(SECOND))

    assert [invoice.due_on for invoice in asked(late).invoices] == [SECOND, SECOND]


# --- payments


def test_a_payment_pays_fees_and_premium_of_what_is_billed_and_the_rest_waits():
    paid = asked(pay(payment_id="M-1"), state=STATES["Due"])

    assert items(paid) == [
        ("premium", 60000, 60000, 0), ("fee", 2500, 2500, 0), ("premium", 40000, 0, 0), ("fee", 300, 0, 0),
    ]  # fmt: skip
    assert paid.unapplied == usd("75.00")


def test_a_payment_before_anything_is_billed_waits_as_a_whole():
    paid = asked(pay(), state=STATES["Planned"])

    assert paid.unapplied == usd("700.00")
    assert paid.payments[0].parts == ()


def test_a_payment_of_a_stranger_pays_nobodys_invoice():
    paid = asked(pay(payer_id="S"), state=STATES["Due"])

    assert (paid.unapplied, paid.invoices) == (usd("700.00"), STATES["Due"].invoices)


def test_several_payers_pay_their_own_shares():
    payers = (replace(INSURED, weight=2), Payer("B", "mortgagee", 1))
    account = asked(
        charge(payers=payers, plan="full_pay", charges=(Charge("premium", usd("100.00")),)),
        BillInvoice(number=0, **about(BILL_ON)),
        BillInvoice(number=1, **about(BILL_ON)),
        pay(amount=usd("66.67")),
    )

    assert [(i.payer_id, i.status, i.open) for i in account.invoices] == [("I", "paid", 0), ("B", "billed", 3333)]


# --- return premium


def test_a_return_premium_closes_open_premium_and_then_becomes_unapplied():
    account = asked(credit(charges=(Charge("premium", usd("-1100.00")),)), state=STATES["Due"])

    assert items(account) == [
        ("premium", 60000, 0, 60000), ("fee", 2500, 0, 0), ("premium", 40000, 0, 40000), ("fee", 300, 0, 0),
    ]  # fmt: skip
    assert account.unapplied == usd("100.00")


def test_a_return_premium_for_what_was_paid_becomes_unapplied_money():
    account = asked(credit(charges=(Charge("premium", usd("-600.00")),)), state=STATES["Paid"])

    assert account.unapplied == usd("275.00")
    assert account.invoices[1].items[0].credited == 40000


def test_a_return_premium_is_credited_once():
    once = asked(credit(), state=STATES["Due"])

    assert asked(credit(), credit(), state=STATES["Due"]) == once


def test_two_return_charges_of_one_pattern_close_no_item_twice():
    twice = (Charge("premium", usd("-500.00")), Charge("premium", usd("-500.00")))
    account = asked(credit(charges=twice), state=STATES["Due"])

    assert [item[1:] for item in items(account) if item[0] == "premium"] == [(60000, 0, 60000), (40000, 0, 40000)]
    assert account.unapplied == usd("0.00")


# --- returned payments


def test_a_returned_payment_takes_back_what_was_recorded_not_what_a_new_run_would_give():
    """The first payment paid invoice 0; had it been run again it would have paid what the second one paid since."""
    account = asked(
        BillInvoice(number=1, **about(SECOND)), pay(payment_id="M-2", amount=usd("328.00")), state=STATES["Paid"]
    )
    returned = asked(ReturnPayment(payment_id="M-1", reason="R01", **about(SECOND)), state=account)

    assert [payment.status for payment in returned.payments] == ["returned", "received"]
    assert items(returned) == [
        ("premium", 60000, 0, 0), ("fee", 2500, 0, 0), ("fee", 1500, 0, 0),
        ("premium", 40000, 32500, 0), ("fee", 300, 300, 0),
    ]  # fmt: skip
    assert returned.unapplied == usd("0.00")


def test_a_payment_and_its_return_leave_everything_as_it_was_but_the_fee_and_the_history():
    """INV-B6."""
    before = STATES["Due"]
    after = asked(pay(payment_id="M-1"), ReturnPayment(payment_id="M-1", reason="R01", **about(LATER)), state=before)

    first, *others = after.invoices
    assert first.items[-1].pattern == "fee"
    assert replace(first, items=first.items[:-1]) == before.invoices[0]
    assert (tuple(others), after.unapplied) == (before.invoices[1:], before.unapplied)


def test_the_fee_for_a_returned_payment_is_charged_once():
    bounce = ReturnPayment(payment_id="M-1", reason="R01", **about(LATER))

    assert asked(bounce, bounce, bounce, state=STATES["Paid"]) == STATES["Returned"]


def test_the_fee_is_what_the_carrier_takes_but_at_most_what_the_state_allows():
    """Florida caps it at 15 dollars (Fla. Stat. 627.4035(1)(b)); this carrier would take 25."""
    bounce = ReturnPayment(payment_id="M-1", reason="R01", **about(LATER))
    free = decider(replace(LAW, rows={}), CARRIER)
    cheap = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, returned_payment_fee_minor=999)))
    none = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, returned_payment_fee_minor=0)))

    fees = [asked(bounce, state=STATES["Paid"], machine=m).invoices[0].items[2:] for m in (MACHINE, free, cheap, none)]

    assert [[item.amount for item in items] for items in fees] == [[1500], [2500], [999], []]


def test_a_payment_that_paid_nothing_bounces_without_a_fee():
    account = asked(pay(), ReturnPayment(payment_id="M-2", reason="R01", **about(LATER)), state=STATES["Planned"])

    assert account.invoices == STATES["Planned"].invoices
    assert account.unapplied == usd("0.00")


def test_a_payment_that_was_returned_can_come_again_under_a_new_id():
    account = asked(pay(payment_id="M-3", amount=usd("640.00")), state=STATES["Returned"])

    assert account.invoices[0].status == "paid"
    assert account.unapplied == usd("0.00")
