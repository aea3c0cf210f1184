"""An account that owes: every command of dunning and holds in every state, and what nights, money and policy do."""

from datetime import date, timedelta
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.owing_accounts import COASTAL, INSURED, LAW, START, Desk, carrier_with
from model.billing import dunning_commands
from model.billing.account import decider
from model.billing.commands import CreditCharges, ReceiveCharges, ReturnPayment
from model.billing.dunning_commands import (
    AgeAccount,
    PlaceHold,
    RecordPolicyEnd,
    RecordPolicyReturn,
    ReleaseHold,
    SendNonpaymentNotice,
)
from model.billing.dunning_events import CancellationRequested, DelinquencyExited, InvoicePastDue
from model.billing.money_commands import AssessFee, WriteOff
from model.billing.plan import Charge
from model.choices.delinquency import DelinquencyPlan

DUE = date(2026, 7, 1)
GRACE_OVER, ASKED, CANCELLED = date(2026, 7, 6), date(2026, 7, 16), date(2026, 7, 30)


def owing(until: date | None = None, **choices) -> Desk:
    """The down payment of 240.00 is paid, 106.67 is due on 1 July and every month, and nobody pays that."""
    desk = Desk(carrier_with(**choices))
    desk.charge()
    desk.night(START)
    desk.pay("240.00", START, "M-0")
    desk.night(DUE - timedelta(days=10))
    if until is not None:
        desk.nights(DUE, until)
    return desk


def with_hold(desk: Desk, on: date) -> Desk:
    desk.hold(on)
    return desk


def ended(desk: Desk) -> Desk:
    desk.ask(END)
    return desk


def paid(desk: Desk, on: date) -> Desk:
    desk.pay("106.67", on)
    return desk


