"""A bill that somebody else takes over: the command in every state, and whose each invoice is afterwards."""

from datetime import date
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.account import decider, evolve
from model.billing.accounting import entry
from model.billing.commands import BillInvoice, CreditCharges, ReceiveCharges, ReceivePayment
from model.billing.explain import ItemExplanation, explain
from model.billing.plan import Charge, Payer
from model.billing.repointing_messages import RepointPayer
from model.billing.suspense import misfit
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.published.seen import account_view

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
EARLY, START, SOLD, END = date(2026, 5, 10), date(2026, 6, 1), date(2026, 6, 20), date(2027, 6, 1)
OLD, NEW, INSURED = Payer("OLD", "mortgagee", 1), Payer("NEW", "mortgagee", 1), Payer("I", "insured", 1)


def about(day) -> dict[str, Any]:
    return {"account_id": "A", "on": day, "at": at(day)}


def charge(instruction="B-1", policy="P", payers=(OLD,), plan="two_pay", start=START, told=EARLY) -> ReceiveCharges:
    return ReceiveCharges(
        account_id="A",
        instruction_id=instruction,
        policy_id=policy,
        plan=plan,
        autopay="off",
        payers=payers,
        charges=(Charge("premium", usd("1000.00")),),
        on=start,
        at=at(told),
        starts=start,
        ends=replace_year(start),
    )


def replace_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def asked(*commands, state: Any = None) -> Any:
    """The account after commands that must all be accepted; its invariants hold and its books balance all the way."""
    state = MACHINE.initial if state is None else state
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            booked = entry(CARRIER, "e", event, state)
            assert booked is None or sum(posting.minor for posting in booked.postings) == 0
            state = evolve(state, event)
        view = account_view(state)
        assert view is not None
        assert list(judged(ACCOUNT_INVARIANTS, "A", view)) == []
    return state


