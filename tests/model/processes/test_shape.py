"""The tables of steps: every step has a timeout or says why not, and what moved something can be taken back."""

from datetime import timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from model.processes import nonpayment_messages, payout_messages, renewal_messages
from model.processes.shape import Step, faults, step_of
from model.waiting import STEPS

ASKS = {
    "claim_payout": payout_messages.Asks,
    "cancel_for_nonpayment": nonpayment_messages.Asks,
    "renewal_bind": renewal_messages.Asks,
}
each_process = pytest.mark.parametrize("process", STEPS)


@each_process
def test_every_step_of_every_process_can_end_and_be_taken_back(process):
    assert list(faults(STEPS[process])) == []


@each_process
def test_the_table_has_every_step_that_the_machine_can_ask(process):
    assert {step.asks for step in STEPS[process]} == set(get_args(ASKS[process]))


@each_process
def test_somewhere_a_process_moves_something_and_somewhere_it_asks_a_person(process):
    assert any(step.undone_by for step in STEPS[process])
    assert any(step.of == "person" for step in STEPS[process])


GOOD = (
    Step("order", "payments", timedelta(hours=1), then="person", moves="money", undone_by="refund"),
    Step("refund", "payments", timedelta(hours=1), then="person"),
    Step("person", "person", None, untimed="people"),
)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (replace(GOOD[0], waits=None, then=""), "order: has no timeout"),
        (replace(GOOD[0], untimed="why not"), "order: has no timeout"),
        (replace(GOOD[0], looked_at=timedelta(days=1)), "order: has a timeout, and is looked at"),
        (replace(GOOD[0], then=""), "order: a timeout leads somewhere"),
        (replace(GOOD[0], then="nowhere"), "order: leads to nowhere"),
        (replace(GOOD[0], undone_by=""), "order: moves something"),
        (replace(GOOD[0], moves=""), "order: moves something"),
        (replace(GOOD[0], undone_by="nothing"), "order: is undone by nothing"),
        (replace(GOOD[0], asks="refund"), "refund: named twice"),
    ],
)
def test_a_fault_that_is_planted_in_a_table_is_found(planted, said):
    assert list(faults(GOOD)) == []
    assert any(fault.startswith(said) for fault in faults((planted, *GOOD[1:])))


def test_a_step_that_a_table_lacks_is_an_error():
    with pytest.raises(LookupError, match="nothing"):
        step_of(GOOD, "nothing")
