"""The money of an account beside payments: every command in every state, and what each is worth to the cent."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import EFFECTS, NoAccount, decider, evolve
from model.billing.commands import (
    BillInvoice,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.money_commands import (
    ApproveDisbursement,
    AssessFee,
    ChangePlan,
    Command,
    DraftDisbursement,
    DraftInvoice,
    ExecuteDisbursement,
    RejectDisbursement,
    ReverseDisbursement,
    ReverseWriteOff,
    SetAutopay,
    WriteOff,
)
from model.billing.money_events import Event
from model.billing.plan import Charge, Payer
from model.choices.billing import Tolerance
from model.decider import Refusal

LAW, COASTAL = florida()
CARRIER = replace(
    COASTAL,
    billing=replace(
        COASTAL.billing,
        late_fee_minor=1000,
        disbursement_delay_days=5,
        disbursement_dual_approval_above_minor=10000,
        disbursement_keep_minor=100,
    ),
)
MACHINE = decider(LAW, CARRIER)
EARLY, DUE_ON, LATER, SECOND = date(2026, 5, 10), date(2026, 6, 1), date(2026, 6, 8), date(2026, 12, 1)
INSURED = Payer("I", "insured", 1)


def about(day=LATER) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def asked(*commands, state: Any = None, machine=MACHINE) -> Any:
    """The account after commands that must all be accepted."""
    state = NoAccount() if state is None else state
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


def machine_with(**choices):
    return decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, **choices)))


CHARGED = ReceiveCharges(
    instruction_id="B-1",
    policy_id="P",
    plan="two_pay",
    autopay="on",
    payers=(INSURED,),
    charges=(Charge("premium", usd("1000.00")),),
    starts=DUE_ON,
    ends=date(2027, 6, 1),
    account_id="A",
    on=DUE_ON,
    at=at(EARLY),
)
"""600.00 on 1 June; 400.00 and an installment fee of 3.00 on 1 December."""


def pay(amount="800.00", payment_id="M-1", day=LATER) -> ReceivePayment:
    return ReceivePayment(payment_id=payment_id, payer_id="I", amount=usd(amount), **about(day))


def bounce(payment_id="M-1") -> ReturnPayment:
    return ReturnPayment(payment_id=payment_id, reason="R01", **about(LATER))


def bill(number=0, day=DUE_ON) -> BillInvoice:
    return BillInvoice(number=number, **about(day))


def back(amount="200.00", disbursement_id="D-1", **changes) -> DraftDisbursement:
    what: Any = {"party_id": "I", "by": "ann", **about(), **changes}
    return DraftDisbursement(disbursement_id=disbursement_id, amount=usd(amount), **what)


def yes(by, disbursement_id="D-1", day=LATER) -> ApproveDisbursement:
    return ApproveDisbursement(disbursement_id=disbursement_id, by=by, **about(day))


AFTER_DELAY = LATER + timedelta(days=5)
SEND = ExecuteDisbursement(disbursement_id="D-1", **about(AFTER_DELAY))
REJECT = RejectDisbursement(disbursement_id="D-1", reason="owed elsewhere", **about())
OFF = WriteOff(write_off_id="W-1", number=0, reason="too old", **about())
SENT_BACK = ReverseDisbursement(disbursement_id="D-1", reason="R03", because="sent_back", **about(AFTER_DELAY))
PLANNED = asked(CHARGED)
DUE = asked(bill(), MarkInvoiceDue(number=0, **about(DUE_ON)), state=PLANNED)
PAID = asked(pay(), state=DUE)
DRAFTED = asked(back(), state=PAID)
APPROVED = asked(yes("bob"), yes("cyd"), state=DRAFTED)
SENT = asked(SEND, state=APPROVED)
STATES = {
    "NoAccount": NoAccount(),
    "Planned": PLANNED,
    "Due": DUE,
    "WrittenOff": asked(OFF, state=DUE),
    "Paid": PAID,
    "Drafted": DRAFTED,
    "Halfway": asked(yes("bob"), state=DRAFTED),
    "Approved": APPROVED,
    "Sent": SENT,
    "Rejected": asked(REJECT, state=APPROVED),
    "Kept": asked(REJECT, bill(1, SECOND), state=APPROVED),
    "Reversed": asked(ReverseDisbursement(disbursement_id="D-1", reason="stale", **about(AFTER_DELAY)), state=SENT),
}
COMMANDS = {
    "DraftDisbursement": back(),
    "DraftDisbursement(reused)": back("2.00"),
    "DraftDisbursement(much)": back("200.01", "D-2"),
    "DraftDisbursement(little)": back("1.00", "D-2"),
    "DraftDisbursement(nothing)": back("0.00", "D-2"),
    "DraftDisbursement(stranger)": back("2.00", "D-2", party_id="S"),
    "DraftDisbursement(euro)": replace(back("2.00", "D-2"), amount=replace(usd("2.00"), currency="EUR")),
    "ApproveDisbursement": yes("dan"),
    "ApproveDisbursement(own)": yes("ann"),
    "ApproveDisbursement(again)": yes("bob"),
    "ExecuteDisbursement": SEND,
    "ExecuteDisbursement(early)": ExecuteDisbursement(disbursement_id="D-1", **about()),
    "ExecuteDisbursement(paid_out)": replace(SEND, because="paid_out", **about()),
    "RejectDisbursement": REJECT,
    "RejectDisbursement(not_paid)": replace(REJECT, because="not_paid"),
    "ReverseDisbursement": ReverseDisbursement(disbursement_id="D-1", reason="stale", **about(AFTER_DELAY)),
    "ReverseDisbursement(sent_back)": SENT_BACK,
    "WriteOff": OFF,
    "WriteOff(other)": replace(OFF, write_off_id="W-2"),
    "WriteOff(which)": replace(OFF, write_off_id="W-2", number=7),
    "WriteOff(item)": replace(OFF, write_off_id="W-2", item=7),
    "WriteOff(much)": replace(OFF, write_off_id="W-2", amount=usd("600.01")),
    "WriteOff(euro)": replace(OFF, write_off_id="W-2", amount=replace(usd("2.00"), currency="EUR")),
    "ReverseWriteOff": ReverseWriteOff(write_off_id="W-1", **about()),
    "AssessFee": AssessFee(fee="late", trigger="0", number=0, **about()),
    "AssessFee(which)": AssessFee(fee="late", trigger="0", number=-1, **about()),
    "ChangePlan": ChangePlan(
        change_id="C-1", policy_id="P", plan="four_pay", reslice="planned", redistribute="yes", **about()
    ),
    "ChangePlan(plan)": ChangePlan(
        change_id="C-1", policy_id="P", plan="weekly", reslice="planned", redistribute="no", **about()
    ),
    "ChangePlan(policy)": ChangePlan(
        change_id="C-1", policy_id="Q", plan="monthly", reslice="planned", redistribute="no", **about()
    ),
    "SetAutopay": SetAutopay(autopay="off", **about()),
    "SetAutopay(as_is)": SetAutopay(autopay="on", **about()),
    "DraftInvoice": DraftInvoice(number=0, **about()),
    "DraftInvoice(early)": DraftInvoice(number=0, **about(EARLY)),
    "DraftInvoice(which)": DraftInvoice(number=7, **about()),
}
TABLE = """
#                               NoAccount        Planned                      Due                          WrittenOff                   Paid                         Drafted                      Halfway                      Approved                                   Sent                         Rejected                                             Kept                                                                  Reversed
DraftDisbursement               unknown_account  more_than_unapplied          more_than_unapplied          more_than_unapplied          DisbursementDrafted          -                            -                            -                                          -                            -                                                    -                                                                     -
DraftDisbursement(reused)       unknown_account  more_than_unapplied          more_than_unapplied          more_than_unapplied          DisbursementDrafted          disbursement_reused          disbursement_reused          disbursement_reused                        disbursement_reused          disbursement_reused                                  disbursement_reused                                                   disbursement_reused
DraftDisbursement(much)         unknown_account  more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied                        more_than_unapplied          more_than_unapplied                                  more_than_unapplied                                                   more_than_unapplied
DraftDisbursement(little)       unknown_account  too_little                   too_little                   too_little                   too_little                   too_little                   too_little                   too_little                                 too_little                   too_little                                           too_little                                                            too_little
DraftDisbursement(nothing)      unknown_account  not_positive                 not_positive                 not_positive                 not_positive                 not_positive                 not_positive                 not_positive                               not_positive                 not_positive                                         not_positive                                                          not_positive
DraftDisbursement(stranger)     unknown_account  more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied          more_than_unapplied                        more_than_unapplied          more_than_unapplied                                  more_than_unapplied                                                   more_than_unapplied
DraftDisbursement(euro)         unknown_account  wrong_currency               wrong_currency               wrong_currency               wrong_currency               wrong_currency               wrong_currency               wrong_currency                             wrong_currency               wrong_currency                                       wrong_currency                                                        wrong_currency
ApproveDisbursement             unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         DisbursementFirstApproved    DisbursementApproved         wrong_state                                wrong_state                  wrong_state                                          wrong_state                                                           wrong_state
ApproveDisbursement(own)        unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         own_request                  own_request                  wrong_state                                wrong_state                  wrong_state                                          wrong_state                                                           wrong_state
ApproveDisbursement(again)      unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         DisbursementFirstApproved    -                            -                                          -                            -                                                    -                                                                     -
ExecuteDisbursement             unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         wrong_state                  wrong_state                  DisbursementExecuted                       -                            wrong_state                                          wrong_state                                                           wrong_state
ExecuteDisbursement(early)      unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         wrong_state                  wrong_state                  not_yet                                    -                            wrong_state                                          wrong_state                                                           wrong_state
ExecuteDisbursement(paid_out)   unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         wrong_state                  wrong_state                  DisbursementExecuted                       -                            DisbursementPaidAfterRejection                       DisbursementPaidAfterRejection+RecaptureCharged                       -
RejectDisbursement              unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         DisbursementRejected         DisbursementRejected         DisbursementRejected                       wrong_state                  -                                                    -                                                                     wrong_state
RejectDisbursement(not_paid)    unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         DisbursementRejected         DisbursementRejected         DisbursementRejected                       DisbursementReversed         -                                                    -                                                                     -
ReverseDisbursement             unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         wrong_state                  wrong_state                  wrong_state                                DisbursementReversed         wrong_state                                          wrong_state                                                           -
ReverseDisbursement(sent_back)  unknown_account  unknown_disbursement         unknown_disbursement         unknown_disbursement         unknown_disbursement         wrong_state                  wrong_state                  DisbursementExecuted+DisbursementReversed  DisbursementReversed         DisbursementPaidAfterRejection+DisbursementReversed  DisbursementPaidAfterRejection+RecaptureCharged+DisbursementReversed  -
WriteOff                        unknown_account  wrong_state                  ItemsWrittenOff              -                            more_than_open               more_than_open               more_than_open               more_than_open                             more_than_open               more_than_open                                       more_than_open                                                        more_than_open
WriteOff(other)                 unknown_account  wrong_state                  ItemsWrittenOff              more_than_open               more_than_open               more_than_open               more_than_open               more_than_open                             more_than_open               more_than_open                                       more_than_open                                                        more_than_open
WriteOff(which)                 unknown_account  unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice                            unknown_invoice              unknown_invoice                                      unknown_invoice                                                       unknown_invoice
WriteOff(item)                  unknown_account  unknown_item                 unknown_item                 unknown_item                 unknown_item                 unknown_item                 unknown_item                 unknown_item                               unknown_item                 unknown_item                                         unknown_item                                                          unknown_item
WriteOff(much)                  unknown_account  wrong_state                  more_than_open               more_than_open               more_than_open               more_than_open               more_than_open               more_than_open                             more_than_open               more_than_open                                       more_than_open                                                        more_than_open
WriteOff(euro)                  unknown_account  wrong_state                  wrong_currency               wrong_currency               wrong_currency               wrong_currency               wrong_currency               wrong_currency                             wrong_currency               wrong_currency                                       wrong_currency                                                        wrong_currency
ReverseWriteOff                 unknown_account  unknown_write_off            unknown_write_off            WriteOffReversed             unknown_write_off            unknown_write_off            unknown_write_off            unknown_write_off                          unknown_write_off            unknown_write_off                                    unknown_write_off                                                     unknown_write_off
AssessFee                       unknown_account  FeeCharged                   FeeCharged                   FeeCharged                   FeeCharged                   FeeCharged                   FeeCharged                   FeeCharged                                 FeeCharged                   FeeCharged                                           FeeCharged                                                            FeeCharged
AssessFee(which)                unknown_account  unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice                            unknown_invoice              unknown_invoice                                      unknown_invoice                                                       unknown_invoice
ChangePlan                      unknown_account  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned                PlanChanged+InvoicesPlanned  PlanChanged+InvoicesPlanned                          PlanChanged+InvoicesPlanned                                           PlanChanged+InvoicesPlanned
ChangePlan(plan)                unknown_account  unknown_payment_plan         unknown_payment_plan         unknown_payment_plan         unknown_payment_plan         unknown_payment_plan         unknown_payment_plan         unknown_payment_plan                       unknown_payment_plan         unknown_payment_plan                                 unknown_payment_plan                                                  unknown_payment_plan
ChangePlan(policy)              unknown_account  unknown_policy               unknown_policy               unknown_policy               unknown_policy               unknown_policy               unknown_policy               unknown_policy                             unknown_policy               unknown_policy                                       unknown_policy                                                        unknown_policy
SetAutopay                      unknown_account  AutopaySet                   AutopaySet                   AutopaySet                   AutopaySet                   AutopaySet                   AutopaySet                   AutopaySet                                 AutopaySet                   AutopaySet                                           AutopaySet                                                            AutopaySet
SetAutopay(as_is)               unknown_account  -                            -                            -                            -                            -                            -                            -                                          -                            -                                                    -                                                                     -
DraftInvoice                    unknown_account  wrong_state                  InvoiceDrafted               -                            -                            -                            -                            -                                          -                            -                                                    -                                                                     -
DraftInvoice(early)             unknown_account  wrong_state                  not_yet                      -                            -                            -                            -                            -                                          -                            -                                                    -                                                                     -
DraftInvoice(which)             unknown_account  unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice              unknown_invoice                            unknown_invoice              unknown_invoice                                      unknown_invoice                                                       unknown_invoice
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_event_has_an_effect():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert set(get_args(Event)) <= set(EFFECTS)


