"""A thousand random lives of a policy: every command at any time, and after each step everything that must hold.

The same machine is run with planted defects, one for each invariant, and has to find them.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, ClassVar, get_args

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import END, START, terms, usd
from fixtures.jurisdictions import florida
from model.carrier import PolicyChoices, ShortRateStep
from model.decider import Refusal
from model.invariants import POLICY_INVARIANTS, Violation, judged
from model.money import Money
from model.policy import commands as ask
from model.policy import events as happened
from model.policy.edits import AdjustCharge, DropCoverage, SetCoverage
from model.policy.period import decider, evolve
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, as_of, base_of, periods
from model.policy.terms import Coverage
from model.policy.versions import active, cut
from model.published.seen import policy_view

LAW, COASTAL = florida()
NOTICE_DAYS = LAW.deadline("nonpay_notice_property", "home").count
CARRIERS = tuple(
    replace(COASTAL, policy=choices, day_count=day_count)
    for choices, day_count in (
        (PolicyChoices(), "actual/actual_in_term"),
        (PolicyChoices(insured_cancellation="short_rate_90", reinstatement_fee_minor=1500), "30E/360"),
        (
            PolicyChoices(
                insured_cancellation="short_rate_table",
                short_rate_table=(ShortRateStep(30, 20), ShortRateStep(180, 60), ShortRateStep(366, 100)),
                minimum_earned_minor=10000,
                renewal_acceptance="deemed",
                notice_check="refuse_unnoticed",
                mail_on_closed_days="next_business_day",
            ),
            "anchored_months",
        ),
    )
)
JEWELS = Coverage("jewels", usd("5000.00"), usd("100.00"), usd("100.00"))
QUOTED = date(2026, 5, 1)


def next_terms(state, number: int):
    if not isinstance(state, InForce | PendingCancel):
        return terms(number)
    start = state.terms.end
    return replace(state.terms, start=start, end=start.replace(year=start.year + 1))


def proposal(kind: int, day: date, minor: int, state) -> Any:
    """Mostly what fits the state, so that histories go somewhere; `kind` 11 and up never looks."""
    if isinstance(state, Cancelled) and kind < 10:
        kind = 5
    by = AdjustCharge("premium", Money(minor, "USD"))
    match kind:
        case 0:
            return PolicyChange(day, (by, SetCoverage(JEWELS)))
        case 1:
            return PolicyChange(day, (by, DropCoverage("jewels")))
        case 2 | 3:
            return PolicyChange(day, (by,))
        case 4:
            return Cancellation(day, "insured_request")
        case 5 | 6:
            cancelled = state.cancelled_on if isinstance(state, Cancelled) else day
            return Reinstatement(cancelled if minor % 2 else cancelled + timedelta(days=minor % 60))
        case 7:
            start = state.terms.start if isinstance(state, InForce) else day
            return Rewrite(replace(terms(1), start=start, end=start.replace(year=start.year + 1)))
        case 8:
            return Renewal(next_terms(state, 1))
        case 9:
            return NonRenewal(day, "losses")
        case 10:
            return Audit(START, (by,))
        case _:
            return Submission(terms(1))


REACHED: set[type] = set()
WITH_A_MORATORIUM = {happened.OperationHeld, happened.HeldReleased}
"""Nothing is held here, because nobody declares one; tests/model/policy/test_moratorium.py does."""


def is_pending(state) -> bool:
    return isinstance(state, PendingCancel)


class PolicyHistories(RuleBasedStateMachine):
    """One policy. `judges` are the codes that are looked at, all of them unless a defect is sought."""

    judges: ClassVar[frozenset[str]] = frozenset(f"INV-P{number}" for number in range(1, 12))

    def happen(self, event, state):
        """What really happened: a planted defect lies here."""
        return event

    def become(self, before, event):
        return evolve(before, event)

    @initialize(carrier=st.sampled_from(CARRIERS))
    def begin(self, carrier):
        self.carrier = carrier
        self.machine: Any = decider(LAW, carrier)
        self.state: Any = self.machine.initial
        self.at = datetime(2026, 5, 1, 15, tzinfo=UTC)
        self.known: dict[tuple[date, datetime], Any] = {}
        for command in (
            ask.QuotePolicy(policy_id="P", terms=terms(1), on=QUOTED, at=self.at),
            ask.BindPolicy(policy_id="P", on=QUOTED, at=self.at),
            ask.IssuePolicy(policy_id="P", on=QUOTED, at=self.at),
        ):
            self.submit(command)

    @rule(
        what=st.integers(0, 27),
        kind=st.integers(0, 11),
        job=st.integers(0, 3),
        days=st.integers(-60, 400),
        minor=st.integers(-40000, 60000),
        later=st.integers(0, 4),
    )
    def ask_something(self, what, kind, job, days, minor, later):
        self.at += timedelta(days=later * later)
        today = self.at.date()
        day = START + timedelta(days=days)
        about: dict[str, Any] = {"policy_id": "P", "on": today, "at": self.at}
        known = self.state.docket.jobs
        ours: dict[str, Any] = {
            **about,
            "job_id": known[-1 - job % len(known)].job_id if known and job else f"J{len(known)}",
        }
        match what:
            case 0 | 1 | 2 | 3:
                ours["job_id"] = f"J{len(known)}"
                offered = proposal(kind, day, minor, self.state)
                if isinstance(offered, Renewal):
                    self.at = max(
                        self.at,
                        datetime(2026, 5, 1, 15, tzinfo=UTC)
                        + (offered.terms.start - timedelta(days=60 + job) - QUOTED),
                    )
                    ours |= {"on": self.at.date(), "at": self.at}
                self.submit(ask.OpenJob(**ours, proposal=offered))
                self.submit(ask.QuoteJob(**ours))
                if what:
                    self.submit(ask.BindJob(**ours, paid=usd("100.00")))
                if what == 1:
                    self.submit(ask.IssueJob(**ours))
            case 4:
                self.submit(ask.OpenJob(**ours, proposal=proposal(kind, day, minor, self.state)))
            case 5 | 6:
                self.submit(ask.QuoteJob(**ours))
            case 7 | 8:
                self.submit(ask.BindJob(**ours))
            case 9 | 10:
                self.submit(ask.IssueJob(**ours))
            case 11:
                self.submit(ask.EditJob(**ours, proposal=proposal(kind, day, minor, self.state)))
            case 12:
                choices = (ask.Choice("coverage.jewels", "mine" if minor % 2 else "theirs"),)
                self.submit(ask.MergeJob(**ours, choices=choices))
            case 13:
                self.submit(ask.CloseJob(**ours, outcome=("withdrawn", "expired", "not_taken", "declined")[kind % 4]))
            case 14:
                self.submit(ask.RaiseIssue(**ours, code="roof", blocks="bind", authority="underwriter"))
            case 15:
                self.submit(ask.ApproveIssue(**ours, code="roof", authority="manager", until=day))
            case 16:
                self.submit(ask.RecordDecision(**ours, decision="accepted"))
            case 17 | 18:
                ends = max(today, START) + timedelta(days=40 + job) if what == 18 else None
                notice = ask.GiveNotice(**about, reason="nonpayment", mailed_on=today, required=usd("50.00"))
                self.submit(replace(notice, effective=ends))
            case 19:
                moved = self.state.notice.earliest + timedelta(days=job) if is_pending(self.state) else day
                self.submit(ask.MoveCancellation(**about, effective=moved))
            case 20:
                self.submit(ask.RescindCancellation(**about, paid=Money(abs(minor), "USD")))
            case 21:
                if minor % 3 == 0:
                    self.submit(ask.CancelPolicy(policy_id="P", on=day, at=self.at, reason="insured_request"))
            case 22:
                on = self.state.notice.effective if isinstance(self.state, PendingCancel) else day
                self.submit(ask.CancelPolicy(policy_id="P", on=on, at=self.at, reason="nonpayment"))
            case 23:
                renewing = any(one.kind == "renewal" and one.status == "issued" for one in known)
                if renewing or minor % 4 == 0:
                    on = self.state.terms.end if renewing else max(today, day)
                    self.submit(ask.ExpirePolicy(policy_id="P", on=on, at=self.at))
            case 24 | 25:
                self.reinstate(ours)
            case 26:
                self.submit(ask.ReleaseHeld(**about))
            case _:
                self.submit(ask.QuotePolicy(**about, terms=terms(1)))

    def reinstate(self, ours: dict[str, Any]):
        if isinstance(self.state, Cancelled):
            ours["job_id"] = f"R{len(self.state.docket.jobs)}"
            on = min(self.at.date(), self.state.cancelled_on + timedelta(days=60))
            self.submit(ask.OpenJob(**ours, proposal=Reinstatement(self.state.cancelled_on)))
            ours["on"] = on
            self.submit(ask.QuoteJob(**ours))
            self.submit(ask.BindJob(**ours))

    def submit(self, command):
        """Every answer is events or a refusal; a decision that stands is judged."""
        answer = self.machine.decide(command, self.state)
        assert isinstance(answer, tuple | Refusal)
        if isinstance(answer, Refusal) or not answer:
            return
        before = self.state
        for event in answer:
            REACHED.add(type(event))
            self.state = self.become(self.state, self.happen(event, self.state))
        self.judge(before, answer)

    # --- what must hold

    def judge(self, before, events):
        view = policy_view("P", self.state, self.carrier)
        found = (
            {one.code: one.text for one in judged(POLICY_INVARIANTS, "P", view) if isinstance(one, Violation)}
            if view
            else {}
        )
        found |= self.own_findings(before, events)
        seen = {code: text for code, text in found.items() if code in self.judges}
        assert not seen, f"{seen} after {events}"

    def own_findings(self, before, events) -> dict[str, str]:
        found: dict[str, str] = {}
        if isinstance(self.state, InForce | PendingCancel | Cancelled | Expired):
            for period in periods(self.state):
                if not costs_what_its_days_cost(self.carrier, period):
                    found["INV-P7"] = f"{period} does not cost what its days cost in the order of their dates"
                if period.cover != cut(period):
                    found["INV-P1"] = "the cover that is kept does not follow from the versions"
            found |= self.history_stays()
        for event in events:
            if isinstance(event, happened.PolicyCancelled):
                self.uncancelled = before.period
            if isinstance(event, happened.PolicyReinstated) and event.on == event.cancelled_on:
                found |= reinstated_is_as_before(self.uncancelled, self.state.period)
        if isinstance(self.state, PendingCancel) and isinstance(before, InForce):
            notice = self.state.notice
            if notice.effective < notice.mailed_on + timedelta(days=NOTICE_DAYS):
                found["INV-P11"] = f"{notice.effective} is too soon after {notice.mailed_on}"
        return found

    def history_stays(self) -> dict[str, str]:
        """INV-P9: what was known at an instant about a day never changes."""
        for (day, known_at), version in self.known.items():
            if known_at < self.at and as_of(self.state, effective=day, known_at=known_at) != version:
                return {"INV-P9": f"at {known_at} another version ruled on {day}"}
        for day in (START + timedelta(days=100), self.at.date(), END):
            self.known[day, self.at] = as_of(self.state, effective=day, known_at=self.at)
        return {}


def costs_what_its_days_cost(carrier, period) -> bool:
    """The premium of a term, day by day in exact fractions, from its holding versions in the order of their days.

    Every change rounds once, by half a cent at most. Only for terms that count actual days and kept nothing.
    """
    if carrier.day_count != "actual/actual_in_term" or period.retained or period.until:
        return True
    holding = active(period.versions)
    days = (period.terms.end - period.terms.start).days
    rate, covers, cost = Fraction(240000), False, Fraction(0)
    marks = [*((one.effective, one) for one in holding), (period.terms.end, None)]
    since = period.terms.start
    for day, version in marks:
        day = min(day, period.terms.end)
        cost += rate * (day - since).days / days if covers else 0
        since = day
        if version is not None:
            rate += sum(
                edit.by.minor for edit in version.edits if isinstance(edit, AdjustCharge) and edit.pattern == "premium"
            )
            covers = version.status == "in_force"
    booked = next(charge.amount.minor for charge in period.booked if charge.pattern == "premium")
    base = period.terms.charges[0].amount.minor
    return base != 240000 or abs(booked - cost) <= Fraction(len(holding) + 1, 2)


def without_fees(charges):
    return tuple(charge for charge in charges if charge.pattern != "fee")


def reinstated_is_as_before(was, now) -> dict[str, str]:
    """INV-P5: cancelled and reinstated without a lapse, the term is booked and cut as if neither had happened, but for
    the fee.
    """
    if was.until is not None:
        return {}
    booked = (
        {one.pattern: one.amount for one in without_fees(was.booked)},
        {one.pattern: one.amount for one in without_fees(now.booked)},
    )
    if booked[0] != booked[1]:
        return {"INV-P5": f"{booked[0]} was booked, now {booked[1]}"}
    cover = [
        [(one.status, one.coverages, without_fees(one.rates)) for one in rules_by_day(period)] for period in (was, now)
    ]
    return {} if cover[0] == cover[1] else {"INV-P5": "another cover than before the cancellation"}


def rules_by_day(period):
    """The segment that rules on every fifth day of the term."""
    for day in range(0, (period.terms.end - period.terms.start).days, 5):
        on = period.terms.start + timedelta(days=day)
        yield next(one for one in period.cover if one.start <= on < one.end)


def settings_for(examples: int, steps: int = 40) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def test_a_thousand_lives_of_a_policy_keep_every_invariant():
    REACHED.clear()
    run_state_machine_as_test(PolicyHistories, settings=settings_for(1000))
    assert set(get_args(happened.Event)) - WITH_A_MORATORIUM == REACHED


# --- every invariant can fail


def one_cent_more(charges):
    return tuple(replace(one, amount=Money(one.amount.minor + 1, "USD")) for one in charges)


class LosesTheFirstSegment(PolicyHistories):
    judges = frozenset({"INV-P1"})

    def happen(self, event, state):
        return replace(event, cover=event.cover[1:]) if isinstance(event, happened.PolicyChanged) else event


class BooksACentMore(PolicyHistories):
    judges = frozenset({"INV-P2"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyChanged):
            return replace(event, charges=one_cent_more(event.charges))
        return event


class EarnsLessThanItWrites(BooksACentMore):
    judges = frozenset({"INV-P3"})


class GivesBackTwice(PolicyHistories):
    judges = frozenset({"INV-P4"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyCancelled):
            back = tuple(replace(one, amount=one.amount + one.amount + one.amount) for one in event.returned)
            return replace(event, returned=back)
        return event


class KeepsAPartWhenReinstated(PolicyHistories):
    judges = frozenset({"INV-P5"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyReinstated):
            return replace(event, charges=event.charges[1:])
        return event


class AppliesChangesOnTheDayTheyAreBound(PolicyHistories):
    judges = frozenset({"INV-P7"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyChanged):
            late = tuple(
                replace(one, effective=max(one.effective, START + timedelta(days=200))) for one in event.versions
            )
            return replace(event, versions=late)
        return event


class BindsOnAStaleBase(PolicyHistories):
    """Every change has a twin that was quoted on the same version and is bound after it, because nobody looks."""

    judges = frozenset({"INV-P8"})

    def submit(self, command):
        if not isinstance(command, ask.BindJob):
            super().submit(command)
            return
        about: dict[str, Any] = {
            "policy_id": "P",
            "job_id": f"{command.job_id}-twin",
            "on": command.on,
            "at": command.at,
        }
        job = self.state.docket.job(command.job_id)
        if job is not None and job.kind == "policy_change":
            super().submit(ask.OpenJob(**about, proposal=job.proposal))
            super().submit(ask.QuoteJob(**about))
        super().submit(command)
        twin = self.state.docket.job(about["job_id"])
        if twin is not None and twin.status == "preempted":
            self.happen_blindly(ask.BindJob(**about))

    def happen_blindly(self, command):
        current = tuple(
            replace(one, base=base_of(self.state), status="quoted", quote_expires=END)
            if one.job_id == command.job_id
            else one
            for one in self.state.docket.jobs
        )
        answer = self.machine.decide(command, replace(self.state, docket=replace(self.state.docket, jobs=current)))
        for event in answer if isinstance(answer, tuple) else ():
            self.state = evolve(self.state, event)
        self.judge(self.state, ())


class ForgetsWhatWasKnown(PolicyHistories):
    judges = frozenset({"INV-P9"})

    def become(self, before, event):
        after: Any = evolve(before, event)
        if isinstance(event, happened.PolicyCancelled):
            last = replace(after.period.versions[-1], number=1)
            return replace(after, period=replace(after.period, versions=(last,)))
        return after


class MailsTooLate(PolicyHistories):
    judges = frozenset({"INV-P11"})

    def happen(self, event, state):
        if isinstance(event, happened.NoticeGiven):
            return replace(event, effective=event.effective - timedelta(days=1))
        return event


@pytest.mark.parametrize(
    "defective",
    [
        LosesTheFirstSegment,
        BooksACentMore,
        EarnsLessThanItWrites,
        GivesBackTwice,
        KeepsAPartWhenReinstated,
        AppliesChangesOnTheDayTheyAreBound,
        BindsOnAStaleBase,
        ForgetsWhatWasKnown,
        MailsTooLate,
    ],
)
def test_a_planted_defect_is_found(defective):
    (code,) = defective.judges

    with pytest.raises(AssertionError, match=code):
        run_state_machine_as_test(defective, settings=settings_for(200))