END = RecordPolicyEnd(account_id="A", policy_id="P", cancelled_on=CANCELLED, on=CANCELLED, at=at(CANCELLED))
MACHINE = decider(LAW, carrier_with())
STATES = {
    "NoAccount": MACHINE.initial,
    "Due": owing(DUE).state,
    "Dunning": owing(GRACE_OVER).state,
    "CancelRequested": owing(ASKED).state,
    "Held": with_hold(owing(GRACE_OVER), GRACE_OVER).state,
    "Ended": ended(owing(ASKED)).state,
    "Paid": paid(owing(ASKED), ASKED).state,
}
LATER = ASKED + timedelta(days=40)
HOLD = PlaceHold(account_id="A", hold_id="H", suspends=("delinquency",), on=LATER, at=at(LATER))
NOTICE = SendNonpaymentNotice(account_id="A", number=1, on=DUE, at=at(DUE))
COMMANDS = {
    "SendNonpaymentNotice": NOTICE,
    "SendNonpaymentNotice(stranger)": replace(NOTICE, number=99),
    "AgeAccount(grace)": AgeAccount(account_id="A", on=GRACE_OVER, at=at(GRACE_OVER)),
    "AgeAccount": AgeAccount(account_id="A", on=ASKED, at=at(ASKED)),
    "RecordPolicyEnd": END,
    "RecordPolicyReturn": RecordPolicyReturn(
        account_id="A", policy_id="P", cancelled_on=CANCELLED, on=LATER, at=at(LATER)
    ),
    "PlaceHold": HOLD,
    "PlaceHold(nothing)": replace(HOLD, suspends=()),
    "PlaceHold(stranger)": replace(HOLD, policies=("Q",)),
    "ReleaseHold": ReleaseHold(account_id="A", hold_id="H", on=LATER, at=at(LATER)),
    "ReleaseHold(early)": ReleaseHold(account_id="A", hold_id="H", on=DUE, at=at(DUE)),
}
TABLE = """
#                   NoAccount       Due                                                Dunning                          CancelRequested                 Held          Ended                           Paid
SendNonpaymentNotice unknown_account -                                                 -                                -                               -             -                               -
SendNonpaymentNotice(stranger) unknown_account unknown_invoice                         unknown_invoice                  unknown_invoice                 unknown_invoice unknown_invoice               unknown_invoice
AgeAccount(grace)   unknown_account InvoicePastDue+DelinquencyStarted+DunningStepTaken -                                -                               -             SentToCollections               -
AgeAccount          unknown_account InvoicePastDue+DelinquencyStarted+DunningStepTaken DunningStepTaken+CancellationRequested -                         -             SentToCollections               -
RecordPolicyEnd     PolicyEnded     PolicyEnded                                        PolicyEnded                      PolicyEnded                     PolicyEnded   -                               PolicyEnded
RecordPolicyReturn  PolicyResumed   PolicyResumed                                      PolicyResumed                    PolicyResumed+DelinquencyExited PolicyResumed PolicyResumed+DelinquencyExited PolicyResumed
PlaceHold           unknown_account HoldPlaced                                         HoldPlaced+DelinquencyHeld       HoldPlaced+DelinquencyExited    hold_reused   HoldPlaced+DelinquencyExited    HoldPlaced
PlaceHold(nothing)  unknown_account nothing_suspended                                  nothing_suspended                nothing_suspended               nothing_suspended nothing_suspended           nothing_suspended
PlaceHold(stranger) unknown_account unknown_policy                                     unknown_policy                   unknown_policy                  unknown_policy unknown_policy                 unknown_policy
ReleaseHold         unknown_account unknown_hold                                       unknown_hold                     unknown_hold                    HoldReleased+HeldInvoicesReplanned+InvoiceBilled+DelinquencyReleased unknown_hold unknown_hold
ReleaseHold(early)  unknown_account unknown_hold                                       unknown_hold                     unknown_hold                    not_yet       unknown_hold                    unknown_hold
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_of_dunning():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(dunning_commands.Command))


# --- nights


def test_what_is_due_becomes_past_due_and_is_pursued_day_by_day():
    desk = owing()

    assert desk.nights(DUE, date(2026, 7, 31)) == [
        (GRACE_OVER, "InvoicePastDue"),
        (GRACE_OVER, "DelinquencyStarted"),
        (GRACE_OVER, "reminder"),
        (date(2026, 7, 13), "notice_of_intent"),
        (ASKED, "CancellationRequested"),
    ]
    asked = next(event for event in desk.told if isinstance(event, CancellationRequested))
    assert (asked.delinquency_id, asked.reason, asked.amount) == ("A/P/1", "past_due", usd("106.67"))


def test_a_night_that_comes_late_finds_what_the_missed_ones_would_have_and_counts_letters_from_itself():
    desk = owing()
    desk.night(DUE)
    late = date(2026, 7, 20)

    assert [getattr(event, "step", type(event).__name__) for event in desk.night(late)] == [
        "InvoicePastDue",
        "DelinquencyStarted",
        "reminder",
    ]
    assert desk.processes[0].since == late


def test_a_term_of_which_nothing_was_ever_paid_is_not_taken_and_has_a_workflow_of_its_own():
    desk = Desk(carrier_with())
    desk.charge()
    found = desk.nights(START - timedelta(days=1), date(2026, 6, 30))

    assert [name for _, name in found] == ["InvoicePastDue", "DelinquencyStarted", "CancellationRequested"]
    assert desk.processes[0].reason == "not_taken"


def test_less_than_the_threshold_is_past_due_but_not_pursued():
    desk = owing(plan=DelinquencyPlan(start_minor=10668, exit_minor=500))

    assert desk.nights(DUE, date(2026, 7, 31)) == [(GRACE_OVER, "InvoicePastDue")]


def test_exactly_the_threshold_is_pursued():
    desk = owing(plan=DelinquencyPlan(start_minor=10667, exit_minor=500))

    assert (GRACE_OVER, "DelinquencyStarted") in desk.nights(DUE, GRACE_OVER)


def test_one_process_pursues_all_that_a_policy_owes_and_each_invoice_has_its_own_where_the_plan_says_so():
    whole, each = owing(), owing(plan=DelinquencyPlan(level="invoice", past_due=(), not_taken=()))
    for desk in (whole, each):
        desk.nights(DUE, date(2026, 9, 30))

    assert [(one.policy_id, one.invoice) for one in whole.processes] == [("P", None)]
    assert [(one.policy_id, one.invoice) for one in each.processes] == [("P", 1), ("P", 2), ("P", 3)]
    assert [one.delinquency_id for one in each.processes] == ["A/P/1", "A/P/2", "A/P/3"]


def test_two_policies_of_an_account_are_pursued_each_for_itself_though_one_invoice_bills_both():
    desk = Desk(carrier_with())
    desk.charge()
    desk.charge(60000, policy="Q")
    desk.night(START)
    desk.pay("360.00", START)
    desk.nights(DUE - timedelta(days=10), GRACE_OVER)
    past_due = [event for event in desk.told if isinstance(event, InvoicePastDue)]

    assert [(event.number, event.policy_id, event.amount) for event in past_due] == [
        (1, "P", usd("106.67")),
        (1, "Q", usd("53.34")),
    ]
    assert {one.policy_id for one in desk.processes} == {"P", "Q"}


# --- money


def exits(desk: Desk) -> list[str]:
    return [event.cause for event in desk.told if isinstance(event, DelinquencyExited)]


@pytest.mark.parametrize("until", [GRACE_OVER, ASKED])
def test_whoever_pays_in_full_is_no_longer_pursued_from_that_moment(until):
    desk = owing(until)
    desk.pay("106.67", until)

    assert exits(desk) == ["paid"]
    assert desk.nights(until, until + timedelta(days=10)) == []


def test_whoever_pays_in_part_is_pursued_for_the_rest():
    desk = owing(GRACE_OVER)
    desk.pay("50.00", GRACE_OVER)
    desk.nights(GRACE_OVER, ASKED)
    asked = next(event for event in desk.told if isinstance(event, CancellationRequested))

    assert exits(desk) == []
    assert asked.amount == usd("56.67")


def test_a_payment_that_the_bank_takes_back_makes_the_debt_past_due_again_and_a_second_process_begins_that_night():
    desk = owing(GRACE_OVER)
    desk.pay("106.67", GRACE_OVER)
    back = date(2026, 7, 9)
    desk.ask(ReturnPayment(account_id="A", payment_id="M", reason="R01", on=back, at=at(back)))
    found = desk.nights(back, back)

    assert (back, "DelinquencyStarted") in found
    assert [one.delinquency_id for one in desk.processes] == ["A/P/1", "A/P/2"]


def test_a_payment_taken_back_within_grace_leaves_the_invoice_due_until_grace_is_over():
    desk = owing(DUE)
    desk.pay("106.67", DUE)
    back = DUE + timedelta(days=2)
    desk.ask(ReturnPayment(account_id="A", payment_id="M", reason="R01", on=back, at=at(back)))

    assert desk.invoices[1].status == "due"
    assert desk.nights(back, GRACE_OVER)[0] == (GRACE_OVER, "InvoicePastDue")


def test_what_is_written_off_is_no_longer_pursued():
    desk = owing(ASKED)
    desk.ask(
        WriteOff(account_id="A", write_off_id="W", number=1, item=None, amount=None, reason="x", on=ASKED, at=at(ASKED))
    )

    assert exits(desk) == ["written_off"]
    assert desk.processes[0].stage == "written_off"


# --- policy


def credit(desk: Desk, text: str, on: date) -> None:
    charges = (Charge("premium", usd(text)),)
    desk.ask(CreditCharges(account_id="A", instruction_id="C", policy_id="P", charges=charges, on=on, at=at(CANCELLED)))


def test_a_cancellation_whose_return_premium_covers_the_debt_ends_the_pursuit():
    desk = ended(owing(ASKED))
    credit(desk, "-1000.00", CANCELLED)

    assert exits(desk) == ["policy_cancelled"]


def test_what_a_cancelled_policy_still_owes_goes_to_collections_and_is_paid_without_bringing_cover_back():
    desk = ended(owing(ASKED))
    assert desk.nights(CANCELLED, CANCELLED)[-1][1] == "SentToCollections"
    desk.pay("106.67", CANCELLED)

    assert exits(desk) == ["policy_cancelled"]


@pytest.mark.parametrize(
    ("on", "causes"), [(CANCELLED - timedelta(days=1), ["paid"]), (CANCELLED, ["policy_cancelled"])]
)
def test_money_that_was_there_before_cover_ended_counts_as_paid_however_late_it_is_told(on, causes):
    desk = ended(owing(ASKED))
    desk.pay("106.67", on)

    assert exits(desk) == causes


def test_money_that_was_there_in_time_is_told_even_after_the_credit_ended_the_pursuit():
    desk = ended(owing(ASKED))
    credit(desk, "-1000.00", CANCELLED)
    desk.pay("106.67", CANCELLED - timedelta(days=1))

    assert exits(desk) == ["policy_cancelled", "paid"]


def test_a_reinstatement_ends_what_a_cancellation_left_and_the_next_night_begins_anew_for_what_is_past_due():
    desk = ended(owing(ASKED))
    back = CANCELLED + timedelta(days=3)
    desk.ask(RecordPolicyReturn(account_id="A", policy_id="P", cancelled_on=CANCELLED, on=back, at=at(back)))
    desk.night(back)

    assert exits(desk) == ["reinstated"]
    assert [one.stage for one in desk.processes] == ["exited", "dunning"]


def test_a_reinstatement_that_overtakes_its_cancellation_is_not_forgotten():
    returned = RecordPolicyReturn(account_id="A", policy_id="P", cancelled_on=CANCELLED, on=CANCELLED, at=at(CANCELLED))
    desk = owing(ASKED)
    desk.ask(returned)
    assert desk.ask(END) == ()
    desk.charge(1000, instruction="B-2")

    assert desk.account.cover_ended("P") is None


def test_news_of_a_cancellation_may_come_before_the_charges_of_its_policy():
    desk = Desk(carrier_with())
    desk.ask(END)
    desk.charge()

    assert desk.account.cover_ended("P") == CANCELLED
    assert len(desk.invoices) == 10


def test_a_policy_that_ended_is_never_asked_to_be_cancelled():
    desk = ended(owing())
    found = [name for _, name in desk.nights(DUE, date(2026, 12, 31))]

    assert "CancellationRequested" not in found
    assert "SentToCollections" in found


def test_a_request_says_whether_the_term_that_nobody_paid_is_the_first_of_its_policy():
    first = Desk(carrier_with())
    first.charge()
    first.nights(START, date(2026, 6, 15))
    renewed = Desk(carrier_with())
    about: dict[str, Any] = {"plan": "full_pay", "payers": (INSURED,), "autopay": "off", "kind": "term"}
    for number, start in enumerate((START, START.replace(year=2027))):
        renewed.ask(
            ReceiveCharges(
                account_id="A",
                instruction_id=f"B-{number}",
                policy_id="P",
                charges=(Charge("premium", usd("1200.00")),),
                starts=start,
                ends=start.replace(year=start.year + 1),
                on=start,
                at=at(start - timedelta(days=30)),
                **about,
            )
        )
    renewed.night(START)
    renewed.pay("1200.00", START, "M-0")
    renewed.nights(date(2027, 5, 10), date(2027, 6, 20))

    for desk, term in ((first, "first"), (renewed, "renewal")):
        (asked,) = (event for event in desk.told if isinstance(event, CancellationRequested))
        assert (asked.reason, asked.term) == ("not_taken", term)


# --- a fee alone

PATIENT = COASTAL.billing.delinquency


def owing_a_fee(fees: Any, first: str) -> Desk:
    """Of 106.67 and a fee of 15.00 for its lateness, all but `first` of them is paid after it went past due."""
    carrier = carrier_with(plan=replace(PATIENT, own_fees=fees))
    desk = Desk(replace(carrier, billing=replace(carrier.billing, late_fee_minor=1500), patterns=PREMIUM_FIRST))
    desk.charge()
    desk.night(START)
    desk.pay("240.00", START, "M-0")
    desk.nights(DUE - timedelta(days=10), GRACE_OVER)
    desk.ask(AssessFee(account_id="A", fee="late", trigger="1", number=1, on=GRACE_OVER, at=at(GRACE_OVER)))
    desk.pay(first, GRACE_OVER, "M-1")
    return desk


PREMIUM_FIRST = tuple(replace(rule, priority=9) if rule.pattern == "fee" else rule for rule in COASTAL.patterns)


@pytest.mark.parametrize(("fees", "asked"), [("do_not_count", []), ("count", [usd("15.00")])])
def test_a_policy_is_cancelled_for_a_fee_alone_only_where_fees_count(fees, asked):
    desk = owing_a_fee(fees, "106.67")
    desk.nights(GRACE_OVER + timedelta(days=1), DUE + timedelta(days=29))

    assert [item.open for item in desk.invoices[1].items] == [0, 1500]
    assert [event.amount for event in desk.told if isinstance(event, CancellationRequested)] == asked
    assert {one.is_open for one in desk.account.delinquencies} == {fees == "count"}


@pytest.mark.parametrize("fees", ["do_not_count", "count"])
def test_a_fee_is_asked_for_beside_premium_that_is_past_due(fees):
    desk = owing_a_fee(fees, "50.00")
    desk.nights(GRACE_OVER + timedelta(days=1), ASKED)

    assert [event.amount for event in desk.told if isinstance(event, CancellationRequested)] == [usd("71.67")]
