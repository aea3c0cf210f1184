"""Funds: what each takes and pays, what may cross, and that nothing is overdrawn or posted twice."""

from datetime import date
from functools import reduce
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.payments.funds import (
    CROSSINGS,
    RULES,
    Crossing,
    Fund,
    Funds,
    MoneyPosted,
    Purpose,
    ReceiveMoney,
    SpendMoney,
    TransferMoney,
    decider,
    evolve,
)

MACHINE = decider(florida()[1])
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"entity": "Coastal", "on": DAY, "at": at(DAY)}
FUNDS = get_args(Fund)


def receive(number, fund, purpose, text):
    return ReceiveMoney(posting_id=f"N-{number}", fund=fund, purpose=purpose, amount=usd(text), **ABOUT)


def spend(number, fund, purpose, text):
    return SpendMoney(posting_id=f"N-{number}", fund=fund, purpose=purpose, amount=usd(text), **ABOUT)


def transfer(number, source, target, crossing, text):
    return TransferMoney(
        posting_id=f"N-{number}", from_fund=source, to_fund=target, crossing=crossing, amount=usd(text), **ABOUT
    )


def after(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


STATES: dict[str, Any] = {
    "Empty": after(),
    "Funded": after(receive(1, "premium_trust", "premium", "100.00"), receive(2, "operating", "capital", "50.00")),
    "Posted": after(
        receive(1, "premium_trust", "premium", "100.00"),
        receive(2, "operating", "capital", "50.00"),
        transfer(3, "premium_trust", "operating", "earned_premium", "40.00"),
        spend(4, "operating", "expense", "10.00"),
    ),
}
EARN = transfer(3, "premium_trust", "operating", "earned_premium", "40.00")
COMMANDS: dict[str, Any] = {
    "ReceiveMoney": receive(1, "premium_trust", "premium", "100.00"),
    "ReceiveMoney(other)": receive(1, "premium_trust", "premium", "100.01"),
    "ReceiveMoney(fee)": receive(9, "premium_trust", "fee", "1.00"),
    "ReceiveMoney(euro)": replace(receive(9, "operating", "fee", "1.00"), amount=replace(usd("1.00"), currency="EUR")),
    "ReceiveMoney(none)": receive(9, "operating", "fee", "0.00"),
    "SpendMoney": spend(4, "operating", "expense", "10.00"),
    "SpendMoney(much)": spend(8, "operating", "expense", "80.01"),
    "SpendMoney(claim)": spend(8, "premium_trust", "claim_payment", "1.00"),
    "TransferMoney": EARN,
    "TransferMoney(much)": replace(EARN, posting_id="N-7", amount=usd("100.01")),
    "TransferMoney(claims)": transfer(7, "premium_trust", "claims", "claims_funding", "1.00"),
}
TABLE = """
#                      Empty               Funded                    Posted
ReceiveMoney           MoneyPosted         -                         -
ReceiveMoney(other)    MoneyPosted         posting_reused            posting_reused
ReceiveMoney(fee)      not_for_this_fund   not_for_this_fund         not_for_this_fund
ReceiveMoney(euro)     wrong_currency      wrong_currency            wrong_currency
ReceiveMoney(none)     not_positive        not_positive              not_positive
SpendMoney             insufficient_funds  MoneyPosted               -
SpendMoney(much)       insufficient_funds  insufficient_funds        insufficient_funds
SpendMoney(claim)      not_for_this_fund   not_for_this_fund         not_for_this_fund
TransferMoney          insufficient_funds  MoneyPosted+MoneyPosted   -
TransferMoney(much)    insufficient_funds  insufficient_funds        insufficient_funds
TransferMoney(claims)  cross_posting       cross_posting             cross_posting
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


@pytest.mark.parametrize(("fund", "purpose"), list(product(FUNDS, get_args(Purpose))))
def test_each_fund_takes_and_pays_its_own_and_nothing_else(fund, purpose, answered):
    full = Funds({}, dict.fromkeys(FUNDS, 10**9))

    taken = answered(MACHINE.decide(receive(9, fund, purpose, "1.00"), full))
    paid = answered(MACHINE.decide(spend(9, fund, purpose, "1.00"), full))

    assert taken == ("MoneyPosted" if purpose in RULES[fund].takes else "not_for_this_fund")
    assert paid == ("MoneyPosted" if purpose in RULES[fund].pays else "not_for_this_fund")


def test_every_purpose_has_one_fund():
    places = [purpose for rule in RULES.values() for purpose in (*rule.takes, *rule.pays)]

    assert sorted(places) == sorted(get_args(Purpose))


@pytest.mark.parametrize("way", list(product(FUNDS, FUNDS, get_args(Crossing))))
def test_only_what_is_listed_crosses_from_fund_to_fund(way, answered):
    """Y14: no cross-posting."""
    source, target, crossing = way
    full = Funds({}, dict.fromkeys(FUNDS, 10**9))

    answer = answered(MACHINE.decide(transfer(9, source, target, crossing, "1.00"), full))

    listed = crossing in CROSSINGS.get((source, target), ())
    assert answer == ("MoneyPosted+MoneyPosted" if listed else "cross_posting")


def test_what_was_posted_as_one_thing_cannot_be_posted_as_another(answered):
    state = STATES["Posted"]

    assert answered(MACHINE.decide(replace(EARN, amount=usd("1.00")), state)) == "posting_reused"
    assert answered(MACHINE.decide(spend(3, "operating", "expense", "1.00"), state)) == "posting_reused"


AMOUNTS = st.sampled_from(["1.00", "30.00", "100.00"])
ASKED = st.one_of(
    st.builds(receive, st.integers(1, 9), st.sampled_from(FUNDS), st.sampled_from(get_args(Purpose)), AMOUNTS),
    st.builds(spend, st.integers(1, 9), st.sampled_from(FUNDS), st.sampled_from(get_args(Purpose)), AMOUNTS),
    st.builds(
        transfer,
        st.integers(1, 9),
        st.sampled_from(FUNDS),
        st.sampled_from(FUNDS),
        st.sampled_from(get_args(Crossing)),
        AMOUNTS,
    ),
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(ASKED, max_size=30))
def test_no_fund_is_overdrawn_and_what_they_hold_is_what_came_in_less_what_went_out(asked):
    state: Any = MACHINE.initial
    outside = 0
    for command in asked:
        decision = MACHINE.decide(command, state)
        if isinstance(decision, Refusal):
            continue
        assert all(isinstance(event, MoneyPosted) for event in decision)
        state = reduce(evolve, decision, state)
        outside += sum(event.amount.minor for event in decision)
        assert MACHINE.decide(command, state) == (), "asked twice, posted once"

    assert all(minor >= 0 for minor in state.balances.values())
    assert sum(state.balances.values()) == outside
    assert outside == sum(posting.minor for made in state.postings.values() for posting in made)
