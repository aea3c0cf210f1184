"""The five dialects of a key that comes again, and that each has one effect at most."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.decider import Refusal
from model.resilience.idempotency import (
    Dialect,
    KeyPolicy,
    Remembered,
    begun,
    judged,
    scoped_key,
    settled,
)

ASKED = (("amount", "1"), ("payee", "2"))
OTHER = (("amount", "1"), ("payee", "3"))
# What a second request with the key gets, after the first one ended as the column says.
#                        executed, same body       executed, other body          refused          failed for now
TABLE = """
replay_original         replay                     idempotency_key_reused        replay           fresh
reject_executed         already_executed           already_executed              fresh            fresh
exists_or_diff          exists                     exists_with_different_payee   fresh            fresh
burned_on_transient     exists                     exists_with_different_payee   fresh            id_already_failed
key_only_ignores_body   replay                     replay                        replay           fresh
"""
ROWS = {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()}
COLUMNS = (("executed", ASKED), ("executed", OTHER), ("refused", ASKED), ("failed_for_now", ASKED))


@pytest.mark.parametrize(
    ("dialect", "outcome", "asked", "wanted"),
    [
        (dialect, outcome, asked, wanted)
        for dialect, row in ROWS.items()
        for (outcome, asked), wanted in zip(COLUMNS, row, strict=True)
    ],
)
def test_what_each_dialect_answers_the_second_time(dialect, outcome, asked, wanted):
    policy = KeyPolicy(dialect=dialect)
    remembered = settled(policy, ASKED, outcome, now=0)

    answer = judged(policy, remembered, asked, key="k", now=1)

    assert (answer.code if isinstance(answer, Refusal) else answer) == wanted


def test_every_dialect_is_in_the_table():
    assert tuple(ROWS) == get_args(Dialect)


def test_the_first_field_that_differs_is_named_in_the_providers_order():
    policy = KeyPolicy(dialect="exists_or_diff")
    known = Remembered(ASKED, "executed", 0)

    def code(*asked):
        answer = judged(policy, known, asked, key="k", now=0)
        assert isinstance(answer, Refusal)
        return answer.code

    assert code(("payee", "9"), ("amount", "9")) == "exists_with_different_amount"
    assert code(("amount", "1")) == "exists_with_different_payee"
    assert code(*ASKED, ("memo", "x")) == "exists_with_different_memo"


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_a_key_in_flight_is_said_to_be_and_a_key_is_forgotten_when_its_lifetime_is_over(dialect):
    policy = KeyPolicy(dialect=dialect, lifetime=10)
    under_way = judged(policy, begun(ASKED, now=5), ASKED, key="k", now=14)

    assert isinstance(under_way, Refusal)
    assert under_way.code == "idempotency_key_in_use"
    assert judged(policy, begun(ASKED, now=5), ASKED, key="k", now=15) == "fresh"
    assert judged(policy, Remembered(ASKED, "executed", 5), OTHER, key="k", now=15) == "fresh"


def test_a_key_is_one_key_within_its_scope_and_no_two_scopes_are_spelled_alike():
    def keys(scope):
        policy = KeyPolicy(scope=scope)
        return {
            scoped_key(policy, key, tenant=tenant, endpoint=endpoint)
            for key, tenant, endpoint in (("k", "a", "x"), ("k", "a", "y"), ("k", "b", "x"), ("xk", "a", ""))
        }

    assert [len(keys(scope)) for scope in ("global", "tenant", "endpoint")] == [2, 3, 4]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.sampled_from(get_args(Dialect)), st.lists(st.sampled_from(["executed", "refused", "failed_for_now"])))
def test_however_often_a_key_comes_it_is_executed_once(dialect, outcomes):
    """X3: each time the host would execute, it ends as drawn; fifty callers at once find the key in use."""
    policy = KeyPolicy(dialect=dialect)
    remembered, executed = None, 0
    for now, outcome in enumerate(outcomes):
        if judged(policy, remembered, ASKED, key="k", now=now) != "fresh":
            continue
        executed += outcome == "executed"
        at_once = [judged(policy, begun(ASKED, now=now), ASKED, key="k", now=now) for _ in range(50)]
        assert "fresh" not in at_once
        remembered = settled(policy, ASKED, outcome, now=now)

    assert executed <= 1
