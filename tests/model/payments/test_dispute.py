"""A dispute: every command in every state, the windows of the networks, and where the money is."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida, state_law
from model.decider import Refusal
from model.payments.dispute import (
    JURISDICTIONS,
    AcceptDispute,
    Accepted,
    ChallengeDispute,
    Command,
    DecideDispute,
    DisputeChallenged,
    Disputed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    Event,
    Expired,
    ExpireDispute,
    Lost,
    OpenDispute,
    State,
    Windows,
    Won,
    away,
    decider,
    evolve,
    windows,
)

CARRIER = florida()[1]
LAWS = {code: state_law(code) for code in JURISDICTIONS.values()}
MACHINE = decider(LAWS, CARRIER)
DAY = date(2026, 6, 1)
LAST = DAY + timedelta(days=21)
ABOUT: dict[str, Any] = {"dispute_id": "D-1", "on": DAY, "at": at(DAY)}
LATE: dict[str, Any] = {"dispute_id": "D-1", "on": LAST + timedelta(days=1), "at": at(LAST)}
MATTER = Disputed("A-1-0", "0", "visa", usd("80.00"), usd("100.00"), DAY - timedelta(days=30), "not recognised")
OPENED = DisputeOpened(disputed=MATTER, answer_by=LAST, **ABOUT)
CHALLENGED = DisputeChallenged(evidence="E-1", **ABOUT)
WON = DisputeWon(disputed=MATTER, **ABOUT)
LOST = DisputeLost(disputed=MATTER, cause="decided", **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES: dict[str, Any] = {
    "NoDispute": folded(),
    "Opened": folded(OPENED),
    "Challenged": folded(OPENED, CHALLENGED),
    "Won": folded(OPENED, CHALLENGED, WON),
    "Lost": folded(OPENED, CHALLENGED, LOST),
    "Accepted": folded(OPENED, replace(LOST, cause="accepted")),
    "Expired": folded(OPENED, replace(LOST, cause="expired")),
}
OPEN = OpenDispute(disputed=MATTER, **ABOUT)
COMMANDS: dict[str, Any] = {
    "OpenDispute": OPEN,
    "OpenDispute(other)": replace(OPEN, disputed=replace(MATTER, intent_id="A-2-0")),
    "ChallengeDispute": ChallengeDispute(evidence="E-1", **ABOUT),
    "ChallengeDispute(late)": ChallengeDispute(evidence="E-1", **LATE),
    "AcceptDispute": AcceptDispute(**ABOUT),
    "AcceptDispute(late)": AcceptDispute(**LATE),
    "DecideDispute(won)": DecideDispute(outcome="won", **ABOUT),
    "DecideDispute(lost)": DecideDispute(outcome="lost", **ABOUT),
    "ExpireDispute": ExpireDispute(**ABOUT),
    "ExpireDispute(late)": ExpireDispute(**LATE),
}
TABLE = """
#                       NoDispute      Opened             Challenged      Won             Lost            Accepted        Expired
OpenDispute             DisputeOpened  -                  -               -               -               -               -
OpenDispute(other)      DisputeOpened  dispute_reused     dispute_reused  dispute_reused  dispute_reused  dispute_reused  dispute_reused
ChallengeDispute        wrong_state    DisputeChallenged  -               -               -               wrong_state     wrong_state
ChallengeDispute(late)  wrong_state    answer_too_late    -               -               -               wrong_state     wrong_state
AcceptDispute           wrong_state    DisputeLost        wrong_state     wrong_state     wrong_state     -               wrong_state
AcceptDispute(late)     wrong_state    answer_too_late    wrong_state     wrong_state     wrong_state     -               wrong_state
DecideDispute(won)      wrong_state    DisputeWon         DisputeWon      -               wrong_state     wrong_state     wrong_state
DecideDispute(lost)     wrong_state    DisputeLost        DisputeLost     wrong_state     -               -               -
ExpireDispute           wrong_state    -                  -               -               -               -               -
ExpireDispute(late)     wrong_state    DisputeLost        -               -               -               -               -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (OPENED, CHALLENGED, WON, LOST)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def test_each_way_to_lose_ends_in_a_state_of_its_own():
    ends = [type(STATES[name]) for name in ("Won", "Lost", "Accepted", "Expired")]

    assert ends == [Won, Lost, Accepted, Expired]


@pytest.mark.parametrize(
    ("network", "filing", "answer"),
    [("visa", 120, 30), ("mastercard", 120, 45), ("amex", 120, 20), ("discover", 120, 30)],
)
def test_the_windows_are_those_of_the_rows_less_what_the_processor_wants_for_itself(network, filing, answer):
    assert CARRIER.settlement.dispute_margin_days == 9
    assert windows(LAWS, CARRIER, network) == Windows(filing, answer - 9)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paid_on": DAY - timedelta(days=120)}, "DisputeOpened"),
        ({"paid_on": DAY - timedelta(days=121)}, "filed_too_late"),
        ({"amount": usd("100.00")}, "DisputeOpened"),
        ({"amount": usd("100.01")}, "above_payment"),
        ({"amount": usd("0.00")}, "not_positive"),
        ({"amount": usd("-1.00")}, "not_positive"),
        ({"amount": replace(usd("1.00"), currency="EUR")}, "wrong_currency"),
    ],
)
def test_a_dispute_is_taken_only_if_the_network_could_take_it(changes, code, answered):
    assert answered(MACHINE.decide(replace(OPEN, disputed=replace(MATTER, **changes)), STATES["NoDispute"])) == code


def test_a_network_that_nobody_gave_windows_for_is_refused(answered):
    none = decider({}, CARRIER)

    assert answered(none.decide(OPEN, STATES["NoDispute"])) == "unknown_network"


def test_the_last_day_to_answer_is_still_in_time(answered):
    on_time = ChallengeDispute(dispute_id="D-1", evidence="E", on=LAST, at=at(LAST))

    assert answered(MACHINE.decide(on_time, STATES["Opened"])) == "DisputeChallenged"
    assert MACHINE.decide(ExpireDispute(dispute_id="D-1", on=LAST, at=at(LAST)), STATES["Opened"]) == ()


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
def test_money_leaves_once_when_it_opens_and_comes_back_only_when_it_is_won(names):
    """Y7: what every history has moved is what the state says is away."""
    state: Any = STATES["NoDispute"]
    moved = 0
    for name in ["OpenDispute", *names]:
        decision = MACHINE.decide(COMMANDS[name], state)
        for event in () if isinstance(decision, Refusal) else decision:
            sign = 1 if isinstance(event, DisputeWon) else -1 if isinstance(event, DisputeOpened) else 0
            moved += sign * MATTER.amount.minor
            state = evolve(state, event)

    kept = away(state)
    assert kept is not None
    assert moved == -kept.minor
    assert kept.minor == (0 if isinstance(state, Won) else 8000)
    assert away(STATES["NoDispute"]) is None