# --- disbursements


def test_money_on_its_way_back_is_not_unapplied_and_cannot_be_promised_twice(answered):
    assert (DRAFTED.unapplied, DRAFTED.payments[0].held) == (usd("0.00"), 20000)
    assert answered(MACHINE.decide(back("2.00", "D-2"), DRAFTED)) == "more_than_unapplied"
    assert (SENT.payments[0].held, SENT.payments[0].disbursed) == (0, 20000)


def test_a_small_disbursement_needs_one_other_person():
    assert asked(back("100.00"), yes("bob"), state=PAID).disbursements[0].status == "approved"


def test_what_was_rejected_pays_the_next_bill():
    rejected = asked(
        RejectDisbursement(disbursement_id="D-1", reason="owed", **about()), bill(1, SECOND), state=DRAFTED
    )

    assert (rejected.invoices[1].open, rejected.unapplied) == (20300, usd("0.00"))


def test_a_payment_that_bounces_after_it_was_sent_back_is_owed_and_nothing_is_negative():
    """800.00 came, paid 600.00, and 200.00 were sent back: 600.00 are open again, and 200.00 are owed anew."""
    bounced = asked(bounce(), state=SENT)

    assert [(i.open, i.status) for i in bounced.invoices] == [(61500, "due"), (40300, "planned"), (20000, "due")]
    assert (bounced.invoices[2].items[0].pattern, bounced.unapplied) == ("recapture", usd("0.00"))


