"""When what failed is tried again: the schedules to the second, and the days on which letters go out."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.choices.payments import PaymentsChoices
from model.decider import Refusal
from model.payments.commands import HearProcessor, ReportTimeout, StartPayment, TimePassed
from model.payments.events import AttemptStarted, InquiryMade, PaymentParked, PaymentRefused
from model.payments.failures import classify, explain
from model.payments.intent import decider
from model.payments.retrying import business_retry_at, inquire_at, technical_retry_at, webhook_tries
from model.payments.waiting import due_at

LAW, CARRIER = florida()
BEGINS = datetime(2026, 6, 1, 15, tzinfo=UTC)
ABOUT: dict[str, Any] = {"intent_id": "collect:A:1", "on": BEGINS.date()}
START = StartPayment(
    purpose="collection", subject="A", reference="1", party_id="I", amount=usd("100.00"), at=BEGINS, **ABOUT
)


def failing(choices: PaymentsChoices, network: str, code: str) -> tuple[list[timedelta], list[str]]:
    """When each attempt of a payment that always fails began, from the first on, and what was given up."""
    machine: Any = decider(LAW, replace(CARRIER, payments=choices))
    state: Any = machine.initial
    began, given_up = [timedelta(0)], []
    commands: list[Any] = [
        START,
        HearProcessor(attempt=1, says="failed", network=network, code=code, at=BEGINS, **ABOUT),
    ]
    while commands:
        decision = machine.decide(commands.pop(0), state)
        assert not isinstance(decision, Refusal)
        state = reduce(machine.evolve, decision, state)
        given_up += [event.reason for event in decision if isinstance(event, PaymentRefused)]
        for event in decision:
            if isinstance(event, AttemptStarted):
                began.append(event.at - BEGINS)
                commands.append(
                    HearProcessor(
                        attempt=event.attempt, says="failed", network=network, code=code, at=event.at, **ABOUT
                    )
                )
        due = due_at(state)
        if due is not None and not commands:
            early = TimePassed(at=due - timedelta(microseconds=1), **ABOUT)
            assert machine.decide(early, state) == ()
            commands.append(TimePassed(at=due, **ABOUT))
    return began, given_up


def days(*waits: int) -> list[timedelta]:
    return [timedelta(days=wait) for wait in waits]


def test_a_soft_decline_is_tried_again_after_eight_days_three_times_and_then_given_up():
    """INV-Y4."""
    assert failing(PaymentsChoices(), "US-VISA", "51") == (days(0, 8, 16, 24), ["51"])


def test_a_debit_without_funds_is_presented_three_times_even_where_the_carrier_would_try_four_times():
    """INV-Y3 stands above INV-Y4."""
    assert failing(PaymentsChoices(), "US-ACH", "R01") == (days(0, 8, 16), ["R01"])


def test_a_debit_is_not_presented_again_after_its_window():
    assert failing(PaymentsChoices(business_retry_days=(100, 100)), "US-ACH", "R01") == (days(0, 100), ["R01"])


def test_what_was_never_sent_is_tried_once_more_after_five_minutes():
    assert failing(PaymentsChoices(), "gateway", "canceled") == ([timedelta(0), timedelta(seconds=300)], ["canceled"])


def test_what_must_never_be_tried_again_is_not():
    assert failing(PaymentsChoices(), "US-ACH", "R02") == (days(0), ["R02"])


def test_retries_fall_on_the_eve_of_each_step_of_dunning_when_the_carrier_chose_so():
    choices = PaymentsChoices(retry_alignment="before_dunning_steps", dunning_step_days=(5, 12, 20, 30))

    assert failing(choices, "US-VISA", "51") == (days(0, 4, 11, 19), ["51"])


def test_without_a_step_ahead_nothing_is_tried():
    choices = PaymentsChoices(retry_alignment="before_dunning_steps", dunning_step_days=(5,))

    assert business_retry_at(choices, failures=1, due_on=date(2026, 5, 1), failed_at=BEGINS) is None
    assert business_retry_at(choices, failures=1, due_on=date(2026, 6, 1), failed_at=BEGINS) == BEGINS + timedelta(
        days=4
    )


def test_a_schedule_that_is_used_up_says_so():
    choices = PaymentsChoices()

    assert business_retry_at(choices, failures=4, due_on=BEGINS.date(), failed_at=BEGINS) is None
    assert technical_retry_at(choices, failures=2, failed_at=BEGINS) is None
    assert inquire_at(choices, made=7, since=BEGINS) is None


def test_an_unknown_payment_is_inquired_about_and_is_with_a_person_within_its_time():
    """INV-Y7: after 5 minutes, an hour, and five times a day; then a person, on the seventh day."""
    machine: Any = decider(LAW, CARRIER)
    state: Any = reduce(machine.evolve, machine.decide(START, machine.initial), machine.initial)
    state = reduce(machine.evolve, machine.decide(ReportTimeout(at=BEGINS, **ABOUT), state), state)
    inquired: list[timedelta] = []
    parked: list[Any] = []
    while (due := due_at(state)) is not None:
        decision = machine.decide(TimePassed(at=due, **ABOUT), state)
        inquired += [event.at - BEGINS for event in decision if isinstance(event, InquiryMade)]
        parked += [event for event in decision if isinstance(event, PaymentParked)]
        state = reduce(machine.evolve, decision, state)

    first, second = timedelta(minutes=5), timedelta(hours=1, minutes=5)
    assert inquired == [first, second, *(second + timedelta(days=day) for day in range(1, 6))]
    assert [(event.reason, event.at - BEGINS) for event in parked] == [("unresolved", timedelta(days=7))]


def test_a_webhook_is_tried_sixteen_times_in_1441_minutes():
    """The published schedule of a public payment switch: 1, 5 twice, 10 five times, 60 five times, 360 three times."""
    tries = webhook_tries(PaymentsChoices(), BEGINS)

    assert len(tries) == 16
    assert tries[-1] - BEGINS == timedelta(minutes=1_441)
    assert [(at - BEGINS) // timedelta(minutes=1) for at in tries] == [
        1, 6, 11, 21, 31, 41, 51, 61, 121, 181, 241, 301, 361, 721, 1081, 1441,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("network", "code", "failure", "action"),
    [
        ("US-ACH", "R01", "soft_decline", "schedule"),
        ("US-ACH", "R08", "hard_decline", "contact"),
        ("US-ACH", "R10", "hard_decline", "stop"),
        ("US-VISA", "1A", "auth_required", "authenticate"),
        ("US-MC", "26", "soft_decline", "schedule"),
        ("gateway", "canceled", "technical_not_sent", "retry_now"),
        ("gateway", "undefined", "technical_unknown", "inquire"),
    ],
)
def test_a_code_has_a_class_and_an_action_and_can_be_explained(network, code, failure, action):
    row = classify(LAW, network=network, code=code)

    assert row is not None
    assert (row.failure, row.action) == (failure, action)
    assert row.citation in explain(LAW, network=network, code=code)


def test_a_code_that_nobody_classed_is_for_a_person():
    assert classify(LAW, network="US-ACH", code="R99") is None
    assert explain(LAW, network="US-ACH", code="R99") == (
        "US-ACH R99 is not classed as of 2026-06-01: a person decides"
    )
