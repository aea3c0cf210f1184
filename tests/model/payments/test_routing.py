"""Where a payment goes: rules, shares, health and exploration; the same question has the same answer."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.variates import Variates
from model.choices.payments import Processor, RouteRule, RoutingChoices, Share
from model.decider import Refusal
from model.payments.routing import Answered, Health, Question, RouteDecision, explain, health, is_sick, route

NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
CHOICES = RoutingChoices(
    processors=(
        Processor("first", ("ach", "card")),
        Processor("second", ("ach", "card")),
        Processor("texan", ("card",), ("TX",)),
    ),
    rules=(
        RouteRule("agencies", (Share("second", 100),), billing_models=("agency_bill",)),
        RouteRule("texan cards", (Share("texan", 100),), ("first",), methods=("card",), states=("TX",)),
        RouteRule("long plans", (Share("first", 70), Share("second", 30)), methods=("card",), installments_min=6),
        RouteRule("short plans", (Share("second", 100),), methods=("card",), installments_max=1),
    ),
)
ASKED = Question(method="card", billing_model="direct_bill", state="FL", installments=9, share=0.5, exploration=0.99)
SICK = Health("first", 10, 20)


def decided(question: Question = ASKED, *seen: Health, choices: RoutingChoices = CHOICES) -> RouteDecision:
    decision = route(choices, question, seen)
    assert isinstance(decision, RouteDecision)
    return decision


@pytest.mark.parametrize(
    ("changes", "rule", "order"),
    [
        ({}, "long plans", ("first", "second")),
        ({"share": 0.699}, "long plans", ("first", "second")),
        ({"share": 0.7}, "long plans", ("second", "first")),
        ({"billing_model": "agency_bill"}, "agencies", ("second", "first")),
        ({"state": "TX"}, "texan cards", ("texan", "first", "second")),
        ({"installments": 3}, "default_order", ("first", "second")),
        ({"installments": 1}, "short plans", ("second", "first")),
        ({"method": "ach"}, "default_order", ("first", "second")),
    ],
)
def test_the_first_rule_that_fits_decides(changes: Any, rule, order):
    decision = decided(replace(ASKED, **changes))

    assert (decision.rule, (decision.processor, *decision.fallback)) == (rule, order)


def test_a_payment_that_nobody_takes_is_refused():
    refusal = route(CHOICES, replace(ASKED, method="wire"), ())

    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_processor"


def test_a_rule_never_sends_where_the_processor_does_not_work():
    texan_only = replace(CHOICES, rules=(RouteRule("all", (Share("texan", 100),)),))

    assert decided(choices=texan_only).processor == "first"


def test_a_sick_processor_comes_last_and_a_few_payments_go_there_to_see_whether_it_is_well():
    assert (decided(ASKED, SICK).processor, decided(ASKED, SICK).fallback) == ("second", ("first",))
    explored = decided(replace(ASKED, exploration=0.019), SICK)
    assert (explored.processor, explored.explored) == ("first", True)
    assert not decided(replace(ASKED, exploration=0.02), SICK).explored


def test_a_sick_processor_is_better_than_none():
    alone = replace(CHOICES, processors=CHOICES.processors[:1], rules=())

    assert decided(ASKED, SICK, choices=alone).processor == "first"


@pytest.mark.parametrize(
    ("good", "answers", "sick"), [(15, 20, True), (16, 20, False), (0, 19, False), (79, 100, True), (80, 100, False)]
)
def test_a_processor_is_sick_below_the_ratio_once_enough_answers_are_in(good, answers, sick):
    assert is_sick(CHOICES, Health("first", good, answers)) == sick


def test_only_answers_within_the_window_count():
    window = timedelta(seconds=CHOICES.window_seconds)
    answers = (
        Answered("first", NOW - window, False),
        Answered("first", NOW - window + timedelta(seconds=1), True),
        Answered("first", NOW, False),
        Answered("first", NOW + timedelta(seconds=1), False),
        Answered("second", NOW, True),
    )

    assert health(CHOICES, answers, now=NOW) == (Health("first", 1, 2), Health("second", 1, 1))


def test_shares_are_kept_over_many_payments_and_the_same_dice_route_the_same():
    def run() -> list[RouteDecision]:
        dice = Variates(7)
        return [
            decided(
                replace(ASKED, share=dice.uniform("route.share", k), exploration=dice.uniform("route.look", k)), SICK
            )
            for k in range(5_000)
        ]

    once = run()

    assert once == run()
    counts = Counter(decision.processor for decision in once)
    assert 40 < counts["first"] < 110, "two percent explore, seven in ten of them go to the first"


def test_the_shares_of_a_rule_are_kept_when_everybody_is_well():
    dice = Variates(7)
    counts = Counter(decided(replace(ASKED, share=dice.uniform("route.share", k))).processor for k in range(5_000))

    assert 0.68 < counts["first"] / 5_000 < 0.72


def test_a_decision_says_what_it_was_made_from():
    assert explain(decided(replace(ASKED, exploration=0.01), SICK)) == (
        "card, direct_bill, FL, 9 installments: first, second could take it. "
        "By long plans with the variate 0.5, first takes it, then second. "
        "first is sick: 10 of its last 20 answers were good. It was tried all the same, with the variate 0.01."
    )


@pytest.mark.parametrize("name", ["coastal_mutual", "lone_star_auto"])
def test_a_shipped_carrier_routes_every_payment_that_it_takes(name):
    choices = load_carrier(name).payments.routing
    for method in ("ach", "card", "wallet", "cheque", "wire"):
        for installments in (0, 9):
            assert decided(replace(ASKED, method=method, installments=installments), choices=choices).processor