def test_a_payment_that_bounces_takes_back_what_was_only_drafted(answered):
    decision = MACHINE.decide(bounce(), APPROVED)

    assert answered(decision) == "DisbursementRejected+PaymentReturned+FeeCharged"
    assert asked(bounce(), state=APPROVED).unapplied == usd("0.00")


def test_a_disbursement_that_comes_back_is_a_credit_that_pays_the_next_bill():
    again = asked(bill(1, SECOND), state=STATES["Reversed"])

    assert (again.invoices[1].open, again.unapplied, again.credits[0].payment_id) == (20300, usd("0.00"), "D-1")


# --- write-offs and fees


def test_a_part_is_written_off_in_the_order_of_the_waterfall_and_comes_back():
    fee = AssessFee(fee="late", trigger="0", number=0, **about())
    part = replace(OFF, amount=usd("15.00"))
    off = asked(fee, part, state=DUE)

    assert [(item.pattern, item.written_off) for item in off.invoices[0].items] == [("premium", 500), ("fee", 1000)]
    taken_back = asked(ReverseWriteOff(write_off_id="W-1", **about()), state=off)
    assert taken_back.invoices == asked(fee, state=DUE).invoices


def test_a_fee_is_charged_once_for_its_trigger_and_again_for_another():
    fee = AssessFee(fee="late", trigger="0/2026-06", number=0, **about())
    once = asked(fee, state=DUE)

    assert asked(fee, fee, state=once) == once
    assert asked(replace(fee, trigger="0/2026-07"), state=once).invoices[0].open == 62000
    assert asked(fee, state=DUE, machine=machine_with(late_fee_minor=0)) == DUE


