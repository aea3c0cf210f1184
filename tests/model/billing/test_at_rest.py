"""An account is stored as a row: what comes back from it is the same, and a year of it is small."""

from datetime import date
from functools import reduce
from typing import Any

import msgspec
import pytest

from fixtures.histories import account_id, at, history, play, usd
from fixtures.jurisdictions import florida
from model.billing.account import NoAccount, State, decider, evolve
from model.billing.commands import CreditCharges, ReturnPayment
from model.billing.plan import Charge
from model.core import Core
from model.decider import Refusal

NAMES = [
    "a policy in force",
    "a policy with nine installments, three paid",
    "a policy cancelled midway",
    "a payment returned",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_comes_back_the_same(name):
    core = Core(*florida())
    play(core, history(name))
    account = core.account(account_id(1))

    for encode, decode in (
        (msgspec.json.encode, msgspec.json.decode),
        (msgspec.msgpack.encode, msgspec.msgpack.decode),
    ):
        assert decode(encode(account), type=State) == account


def test_what_waits_is_stored_too():
    machine, on = decider(*florida()), date(2026, 6, 1)
    about: dict[str, Any] = {"account_id": "A", "on": on, "at": at(on)}
    credit = CreditCharges(instruction_id="B", policy_id="P", charges=(Charge("premium", usd("-1.00")),), **about)
    state: Any = NoAccount()
    for command in (credit, ReturnPayment(payment_id="M", reason="R01", **about)):
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)

    assert len(state.waiting) == 2
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


def test_the_row_of_an_account_with_nine_installments_is_under_four_kilobytes():
    core = Core(*florida())
    play(core, history("a policy with nine installments, three paid"))

    assert len(msgspec.msgpack.encode(core.account(account_id(1)))) < 4000
