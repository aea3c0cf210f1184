"""Who brings money to the front desk is told whose it is not: nothing is guessed, and nothing changes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, history, insured_id, play, policy_id, usd
from fixtures.jurisdictions import florida
from model.billing.commands import CreditCharges
from model.billing.plan import Charge
from model.core import Core
from model.decider import Refusal
from model.desk import Desk
from model.published.requests import ReceivePaymentRequest
from model.wire import Amount, to_wire

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ASKED = ReceivePaymentRequest(payer_id=insured_id(1), amount=to_wire(usd("100.00")), on=START)


def in_force() -> Core:
    core = Core(*florida())
    play(core, history("a policy in force"))
    return core


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payer_id": "stranger"}, "unknown_payer"),
        ({"amount": Amount("1.00", "EUR")}, "wrong_currency"),
        ({"amount": Amount("0.00", "USD")}, "not_positive"),
        ({"amount": Amount("-1.00", "USD"), "payer_id": "stranger"}, "not_positive"),
        ({"amount": Amount("1.005", "USD")}, "bad_amount"),
    ],
)
def test_money_that_is_not_for_the_account_is_refused_with_the_reason(changes, code):
    core = in_force()
    before = core.account(account_id(1))
    answer = Desk(core, lambda kind: f"{kind}-1").answer(
        "receive_payment", account_id(1), replace(ASKED, **changes), NOW
    )

    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert core.account(account_id(1)) == before
    assert core.suspense.states == {}


def test_money_for_an_account_of_which_everything_was_taken_back_is_refused():
    core = in_force()
    account: Any = core.account(account_id(1))
    back = tuple(Charge(one.pattern, -one.amount) for told in account.instructions for one in told.charges)
    about: Any = {"account_id": account_id(1), "on": START, "at": NOW}
    core.submit(CreditCharges(instruction_id="BACK", policy_id=policy_id(1), charges=back, **about))
    answer = Desk(core, lambda kind: f"{kind}-1").answer("receive_payment", account_id(1), ASKED, NOW)

    assert isinstance(answer, Refusal)
    assert answer.code == "dead_account"


def test_money_of_the_payer_is_taken():
    answer = Desk(in_force(), lambda kind: f"{kind}-1").answer("receive_payment", account_id(1), ASKED, NOW)

    assert not isinstance(answer, Refusal)
