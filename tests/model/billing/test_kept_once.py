"""A book keeps millions of installments, and what is equal in them is kept once."""

import pytest

from fixtures.histories import account_id, history, play
from fixtures.jurisdictions import florida
from model.billing.account import Account
from model.core import Core


@pytest.fixture(scope="module")
def accounts() -> tuple[Account, ...]:
    core = Core(*florida())
    found: list[Account] = []
    for number in (1, 2):
        play(core, history("a policy with nine installments, three paid", number))
        account = core.account(account_id(number))
        assert isinstance(account, Account)
        found.append(account)
    return tuple(found)


def test_accounts_that_are_billed_on_one_day_keep_one_day(accounts):
    one, other = accounts

    for mine, theirs in zip(one.invoices, other.invoices, strict=True):
        assert mine.due_on is theirs.due_on
        assert mine.bill_on is theirs.bill_on
    assert one.instructions[0].today is other.instructions[0].today
