"""When a declined Mastercard is tried again: what its issuer advised stands above the carrier's schedule."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.invariants import off_schedule
from model.payments.card import advised_waits
from model.payments.commands import HearProcessor, StartPayment, TimePassed
from model.payments.instrument import CardOnFile
from model.payments.intent import decider
from model.payments.states import Failed, Processing, Retrying
from model.payments.waiting import due_at
from model.published.seen import intent_view

LAW, CARRIER = florida()
ADVISED = advised_waits(LAW.network("US-MC"))
DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
CARD = CardOnFile("vault-1", "US-MC")
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


def core(**choices: Any) -> Core:
    return Core(LAW, replace(CARRIER, payments=replace(CARRIER.payments, **choices)))


def begin(of: Core, intent_id: str = "collect:A:1", at: datetime = NOON, amount: str = "100.00") -> None:
    asked = StartPayment(
        intent_id=intent_id, purpose="collection", subject="A", reference="1", party_id="I", amount=usd(amount),
        method="card", card=CARD, on=at.date(), at=at,
    )  # fmt: skip
    assert not isinstance(of.submit(asked), Refusal)


def decline(of: Core, code: str, intent_id: str = "collect:A:1", at: datetime = NOON, attempt: int = 1) -> Any:
    heard = HearProcessor(
        intent_id=intent_id, attempt=attempt, says="failed", network="US-MC", code=code, on=at.date(), at=at
    )
    assert not isinstance(of.submit(heard), Refusal)
    return of.intent(intent_id)


def wake(of: Core, at: datetime, intent_id: str = "collect:A:1") -> Any:
    assert not isinstance(of.submit(TimePassed(intent_id=intent_id, on=at.date(), at=at)), Refusal)
    return of.intent(intent_id)


NEVER = None
ADVICE = [
    # code, retries after two days scheduled, after eight days scheduled
    ("01", NEVER, NEVER),
    ("02", 72 * HOUR, 8 * ONE_DAY),
    ("03", NEVER, NEVER),
    ("04", NEVER, NEVER),
    ("21", NEVER, NEVER),
    ("24", 2 * ONE_DAY, 8 * ONE_DAY),
    ("25", 2 * ONE_DAY, 8 * ONE_DAY),
    ("26", 2 * ONE_DAY, 8 * ONE_DAY),
    ("27", 4 * ONE_DAY, 8 * ONE_DAY),
    ("28", 6 * ONE_DAY, 8 * ONE_DAY),
    ("29", 8 * ONE_DAY, 8 * ONE_DAY),
    ("30", 10 * ONE_DAY, 10 * ONE_DAY),
    ("40", NEVER, NEVER),
    ("41", NEVER, NEVER),
]


@pytest.mark.parametrize(("code", "soon", "shipped"), ADVICE, ids=[row[0] for row in ADVICE])
def test_the_next_attempt_begins_at_the_advised_time_where_the_schedule_is_earlier(code, soon, shipped):
    for choices, wait in (({"business_retry_days": (2, 2)}, soon), ({}, shipped)):
        working = core(**choices)
        begin(working)
        state = decline(working, code)
        if wait is NEVER:
            assert isinstance(state, Failed)
            assert state.reason == code
            continue
        assert due_at(state) == NOON + wait
        again = wake(working, NOON + wait)
        assert isinstance(again, Processing)
        assert len(again.attempts) == 2


def test_every_class_of_advice_code_has_its_line_in_the_table():
    classed = {code for network, code in LAW.failures if network == "US-MC"}
    assert classed == {code for code, _, _ in ADVICE}
    assert set(ADVISED) == {"02", "24", "25", "26", "27", "28", "29", "30"}


def test_advice_adds_no_retry_to_those_that_the_carrier_chose():
    working = core(business_retry_days=(2,))
    begin(working)
    decline(working, "30")
    wake(working, NOON + 10 * ONE_DAY)
    state = decline(working, "30", at=NOON + 10 * ONE_DAY, attempt=2)
    assert isinstance(state, Failed)
    assert state.reason == "30"


def test_a_retry_that_the_carriers_own_count_will_refuse_is_not_waited_for():
    """INV-Y4: one try is allowed in the network's window, and ten days later it has not left the window."""
    working = core(card_reattempts=0)
    begin(working)
    state = decline(working, "30")
    assert isinstance(state, Failed)
    assert state.reason == "card_tries_used_up"


