"""Policy and claims decide alike on every loss, whatever became of the policy and however claims heard of it
(INV-P10); and a claim whose cover turns out to be another is looked at again.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import (
    END,
    NOTICE,
    START,
    acknowledge,
    at,
    bind,
    claim_id,
    close,
    history,
    insured,
    issue,
    paid_out,
    play,
    policy_id,
    quote,
    report,
    request,
    reserve,
    terms,
    usd,
    verify,
)
from fixtures.jurisdictions import florida
from model.choices.policy import PolicyChoices
from model.claims import known_policy
from model.claims.commands import AttachPolicy, ReportClaim
from model.claims.coverage import NotCovered, coverage_at
from model.claims.events import ClaimReported
from model.claims.following import FOLLOWERS
from model.claims.reactions import insured_policy_of
from model.core import Core, subscribers
from model.daycount import months_after
from model.decider import Refusal
from model.invariants import decided_otherwise
from model.policy.commands import BindJob, CancelPolicy, CloseJob, ExpirePolicy, IssueJob, OpenJob, QuoteJob
from model.policy.edits import AdjustCharge, DropCoverage, SetCoverage
from model.policy.proposals import NonRenewal, PolicyChange, Proposal, Reinstatement, Renewal, Rewrite
from model.policy.terms import Coverage
from model.published.envelope import Envelope

LAW, COASTAL = florida()
LENIENT = replace(COASTAL, policy=PolicyChoices(reinstatement_days=400, renewal_open_days=400, renewal_grace_days=0))
P = policy_id(1)


class Written:
    """A core whose policy lives and tells nobody; what it published waits in the outbox."""

    def __init__(self, carrier=LENIENT) -> None:
        self.core = Core(LAW, carrier)
        for step in (quote, bind, issue):
            self.core.submit(step(1))
        self.jobs = 0

    @property
    def state(self) -> Any:
        return self.core.policy(P)

    def about(self, on: date) -> dict[str, Any]:
        return {"policy_id": P, "on": on, "at": at(on)}

    def job(self, proposal: Proposal, on: date, *, issued: str = "no") -> Any:
        self.jobs += 1
        job: dict[str, Any] = {"job_id": f"J{self.jobs}", **self.about(on)}
        self.core.submit(OpenJob(proposal=proposal, **job))
        self.core.submit(QuoteJob(**job))
        answer = self.core.submit(BindJob(paid=usd("500.00"), **job))
        return self.core.submit(IssueJob(**job)) if issued == "yes" else answer

    def change(self, day: int, dollars: int) -> None:
        on = self.state.period.terms.start + timedelta(days=day)
        if dollars:
            amount = usd(f"{dollars}.00")
            self.job(PolicyChange(on, (SetCoverage(Coverage("dwelling", amount, usd("1.00"), amount)),)), on)
        else:
            self.job(PolicyChange(on, (DropCoverage("dwelling"), AdjustCharge("premium", usd("-1.00")))), on)

    def cancel(self, day: int) -> None:
        on = self.state.period.terms.start + timedelta(days=day)
        self.core.submit(CancelPolicy(reason="insured_request", **self.about(on)))

    def reinstate(self, day: int) -> None:
        since = getattr(self.state, "cancelled_on", START) + timedelta(days=day % 40)
        self.job(Reinstatement(since), since)

    def rewrite(self, day: int) -> None:
        start = self.state.period.terms.start + timedelta(days=day)
        self.job(Rewrite(replace(terms(1), start=start, end=months_after(start, 12))), start)

    def renew(self, day: int) -> None:
        end = self.state.period.terms.end
        renewal = Renewal(replace(terms(1), start=end, end=months_after(end, 12)))
        self.job(renewal, end - timedelta(days=day % 60 + 1), issued="yes")

    def expire(self, _: int) -> None:
        self.core.submit(ExpirePolicy(**self.about(self.state.period.end)))

    def not_take(self, day: int) -> None:
        on = self.state.period.terms.end + timedelta(days=day)
        for job in self.state.docket.jobs:
            if job.kind == "renewal":
                self.core.submit(CloseJob(job_id=job.job_id, outcome="not_taken", **self.about(on)))

    def nonrenew(self, day: int) -> None:
        mailed = self.state.period.terms.end - timedelta(days=day % 90 + 1)
        self.job(NonRenewal(mailed, "losses"), mailed)


STEPS = ("change", "cancel", "reinstate", "rewrite", "renew", "expire", "not_take", "nonrenew")
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 364), st.sampled_from((0, 1_000, 2_000)))


def lived(story) -> Written:
    written = Written()
    for word, day, dollars in story:
        if word == "change":
            written.change(day, dollars)
        else:
            getattr(written, word)(day)
    return written


def told_of(core: Core, envelopes: list[Envelope]) -> Core:
    """Another claims department, which hears these and nothing else."""
    listening = Core(core.law, core.carrier)
    for envelope in envelopes:
        for answer in listening.deliver(envelope, to="claims", at=at(END)):
            assert not isinstance(answer, Refusal), answer
    return listening


def disagreements(written: Written, listening: Core) -> list[Any]:
    """On every day of three years, and where days meet also a minute before."""
    asked = insured_policy_of(written.core.snapshot(P))
    told = listening.known_policy(P)
    days = [START + timedelta(days=number) for number in range(-2, 3 * 366, 3)]
    for edge in (asked, told):
        if edge is not None:
            days += [edge.start, edge.end, *(gap.start for gap in edge.gaps), *(gap.end for gap in edge.gaps)]
            days += [change.effective for change in edge.changes]
            days += [edge.cancelled_on] if edge.cancelled_on else []
    noon = [datetime(one.year, one.month, one.day, 16, tzinfo=UTC) for one in days]
    instants = [*noon, *(one - timedelta(hours=12) for one in noon)]
    found = (decided_otherwise(P, asked=asked, told=told, loss_at=one, coverage="dwelling") for one in instants)
    return [one for one in found if one is not None]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(story=st.lists(steps, max_size=8), data=st.data())
def test_policy_and_claims_agree_on_cover_whatever_order_they_hear_in(story, data):
    """INV-P10."""
    written = lived(story)
    published = list(written.core.outbox)
    doubled = [*published, *data.draw(st.lists(st.sampled_from(published), max_size=4))]

    listening = told_of(written.core, data.draw(st.permutations(doubled)))

    assert disagreements(written, listening) == []


def test_every_kind_of_transaction_takes_part_in_it():
    written = lived(
        [("change", 40, 1000), ("cancel", 60, 0), ("reinstate", 5, 0), ("rewrite", 100, 0), ("renew", 9, 0)]
    )
    written.not_take(30)
    written.nonrenew(6)
    heard = [one.type for one in written.core.outbox if "claims" in subscribers(one.type)]
    words = [one.removeprefix("insurance.policy.").removesuffix(".v1") for one in heard]

    wanted = ["issued", "changed", "cancelled", "reinstated", "rewritten", "renewed", "cancelled", "nonrenewed"]
    assert words == wanted
    assert disagreements(written, told_of(written.core, written.core.outbox[::-1])) == []


@pytest.mark.parametrize("begun", [(), (("expire", 0, 0),)])
def test_a_renewal_that_is_not_taken_insures_nobody_even_if_its_term_had_begun(begun):
    written = lived([("renew", 9, 0), *begun, ("not_take", 0, 0)])
    snapshot = written.core.snapshot(P)

    assert snapshot is not None
    assert snapshot.end == END
    assert disagreements(written, told_of(written.core, written.core.outbox)) == []


def test_days_before_a_late_start_stay_a_lapse_after_the_term_was_rewritten():
    """Cancelled flat and reinstated two days later: those days were promised and lapsed, whatever terms came after."""
    written = lived([("cancel", 0, 0), ("reinstate", 2, 0), ("rewrite", 282, 0)])
    asked = insured_policy_of(written.core.snapshot(P))

    assert len(written.state.earlier) == 1
    assert coverage_at(asked, at(START), "dwelling") == NotCovered("lapse_gap")
    assert disagreements(written, told_of(written.core, written.core.outbox)) == []


def test_a_term_that_was_offered_and_not_taken_does_not_move_the_start_of_the_policy():
    written = lived([("renew", 9, 0), ("not_take", 30, 0), ("cancel", 0, 0)])
    asked = insured_policy_of(written.core.snapshot(P))

    assert [one.terms.start for one in (*written.state.earlier, written.state.period)] == [END, START]
    assert coverage_at(asked, at(START), "dwelling") == NotCovered("cancelled_before_loss")
    assert disagreements(written, told_of(written.core, written.core.outbox)) == []


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        (date(2027, 3, 22), date(2026, 12, 3), END),
        (date(2027, 3, 22), date(2027, 2, 22), date(2027, 6, 22)),
        (date(2027, 2, 22), date(2027, 3, 22), date(2027, 7, 20)),
        (date(2026, 12, 3), date(2027, 3, 22), date(2027, 7, 20)),
    ],
)
def test_of_two_notices_of_nonrenewal_the_last_one_says_when_cover_ends(first, second, ends):
    """Florida keeps cover up for 120 days from a late mailing; a notice in time takes those days back, and their
    premium.
    """
    once, twice = Written(), Written()
    once.job(NonRenewal(second, "losses"), second)
    for mailed in (first, second):
        twice.job(NonRenewal(mailed, "losses"), max(first, second))

    snapshot = twice.core.snapshot(P)
    assert snapshot is not None
    assert snapshot.end == ends
    assert twice.state.period.booked == once.state.period.booked
    for heard in (twice.core.outbox, twice.core.outbox[::-1]):
        assert disagreements(twice, told_of(twice.core, heard)) == []


BACKDATED = [("change", 200, 1000), ("cancel", 300, 0), ("reinstate", 30, 0), ("change", 20, 2000)]


def in_order_of_hearing(told, more):
    return (*told, more)


def last_word_only(told, more):
    return (more,) if type(more.fact).__name__ == "CoverCut" else (*told, more)


@pytest.mark.parametrize("planted", [in_order_of_hearing, last_word_only])
def test_the_property_catches_a_copy_that_is_kept_wrongly(monkeypatch, planted):
    written = lived(BACKDATED)
    published = list(written.core.outbox)
    assert disagreements(written, told_of(written.core, published[::-1])) == []

    monkeypatch.setattr(known_policy, "with_told", planted)

    assert disagreements(written, told_of(written.core, published[::-1])) != []


# --- claims of a policy that changes


def with_claim(*steps_of_claim) -> Written:
    """A policy with a claim that is open with a reserve, and claims has heard of everything."""
    written = Written()
    written.core.drain(at=at(START))
    for step in (report, acknowledge, verify, *steps_of_claim):
        assert not isinstance(written.core.submit(step(1)), Refusal)
        written.core.drain(at=at(NOTICE))
    return written


def file_of(written: Written) -> Any:
    return written.core.claim(claim_id(1))


def tasks_of(written: Written) -> set[str]:
    return {task.name for task in file_of(written).notice.tasks}


def test_a_change_bound_after_the_report_for_days_before_the_loss_is_looked_at():
    written = with_claim(reserve)
    written.change(20, 2000)

    assert written.core.drain(at=at(NOTICE)) == ()

    (exposure,) = file_of(written).exposures
    assert exposure.coverage.limit == usd("2000.00")
    assert file_of(written).notice.warnings == ("changed_after_report",)
    assert "special_investigation" in tasks_of(written)


def test_a_change_that_begins_after_the_loss_touches_no_claim():
    written = with_claim(reserve)
    before = file_of(written)
    written.change(300, 2000)
    written.core.drain(at=at(END))

    assert file_of(written) == before


@pytest.mark.parametrize(("lapse", "lost"), [(0, None), (39, "lapse_gap")])
def test_a_backdated_cancellation_takes_cover_and_a_reinstatement_gives_it_back_where_no_lapse_remains(lapse, lost):
    written = with_claim(reserve)
    loss_day = (NOTICE - START).days
    written.cancel(loss_day - 20)
    written.core.drain(at=at(NOTICE))
    assert [one.lost for one in file_of(written).exposures] == ["cancelled_before_loss"]

    written.reinstate(lapse)
    written.core.drain(at=at(NOTICE))

    assert [one.lost for one in file_of(written).exposures] == [lost]
    assert "special_investigation" in tasks_of(written)


def test_a_closed_claim_that_was_paid_is_flagged_too_and_nothing_is_taken_back():
    written = with_claim(reserve, request, paid_out, close)
    paid = file_of(written).payments
    written.cancel(10)
    written.core.drain(at=at(END))

    assert [one.lost for one in file_of(written).exposures] == ["cancelled_before_loss"]
    assert "special_investigation" in tasks_of(written)
    assert file_of(written).payments == paid


def test_a_claim_is_noted_under_its_policy_once_and_under_the_one_that_it_was_attached_to():
    written = with_claim()
    core = written.core
    core.submit(report(1))
    notice: ReportClaim = replace(report(2), policy_id="P-UNHEARD")
    core.submit(notice)
    core.submit(AttachPolicy(claim_id=claim_id(2), policy_id=P, on=NOTICE, at=at(NOTICE)))

    known: Any = core.known_policies.states
    assert known[P].claims == (claim_id(1), claim_id(2))
    assert known["P-UNHEARD"].claims == (claim_id(2),)


def accepted(decision: Any) -> Any:
    assert isinstance(decision, tuple), decision
    return decision


def test_a_notice_without_a_policy_is_noted_nowhere():
    core = Core(*florida())

    (reported,) = [
        event for event in accepted(core.submit(replace(report(1), policy_id=""))) if isinstance(event, ClaimReported)
    ]
    assert FOLLOWERS[ClaimReported](core, reported, None) == ()


def test_a_claim_that_moved_to_another_policy_is_left_alone():
    core = Core(*florida())
    play(core, history("a policy in force"))
    core.submit(replace(report(1), policy_id="P-OTHER"))
    core.submit(AttachPolicy(claim_id=claim_id(1), policy_id=P, on=NOTICE, at=at(NOTICE)))
    core.submit(verify(1))
    other: Any = core.known_policies.states["P-OTHER"]
    told: Any = core.known_policies.states[P]
    recorded = known_policy.PolicyRecorded(policy_id="P-OTHER", told=told.told[0], on=NOTICE, at=at(NOTICE))
    known = known_policy.Known(replace(insured(1), policy_id="P-OTHER"), (), other.claims)
    core.known_policies.states["P-OTHER"] = known

    assert FOLLOWERS[known_policy.PolicyRecorded](core, recorded, None) == ()


def test_hearing_of_the_same_change_again_asks_for_nothing():
    written = with_claim(reserve)
    written.change(20, 2000)
    (told,) = [one for one in written.core.outbox if one.type.endswith("changed.v1")]
    written.core.drain(at=at(NOTICE))
    before = file_of(written)

    assert written.core.deliver(told, to="claims", at=at(END), repeat="~2") == ((),)
    assert file_of(written) == before
