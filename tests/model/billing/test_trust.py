"""Premium trust: every command in every state, and no history lets it hold less than what is others'."""

from datetime import date
from functools import reduce
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida, state_law
from model.billing.money_accounting import entry
from model.billing.trust import (
    Command,
    Event,
    Flow,
    Kept,
    MoveTrustMoney,
    OpenTrust,
    State,
    TrustMoneyMoved,
    TrustOpened,
    decider,
    evolve,
)
from model.decider import Refusal
from model.invariants.money import commingled, trust_shortfall, trust_view
from model.ledger import Ledger
from model.money import Money

CARRIER = florida()[1]
CALIFORNIA = state_law("CA")
MACHINE = decider(CALIFORNIA, CARRIER)
DAY = date(2026, 6, 1)
RULE = "ca.premium_payment.producer_premium_fiduciary"


def about() -> dict[str, Any]:
    return {"trust_id": "T", "on": DAY, "at": at(DAY)}


OPENED = TrustOpened(producer_id="A", rule_id=RULE, **about())
MOVED = TrustMoneyMoved(entry_id="1", flow="premium_in", amount=usd("1200.00"), commission=usd("150.00"), **about())


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {"NoTrust": folded(), "Empty": folded(OPENED), "Kept": folded(OPENED, MOVED)}


def move(flow: Flow, amount: str, commission="0.00", entry_id="2") -> MoveTrustMoney:
    return MoveTrustMoney(entry_id=entry_id, flow=flow, amount=usd(amount), commission=usd(commission), **about())


COMMANDS = {
    "OpenTrust": OpenTrust(producer_id="A", **about()),
    "OpenTrust(other)": OpenTrust(producer_id="B", **about()),
    "MoveTrustMoney": move("premium_in", "1200.00", "150.00", "1"),
    "MoveTrustMoney(reused)": move("premium_in", "1200.00", "0.00", "1"),
    "MoveTrustMoney(nothing)": move("premium_in", "0.00"),
    "MoveTrustMoney(commission)": move("premium_in", "10.00", "10.01"),
    "MoveTrustMoney(not_its)": move("return_premium_in", "10.00", "1.00"),
    "MoveTrustMoney(euro)": replace(move("premium_in", "1.00"), amount=Money(100, "EUR")),
    "MoveTrustMoney(out)": move("premium_out", "1050.00"),
    "MoveTrustMoney(more)": move("premium_out", "1050.01"),
    "MoveTrustMoney(set_off)": move("premium_set_off", "1050.00"),
    "MoveTrustMoney(set_off_more)": move("premium_set_off", "1050.01"),
    "MoveTrustMoney(own)": move("own_funds_out", "150.00"),
    "MoveTrustMoney(theirs)": move("own_funds_out", "150.01"),
    "MoveTrustMoney(return)": move("return_premium_out", "0.01"),
    "MoveTrustMoney(top_up)": move("own_funds_in", "500.00"),
}
TABLE = """
#                             NoTrust        Empty             Kept
OpenTrust                     TrustOpened    -                 -
OpenTrust(other)              TrustOpened    trust_id_reused   trust_id_reused
MoveTrustMoney                unknown_trust  TrustMoneyMoved   -
MoveTrustMoney(reused)        unknown_trust  TrustMoneyMoved   entry_reused
MoveTrustMoney(nothing)       unknown_trust  not_positive      not_positive
MoveTrustMoney(commission)    unknown_trust  wrong_commission  wrong_commission
MoveTrustMoney(not_its)       unknown_trust  wrong_commission  wrong_commission
MoveTrustMoney(euro)          unknown_trust  wrong_currency    wrong_currency
MoveTrustMoney(out)           unknown_trust  trust_shortfall   TrustMoneyMoved
MoveTrustMoney(more)          unknown_trust  trust_shortfall   trust_shortfall
MoveTrustMoney(set_off)       unknown_trust  trust_shortfall   TrustMoneyMoved
MoveTrustMoney(set_off_more)  unknown_trust  trust_shortfall   trust_shortfall
MoveTrustMoney(own)           unknown_trust  trust_shortfall   TrustMoneyMoved
MoveTrustMoney(theirs)        unknown_trust  trust_shortfall   trust_shortfall
MoveTrustMoney(return)        unknown_trust  trust_shortfall   trust_shortfall
MoveTrustMoney(top_up)        unknown_trust  TrustMoneyMoved   TrustMoneyMoved
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (OPENED, MOVED)} == set(get_args(Event))


def test_the_law_that_asks_for_the_trust_is_on_record_and_florida_has_no_row():
    florida_machine: Any = decider(*florida())
    (opened,) = florida_machine.decide(COMMANDS["OpenTrust"], folded())

    assert MACHINE.decide(COMMANDS["OpenTrust"], folded()) == (OPENED,)
    assert opened.rule_id == ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(get_args(Flow)), st.integers(1, 200000), st.integers(0, 20)), max_size=25))
def test_the_trust_holds_what_is_others_after_any_history_and_the_books_keep_it_apart(steps):
    state: Any = folded(OPENED)
    ledger = Ledger()
    for number, (flow, minor, percent) in enumerate(steps):
        commission = minor * percent // 100 if flow == "premium_in" else 0
        command = replace(
            move(flow, "1.00", entry_id=str(number)), amount=Money(minor, "USD"), commission=Money(commission, "USD")
        )
        decision: Any = MACHINE.decide(command, state)
        if isinstance(decision, Refusal):
            assert decision.code == "trust_shortfall"
            continue
        for event in decision:
            state = evolve(state, event)
            posted = entry(f"T#{number}", event)
            assert posted is not None
            ledger.post(posted)
        assert trust_shortfall(trust_view("T", state)) is None
        assert commingled(ledger.balances) is None
        assert state.cash == ledger.balances["premium_trust_cash", "USD"]


def test_the_invariants_see_planted_defects():
    """A producer that takes out what is not its own, and trust money in the operating account."""
    bad = trust_view("T", Kept("A", "", cash=104999, premiums=105000))
    violation = trust_shortfall(bad)
    assert violation is not None
    assert violation.text == "104999 minor units are in trust, 105000 are others'"
    assert trust_shortfall(replace(bad, cash=10**9, premiums=-1)) is not None
    assert trust_shortfall(trust_view("T", STATES["NoTrust"])) is None

    mixed = {("premium_trust_cash", "USD"): 90000, ("cash", "USD"): 30000, ("premium_trust_payable", "USD"): -120000}
    assert commingled(mixed) is not None
    assert commingled({("cash", "USD"): 5}) is None
