"""How often a card may be tried: categories, advice, waits and counters, from the networks' rows."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida, state_law
from model.decider import Refusal
from model.jurisdiction import Law, LawMissing
from model.payments.card import (
    CardApproved,
    CardRefused,
    CardTried,
    Command,
    Event,
    HearIssuer,
    TryCard,
    card_rules,
    decider,
    evolve,
    visa_category,
)

VISA, MASTERCARD = state_law("US-VISA"), state_law("US-MC")
RULES = card_rules(VISA, MASTERCARD)
LAW, CARRIER = florida()


def choosing(reattempts: int, law: Law = LAW) -> Any:
    """The machine of a carrier that lets a card be tried again so often."""
    return decider(law, replace(CARRIER, payments=replace(CARRIER.payments, card_reattempts=reattempts)))


MACHINE: Any = choosing(1_000)
BEGINS = datetime(2026, 6, 1, 15, tzinfo=UTC)
ABOUT: dict[str, Any] = {"card_id": "tok_1", "on": BEGINS.date(), "at": BEGINS}
TRY = TryCard(try_id="T", network="US-VISA", credential="token", initiator="merchant", amount=usd("100.00"), **ABOUT)
MC = replace(TRY, network="US-MC")


def after(*commands: Any, machine: Any = MACHINE) -> Any:
    state: Any = machine.initial
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), (command, decision)
        state = reduce(machine.evolve, decision, state)
    return state


def heard(code: str, try_id: str = "T") -> HearIssuer:
    return HearIssuer(try_id=try_id, code=code, **ABOUT)


AGAIN = replace(TRY, try_id="U")
STATES = {
    "Fresh": after(),
    "Tried": after(TRY),
    "Refused": after(TRY, heard("51")),
    "Approved": after(TRY, heard("")),
    "Stopped": after(TRY, heard("04")),
    "Waiting": after(MC, heard("24")),
}
COMMANDS = {
    "TryCard": TRY,
    "TryCard(again)": AGAIN,
    "HearIssuer(yes)": heard(""),
    "HearIssuer(no)": heard("51"),
    "HearIssuer(never)": heard("04"),
    "HearIssuer(nothing)": heard("51", "V"),
}
TABLE = """
#                    Fresh        Tried         Refused             Approved            Stopped             Waiting
TryCard              CardTried    -             -                   -                   -                   -
TryCard(again)       CardTried    CardTried     CardTried           CardTried           card_stopped        card_must_wait
HearIssuer(yes)      unknown_try  CardApproved  answered_otherwise  -                   answered_otherwise  answered_otherwise
HearIssuer(no)       unknown_try  CardRefused   -                   answered_otherwise  -                   -
HearIssuer(never)    unknown_try  CardRefused   -                   answered_otherwise  -                   -
HearIssuer(nothing)  unknown_try  unknown_try   unknown_try         unknown_try         unknown_try         unknown_try
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
    assert {type(event) for event in events} == set(get_args(Event)) == {CardTried, CardApproved, CardRefused}
    assert all(evolve(state, event) for event in events for state in STATES.values())


@pytest.mark.parametrize(
    ("code", "category"), [("04", 1), ("R1", 1), ("51", 2), ("N4", 2), ("54", 3), ("05", 4), ("ZZ", 4)]
)
def test_visa_sorts_its_codes_into_four_categories(code, category):
    assert visa_category(RULES, code) == category


def tries(state: Any, command: TryCard, gap: timedelta, machine: Any = MACHINE, code: str = "51") -> int:
    """How many tries are let through, each refused, until one is not or two hundred were."""
    for number in range(200):
        asked = replace(command, try_id=f"{command.initiator}-{command.credential}-{number}", at=BEGINS + number * gap)
        decision = machine.decide(asked, state)
        if isinstance(decision, Refusal):
            assert decision.code == "card_tries_used_up"
            return number
        state = reduce(machine.evolve, decision, state)
        told = HearIssuer(card_id="tok_1", try_id=asked.try_id, code=code, on=BEGINS.date(), at=asked.at)
        state = reduce(machine.evolve, machine.decide(told, state), state)
    return 200


