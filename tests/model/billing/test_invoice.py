"""An invoice: every command in every state, and what an item may take."""

from datetime import date
from functools import reduce
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.billing.invoice import (
    AddItems,
    Billed,
    BillInvoice,
    CarriedForward,
    CarryForward,
    Command,
    CreditItems,
    Event,
    FellDue,
    Invoice,
    Item,
    ItemPart,
    ItemsAdded,
    ItemsCredited,
    ItemsReopened,
    ItemsRestored,
    ItemsSettled,
    ItemsWithdrawn,
    ItemsWrittenOff,
    MarkInvoiceDue,
    MarkPastDue,
    ReopenItems,
    RestoreItems,
    SettleItems,
    WentPastDue,
    WithdrawItems,
    WriteOffItems,
    decide,
    decider,
    evolve,
)
from model.decider import Refusal

BILL_ON, DUE_ON = date(2026, 5, 12), date(2026, 6, 1)
PREMIUM, FEE = Item("P", "premium", 10000, 0, 0), Item("P", "fee", 2500, 0, 0)
PLANNED = Invoice(3, "I", BILL_ON, DUE_ON, "planned", (PREMIUM, FEE))
ALL = (ItemPart(0, 10000), ItemPart(1, 2500))


def folded(*events: Event) -> Invoice:
    return reduce(evolve, events, PLANNED)