def test_a_retry_that_the_networks_count_has_room_for_on_that_day_is_waited_for():
    """Ten tries of the card within a day stop it for that day and not for the advised one."""
    working = core(business_retry_days=(1, 1), card_reattempts=34)
    for number in range(10):
        begin(working, f"collect:A-{number}:1", amount=f"1{number}.00")
    for number in range(10):
        state = decline(working, "27", f"collect:A-{number}:1")
        assert due_at(state) == NOON + 4 * ONE_DAY


def test_a_retry_whose_card_another_payment_was_advised_to_let_wait_is_put_off_and_not_given_up():
    working = core()
    begin(working)
    decline(working, "26")
    begin(working, "collect:B:1", at=NOON + 7 * ONE_DAY)
    decline(working, "30", "collect:B:1", at=NOON + 7 * ONE_DAY)

    put_off = wake(working, NOON + 8 * ONE_DAY)
    assert isinstance(put_off, Retrying)
    assert due_at(put_off) == NOON + 17 * ONE_DAY
    assert wake(working, NOON + 17 * ONE_DAY - timedelta(seconds=1)) == put_off
    again = wake(working, NOON + 17 * ONE_DAY)
    assert isinstance(again, Processing)
    view: Any = intent_view("collect:A:1", again)
    assert list(off_schedule(working.carrier.payments, [view], advised=ADVISED)) == []


def test_a_retry_that_would_be_put_off_past_the_networks_window_is_given_up():
    working = core(business_retry_days=(25,))
    begin(working)
    decline(working, "26")
    begin(working, "collect:B:1", at=NOON + 24 * ONE_DAY)
    decline(working, "30", "collect:B:1", at=NOON + 24 * ONE_DAY)
    state = wake(working, NOON + 25 * ONE_DAY)
    assert isinstance(state, Failed)
    assert state.reason == "card_must_wait"


def test_a_card_that_another_payment_has_stopped_is_not_waited_for():
    working = core()
    begin(working)
    decline(working, "26")
    begin(working, "collect:B:1", at=NOON + ONE_DAY * 2)
    decline(working, "03", "collect:B:1", at=NOON + ONE_DAY * 2)
    state = wake(working, NOON + 8 * ONE_DAY)
    assert isinstance(state, Failed)
    assert state.reason == "card_stopped"


def test_a_machine_that_does_not_heed_the_advice_breaks_the_schedule():
    """INV-Y4 is proven able to fail: the defect is a law that came without the network's waits."""
    deaf = replace(LAW, networks={k: v for k, v in LAW.networks.items() if k != "US-MC"})
    machine: Any = decider(deaf, CARRIER)
    about: dict[str, Any] = {"intent_id": "collect:A:1", "on": DAY}
    started = StartPayment(
        purpose="collection", subject="A", reference="1", party_id="I", amount=usd("9.00"), at=NOON, **about
    )
    declined = HearProcessor(attempt=1, says="failed", network="US-MC", code="30", at=NOON, **about)
    state: Any = machine.initial
    for command in (started, declined, TimePassed(at=NOON + 8 * ONE_DAY, **about)):
        state = reduce(machine.evolve, machine.decide(command, state), state)
    view: Any = intent_view("collect:A:1", state)
    broken = list(off_schedule(CARRIER.payments, [view], advised=ADVISED))
    assert [violation.code for violation in broken] == ["INV-Y4"]