@pytest.mark.parametrize(("paid", "left"), [("599.00", 0), ("598.99", 101), ("600.00", 0)])
def test_a_shortfall_within_the_tolerance_settles_the_invoice(paid, left):
    machine = machine_with(shortfall_tolerances=(Tolerance("USD", 100),))

    assert asked(pay(paid), state=DUE, machine=machine).invoices[0].open == left
    assert asked(pay(paid), state=DUE).invoices[0].open == 60000 - int(paid.replace(".", ""))


def test_a_tolerance_of_another_currency_forgives_nothing():
    machine = machine_with(shortfall_tolerances=(Tolerance("EUR", 100),))

    assert asked(pay("599.00"), state=DUE, machine=machine).invoices[0].open == 100


def test_a_forgiven_shortfall_is_owed_again_when_its_payment_bounces():
    machine = machine_with(shortfall_tolerances=(Tolerance("USD", 100),))
    bounced = asked(pay("599.00"), bounce(), state=DUE, machine=machine)

    assert bounced.invoices[0].open == 60000 + 1500


# --- terms, carrying forward, autopay


def test_debt_of_a_prior_term_is_paid_first():
    """The old term's second installment is due after the first of the new term."""
    renewal = replace(
        CHARGED, instruction_id="B-2", on=date(2026, 11, 1), starts=date(2026, 11, 1), ends=date(2027, 11, 1)
    )
    both = asked(renewal, bill(1, SECOND), bill(2, SECOND), state=DUE)
    paid = asked(pay("1000.00", "M-9", SECOND), state=both)

    assert [(invoice.due_on, invoice.open) for invoice in paid.invoices] == [
        (DUE_ON, 0), (SECOND, 300), (date(2026, 11, 1), 60000), (date(2027, 5, 1), 40300),
    ]  # fmt: skip


