"""Who brings money to the front desk is told whose it is not, and the money is held: never lost and never guessed."""

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
from model.money import Money
from model.published.requests import ReceivePaymentRequest
from model.wire import Amount, to_wire

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ASKED = ReceivePaymentRequest(payer_id=insured_id(1), amount=to_wire(usd("100.00")), on=START)


def in_force() -> Core:
    core = Core(*florida())
    play(core, history("a policy in force"))
    return core


def asked(core: Core, account: str = account_id(1), **changes: Any) -> Any:
    request = replace(ASKED, **changes)
    return Desk(core, lambda kind: f"{kind}-1").answer("receive_payment", account, request, NOW)


def held(core: Core) -> Any:
    states: Any = core.suspense.states
    (state,) = states.values()
    return state.money.reason, state.left, state.money.payer_id, state.money.told


@pytest.mark.parametrize(
    ("changes", "code", "amount"),
    [
        ({"payer_id": "stranger"}, "unknown_payer", usd("100.00")),
        ({"amount": Amount("1.00", "EUR")}, "wrong_currency", Money(100, "EUR")),
        ({"account": "A-NOBODYS"}, "unknown_account", usd("100.00")),
    ],
)
def test_money_that_is_not_for_the_account_is_refused_with_the_reason_and_held(changes, code, amount):
    core = in_force()
    before = core.account(account_id(1))
    answer = asked(core, **changes)

    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert "S-payment-1" in answer.text
    payer, account = changes.get("payer_id", insured_id(1)), changes.get("account", account_id(1))
    assert held(core) == (code, amount, payer, account)
    assert core.account(account_id(1)) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Amount("0.00", "USD")}, "not_positive"),
        ({"amount": Amount("-1.00", "USD"), "payer_id": "stranger"}, "not_positive"),
        ({"amount": Amount("1.005", "USD")}, "bad_amount"),
    ],
)
def test_what_is_no_money_is_refused_and_nothing_is_held(changes, code):
    core = in_force()
    answer = asked(core, **changes)

    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert core.suspense.states == {}


def test_money_for_an_account_of_which_everything_was_taken_back_is_held():
    core = in_force()
    account: Any = core.account(account_id(1))
    back = tuple(Charge(one.pattern, -one.amount) for told in account.instructions for one in told.charges)
    about: Any = {"account_id": account_id(1), "on": START, "at": NOW}
    core.submit(CreditCharges(instruction_id="BACK", policy_id=policy_id(1), charges=back, **about))
    answer = asked(core)

    assert isinstance(answer, Refusal)
    assert answer.code == "dead_account"
    assert held(core)[:2] == ("dead_account", usd("100.00"))


def test_money_of_the_payer_is_taken():
    core = in_force()

    assert not isinstance(asked(core), Refusal)
    assert core.suspense.states == {}
