"""An account's machine that does wrong is seen by the invariant of it: sending twice, covering what is not paid, billing
a day twice, undoing half a payment, paying out of order, losing a cent when a plan changes.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, decider, evolve
from model.billing.commands import BillInvoice, ReceiveCharges, ReceivePayment, ReturnPayment
from model.billing.events import InvoicesPlanned, PaymentDistributed, PaymentReturned
from model.billing.money_commands import (
    ApproveDisbursement,
    AssessFee,
    ChangePlan,
    DraftDisbursement,
    ExecuteDisbursement,
    RejectDisbursement,
)
from model.billing.money_events import (
    DisbursementExecuted,
    DisbursementPaidAfterRejection,
    DisbursementRejected,
    DisbursementReversed,
    PlanChanged,
)
from model.billing.parts import Distribution
from model.billing.plan import Charge, Payer
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
from model.published.seen import account_view

LAW, COASTAL = florida()
CARRIER = replace(COASTAL, billing=replace(COASTAL.billing, late_fee_minor=1000, disbursement_delay_days=0))
MACHINE = decider(LAW, CARRIER)
PRIORITY = {rule.pattern: rule.priority for rule in CARRIER.patterns}
EARLY, DUE_ON, LATER = date(2026, 5, 10), date(2026, 6, 1), date(2026, 6, 8)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def charge(policy="P", **changes) -> ReceiveCharges:
    command = ReceiveCharges(
        account_id="A",
        instruction_id=f"B-{policy}",
        policy_id=policy,
        plan="two_pay",
        autopay="on",
        payers=(Payer("I", "insured", 1),),
        charges=(Charge("premium", usd("1000.00")), Charge("tax", usd("20.00"))),
        starts=DUE_ON,
        ends=date(2027, 6, 1),
        on=DUE_ON,
        at=at(EARLY),
    )
    return replace(command, **changes)


BILL = BillInvoice(number=0, **about(DUE_ON))
PAY = ReceivePayment(payment_id="M", payer_id="I", amount=usd("700.00"), **about(LATER))
PART = replace(PAY, amount=usd("100.00"))
BOUNCE = ReturnPayment(payment_id="M", reason="R01", **about(LATER))
SEND: tuple[Any, ...] = (
    DraftDisbursement(disbursement_id="D", party_id="I", amount=usd("50.00"), by="ann", **about(LATER)),
    ApproveDisbursement(disbursement_id="D", by="bob", **about(LATER)),
    ExecuteDisbursement(disbursement_id="D", **about(LATER)),
)
CHANGE = ChangePlan(change_id="C", policy_id="P", plan="four_pay", reslice="planned", redistribute="no", **about(LATER))
Wrong = Callable[[Any, Any, Any], Any]


def asked(*commands, state: Any = None, wrongly: tuple[type, Wrong] | None = None) -> Any:
    """The account after commands; `wrongly` is what it believes after an event of a kind, from before, event, after."""
    state = NoAccount() if state is None else state
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            before, state = state, evolve(state, event)
            if wrongly is not None and isinstance(event, wrongly[0]):
                state = wrongly[1](before, event, state)
    return state


def view(account) -> Any:
    return account_view(account)


def codes(account) -> set[str]:
    return {finding.code for finding in judged(ACCOUNT_INVARIANTS, "A", view(account))}


PAID = asked(charge(), BILL, PAY)


def keeps_what_it_sent(before: Any, _event: Any, after: Any) -> Any:
    return replace(after, payments=before.payments)


def plans_a_day_twice(_before: Any, _event: Any, after: Any) -> Any:
    first = replace(after.invoices[0], due_on=after.invoices[1].due_on)
    return replace(after, invoices=(first, *after.invoices[1:]))


def test_nothing_is_found_where_nothing_is_wrong():
    account = asked(*SEND, CHANGE, AssessFee(fee="late", trigger="0", number=0, **about(LATER)), BOUNCE, state=PAID)

    assert codes(PAID) == codes(account) == set()


def test_money_that_was_sent_and_is_still_held_is_seen():
    assert codes(asked(*SEND, state=PAID, wrongly=(DisbursementExecuted, keeps_what_it_sent))) == {"INV-B13"}


@pytest.mark.parametrize(("went", "codes_of"), [((), {"INV-B13"}), (SEND[2:], {"INV-B4"})])
def test_a_rejection_that_puts_the_money_back_twice_is_seen(went, codes_of):
    """Before it went, and after it was booked as gone by hand."""
    kind = DisbursementReversed if went else DisbursementRejected
    keep = RejectDisbursement(disbursement_id="D", reason="R03", because="not_paid", **about(LATER))
    sent = asked(*SEND[:2], *went, state=PAID)

    def twice(_before: Any, event: Any, after: Any) -> Any:
        return evolve(after, event)

    assert codes(asked(keep, keep, state=sent)) == set()
    assert codes(asked(keep, state=sent, wrongly=(kind, twice))) == codes_of


def test_money_that_went_although_it_was_rejected_and_is_unapplied_still_is_seen():
    rejected = asked(*SEND[:2], RejectDisbursement(disbursement_id="D", reason="no", **about(LATER)), state=PAID)
    went = replace(SEND[2], because="paid_out")

    def keeps(before: Any, _event: Any, after: Any) -> Any:
        return replace(after, payments=before.payments, unapplied=before.unapplied)

    assert codes(asked(went, went, state=rejected)) == set()
    assert codes(asked(went, state=rejected, wrongly=(DisbursementPaidAfterRejection, keeps))) == {"INV-B13"}


def test_a_day_that_is_billed_twice_is_seen():
    assert codes(asked(charge(), wrongly=(InvoicesPlanned, plans_a_day_twice))) == {"INV-B15"}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_policy_that_is_paid_to_another_day_than_its_money_covers_is_seen(days):
    seen = view(PAID)
    (one,) = seen.paid_to
    moved = replace(seen, paid_to=(replace(one, on=one.on + timedelta(days=days)),))

    assert [finding.code for finding in judged(ACCOUNT_INVARIANTS, "A", moved)] == ["INV-B11"]


def test_a_return_that_leaves_a_part_paid_is_seen():
    before = asked(charge(), BILL)

    def half(_before: Any, event: Any, after: Any) -> Any:
        part = event.parts[0]
        again: Any = evolve(
            after, PaymentDistributed(payment_id="M", parts=(part,), unapplied=usd("0.00"), **about(LATER))
        )
        return replace(after, invoices=again.invoices)

    assert undone(view(before), view(asked(PAY, BOUNCE, state=before))) == ()
    broken = asked(PAY, BOUNCE, state=before, wrongly=(PaymentReturned, half))
    assert {finding.code for finding in undone(view(before), view(broken))} == {"INV-B6"}


def test_a_payment_that_pays_premium_before_tax_is_seen():
    before = asked(charge(), BILL)
    wrong = PaymentDistributed(
        payment_id="M", parts=(Distribution(0, 0, 10000),), unapplied=usd("0.00"), **about(LATER)
    )
    decision: Any = MACHINE.decide(PART, before)
    broken: Any = reduce(evolve, (decision[0], wrong), before)

    assert out_of_order(view(before), view(asked(PART, state=before)), "I", PRIORITY) == ()
    assert {f.code for f in out_of_order(view(before), view(broken), "I", PRIORITY)} == {"INV-B7"}


def test_a_payment_that_pays_a_later_bill_or_the_newer_term_first_is_seen_across_instructions():
    """Two policies on one bill and two terms of one policy are different instructions, in one waterfall."""
    later = charge("Q", on=date(2026, 6, 2))
    both: Any = asked(charge(), later, BILL, replace(BILL, number=2), state=NoAccount())
    of_later = next(k for k, invoice in enumerate(both.invoices) if invoice.due_on == date(2026, 6, 2))
    assert both.invoices[of_later].step == "billed"
    parts = (Distribution(of_later, 0, 10000),)
    wrong = PaymentDistributed(payment_id="M", parts=parts, unapplied=usd("0.00"), **about(LATER))
    decision: Any = MACHINE.decide(PART, both)
    broken: Any = reduce(evolve, (decision[0], wrong), both)

    assert {f.code for f in out_of_order(view(both), view(broken), "I", PRIORITY)} == {"INV-B7"}
    # Were the other policy's debt of a prior term, the same money would be in order as far as its tax is paid.
    taxed = replace(wrong, parts=(Distribution(of_later, 1, 100),))
    kept: Any = reduce(evolve, (decision[0], taxed), both)
    assert out_of_order(view(both), view(kept), "I", PRIORITY, prior={1}) == ()
    assert {f.code for f in out_of_order(view(both), view(kept), "I", PRIORITY)} == {"INV-B7"}


def test_the_same_money_that_pays_other_items_in_two_parts_is_seen():
    before = asked(charge(), BILL)
    whole = asked(PART, state=before)
    other = asked(replace(PART, payment_id="N", amount=usd("99.99")), state=before)

    assert split_differently(view(whole), view(whole)) == ()
    assert {f.code for f in split_differently(view(whole), view(other))} == {"INV-B7"}


def test_a_plan_change_that_loses_a_cent_is_seen():
    def loses(_before: Any, event: Any, after: Any) -> Any:
        part = event.withdrawn[0]
        short = replace(event, withdrawn=(Distribution(part.invoice, part.item, 1),), change_id="again")
        return evolve(after, short)

    assert not_conserved(view(PAID), view(asked(CHANGE, state=PAID))) == ()
    broken = asked(CHANGE, state=PAID, wrongly=(PlanChanged, loses))
    assert {finding.code for finding in not_conserved(view(PAID), view(broken))} == {"INV-B9"}


def test_instructions_that_come_to_other_invoices_in_another_order_are_seen():
    """INV-B15."""
    there, back = asked(charge("P"), charge("Q")), asked(charge("Q"), charge("P"))
    apart = replace(back, invoices=(*back.invoices, back.invoices[0]))

    assert different_invoices(view(there), view(back)) == ()
    assert {finding.code for finding in different_invoices(view(there), view(apart))} == {"INV-B15"}


# --- due dates

NOTHING_YET = replace(view(PAID), invoices=())
SUNDAY = date(2026, 8, 30)


def dated(*dues: date) -> Any:
    """Installments that are due so, each billed on its due day."""
    first = view(PAID).invoices[0]
    invoices = [replace(first, number=k, bill_on=due, due_on=due) for k, due in enumerate(dues)]
    return replace(view(PAID), invoices=tuple(invoices))


def wrong_dates(after: Any, roll: Any = "none", holidays: frozenset[date] = frozenset()) -> str:
    found = badly_dated(NOTHING_YET, after, roll=roll, holidays=holidays)
    assert {each.code for each in found} <= {"INV-B8"}
    return " ".join(each.text for each in found)


def test_installments_a_month_apart_are_dated_well_and_those_of_others_may_be_due_on_one_day():
    after = dated(date(2026, 6, 1), date(2026, 7, 1))
    other = replace(after.invoices[0], number=2, payer_id="B")

    assert wrong_dates(after, "following") == ""
    assert wrong_dates(replace(after, invoices=(*after.invoices, other))) == ""
    assert badly_dated(dated(SUNDAY, SUNDAY), dated(SUNDAY, SUNDAY), roll="following", holidays=frozenset()) == ()


@pytest.mark.parametrize("second", [date(2026, 6, 1), date(2026, 5, 31)])
def test_an_installment_that_is_not_due_after_the_one_before_it_is_seen(second):
    assert "not after the installment before it" in wrong_dates(dated(date(2026, 6, 1), second))


def test_an_installment_that_is_due_before_it_is_billed_is_seen():
    late = dated(date(2026, 6, 1))
    late = replace(late, invoices=(replace(late.invoices[0], bill_on=date(2026, 6, 2)),))

    assert "after it is due" in wrong_dates(late)


@pytest.mark.parametrize("roll", ["following", "preceding"])
def test_an_installment_on_a_day_that_should_have_rolled_is_seen(roll):
    assert "without business" in wrong_dates(dated(SUNDAY), roll)
    assert "without business" in wrong_dates(dated(date(2026, 7, 30)), roll, frozenset({date(2026, 7, 30)}))
    assert wrong_dates(dated(SUNDAY)) == ""
