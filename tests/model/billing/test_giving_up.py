"""Debt that the plan of pursuit writes off as its last step, and money that comes for it after all."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.dunning_commands import AgeAccount, PlaceHold, RecordPolicyEnd, ReleaseHold
from model.billing.money_commands import ReverseWriteOff
from model.billing.money_events import WriteOffReversed
from model.billing.plan import Charge, Payer
from model.choices.delinquency import DelinquencyPlan, DunningStep
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.invariants.billing_steps import undone
from model.published.seen import account_view

LAW, COASTAL = florida()
STEPS = (DunningStep("reminder", 0), DunningStep("cancel_request", 10), DunningStep("write_off", 90))
PLAN = DelinquencyPlan(past_due=STEPS, not_taken=STEPS, step_day_roll="none")
CARRIER = replace(COASTAL, billing=replace(COASTAL.billing, delinquency=PLAN, returned_payment_fee_minor=0))
MACHINE = decider(LAW, CARRIER)
DUE_ON = date(2026, 6, 1)
PAST_DUE = DUE_ON + timedelta(days=PLAN.grace_days)
ASKED, GIVEN_UP = PAST_DUE + timedelta(days=10), PAST_DUE + timedelta(days=90)
LATER = GIVEN_UP + timedelta(days=30)


def about(day: date) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def asked(*commands, state: Any = None, machine=MACHINE, blind_to: type | None = None) -> Any:
    """The account after commands, all of them accepted; an event of a kind it is `blind_to` changes nothing."""
    state = NoAccount() if state is None else state
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        assert command in (BILLED, DUE) or machine.decide(command, reduce(evolve, decision, state)) == ()
        state = reduce(evolve, [one for one in decision if type(one) is not blind_to], state)
    return state


CHARGED = ReceiveCharges(
    instruction_id="B", policy_id="P", plan="full_pay", autopay="off", payers=(Payer("I", "insured", 1),),
    charges=(Charge("premium", usd("1000.00")), Charge("tax", usd("20.00"))), starts=DUE_ON, ends=date(2027, 6, 1),
    account_id="A", on=DUE_ON, at=at(DUE_ON - timedelta(days=20)),
)  # fmt: skip
BILLED, DUE = BillInvoice(number=0, **about(DUE_ON)), MarkInvoiceDue(number=0, **about(DUE_ON))
ENDED = RecordPolicyEnd(policy_id="P", cancelled_on=ASKED, **about(ASKED))


def night(day: date) -> AgeAccount:
    return AgeAccount(**about(day))


def pay(amount: str, payment_id="M", payer="I") -> ReceivePayment:
    return ReceivePayment(payment_id=payment_id, payer_id=payer, amount=usd(amount), **about(LATER))


BOUNCE = ReturnPayment(payment_id="M", reason="R01", **about(LATER))
PURSUED = asked(CHARGED, BILLED, DUE, night(PAST_DUE), night(ASKED))
COLLECTED = asked(ENDED, night(ASKED), state=PURSUED)
WRITTEN_OFF = asked(night(GIVEN_UP), state=COLLECTED)


def codes(account: Any) -> set[str]:
    view = account_view(account)
    assert view is not None
    return {finding.code for finding in judged(ACCOUNT_INVARIANTS, "A", view)}


def found(account: Any) -> tuple[str, int, int]:
    """The stage of the last process, what is open and what is written off."""
    assert codes(account) == set()
    (invoice,) = account.invoices
    return account.delinquencies[-1].stage, invoice.open, sum(item.written_off for item in invoice.items)


def test_the_plans_last_step_gives_up_what_collections_did_not_bring():
    assert found(COLLECTED) == ("collections", 102000, 0)
    assert found(asked(night(GIVEN_UP - timedelta(days=1)), state=COLLECTED)) == ("collections", 102000, 0)
    assert found(WRITTEN_OFF) == ("written_off", 0, 102000)
    assert [(one.reason, one.status) for one in WRITTEN_OFF.write_offs] == [("uncollectible", "written_off")]


def test_nothing_is_given_up_while_cover_is_in_force_or_held():
    assert found(asked(night(GIVEN_UP), state=PURSUED)) == ("cancel_requested", 102000, 0)
    hold = PlaceHold(hold_id="H", suspends=("delinquency",), **about(ASKED))
    held = asked(hold, night(GIVEN_UP), state=COLLECTED)
    assert found(held) == ("pre_grace", 102000, 0)
    # The clock begins again: grace, and the plan's days after it.
    freed = asked(ReleaseHold(hold_id="H", **about(GIVEN_UP)), state=held)
    grace_over = GIVEN_UP + timedelta(days=PLAN.grace_days)
    assert found(asked(night(grace_over), night(grace_over + timedelta(days=89)), state=freed))[0] == "collections"
    assert found(asked(night(grace_over), night(grace_over + timedelta(days=90)), state=freed))[0] == "written_off"


def test_a_plan_without_the_step_leaves_it_in_collections():
    plan = replace(PLAN, past_due=STEPS[:2], not_taken=STEPS[:2])
    machine = decider(LAW, replace(CARRIER, billing=replace(CARRIER.billing, delinquency=plan)))

    assert found(asked(night(GIVEN_UP), state=COLLECTED, machine=machine)) == ("collections", 102000, 0)


@pytest.mark.parametrize(
    ("amount", "written_off", "unapplied"),
    [("1020.00", 0, 0), ("1100.00", 0, 8000), ("400.00", 62000, 0), ("0.01", 101999, 0)],
)
def test_money_that_comes_later_restores_as_much_as_it_pays(amount, written_off, unapplied):
    account = asked(pay(amount), state=WRITTEN_OFF)

    assert found(account) == ("written_off", 0, written_off)
    assert account.unapplied.minor == unapplied
    assert sum(item.paid for item in account.invoices[0].items) == 102000 - written_off
    assert account.write_offs[0].recovered_by == "M"


def test_part_of_it_is_recovered_again_and_again_in_the_order_of_the_waterfall():
    first = asked(pay("15.00"), state=WRITTEN_OFF)
    assert [(item.pattern, item.paid) for item in first.invoices[0].items] == [("premium", 0), ("tax", 1500)]
    whole = asked(pay("25.00", "M-2"), pay("980.00", "M-3"), state=first)

    assert [item.open for item in whole.invoices[0].items] == [0, 0]
    assert found(whole) == ("written_off", 0, 0)


def test_money_of_somebody_else_restores_nothing():
    answer = MACHINE.decide(pay("500.00", payer="S"), WRITTEN_OFF)

    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_payer"


@pytest.mark.parametrize("amount", ["1020.00", "400.00", "1100.00"])
def test_a_payment_that_bounces_leaves_it_given_up_as_it_was(amount):
    """INV-B6."""
    account = asked(pay(amount), BOUNCE, state=WRITTEN_OFF)
    before, after = account_view(WRITTEN_OFF), account_view(account)
    assert before is not None
    assert after is not None

    assert found(account) == ("written_off", 0, 102000)
    assert undone(before, after) == ()
    assert found(asked(pay("1020.00", "M-2"), state=account)) == ("written_off", 0, 0)


def test_a_return_that_overtook_its_payment_comes_to_the_same():
    assert found(asked(BOUNCE, pay("400.00"), state=WRITTEN_OFF)) == ("written_off", 0, 102000)


def test_reversed_by_hand_it_is_pursued_anew():
    name = WRITTEN_OFF.write_offs[0].write_off_id
    restored = asked(ReverseWriteOff(write_off_id=name, **about(LATER)), state=WRITTEN_OFF)
    assert found(restored) == ("written_off", 102000, 0)

    assert found(asked(night(LATER), state=restored)) == ("collections", 102000, 0)
    again = asked(night(LATER), night(LATER + timedelta(days=90)), state=restored)
    assert found(again) == ("written_off", 0, 102000)


def test_money_that_pays_what_is_still_written_off_is_seen():
    assert codes(asked(pay("400.00"), state=WRITTEN_OFF, blind_to=WriteOffReversed)) == {"INV-B2"}


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (STEPS, []),
        (STEPS[:2], []),
        ((STEPS[0], STEPS[2]), ["past_due", "not_taken"]),
        ((STEPS[1], STEPS[2], DunningStep("reminder", 95)), ["past_due", "not_taken"]),
    ],
)
def test_a_write_off_is_the_last_step_after_a_cancellation_was_asked_for(steps, wrong):
    plan = replace(PLAN, past_due=steps, not_taken=steps)
    text = "a write-off is the last step, after a cancellation was asked for"

    assert list(plan.faults()) == [f"billing.delinquency.{reason}: {text}" for reason in wrong]


def test_one_carrier_that_ships_gives_up_and_the_other_does_not():
    plans = {name: load_carrier(name).billing.delinquency for name in ("coastal_mutual", "lone_star_auto")}
    last = {name: [steps[-1].step for steps in (plan.past_due, plan.not_taken)] for name, plan in plans.items()}

    assert last == {"coastal_mutual": ["cancel_request"] * 2, "lone_star_auto": ["write_off"] * 2}
