"""A book keeps millions of installments, and what is equal in them is kept once."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import account_id, history, play, usd
from fixtures.jurisdictions import florida
from model.billing.account import Account, Payment
from model.billing.parts import Distribution, numbers_of, parts_of
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


def test_installments_of_one_amount_keep_one_amount_and_one_payer(accounts):
    payments = accounts[0].payments
    alike = [(one, other) for one, other in pairwise(payments) if one.amount == other.amount]

    assert alike
    assert all(one.amount is other.amount for one, other in alike)
    assert all(one.payer_id is payments[0].payer_id for one in payments)


PARTS = st.lists(st.builds(Distribution, *[st.integers(0, 10**12)] * 3), max_size=4).map(tuple)


@given(PARTS, PARTS)
@settings(max_examples=30, deadline=None)
def test_the_parts_of_a_payment_are_told_by_numbers_and_back(one, other):
    assert parts_of(numbers_of(one)) == one
    assert numbers_of(one) + numbers_of(other) == numbers_of(one + other)


def test_a_payment_tells_what_it_paid():
    payment = Payment("M", "I", usd("10.00"), "received", (4, 0, 600, 4, 2, 400), usd("0.00"))

    assert payment.parts == (Distribution(4, 0, 600), Distribution(4, 2, 400))
    assert payment.parts != replace(payment, distributed=(4, 0, 400, 4, 2, 600)).parts


def test_a_payment_and_the_items_that_it_paid_keep_one_number_even_when_it_came_back():
    core = Core(*florida())
    play(core, history("a payment returned"))
    account = core.account(account_id(1))
    assert isinstance(account, Account)
    returned = [payment for payment in account.payments if payment.status == "returned"]

    assert returned
    for payment in returned:
        for part in payment.parts:
            assert account.invoices[part.invoice].items[part.item].amount is part.minor
