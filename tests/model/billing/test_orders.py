"""Orders that billing hears of: every command in every state, and whom they are about."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at
from model.billing.orders import (
    HearOrder,
    Lifted,
    LiftHeard,
    LiftOrder,
    Order,
    Place,
    Standing,
    Unheard,
    decide,
    evolve,
)

FIRST, LAST, HEARD = date(2026, 9, 8), date(2026, 10, 8), date(2026, 9, 7)
ORDER = Order("EO-1", ("FL",), ("county:Lee",), (), ("invoicing", "delinquency", "autopay"), FIRST, None)
STATES = {
    "Unheard": Unheard(),
    "Standing": Standing(ORDER),
    "LiftHeard": LiftHeard(LAST),
    "Lifted": Lifted(replace(ORDER, end=LAST)),
}
HEAR = HearOrder(order=ORDER, on=HEARD, at=at(HEARD))
COMMANDS = {
    "HearOrder": HEAR,
    "HearOrder(other)": replace(HEAR, order=replace(ORDER, areas=())),
    "LiftOrder": LiftOrder(order_id="EO-1", on=LAST, at=at(LAST)),
}
TABLE = """
#                Unheard     Standing     LiftHeard  Lifted
HearOrder        OrderHeard  -            OrderHeard -
HearOrder(other) OrderHeard  order_reused OrderHeard order_reused
LiftOrder        OrderLifted OrderLifted  -          -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(decide(command, state)) == wanted


@pytest.mark.parametrize("commands", [(HEAR, COMMANDS["LiftOrder"]), (COMMANDS["LiftOrder"], HEAR)])
def test_an_end_that_overtakes_its_beginning_comes_to_the_same(commands):
    state: Any = Unheard()
    for command in commands:
        decision: Any = decide(command, state)
        (event,) = decision
        state = evolve(state, event)

    assert state == Lifted(replace(ORDER, end=LAST))


@pytest.mark.parametrize(
    ("order", "place", "about"),
    [
        (ORDER, Place("FL", "homeowners", ("county:Lee",)), "it"),
        (ORDER, Place("FL", "homeowners", ("county:Duval",)), "others"),
        (ORDER, Place("GA", "homeowners", ("county:Lee",)), "others"),
        (replace(ORDER, areas=()), Place("FL", "homeowners"), "it"),
        (replace(ORDER, products=("personal_auto",)), Place("FL", "homeowners", ("county:Lee",)), "others"),
    ],
)
def test_an_order_is_about_its_area_and_products(order, place, about):
    assert order.in_scope(place) is (about == "it")


@pytest.mark.parametrize(
    ("on", "holds"),
    [(date(2026, 9, 7), "no"), (FIRST, "yes"), (date(2026, 10, 7), "yes"), (LAST, "no")],
)
def test_an_order_holds_from_its_first_day_until_the_day_on_which_it_ends(on, holds):
    assert replace(ORDER, end=LAST).holds_on(on) is (holds == "yes")
