"""A payment intent: every command in every state, and money that moves at most once."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.payments.commands import (
    Command,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
    ReturnMoney,
    StartPayment,
)
from model.payments.events import (
    Event,
    MoneyReturned,
    PaymentRefused,
    PaymentStarted,
    PaymentSucceeded,
    PaymentTimedOut,
)
from model.payments.intent import State, Succeeded, Unknown, decider, evolve

MACHINE = decider(*florida())
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"intent_id": "A-1", "on": DAY, "at": at(DAY)}
ORDER: dict[str, Any] = {"purpose": "collection", "subject": "A", "reference": "1", "party_id": "I"}
WHAT: dict[str, Any] = {k: ORDER[k] for k in ("purpose", "subject", "reference")}
START = StartPayment(amount=usd("100.00"), **ORDER, **ABOUT)
STARTED = PaymentStarted(amount=usd("100.00"), **ORDER, **ABOUT)
PAYOUT_STARTED = replace(STARTED, purpose="payout")
SUCCEEDED = PaymentSucceeded(amount=usd("100.00"), **ORDER, **ABOUT)
REFUSED = PaymentRefused(reason="insufficient funds", **WHAT, **ABOUT)
TIMED_OUT = PaymentTimedOut(**ABOUT)
RETURNED = MoneyReturned(amount=usd("100.00"), reason="R01", **WHAT, **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "NoIntent": folded(),
    "Processing": folded(STARTED),
    "Unknown": folded(STARTED, TIMED_OUT),
    "Succeeded": folded(STARTED, SUCCEEDED),
    "PaidOut": folded(PAYOUT_STARTED, replace(SUCCEEDED, purpose="payout")),
    "Failed": folded(STARTED, REFUSED),
    "Returned": folded(STARTED, SUCCEEDED, RETURNED),
}
COMMANDS = {
    "StartPayment": START,
    "StartPayment(other)": replace(START, amount=usd("100.01")),
    "StartPayment(euro)": replace(START, amount=replace(usd("1.00"), currency="EUR")),
    "StartPayment(nothing)": replace(START, amount=usd("0.00")),
    "StartPayment(minus)": replace(START, amount=usd("-0.01")),
    "ReportSuccess": ReportSuccess(**ABOUT),
    "ReportFailure": ReportFailure(reason="insufficient funds", **ABOUT),
    "ReportTimeout": ReportTimeout(**ABOUT),
    "ReturnMoney": ReturnMoney(reason="R01", **ABOUT),
}
TABLE = """
#                      NoIntent        Processing        Unknown           Succeeded      PaidOut        Failed                 Returned
StartPayment           PaymentStarted  -                 -                 -              intent_reused  -                      -
StartPayment(other)    PaymentStarted  intent_reused     intent_reused     intent_reused  intent_reused  intent_reused          intent_reused
StartPayment(euro)     wrong_currency  intent_reused     intent_reused     intent_reused  intent_reused  intent_reused          intent_reused
StartPayment(nothing)  not_positive    intent_reused     intent_reused     intent_reused  intent_reused  intent_reused          intent_reused
StartPayment(minus)    not_positive    intent_reused     intent_reused     intent_reused  intent_reused  intent_reused          intent_reused
ReportSuccess          wrong_state     PaymentSucceeded  PaymentSucceeded  -              -              success_after_failure  -
ReportFailure          wrong_state     PaymentRefused    PaymentRefused    wrong_state    wrong_state    -                      wrong_state
ReportTimeout          wrong_state     PaymentTimedOut   -                 -              -              -                      -
ReturnMoney            wrong_state     wrong_state       wrong_state       MoneyReturned  wrong_state    wrong_state            -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (STARTED, SUCCEEDED, REFUSED, TIMED_OUT, RETURNED)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def asked(*names) -> Any:
    """The intent after commands by their names, whatever was answered."""
    state: Any = STATES["NoIntent"]
    for name in names:
        decision = MACHINE.decide(COMMANDS[name], state)
        state = state if isinstance(decision, Refusal) else reduce(evolve, decision, state)
    return state


def test_a_timeout_is_a_state_of_its_own_and_an_inquiry_resolves_it():
    assert isinstance(asked("StartPayment", "ReportTimeout"), Unknown)
    assert asked("StartPayment", "ReportTimeout", "ReportSuccess") == STATES["Succeeded"]
    assert asked("StartPayment", "ReportTimeout", "ReportFailure") == STATES["Failed"]


def test_a_retry_of_an_unknown_payment_moves_nothing_more():
    assert asked("StartPayment", "ReportTimeout", "StartPayment") == STATES["Unknown"]


def test_a_late_success_that_contradicts_a_failure_is_refused_so_that_a_person_sees_it(answered):
    failed = asked("StartPayment", "ReportTimeout", "ReportFailure")

    assert answered(MACHINE.decide(COMMANDS["ReportSuccess"], failed)) == "success_after_failure"
    assert asked("StartPayment", "ReportFailure", "ReportSuccess") == STATES["Failed"]


def test_a_success_reported_twice_or_after_the_money_came_back_changes_nothing():
    assert asked("StartPayment", "ReportSuccess", "ReportSuccess") == STATES["Succeeded"]
    assert asked("StartPayment", "ReportSuccess", "ReturnMoney", "ReportSuccess") == STATES["Returned"]


def test_a_failure_after_a_success_is_refused_and_the_success_stands(answered):
    assert answered(MACHINE.decide(COMMANDS["ReportFailure"], STATES["Succeeded"])) == "wrong_state"


@pytest.mark.parametrize(
    "changes", [{"purpose": "payout"}, {"subject": "B"}, {"reference": "2"}, {"party_id": "B"}, {"amount": usd("1.00")}]
)
def test_an_intent_is_for_one_order_for_ever(changes, answered):
    assert answered(MACHINE.decide(replace(START, **changes), STATES["Processing"])) == "intent_reused"


def test_the_same_order_on_a_later_day_is_the_same_intent():
    later = replace(START, on=DAY + timedelta(days=3), at=at(DAY + timedelta(days=3)))

    assert MACHINE.decide(later, STATES["Failed"]) == ()


def test_what_succeeded_says_all_that_another_context_has_to_know():
    assert MACHINE.decide(COMMANDS["ReportSuccess"], STATES["Unknown"]) == (SUCCEEDED,)
    assert MACHINE.decide(COMMANDS["ReturnMoney"], STATES["Succeeded"]) == (RETURNED,)
    assert MACHINE.decide(COMMANDS["ReportFailure"], STATES["Processing"]) == (REFUSED,)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
def test_money_moves_at_most_once_under_any_order_of_what_is_said(names):
    """INV-Y1 for one intent: timeouts, retries and late answers in any order."""
    state: Any = STATES["NoIntent"]
    moved: list[Any] = []
    for name in names:
        decision = MACHINE.decide(COMMANDS[name], state)
        for event in () if isinstance(decision, Refusal) else decision:
            moved += [event] if isinstance(event, PaymentSucceeded | MoneyReturned) else []
            state = evolve(state, event)

    assert [type(event) for event in moved] in ([], [PaymentSucceeded], [PaymentSucceeded, MoneyReturned])
    assert isinstance(state, Succeeded) == (len(moved) == 1)
