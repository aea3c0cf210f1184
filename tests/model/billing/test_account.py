"""The billing account: every command in every state, and the rules of charging, crediting, paying and bouncing."""

from datetime import date
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing import dunning_commands, dunning_events, money_commands, money_events, repointing_messages
from model.billing.account import EFFECTS, Account, NoAccount, State, answers, decider, evolve, openings
from model.billing.accounting import POSTINGS
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
    FeeWaived,
    InvoiceBilled,
    InvoiceCarriedForward,
    InvoiceFellDue,
    InvoicesPlanned,
    PayerShare,
    PaymentDistributed,
    PaymentReceived,
    PaymentReturned,
    PaymentReturnWaits,
    ReturnPremiumCredited,
    ReturnPremiumWaits,
)
from model.billing.plan import Charge, Payer, PlannedInvoice, PlannedItem

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, BILL_ON, DUE_ON, LATER = date(2026, 5, 10), date(2026, 5, 12), date(2026, 6, 1), date(2026, 6, 4)
SECOND = date(2026, 12, 1)
PREMIUM, FEE = Charge("premium", usd("1000.00")), Charge("fee", usd("25.00"))
INSURED = Payer("I", "insured", 1)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


CHARGED = ChargesReceived(
    instruction_id="B-1",
    policy_id="P",
    autopay="on",
    charges=(PREMIUM, FEE),
    account_id="A",
    on=DUE_ON,
    at=at(EARLY),
    plan="two_pay",
    payers=(INSURED,),
    today=EARLY,
)
PLANNED = InvoicesPlanned(
    policy_id="P",
    first=0,
    invoices=(
        PlannedInvoice(
            "I",
            BILL_ON,
            DUE_ON,
            (PlannedItem("P", "premium", usd("600.00"), 0), PlannedItem("P", "fee", usd("25.00"), 0)),
        ),
        PlannedInvoice(
            "I",
            date(2026, 11, 11),
            SECOND,
            (PlannedItem("P", "premium", usd("400.00"), 0), PlannedItem("P", "fee", usd("3.00"))),
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
BOUNCE_FEE = FeeCharged(
    policy_id="P", number=0, trigger="returned:M-1", amount=usd("15.00"), payment_id="M-1", **about(LATER)
)
WAIVED = FeeWaived(payment_id="M-1", undone=(), withdrawn=(), **about(LATER))
CREDITED = ReturnPremiumCredited(
    policy_id="P",
    credits=(Distribution(1, 0, 40000),),
    unapplied=(Charge("premium", usd("100.00")),),
    instruction_id="B-9",
    payers=(PayerShare("I", 10000),),
    **about(LATER),
)
TOO_MUCH = ReturnPremiumWaits(
    instruction_id="B-9", policy_id="P", charges=(Charge("premium", usd("-1.00")),), **about(LATER)
)
RETURN_WAITS = PaymentReturnWaits(payment_id="M-7", reason="R01", **about(LATER))
CARRIED = InvoiceCarriedForward(number=0, to=1, **about(BILL_ON))


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


ELSEWHERE_ASKED = {
    *get_args(money_commands.Command),
    *get_args(dunning_commands.Command),
    repointing_messages.RepointPayer,
}
ELSEWHERE_HAPPENED = {
    *get_args(money_events.Event),
    *get_args(dunning_events.Event),
    repointing_messages.PayerRepointed,
}
COMMANDS = {
    "ReceiveCharges": charge(),
    "ReceiveCharges(new)": charge(instruction_id="B-2"),
    "ReceiveCharges(reused)": charge(charges=(FEE,)),
    "ReceiveCharges(on)": charge(on=LATER),
    "ReceiveCharges(payer)": charge(payers=(replace(INSURED, payer_id="J"),)),
    "ReceiveCharges(zone)": charge(instruction_id="B-2", zone="Florida"),
    "ReceiveCharges(more)": charge(instruction_id="B-2", kind="endorsement"),
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
    "ReceivePayment(won)": pay(payment_id="M-1/won", wins_back="M-1"),
    "ReceivePayment(reused)": pay(payment_id="M-1", amount=usd("1.00")),
    "ReceivePayment(euro)": pay(amount=replace(usd("1.00"), currency="EUR")),
    "ReceivePayment(nothing)": pay(amount=usd("0.00")),
    "ReturnPayment": ReturnPayment(payment_id="M-1", reason="R01", **about(LATER)),
    "CreditCharges(beyond)": credit(charges=(Charge("premium", usd("-1000.01")),)),
    "ReturnPayment(which)": ReturnPayment(payment_id="M-7", reason="R01", **about(LATER)),
}
TABLE = """
#                        NoAccount                           Planned                                                                          Billed                                                                           Due                                                                              Paid                                                                             Returned
ReceiveCharges           ChargesReceived+InvoicesPlanned     -                                                                                -                                                                                -                                                                                -                                                                                -
ReceiveCharges(new)      ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned
ReceiveCharges(reused)   ChargesReceived+InvoicesPlanned     instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused
ReceiveCharges(on)       ChargesReceived+InvoicesPlanned     instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused
ReceiveCharges(payer)    ChargesReceived+InvoicesPlanned     instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused
ReceiveCharges(zone)     unknown_zone                        unknown_zone                                                                     unknown_zone                                                                     unknown_zone                                                                     unknown_zone                                                                     unknown_zone
ReceiveCharges(more)     ChargesReceived+InvoicesPlanned     ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned                                                  ChargesReceived+InvoicesPlanned
ReceiveCharges(plan)     unknown_payment_plan                unknown_payment_plan                                                             unknown_payment_plan                                                             unknown_payment_plan                                                             unknown_payment_plan                                                             unknown_payment_plan
ReceiveCharges(nobody)   no_payer                            no_payer                                                                         no_payer                                                                         no_payer                                                                         no_payer                                                                         no_payer
ReceiveCharges(credit)   wrong_sign                          wrong_sign                                                                       wrong_sign                                                                       wrong_sign                                                                       wrong_sign                                                                       wrong_sign
ReceiveCharges(euro)     wrong_currency                      wrong_currency                                                                   wrong_currency                                                                   wrong_currency                                                                   wrong_currency                                                                   wrong_currency
ReceiveCharges(pattern)  unknown_charge_pattern              unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern
CreditCharges            ChargesReceived+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited                                            ChargesReceived+ReturnPremiumCredited                                            ChargesReceived+ReturnPremiumCredited                                            ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped                     ChargesReceived+ReturnPremiumCredited
CreditCharges(reused)    ChargesReceived+ReturnPremiumWaits  instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused                                                               instruction_reused
CreditCharges(charge)    wrong_sign                          wrong_sign                                                                       wrong_sign                                                                       wrong_sign                                                                       wrong_sign                                                                       wrong_sign
CreditCharges(pattern)   unknown_charge_pattern              unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern                                                           unknown_charge_pattern
BillInvoice              unknown_account                     InvoiceBilled                                                                    -                                                                                -                                                                                -                                                                                -
BillInvoice(early)       unknown_account                     not_yet                                                                          not_yet                                                                          not_yet                                                                          not_yet                                                                          not_yet
BillInvoice(which)       unknown_account                     unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice
MarkInvoiceDue           unknown_account                     wrong_state                                                                      InvoiceFellDue                                                                   -                                                                                -                                                                                -
MarkInvoiceDue(early)    unknown_account                     wrong_state                                                                      not_yet                                                                          -                                                                                -                                                                                -
MarkInvoiceDue(which)    unknown_account                     unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice                                                                  unknown_invoice
ReceivePayment           unknown_account                     PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               -                                                                                -
ReceivePayment(new)      unknown_account                     PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed
ReceivePayment(won)      unknown_account                     FeeWaived+PaymentReceived+PaymentDistributed                                     FeeWaived+PaymentReceived+PaymentDistributed                                     FeeWaived+PaymentReceived+PaymentDistributed                                     FeeWaived+PaymentReceived+PaymentDistributed                                     FeeWaived+PaymentReceived+PaymentDistributed
ReceivePayment(reused)   unknown_account                     PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               PaymentReceived+PaymentDistributed                                               payment_reused                                                                   payment_reused
ReceivePayment(euro)     unknown_account                     wrong_currency                                                                   wrong_currency                                                                   wrong_currency                                                                   wrong_currency                                                                   wrong_currency
ReceivePayment(nothing)  unknown_account                     not_positive                                                                     not_positive                                                                     not_positive                                                                     not_positive                                                                     not_positive
ReturnPayment            unknown_account                     PaymentReturnWaits                                                               PaymentReturnWaits                                                               PaymentReturnWaits                                                               PaymentReturned+FeeCharged                                                       -
CreditCharges(beyond)    ChargesReceived+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped+ReturnPremiumWaits  ChargesReceived+ReturnPremiumCredited+InstallmentFeesDropped+ReturnPremiumWaits
ReturnPayment(which)     unknown_account                     PaymentReturnWaits                                                               PaymentReturnWaits                                                               PaymentReturnWaits                                                               PaymentReturnWaits                                                               PaymentReturnWaits
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command)) - ELSEWHERE_ASKED
    assert {type(state) for state in STATES.values()} == set(get_args(State)) == {NoAccount, Account}


def test_every_command_is_answered_once_and_every_event_has_its_effect():
    law, carrier = florida()
    answered_by, opened_by = set(answers(law, carrier)), set(openings(law, carrier))

    assert answered_by | opened_by == set(get_args(Command))
    assert not answered_by & opened_by
    assert set(EFFECTS) == set(get_args(Event))
    assert set(POSTINGS) < set(get_args(Event))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (
        CHARGED, PLANNED, BILLED, FELL_DUE, RECEIVED, DISTRIBUTED, RETURNED, BOUNCE_FEE, CREDITED, TOO_MUCH,
        WAIVED, RETURN_WAITS, CARRIED,
    )  # fmt: skip

    assert {type(event) for event in events} == set(get_args(Event)) - ELSEWHERE_HAPPENED
    state = state if isinstance(state, Account) else folded(*OPENED)
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def test_nothing_but_charges_opens_an_account():
    events = (PLANNED, BILLED, FELL_DUE, RECEIVED, DISTRIBUTED, RETURNED, BOUNCE_FEE, WAIVED, CREDITED)

    assert all(evolve(NoAccount(), event) == NoAccount() for event in events)
