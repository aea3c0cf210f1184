"""Random histories of policies without a job, good and bad commands in any order, through the whole core: every
invariant holds after every step, what was known then stays what was known then, and claims agrees on cover. Histories
with every kind of job are in test_histories.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import END, START, terms, usd
from fixtures.jurisdictions import florida
from model.claims.coverage import Covered, coverage_at
from model.claims.reactions import insured_policy_of
from model.core import Core
from model.decider import Refusal
from model.invariants import POLICY_INVARIANTS, judged
from model.money import Money
from model.policy.commands import BindPolicy, CancelPolicy, ExpirePolicy, IssuePolicy, QuotePolicy
from model.policy.events import PolicyBound, PolicyCancelled, PolicyExpired, PolicyIssued, PolicyQuoted
from model.policy.period import Version, as_of
from model.policy.terms import Charge
from model.published.seen import policy_view

POLICIES = st.sampled_from(["P-1", "P-2"])
DAYS = st.dates(START - timedelta(days=60), END + timedelta(days=30))
CHARGES = st.lists(
    st.builds(Charge, st.sampled_from(["premium", "premium", "tax", "fee"]), st.builds(Money, st.integers(0, 10**6), st.just("USD"))),
    max_size=4,
)  # fmt: skip
BAD = st.sampled_from(
    [{}, {}, {}, {"end": START}, {"plan": "weekly"}, {"payers": ()}, {"charges": (Charge("premium", usd("-1.00")),)}]
)
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=150, stateful_step_count=30)


REACHED: set[type] = set()


class Policies(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.core = Core(*florida())
        self.core.observers.append(lambda recorded: REACHED.add(type(recorded.event)))
        self.now = datetime(2026, 4, 1, tzinfo=UTC)
        self.known: list[tuple[str, date, datetime, Version | None]] = []

    def ask(self, command: Any) -> None:
        """What is refused changes nothing, and what is asked twice is answered once."""
        before = self.core.policy(command.policy_id)
        decision = self.core.submit(command)
        self.now += timedelta(minutes=1)
        if isinstance(decision, Refusal) or not decision:
            assert self.core.policy(command.policy_id) == before
            return
        after = self.core.policy(command.policy_id)
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.policy(command.policy_id) == after

    @initialize(charges=CHARGES)
    def put_one_in_force(self, charges):
        offered = replace(terms(1), charges=tuple(charges))
        self.ask(QuotePolicy(policy_id="P-1", terms=offered, on=date(2026, 5, 1), at=self.now))
        self.bind_and_issue("P-1", date(2026, 5, 2))

    @rule(policy=POLICIES, charges=CHARGES, bad=BAD, on=st.dates(date(2026, 4, 1), date(2026, 5, 31)))
    def quote(self, policy, charges, bad, on):
        offered = replace(terms(1), **{"charges": tuple(charges), **bad})
        self.ask(QuotePolicy(policy_id=policy, terms=offered, on=on, at=self.now))

    @rule(policy=POLICIES, on=st.dates(date(2026, 4, 1), date(2026, 7, 31)))
    def bind_and_issue(self, policy, on):
        self.ask(BindPolicy(policy_id=policy, on=on, at=self.now))
        self.ask(IssuePolicy(policy_id=policy, on=on, at=self.now))

    @rule(policy=POLICIES, kind=st.sampled_from([BindPolicy, IssuePolicy, ExpirePolicy]), on=DAYS)
    def step(self, policy, kind, on):
        self.ask(kind(policy_id=policy, on=on, at=self.now))

    @rule(policy=POLICIES, late=st.integers(0, 30))
    def expire(self, policy, late):
        on = END + timedelta(days=late)
        self.ask(ExpirePolicy(policy_id=policy, on=on, at=self.now))

    @rule(policy=POLICIES, on=st.one_of(DAYS, st.dates(START, END)))
    def cancel(self, policy, on):
        self.ask(CancelPolicy(policy_id=policy, reason="insured_request", on=on, at=self.now))

    @rule(policy=POLICIES, effective=DAYS)
    def look(self, policy, effective):
        found = as_of(self.core.policy(policy), effective=effective, known_at=self.now)
        self.known.append((policy, effective, self.now, found))
        self.now += timedelta(minutes=1)

    @rule(policy=POLICIES, effective=DAYS, second=st.integers(0, 86399))
    def ask_about_cover(self, policy, effective, second):
        """INV-P10: claims, that was answered a snapshot, decides as the version that rules on the day of the loss."""
        snapshot = self.core.snapshot(policy)
        if snapshot is None:
            return
        begins = datetime.combine(effective, time(0, 1), ZoneInfo("America/New_York"))
        ends = datetime.combine(effective + timedelta(days=1), time(0, 1), ZoneInfo("America/New_York"))
        instant = min(begins.astimezone(UTC) + timedelta(seconds=second), ends.astimezone(UTC) - timedelta(seconds=1))
        covered = isinstance(coverage_at(insured_policy_of(snapshot), instant, "dwelling"), Covered)
        version = as_of(self.core.policy(policy), effective=effective, known_at=self.now)
        assert covered == (version is not None and version.status == "in_force" and START <= effective < END)

    @invariant()
    def every_invariant_holds(self):
        for policy in self.core.policies.states:
            view = policy_view(policy, self.core.policy(policy), self.core.carrier)
            assert view is None or list(judged(POLICY_INVARIANTS, policy, view)) == []

    @invariant()
    def what_was_known_then_stays_what_was_known_then(self):
        """INV-P9."""
        for policy, effective, known_at, found in self.known:
            assert as_of(self.core.policy(policy), effective=effective, known_at=known_at) == found


def test_no_history_of_policies_breaks_an_invariant_or_changes_the_past():
    REACHED.clear()
    run_state_machine_as_test(Policies, settings=HOW_MANY)

    assert {PolicyQuoted, PolicyBound, PolicyIssued, PolicyCancelled, PolicyExpired} == REACHED