def test_too_little_is_billed_with_the_next_invoice():
    machine = machine_with(carry_forward_below_minor=60001)
    carried = asked(bill(), state=PLANNED, machine=machine)

    assert [(i.status, i.open) for i in carried.invoices] == [("carried", 0), ("planned", 100300)]
    assert asked(bill(1, SECOND), state=carried, machine=machine).invoices[1].status == "billed"
    last = asked(bill(1, SECOND), state=PLANNED, machine=machine)
    assert last.invoices[1].status == "billed"


def test_a_changed_amount_is_told_before_it_is_drafted(answered):
    ahead = machine_with(autopay_days_before_due=3)
    bill_second = bill(1, date(2026, 11, 25))
    told = asked(bill_second, state=PAID, machine=ahead)

    assert answered(ahead.decide(bill_second, PAID)) == "InvoiceBilled+AutopayChangeNoticed+UnappliedDistributed"
    assert told.invoices[1].told_on == date(2026, 11, 25)
    day_before = DraftInvoice(number=1, **about(date(2026, 12, 4)))
    assert answered(ahead.decide(day_before, told)) == "not_yet"
    assert answered(ahead.decide(replace(day_before, on=date(2026, 12, 5)), told)) == "InvoiceDrafted"
    silent = machine_with(autopay_changed_amount="no_notice")
    assert answered(silent.decide(bill_second, PAID)) == "InvoiceBilled+UnappliedDistributed"


