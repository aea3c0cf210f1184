"""Holds: what is pending counts, is resolved once, and what is not needed returns."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import product
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import usd
from model.decider import Refusal
from model.payments.holds import (
    Command,
    Event,
    ExpireHolds,
    Fund,
    FundAccount,
    PlaceHold,
    PostHold,
    VoidHold,
    decider,
    evolve,
)

MACHINE: Any = decider(load_carrier("coastal_mutual"))
BEGINS = datetime(2026, 6, 1, 15, tzinfo=UTC)
SOON = BEGINS + timedelta(hours=1)
ABOUT: dict[str, Any] = {"fund_id": "claims", "on": BEGINS.date(), "at": BEGINS}
FUNDED = FundAccount(funding_id="F", amount=usd("50.00"), **ABOUT)
HOLD = PlaceHold(hold_id="H", amount=usd("20.00"), expires_at=SOON, **ABOUT)
POST = PostHold(hold_id="H", amount=usd("15.00"), **ABOUT)
VOID = VoidHold(hold_id="H", **ABOUT)
EXPIRE = ExpireHolds(fund_id="claims", on=BEGINS.date(), at=SOON)


def after(*commands: Any) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), (command, decision)
        state = reduce(evolve, decision, state)
    return state


STATES = {
    "Empty": after(),
    "Funded": after(FUNDED),
    "Pending": after(FUNDED, HOLD),
    "Posted": after(FUNDED, HOLD, POST),
    "Voided": after(FUNDED, HOLD, VOID),
    "Expired": after(FUNDED, HOLD, EXPIRE),
}
COMMANDS = {
    "FundAccount": FUNDED,
    "FundAccount(euro)": replace(FUNDED, funding_id="G", amount=replace(usd("1.00"), currency="EUR")),
    "FundAccount(nothing)": replace(FUNDED, funding_id="G", amount=usd("0.00")),
    "PlaceHold": HOLD,
    "PlaceHold(other)": replace(HOLD, amount=usd("21.00")),
    "PlaceHold(all)": replace(HOLD, hold_id="J", amount=usd("50.00")),
    "PlaceHold(more)": replace(HOLD, hold_id="K", amount=usd("50.01")),
    "PlaceHold(minus)": replace(HOLD, hold_id="K", amount=usd("-1.00")),
    "PostHold": POST,
    "PostHold(all)": replace(POST, amount=usd("20.00")),
    "PostHold(more)": replace(POST, amount=usd("20.01")),
    "PostHold(nothing)": replace(POST, amount=usd("0.00")),
    "PostHold(late)": replace(POST, amount=usd("1.00"), at=SOON),
    "PostHold(none)": replace(POST, hold_id="N"),
    "VoidHold": VOID,
    "VoidHold(late)": replace(VOID, at=SOON),
    "ExpireHolds": EXPIRE,
    "ExpireHolds(early)": replace(EXPIRE, at=SOON - timedelta(seconds=1)),
}
TABLE = """
#                     Empty               Funded              Pending               Posted               Voided               Expired
FundAccount           AccountFunded       -                   -                     -                    -                    -
FundAccount(euro)     wrong_currency      wrong_currency      wrong_currency        wrong_currency       wrong_currency       wrong_currency
FundAccount(nothing)  not_positive        not_positive        not_positive          not_positive         not_positive         not_positive
PlaceHold             insufficient_funds  HoldPlaced          -                     -                    -                    -
PlaceHold(other)      insufficient_funds  HoldPlaced          hold_reused           hold_reused          hold_reused          hold_reused
PlaceHold(all)        insufficient_funds  HoldPlaced          insufficient_funds    insufficient_funds   HoldPlaced           HoldPlaced
PlaceHold(more)       insufficient_funds  insufficient_funds  insufficient_funds    insufficient_funds   insufficient_funds   insufficient_funds
PlaceHold(minus)      not_positive        not_positive        not_positive          not_positive         not_positive         not_positive
PostHold              unknown_hold        unknown_hold        HoldPosted            -                    hold_already_voided  hold_already_expired
PostHold(all)         unknown_hold        unknown_hold        HoldPosted            hold_already_posted  hold_already_voided  hold_already_expired
PostHold(more)        unknown_hold        unknown_hold        post_above_held       hold_already_posted  hold_already_voided  hold_already_expired
PostHold(nothing)     unknown_hold        unknown_hold        not_positive          hold_already_posted  hold_already_voided  hold_already_expired
PostHold(late)        unknown_hold        unknown_hold        hold_already_expired  hold_already_posted  hold_already_voided  hold_already_expired
PostHold(none)        unknown_hold        unknown_hold        unknown_hold          unknown_hold         unknown_hold         unknown_hold
VoidHold              unknown_hold        unknown_hold        HoldVoided            hold_already_posted  -                    hold_already_expired
VoidHold(late)        unknown_hold        unknown_hold        hold_already_expired  hold_already_posted  -                    hold_already_expired
ExpireHolds           -                   -                   HoldExpired           -                    -                    -
ExpireHolds(early)    -                   -                   -                     -                    -                    -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_evolve_takes_every_event():
    events = [
        event
        for command in COMMANDS.values()
        for state in STATES.values()
        if not isinstance(decision := MACHINE.decide(command, state), Refusal)
        for event in decision
    ]

    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), Fund) for event in events for state in STATES.values())


def test_what_is_available_is_what_is_there_less_what_is_pending():
    seen = {name: (state.posted, state.pending, state.available) for name, state in STATES.items()}

    assert seen == {
        "Empty": (0, 0, 0),
        "Funded": (5000, 0, 5000),
        "Pending": (5000, 2000, 3000),
        "Posted": (3500, 0, 3500),
        "Voided": (5000, 0, 5000),
        "Expired": (5000, 0, 5000),
    }


def test_six_holds_of_a_thousand_do_not_all_pass_an_account_of_five_thousand():
    """The bug report of a public ledger: none of the six had been counted before it was posted."""
    state = after(replace(FUNDED, amount=usd("5000.00")))
    passed = 0
    for number in range(6):
        decision = MACHINE.decide(replace(HOLD, hold_id=str(number), amount=usd("1000.00")), state)
        passed += not isinstance(decision, Refusal)
        state = state if isinstance(decision, Refusal) else reduce(evolve, decision, state)

    assert (passed, state.available) == (5, 0)


def test_no_order_of_five_commands_on_two_holds_spends_more_than_there_is_or_resolves_twice():
    asked = [
        replace(HOLD, amount=usd("30.00")),
        replace(HOLD, hold_id="J", amount=usd("30.00")),
        replace(POST, amount=usd("30.00")),
        replace(POST, hold_id="J", amount=usd("10.00")),
        VOID,
        EXPIRE,
    ]
    for order in product(asked, repeat=5):
        state, resolved = STATES["Funded"], []
        for command in order:
            decision = MACHINE.decide(command, state)
            for event in () if isinstance(decision, Refusal) else decision:
                state = evolve(state, event)
                resolved += [] if type(event).__name__ == "HoldPlaced" else [event.hold_id]
            assert 0 <= state.available <= state.posted <= 5000
        assert len(resolved) == len(set(resolved)), order


@pytest.mark.parametrize("command", [HOLD, POST, VOID, EXPIRE])
def test_what_is_asked_twice_is_answered_once(command):
    state = STATES["Funded"] if command is HOLD else STATES["Pending"]
    state = reduce(evolve, MACHINE.decide(command, state), state)

    assert MACHINE.decide(command, state) == ()