TRANSFER = RepointPayer(policies=("P",), old_payer_id="OLD", new_payer_id="NEW", **about(SOLD))
PAY = ReceivePayment(payment_id="M", payer_id="OLD", amount=usd("600.00"), **about(START))
CHARGED = asked(charge())
STATES = {
    "NoAccount": MACHINE.initial,
    "Charged": CHARGED,
    "Paid": asked(charge(plan="full_pay"), BillInvoice(number=0, **about(START)), replace(PAY, amount=usd("1000.00"))),
    "Shared": asked(charge(), charge("B-2", "Q")),
    "Repointed": asked(TRANSFER, state=CHARGED),
}
COMMANDS = {
    "RepointPayer": TRANSFER,
    "RepointPayer(same)": replace(TRANSFER, new_payer_id="OLD"),
    "RepointPayer(stranger)": replace(TRANSFER, old_payer_id="I"),
    "RepointPayer(onward)": replace(TRANSFER, old_payer_id="NEW", new_payer_id="LAST"),
    "RepointPayer(later)": replace(TRANSFER, **about(END)),
}
TABLE = """
#                       NoAccount       Charged         Paid            Shared                          Repointed
RepointPayer            PayerRepointed  PayerRepointed  PayerRepointed  PayerRepointed+InvoicesPlanned  -
RepointPayer(same)      -               -               -               -                               -
RepointPayer(stranger)  PayerRepointed  unknown_payer   unknown_payer   unknown_payer                   unknown_payer
RepointPayer(onward)    PayerRepointed  unknown_payer   unknown_payer   unknown_payer                   PayerRepointed
RepointPayer(later)     PayerRepointed  PayerRepointed  PayerRepointed  PayerRepointed+InvoicesPlanned  PayerRepointed
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def bills(state) -> list[tuple[str, date, str, int]]:
    """Whose, for when, for which policies, and what is open."""
    return [
        (one.payer_id, one.due_on, "+".join(sorted({item.policy_id for item in one.items if item.open})), one.open)
        for one in state.invoices
        if one.open
    ]


def test_what_is_partly_paid_and_what_is_planned_goes_over_and_what_is_paid_does_not():
    state = asked(charge(), BillInvoice(number=0, **about(START)), PAY, TRANSFER)
    assert [(one.payer_id, one.open) for one in state.invoices] == [("OLD", 0), ("NEW", 40300)]

    state = asked(charge(), BillInvoice(number=0, **about(START)), replace(PAY, amount=usd("100.00")), TRANSFER)
    assert [(one.payer_id, one.open) for one in state.invoices] == [("NEW", 50000), ("NEW", 40300)]


def test_a_planned_invoice_for_another_policy_too_is_parted_and_its_fee_goes_with_the_policy_that_bore_it():
    second = date(2026, 12, 1)
    assert bills(asked(TRANSFER, state=STATES["Shared"])) == [
        ("OLD", START, "Q", 60000),
        ("OLD", second, "Q", 40000),
        ("NEW", START, "P", 60000),
        ("NEW", second, "P", 40300),
    ]


def test_a_loan_on_two_policies_takes_their_bill_over_whole():
    state = asked(replace(TRANSFER, policies=("P", "Q")), state=STATES["Shared"])
    assert [(one.payer_id, one.open) for one in state.invoices] == [("NEW", 120000), ("NEW", 80300)]


def test_what_was_billed_for_another_policy_too_stays_with_whoever_has_the_bill():
    state = asked(BillInvoice(number=0, **about(START)), TRANSFER, state=STATES["Shared"])
    assert bills(state)[0] == ("OLD", START, "P+Q", 120000)
    assert misfit(state, "OLD", usd("1.00")) is None


def test_a_payer_still_gets_one_invoice_for_a_day():
    """The new servicer pays for another house on the account already: one fee of 3.00 is enough for one invoice."""
    state = asked(charge(), charge("B-2", "Q", payers=(NEW,)), TRANSFER)
    assert [(payer, due_on, minor) for payer, due_on, _, minor in bills(state)] == [
        ("NEW", START, 120000),
        ("NEW", date(2026, 12, 1), 80300),
    ]


@pytest.mark.parametrize("order", ["charged first", "transferred first"])
def test_a_transfer_may_overtake_the_charges(order):
    steps = (charge(), TRANSFER) if order == "charged first" else (TRANSFER, charge())
    assert bills(asked(*steps)) == [("NEW", START, "P", 60000), ("NEW", date(2026, 12, 1), "P", 40300)]


def test_charges_that_name_the_old_payer_are_the_new_ones_and_a_loan_may_be_sold_again_and_back():
    renewal = charge("B-2", start=END, told=date(2027, 5, 1), plan="full_pay")
    onward = replace(TRANSFER, old_payer_id="NEW", new_payer_id="LAST", **about(date(2026, 9, 1)))
    back = replace(TRANSFER, old_payer_id="LAST", new_payer_id="OLD", **about(date(2026, 10, 1)))

    assert bills(asked(TRANSFER, renewal, state=CHARGED))[-1] == ("NEW", END, "P", 100000)
    assert bills(asked(TRANSFER, onward, renewal, state=CHARGED))[-1] == ("LAST", END, "P", 100000)
    assert bills(asked(TRANSFER, onward, back, renewal, state=CHARGED))[-1] == ("OLD", END, "P", 100000)


def test_a_change_within_the_term_goes_on_the_invoices_that_were_taken_over():
    more = replace(charge("B-2", told=SOLD), kind="endorsement", on=SOLD)
    assert [payer for payer, *_ in bills(asked(TRANSFER, more, state=CHARGED))] == ["NEW", "NEW"]


def test_shares_of_the_old_and_the_new_payer_are_added():
    """Two thirds are the servicers' together; the insured keeps its own."""
    payers = (OLD, NEW, INSURED)
    state = asked(TRANSFER, charge(payers=payers, plan="full_pay"))
    assert [(payer, minor) for payer, _, _, minor in bills(state)] == [("NEW", 66667), ("I", 33333)]


def test_return_premium_that_closes_nothing_is_whose_place_the_new_payer_took():
    credit = CreditCharges(
        instruction_id="B-9", policy_id="P", charges=(Charge("premium", usd("-500.00")),), **about(SOLD)
    )
    state = asked(TRANSFER, credit, state=STATES["Paid"])
    assert [(one.payer_id, one.unapplied) for one in state.credits] == [("NEW", usd("500.00"))]


def test_money_of_the_old_payer_fits_no_more_and_that_of_the_new_one_does():
    gone = asked(TRANSFER, state=STATES["Paid"])
    assert misfit(STATES["Paid"], "OLD", usd("1.00")) is None
    assert misfit(STATES["Paid"], "NEW", usd("1.00")) == "unknown_payer"
    assert misfit(gone, "OLD", usd("1.00")) == "unknown_payer"
    assert misfit(gone, "NEW", usd("1.00")) is None
    assert misfit(gone, "stranger", usd("1.00")) == "unknown_payer"


def test_an_invoice_that_was_taken_over_is_still_a_slice_of_its_plan():
    state = asked(TRANSFER, state=CHARGED)
    found = explain(CARRIER, state, invoice=1, item=0)
    assert isinstance(found, ItemExplanation)
    assert (found.rule, found.weight) == ("plan_slice", (1, 1))


def test_the_events_alone_make_the_state():
    decision = MACHINE.decide(TRANSFER, STATES["Shared"])
    assert not isinstance(decision, Refusal)
    assert reduce(evolve, decision, STATES["Shared"]) == asked(TRANSFER, state=STATES["Shared"])
