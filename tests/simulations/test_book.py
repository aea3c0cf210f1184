"""The book on the morning of the storm: every policy, account and copy in order, under every pattern."""

from collections import Counter

import pytest
from msgspec.structs import replace

from fixtures.portfolios import BILLING_PLANS
from model.billing.account import Account
from model.invariants import ACCOUNT_INVARIANTS, POLICY_INVARIANTS, Violation, judged
from model.policy import period
from model.published.seen import account_view, policy_view
from simulations.book import account_id, policy_id

PATTERNS = ["point_to_point", "events"]


@pytest.mark.parametrize("topology", PATTERNS)
def test_every_policy_is_in_force_on_day_0_and_no_message_is_left(hosting, topology: str) -> None:
    hosted = hosting(topology, policies=300)
    core, today = hosted.host.core, hosted.host.today()
    assert len(core.policies.states) == 300
    for number in range(300):
        state = core.policy(policy_id(number))
        assert isinstance(state, period.InForce)
        assert state.terms.start <= today < state.terms.end
    assert core.outbox == []
    assert hosted.host.auditor.standing(older_than=hosted.host.clock.now) == []


@pytest.mark.parametrize("topology", PATTERNS)
def test_every_policy_and_account_keeps_every_invariant_on_day_0(hosting, topology: str) -> None:
    core = hosting(topology, policies=300).host.core
    found = list[object]()
    for name, state in core.policies.states.items():
        view = policy_view(name, state, core.carrier)
        assert view is not None
        found += judged(POLICY_INVARIANTS, name, view)
    for name, state in core.accounts.states.items():
        view = account_view(state)
        assert view is not None
        found += judged(ACCOUNT_INVARIANTS, name, view)
    assert found == [], "neither violated nor skipped"


def test_the_invariants_would_see_a_cent_that_is_missing(hosting) -> None:
    core = hosting(policies=5).host.core
    account = core.account(account_id(policy_id(0)))
    assert isinstance(account, Account)
    (first, *rest) = account.payments
    short = replace(
        account, payments=(replace(first, amount=replace(first.amount, minor=first.amount.minor - 1)), *rest)
    )
    view = account_view(short)
    assert view is not None
    assert {one.code for one in judged(ACCOUNT_INVARIANTS, "short", view) if isinstance(one, Violation)} == {"INV-B4"}


def test_what_fell_due_before_day_0_is_paid_and_nothing_else_is(hosting) -> None:
    hosted = hosting(policies=300)
    today = hosted.host.today()
    statuses = Counter[tuple[str, str]]()
    for account in hosted.host.core.accounts.states.values():
        assert isinstance(account, Account)
        for invoice in account.invoices:
            assert (invoice.status == "paid") == (invoice.due_on < today)
            assert (invoice.step == "planned") == (invoice.bill_on >= today)
            statuses[invoice.status, "due" if invoice.due_on < today else "ahead"] += 1
    assert set(statuses) == {("paid", "due"), ("billed", "ahead"), ("planned", "ahead")}


def test_each_plan_of_the_mix_is_written_with_its_payer_and_its_autopay(hosting) -> None:
    hosted = hosting(policies=300)
    plans = Counter[str]()
    for number in range(300):
        state = hosted.host.core.policy(policy_id(number))
        assert isinstance(state, period.InForce)
        terms = state.terms
        assert terms.plan == BILLING_PLANS[hosted.portfolio.billing_plan[number]]
        (payer,) = terms.payers
        assert (payer.kind == "mortgagee") == (terms.plan == "mortgagee")
        assert (terms.autopay == "on") == bool(hosted.portfolio.autopay[number])
        assert sum(charge.amount.minor for charge in terms.charges) > hosted.portfolio.premium_minor[number]
        plans[terms.plan] += 1
    assert set(plans) == set(BILLING_PLANS)


def test_claims_has_its_own_copy_of_every_policy_where_the_pattern_says_so(hosting) -> None:
    told, asks = hosting("events", policies=50).host.core, hosting("point_to_point", policies=50).host.core
    assert len(told.known_policies.states) == 50
    for number in range(50):
        known, snapshot = told.known_policy(policy_id(number)), told.snapshot(policy_id(number))
        assert known is not None
        assert snapshot is not None
        assert (known.start, known.end) == (snapshot.start, snapshot.end)
    assert asks.known_policies.states == {}