def test_visa_lets_a_declined_card_be_tried_again_twenty_times_in_thirty_days():
    assert tries(after(), TRY, timedelta(hours=1)) == 21
    assert tries(after(), TRY, timedelta(days=2)) == 200, "fifteen in any thirty days"


def test_before_may_2025_visa_let_it_be_tried_again_fifteen_times():
    assert tries(after(), TRY, timedelta(hours=1), choosing(1_000, florida(date(2025, 5, 18))[0])) == 16
    assert tries(after(), TRY, timedelta(hours=1), choosing(1_000, florida(date(2025, 5, 19))[0])) == 21


def test_a_law_of_a_day_before_the_rows_serves_until_a_card_is_tried():
    before = choosing(1_000, florida(date(2017, 9, 10))[0])

    with pytest.raises(LawMissing):
        before.decide(TRY, before.initial)


def test_the_carrier_may_be_stricter_than_the_network():
    assert tries(after(), TRY, timedelta(hours=1), choosing(15)) == 16
    assert tries(after(), MC, timedelta(days=1), choosing(15), code="40") == 16


@pytest.mark.parametrize(
    "changes",
    [{"initiator": "customer"}, {"credential": "pan"}, {"amount": usd("100.01")}],
    ids=["initiator", "credential", "amount"],
)
def test_visa_counts_apart_what_differs_in_initiator_credential_or_amount(changes):
    used_up: Any = after()
    for number in range(21):
        asked = replace(TRY, try_id=f"T-{number}")
        used_up = reduce(evolve, MACHINE.decide(asked, used_up), used_up)

    assert isinstance(MACHINE.decide(AGAIN, used_up), Refusal)
    assert tries(used_up, replace(TRY, **changes), timedelta(hours=1)) == 21


def test_mastercard_lets_a_card_be_tried_ten_times_a_day_and_thirty_five_times_in_thirty_days():
    assert tries(after(), MC, timedelta(hours=1), code="40") == 10
    assert tries(after(), MC, timedelta(hours=3), code="40") == 35
    assert tries(after(), replace(MC, amount=usd("1.00")), timedelta(hours=1), code="40") == 10


def test_an_approval_ends_the_count_of_its_amount():
    state: Any = after()
    for number in range(21):
        state = reduce(evolve, MACHINE.decide(replace(TRY, try_id=f"T-{number}"), state), state)
    state = reduce(evolve, MACHINE.decide(heard("", "T-20"), state), state)

    assert not isinstance(MACHINE.decide(AGAIN, state), Refusal)


@pytest.mark.parametrize(
    ("code", "wait"),
    [
        ("02", timedelta(hours=72)),
        ("24", timedelta(hours=1)),
        ("25", timedelta(hours=24)),
        ("26", timedelta(days=2)),
        ("27", timedelta(days=4)),
        ("28", timedelta(days=6)),
        ("29", timedelta(days=8)),
        ("30", timedelta(days=10)),
    ],
)
def test_mastercard_says_how_long_to_wait(code, wait, answered):
    waiting = after(MC, heard(code))
    early = replace(MC, try_id="U", at=BEGINS + wait - timedelta(seconds=1))

    assert answered(MACHINE.decide(early, waiting)) == "card_must_wait"
    assert answered(MACHINE.decide(replace(early, at=BEGINS + wait), waiting)) == "CardTried"


@pytest.mark.parametrize(("network", "code"), [("US-MC", "03"), ("US-MC", "21"), ("US-VISA", "14"), ("US-VISA", "R3")])
def test_what_the_network_ends_is_never_tried_again(network, code, answered):
    stopped = after(replace(TRY, network=network), heard(code))
    late = replace(TRY, network=network, try_id="U", at=BEGINS + timedelta(days=900))

    assert answered(MACHINE.decide(late, stopped)) == "card_stopped"


def test_a_wait_in_other_words_is_not_guessed():
    key = ("mac_25", "any")
    rows = MASTERCARD.rows | {key: replace(MASTERCARD.rows[key], value="retry after a while")}

    with pytest.raises(LawMissing):
        card_rules(VISA, replace(MASTERCARD, rows=rows))
