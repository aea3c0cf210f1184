"""Batches of money: every row is paid or held with its reason, and a file counts once."""

from datetime import date
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import account_id, at, bill, history, insured_id, play, policy_id, usd
from fixtures.jurisdictions import florida
from model.billing.loan import RegisterLoan
from model.billing.remittances import (
    BadRow,
    Destinations,
    NothingRemitted,
    ReceiveRemittance,
    RemittanceReceived,
    Remitted,
    decider,
    evolve,
    rows_of,
)
from model.core import Core
from model.decider import Refusal

DAY = date(2026, 6, 1)
HEADER = "reference,payer_id,amount"


def opened() -> Core:
    core = Core(*florida())
    for number in (1, 2):
        play(core, history("a policy in force", number))
        core.submit(bill(0)(number))
    for loan, policies in (("L-1", (1,)), ("L-2", (1, 2))):
        for number in policies:
            core.submit(
                RegisterLoan(
                    loan_number=loan,
                    servicer_id=insured_id(1),
                    account_id=account_id(number),
                    policy_id=policy_id(number),
                    on=DAY,
                    at=at(DAY),
                )
            )
    return core


CORE = opened()
MACHINE = decider(Destinations(CORE.account, CORE.loan))
A, B = account_id(1), account_id(2)


def file(*rows: str, amount: str = "10.00", **changes) -> ReceiveRemittance:
    command = ReceiveRemittance(
        source_id=insured_id(1), batch_id="1", way="ach", amount=usd(amount), body="\n".join((HEADER, *rows)),
        on=DAY, at=at(DAY),
    )  # fmt: skip
    return replace(command, **changes)


def received(command) -> Any:
    decision: Any = MACHINE.decide(command, NothingRemitted())
    (event,) = decision
    return event


