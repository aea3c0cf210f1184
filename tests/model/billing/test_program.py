"""A program with several payees: every command in every state, and splits that lose no cent."""

from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.program import (
    AgreeShares,
    Command,
    Event,
    PayeePaid,
    PayeePart,
    PayeeShare,
    PayPayee,
    PremiumSplit,
    SharesAgreed,
    SplitPremium,
    State,
    decider,
    evolve,
    split,
)
from model.billing.trust import Kept, NoTrust
from model.money import Money

DAY, NEXT = date(2026, 6, 1), date(2027, 1, 1)
TRUSTS = {"T": Kept("MGA", "", cash=100000, premiums=100000), "SHORT": Kept("MGA", "", cash=100, premiums=100)}
MACHINE = decider(florida()[1], lambda trust_id: TRUSTS.get(trust_id, NoTrust()))


def about(day=DAY) -> dict[str, Any]:
    return {"program_id": "G", "on": day, "at": at(day)}


def shares(**percents: str) -> tuple[PayeeShare, ...]:
    return tuple(PayeeShare(payee, Decimal(percent)) for payee, percent in percents.items())


HALVES = shares(A="50", B="50")
AGREED = SharesAgreed(trust_id="T", shares=HALVES, **about())
SPLIT = PremiumSplit(
    remittance_id="R", amount=usd("10.01"), parts=(PayeePart("A", usd("5.01")), PayeePart("B", usd("5.00"))), **about()
)
PAID = PayeePaid(trust_id="T", payment_id="Y", payee_id="A", amount=usd("1.00"), **about())


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "NoProgram": folded(),
    "Agreed": folded(AGREED),
    "Owing": folded(AGREED, SPLIT, PAID),
    "Short": folded(replace(AGREED, trust_id="SHORT"), SPLIT),
}


def agree(parts=HALVES, on=DAY, trust="T") -> AgreeShares:
    return AgreeShares(trust_id=trust, shares=parts, **about(on))


def pay(**changes) -> PayPayee:
    return replace(PayPayee(payment_id="Y", payee_id="A", amount=usd("1.00"), **about()), **changes)


def split_of(**changes) -> SplitPremium:
    return replace(SplitPremium(remittance_id="R", amount=usd("10.01"), **about()), **changes)


COMMANDS = {
    "AgreeShares": agree(),
    "AgreeShares(next)": agree(shares(A="40", B="60"), NEXT),
    "AgreeShares(early)": agree(shares(A="40", B="60"), date(2026, 1, 1)),
    "AgreeShares(99)": agree(shares(A="40", B="59"), NEXT),
    "AgreeShares(negative)": agree(shares(A="140", B="-40"), NEXT),
    "AgreeShares(twice)": agree((*HALVES[:1], *HALVES[:1]), NEXT),
    "SplitPremium": split_of(),
    "SplitPremium(other)": split_of(amount=usd("9.00")),
    "SplitPremium(nothing)": split_of(remittance_id="S", amount=usd("0.00")),
    "SplitPremium(euro)": split_of(remittance_id="S", amount=Money(1, "EUR")),
    "SplitPremium(early)": split_of(remittance_id="S", on=date(2026, 1, 1)),
    "PayPayee": pay(),
    "PayPayee(more)": pay(payment_id="Z", amount=usd("5.02")),
    "PayPayee(rest)": pay(payment_id="Z", payee_id="B", amount=usd("5.00")),
}
TABLE = """
#                      NoProgram        Agreed           Owing            Short
AgreeShares            SharesAgreed     -                -                other_trust
AgreeShares(next)      SharesAgreed     SharesAgreed     SharesAgreed     other_trust
AgreeShares(early)     SharesAgreed     out_of_order     out_of_order     other_trust
AgreeShares(99)        not_all_shared   not_all_shared   not_all_shared   other_trust
AgreeShares(negative)  not_positive     not_positive     not_positive     other_trust
AgreeShares(twice)     payee_twice      payee_twice      payee_twice      other_trust
SplitPremium           unknown_program  PremiumSplit     -                -
SplitPremium(other)    unknown_program  PremiumSplit     movement_reused  movement_reused
SplitPremium(nothing)  unknown_program  not_positive     not_positive     not_positive
SplitPremium(euro)     unknown_program  wrong_currency   wrong_currency   wrong_currency
SplitPremium(early)    unknown_program  no_shares_yet    no_shares_yet    no_shares_yet
PayPayee               unknown_program  more_than_owed   -                PayeePaid
PayPayee(more)         unknown_program  more_than_owed   more_than_owed   more_than_owed
PayPayee(rest)         unknown_program  more_than_owed   PayeePaid        trust_shortfall
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (AGREED, SPLIT, PAID)} == set(get_args(Event))
    assert MACHINE.decide(split_of(), folded(AGREED)) == (SPLIT,)
    assert MACHINE.decide(pay(), folded(AGREED, SPLIT)) == (PAID,)


def test_shares_hold_from_their_day():
    state = folded(AGREED, SharesAgreed(trust_id="T", shares=shares(A="10", B="90"), **about(NEXT)))
    amounts = [
        [part.amount for part in event.parts]
        for on in (date(2026, 12, 31), NEXT)
        for event in [*_of(MACHINE.decide(split_of(on=on, amount=usd("100.00")), state))]
    ]

    assert amounts == [[usd("50.00"), usd("50.00")], [usd("10.00"), usd("90.00")]]


def _of(decision) -> Any:
    return decision


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**9), st.lists(st.integers(1, 997), min_size=1, max_size=6))
def test_a_split_adds_up_whatever_the_shares(minor, weights):
    whole = Money(minor, "USD")
    percents = [Decimal(weight) / 1000 for weight in weights]
    percents[-1] += 100 - sum(percents)
    parts = split(tuple(PayeeShare(str(k), percent) for k, percent in enumerate(percents)), whole)

    assert sum(part.amount.minor for part in parts) == minor
    for part, percent in zip(parts, percents, strict=True):
        assert abs(part.amount.minor - minor * percent / 100) < 1


@pytest.mark.parametrize("percent", ["33.333", "66.667"])
def test_percents_have_their_own_decimals(percent):
    parts = split(shares(A=percent, B=str(100 - Decimal(percent))), usd("100.00"))

    assert parts[0].amount == usd("100.00").times(Decimal(percent) / 100, "half_up")