BILLED, DUE = Billed(amount=12500), FellDue(amount=12500)
STATES = {
    "planned": folded(),
    "billed": folded(BILLED),
    "due": folded(BILLED, DUE),
    "paid_early": folded(BILLED, ItemsSettled(parts=ALL)),
    "paid": folded(BILLED, DUE, ItemsSettled(parts=ALL)),
    "credited": folded(BILLED, DUE, ItemsCredited(parts=ALL)),
    "reopened": folded(BILLED, DUE, ItemsSettled(parts=ALL), ItemsReopened(parts=ALL)),
    "written_off": folded(BILLED, DUE, ItemsWrittenOff(parts=ALL)),
    "carried": folded(CarriedForward()),
}
COMMANDS = {
    "BillInvoice": BillInvoice(on=BILL_ON),
    "BillInvoice(early)": BillInvoice(on=date(2026, 5, 11)),
    "MarkInvoiceDue": MarkInvoiceDue(on=DUE_ON),
    "MarkInvoiceDue(early)": MarkInvoiceDue(on=date(2026, 5, 31)),
    "SettleItems": SettleItems(parts=ALL),
    "SettleItems(part)": SettleItems(parts=(ItemPart(1, 1),)),
    "SettleItems(much)": SettleItems(parts=(ItemPart(1, 2501),)),
    "SettleItems(twice)": SettleItems(parts=(ItemPart(1, 1500), ItemPart(1, 1500))),
    "SettleItems(nothing)": SettleItems(parts=(ItemPart(1, 0),)),
    "SettleItems(nowhere)": SettleItems(parts=(ItemPart(2, 1),)),
    "ReopenItems": ReopenItems(parts=ALL),
    "ReopenItems(twice)": ReopenItems(parts=(ItemPart(1, 1500), ItemPart(1, 1500))),
    "CreditItems": CreditItems(parts=ALL),
    "CreditItems(twice)": CreditItems(parts=(ItemPart(1, 1500), ItemPart(1, 1500))),
    "WriteOffItems": WriteOffItems(parts=ALL),
    "WriteOffItems(much)": WriteOffItems(parts=(ItemPart(1, 2501),)),
    "RestoreItems": RestoreItems(parts=ALL),
    "RestoreItems(much)": RestoreItems(parts=(ItemPart(1, 2501),)),
    "WithdrawItems": WithdrawItems(parts=ALL),
    "AddItems": AddItems(items=(Item("P", "tax", 7, 0, 0),)),
    "CarryForward": CarryForward(on=BILL_ON),
    "CarryForward(early)": CarryForward(on=date(2026, 5, 11)),
}
TABLE = """
#                      planned                billed                 due                    paid_early             paid                   credited               reopened               written_off            carried
BillInvoice            Billed                 -                      -                      -                      -                      -                      -                      -                      -
BillInvoice(early)     not_yet                -                      -                      -                      -                      -                      -                      -                      -
MarkInvoiceDue         wrong_state            FellDue                -                      -                      -                      -                      -                      -                      -
MarkInvoiceDue(early)  wrong_state            not_yet                -                      -                      -                      -                      -                      -                      -
SettleItems            wrong_state            ItemsSettled           ItemsSettled           more_than_open         more_than_open         more_than_open         ItemsSettled           more_than_open         wrong_state
SettleItems(part)      wrong_state            ItemsSettled           ItemsSettled           more_than_open         more_than_open         more_than_open         ItemsSettled           more_than_open         wrong_state
SettleItems(much)      wrong_state            more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         wrong_state
SettleItems(twice)     wrong_state            more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         wrong_state
SettleItems(nothing)   wrong_state            more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         wrong_state
SettleItems(nowhere)   wrong_state            more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         wrong_state
ReopenItems            more_than_paid         more_than_paid         more_than_paid         ItemsReopened          ItemsReopened          more_than_paid         more_than_paid         more_than_paid         more_than_paid
ReopenItems(twice)     more_than_paid         more_than_paid         more_than_paid         more_than_paid         more_than_paid         more_than_paid         more_than_paid         more_than_paid         more_than_paid
CreditItems            ItemsCredited          ItemsCredited          ItemsCredited          more_than_open         more_than_open         more_than_open         ItemsCredited          more_than_open         more_than_open
CreditItems(twice)     more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open
WriteOffItems          ItemsWrittenOff        ItemsWrittenOff        ItemsWrittenOff        more_than_open         more_than_open         more_than_open         ItemsWrittenOff        more_than_open         more_than_open
WriteOffItems(much)    more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open         more_than_open
RestoreItems           more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  ItemsRestored          more_than_written_off
RestoreItems(much)     more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off  more_than_written_off
WithdrawItems          ItemsWithdrawn         ItemsWithdrawn         ItemsWithdrawn         more_than_open         more_than_open         more_than_open         ItemsWithdrawn         more_than_open         more_than_open
AddItems               ItemsAdded             wrong_state            wrong_state            wrong_state            wrong_state            wrong_state            wrong_state            wrong_state            wrong_state
CarryForward           CarriedForward         -                      -                      -                      -                      -                      -                      -                      -
CarryForward(early)    not_yet                -                      -                      -                      -                      -                      -                      -                      -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_status():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command)) - {MarkPastDue}
    assert {state.status for state in STATES.values()} == {"planned", "billed", "due", "paid", "carried"}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    parts = (ItemsSettled, ItemsReopened, ItemsCredited, ItemsWrittenOff, ItemsRestored, ItemsWithdrawn)
    tax = ItemsAdded(items=(Item("P", "tax", 7, 0, 0),))
    state = state if state.items else replace(state, items=PLANNED.items)
    events = (BILLED, DUE, WentPastDue(), tax, CarriedForward(), *(kind(parts=ALL) for kind in parts))

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), Invoice) for event in events)


@pytest.mark.parametrize(
    ("name", "status", "open_minor"),
    [
        ("planned", "planned", 12500),
        ("billed", "billed", 12500),
        ("due", "due", 12500),
        ("paid_early", "paid", 0),
        ("paid", "paid", 0),
        ("credited", "paid", 0),
        ("reopened", "due", 12500),
        ("written_off", "paid", 0),
        ("carried", "carried", 0),
    ],
)
def test_an_invoice_is_paid_once_nothing_on_it_is_open(name, status, open_minor):
    assert (STATES[name].status, STATES[name].open) == (status, open_minor)


def test_a_planned_invoice_that_a_credit_closed_is_not_paid_before_it_is_billed():
    credited = folded(ItemsCredited(parts=ALL))

    assert credited.status == "planned"
    assert decide(BillInvoice(on=BILL_ON), credited) == (Billed(amount=0),)
    assert evolve(credited, Billed(amount=0)).status == "paid"


def test_an_invoice_that_bounced_before_it_fell_due_falls_due_on_its_day():
    bounced = folded(BILLED, ItemsSettled(parts=ALL), ItemsReopened(parts=ALL))

    assert bounced.status == "billed"
    assert decide(MarkInvoiceDue(on=DUE_ON), bounced) == (DUE,)


def test_an_invoice_falls_due_for_what_is_still_open():
    partly = folded(BILLED, ItemsSettled(parts=(ItemPart(0, 4000),)))

    assert decide(MarkInvoiceDue(on=DUE_ON), partly) == (FellDue(amount=8500),)


def test_the_machine_of_an_invoice_starts_from_its_plan():
    machine = decider(PLANNED)

    assert machine.initial == PLANNED
    assert machine.stream(COMMANDS["BillInvoice"]) == "3"


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from([SettleItems, ReopenItems, CreditItems]), st.integers(0, 1), st.integers(1, 9000)),
        max_size=12,
    )
)
def test_no_order_of_commands_takes_more_than_an_item_has(steps):
    """INV-B2 and INV-B5 for one invoice."""
    invoice = replace(PLANNED, step="billed")
    for kind, item, minor in steps:
        decision = decide(kind(parts=(ItemPart(item, minor),)), invoice)
        invoice = invoice if isinstance(decision, Refusal) else reduce(evolve, decision, invoice)
        assert all(0 <= each.open <= each.amount and each.paid >= 0 and each.credited >= 0 for each in invoice.items)
        assert (invoice.status == "paid") == (invoice.open == 0)


def test_what_was_written_off_comes_back_and_what_is_withdrawn_does_not():
    off = evolve(STATES["due"], ItemsWrittenOff(parts=(ItemPart(1, 500),)))

    assert [(item.open, item.written_off) for item in off.items] == [(10000, 0), (2000, 500)]
    assert evolve(off, ItemsRestored(parts=(ItemPart(1, 500),))) == STATES["due"]
    assert [item.amount for item in evolve(off, ItemsWithdrawn(parts=(ItemPart(0, 10000),))).items] == [0, 2500]


def test_items_that_join_a_planned_invoice_come_after_those_it_has():
    assert [item.pattern for item in evolve(PLANNED, ItemsAdded(items=(Item("Q", "tax", 7, 0, 0),))).items][-1] == "tax"