GOOD = file(f"{A},{insured_id(1)},10.00")
STATES = {"NothingRemitted": NothingRemitted(), "Remitted": evolve(NothingRemitted(), received(GOOD))}
COMMANDS = {
    "ReceiveRemittance": GOOD,
    "ReceiveRemittance(next)": file(f"{A},{insured_id(1)},9.00", amount="9.00", batch_id="2"),
    "ReceiveRemittance(other)": file(f"{A},{insured_id(1)},9.00"),
    "ReceiveRemittance(twice)": replace(GOOD, batch_id="2"),
    "ReceiveRemittance(nothing)": file(amount="0.00", batch_id="2"),
    "ReceiveRemittance(header)": replace(GOOD, body="loan,amount", batch_id="2"),
}
TABLE = """
#                           NothingRemitted     Remitted
ReceiveRemittance           RemittanceReceived  -
ReceiveRemittance(next)     RemittanceReceived  RemittanceReceived
ReceiveRemittance(other)    RemittanceReceived  batch_reused
ReceiveRemittance(twice)    RemittanceReceived  file_sent_twice
ReceiveRemittance(nothing)  not_positive        not_positive
ReceiveRemittance(header)   bad_header          bad_header
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_state():
    assert {type(state) for state in STATES.values()} == {NothingRemitted, Remitted}
    assert isinstance(received(GOOD), RemittanceReceived)


@pytest.mark.parametrize(
    ("way", "row", "account", "reason"),
    [
        ("ach", f"{A},{insured_id(1)},10.00", A, None),
        ("card", f"{B},{insured_id(2)},10.00", B, None),
        ("phone", f"{A},{insured_id(2)},10.00", None, "unknown_payer"),
        ("phone", f"{A},,10.00", None, "unknown_payer"),
        ("agent_sweep", f"{A},{insured_id(1)},10.00", A, None),
        ("agent_sweep", f"A-NONE,{insured_id(1)},10.00", None, "unknown_account"),
        ("lockbox", f"{A}/0,,10.00", A, None),
        ("lockbox", f"{A}/0,{insured_id(2)},10.00", None, "unknown_payer"),
        ("lockbox", f"{A}/99,,10.00", None, "unknown_account"),
        ("lockbox", f"{A},,10.00", None, "unknown_account"),
        ("lockbox", f"{A}/x,,10.00", None, "unknown_account"),
        ("mortgagee_file", "L-1,,10.00", A, None),
        ("mortgagee_file", "L-9,,10.00", None, "no_such_loan"),
        ("mortgagee_file", "L-2,,10.00", None, "ambiguous"),
        ("mortgagee_file", f"L-2/{policy_id(1)},,10.00", A, None),
        ("mortgagee_file", f"L-2/{policy_id(2)},,10.00", None, "unknown_payer"),
        ("mortgagee_file", "L-2/P-9,,10.00", None, "no_such_loan"),
    ],
)
def test_a_row_finds_its_account_or_says_why_not(way, row, account, reason):
    event = received(file(row, way=way))

    assert [one.account_id for one in event.matched] == ([account] if account else [])
    assert [one.reason for one in event.held] == ([reason] if reason else [])


def test_a_servicer_pays_no_loan_of_another():
    event = received(file("L-1,,10.00", way="mortgagee_file", source_id="OTHER"))

    assert [one.reason for one in event.held] == ["unknown_payer"]


@pytest.mark.parametrize(
    "row", ["", f"{A},10.00", ",I,10.00", f"{A},I,ten", f"{A},I,10.0", f"{A},I,0.00", f"{A},I,-5.00", f"{A},I,1,2"]
)
def test_a_bad_row_keeps_the_good_ones_and_its_money_is_held(row):
    event = received(file(row, f"{A},{insured_id(1)},6.00"))

    assert [bad.row for bad in event.bad] == [1]
    assert [(one.row, one.amount) for one in event.matched] == [(2, usd("6.00"))]
    assert [(one.row, one.reason, one.amount, one.told) for one in event.held] == [
        (0, "bad_row", usd("4.00"), "rows 1")
    ]


def test_a_sum_over_its_rows_is_held_for_the_difference():
    event = received(file(f"{A},{insured_id(1)},6.00"))

    assert [(one.reason, one.amount) for one in event.held] == [("over_sum", usd("4.00"))]


def test_when_the_rows_ask_for_more_than_came_nothing_is_guessed():
    event = received(file(f"{A},{insured_id(1)},6.00", f"{B},{insured_id(2)},4.01"))

    assert event.matched == ()
    assert [(one.reason, one.amount) for one in event.held] == [("short_sum", usd("10.00"))]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([A, B, "A-NONE", ""]),
            st.sampled_from([insured_id(1), insured_id(2), "X", ""]),
            st.one_of(st.integers(-5, 9999).map(lambda cents: f"{cents / 100:.2f}"), st.text(max_size=4)),
        ),
        max_size=6,
    ),
    cents=st.integers(1, 40000),
)
def test_every_cent_of_a_batch_is_paid_or_held(rows, cents):
    command = file(*(",".join(row).replace("\n", " ") for row in rows), amount=f"{cents // 100}.{cents % 100:02d}")
    event = received(command)
    parts = [one.amount.minor for one in (*event.matched, *event.held)]

    assert sum(parts) == cents
    assert all(part > 0 for part in parts)


def test_a_batch_pays_accounts_and_fills_suspense_in_the_core_once():
    core = opened()
    command = file(f"{A},{insured_id(1)},6.00", f"A-NONE,{insured_id(1)},4.00")
    core.submit(command)
    core.submit(command)
    account: Any = core.account(A)
    held: Any = core.suspense.states[f"S-{insured_id(1)}/1/2"]

    assert [payment.amount for payment in account.payments] == [usd("6.00")]
    assert (held.money.reason, held.left) == ("unknown_account", usd("4.00"))
    refused = core.submit(replace(command, batch_id="2"))
    assert isinstance(refused, Refusal)
    assert len(account.payments) == 1


def test_rows_are_read_with_their_numbers():
    good, bad = rows_of(f"{HEADER}\n{A},I,1.00\nnothing", "USD")

    assert (good.row, bad.row, type(bad)) == (1, 2, BadRow)
    assert reduce(evolve, (received(GOOD), received(GOOD)), NothingRemitted()) != STATES["Remitted"]