def test_an_invoice_that_was_drafted_ahead_is_not_drafted_again_when_it_falls_due():
    ahead = machine_with(autopay_days_before_due=3)
    billed = asked(bill(), DraftInvoice(number=0, **about(date(2026, 5, 29))), state=PLANNED, machine=ahead)
    decision: Any = ahead.decide(MarkInvoiceDue(number=0, **about(DUE_ON)), billed)

    assert (billed.invoices[0].drafted_on, decision[0].autopay) == (date(2026, 5, 29), "off")


# --- plan changes


def change(plan, reslice, *, redistribute: Any = "no", day=LATER) -> ChangePlan:
    return ChangePlan(
        change_id="C-1", policy_id="P", plan=plan, reslice=reslice, redistribute=redistribute, **about(day)
    )


def open_by_day(account) -> list[tuple[str, int]]:
    return [(i.due_on.isoformat(), i.open) for i in account.invoices if i.open]


def test_what_is_planned_is_spread_over_the_due_dates_that_lie_ahead():
    """400.00 over three quarters, with an installment fee each; the one of December goes where it was."""
    changed = asked(change("four_pay", "planned"), state=PAID)

    assert open_by_day(changed) == [("2026-12-01", 13633), ("2026-09-01", 13634), ("2027-03-01", 13633)]
    assert changed.unapplied == PAID.unapplied


def test_everything_is_planned_anew_and_money_that_was_paid_is_unapplied_first():
    """1000.00 in quarters from 1 June: 400.00 are caught up today, 200.00 each later; 800.00 are unapplied."""
    changed = asked(change("four_pay", "all"), state=PAID)

    assert open_by_day(changed) == [
        ("2026-12-01", 20300), ("2026-06-08", 40000), ("2026-09-01", 20300), ("2027-03-01", 20300),
    ]  # fmt: skip
    assert (changed.unapplied, changed.payments[0].parts) == (usd("800.00"), ())
    assert asked(bill(2, LATER), state=changed).unapplied == usd("400.00")


def test_what_is_not_fully_paid_is_planned_anew_with_what_was_paid_on_it():
    partly = asked(pay("100.00"), state=DUE)
    changed = asked(change("full_pay", "not_fully_paid"), state=partly)

    assert open_by_day(changed) == [("2026-06-08", 100000)]
    assert changed.unapplied == usd("100.00")


def test_a_plan_change_is_made_once_and_a_return_premium_that_paid_is_undone_too():
    credit = CreditCharges(instruction_id="B-9", policy_id="P", charges=(Charge("premium", usd("-700.00")),), **about())
    machine = machine_with(return_premium_remainder="pay_what_is_billed")
    late = asked(credit, AssessFee(fee="late", trigger="0", number=0, **about()), state=PAID, machine=machine)
    once = asked(change("monthly", "all"), state=late, machine=machine)

    assert asked(change("monthly", "all"), state=once, machine=machine) == once
    assert once.unapplied == usd("1100.00")
