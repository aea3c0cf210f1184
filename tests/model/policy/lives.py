"""Random lives of a policy: every command at any time, and everything that must hold all along.

`PolicyLife` is the machine that the tests run, as it is and with planted defects.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, ClassVar, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from fixtures.histories import END, START, terms, usd
from fixtures.jurisdictions import florida
from model.choices.policy import PolicyChoices, ShortRateStep
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
from model.policy.states import Cancelled, Expired, InForce, PendingCancel, as_of, periods
from model.policy.terms import Coverage
from model.policy.versions import cut
from model.published.seen import policy_view
from tests.model.policy.judging import costs_what_its_days_cost, reinstated_is_as_before

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


STEPS_AT_ONCE = 8
"""Steps between two looks at everything: what breaks in between is still broken then."""


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


class Drawn(NamedTuple):
    """What the dice say of one step."""

    what: int
    kind: int
    job: int
    days: int
    minor: int
    later: int


LIMITS = ((0, 27), (0, 11), (0, 3), (-60, 400), (-40000, 60000), (0, 4))
# More than 24 bits would not be drawn evenly.
SEEDS = st.integers(0, 2**24 - 1)
REACHED: set[type] = set()


class PolicyLife(RuleBasedStateMachine):
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

    @rule(seed=SEEDS)
    def live(self, seed):
        """Some steps at once, and then everything is judged: a draw costs more than all that it is drawn for."""
        dice = Random(seed)
        for _ in range(STEPS_AT_ONCE):
            self.ask_something(Drawn(*[dice.randint(*limits) for limits in LIMITS]))
        self.judge(self.of_the_policy())

    def ask_something(self, step):
        self.at += timedelta(days=step.later * step.later)
        about: dict[str, Any] = {"policy_id": "P", "on": self.at.date(), "at": self.at}
        jobs = self.state.docket.jobs
        job_id = jobs[-1 - step.job % len(jobs)].job_id if jobs and step.job else f"J{len(jobs)}"
        day = START + timedelta(days=step.days)
        if step.what < 4:
            self.work_a_whole_job(step, day, {**about, "job_id": f"J{len(jobs)}"})
        elif step.what < 17:
            self.submit(self.asked_of_a_job(step, day, {**about, "job_id": job_id}))
        elif step.what in (24, 25):
            self.reinstate({**about, "job_id": job_id})
        else:
            command = self.asked_of_the_policy(step, day, about)
            if command is not None:
                self.submit(command)

    def work_a_whole_job(self, step, day, ours):
        offered = proposal(step.kind, day, step.minor, self.state)
        if isinstance(offered, Renewal):
            opens = offered.terms.start - timedelta(days=60 + step.job) - QUOTED
            self.at = max(self.at, datetime(2026, 5, 1, 15, tzinfo=UTC) + opens)
            ours |= {"on": self.at.date(), "at": self.at}
        self.submit(ask.OpenJob(**ours, proposal=offered))
        self.submit(ask.QuoteJob(**ours))
        if step.what:
            self.submit(ask.BindJob(**ours, paid=usd("100.00")))
        if step.what == 1:
            self.submit(ask.IssueJob(**ours))

    def asked_of_a_job(self, step, day, ours) -> Any:
        match step.what:
            case 4:
                return ask.OpenJob(**ours, proposal=proposal(step.kind, day, step.minor, self.state))
            case 5 | 6:
                return ask.QuoteJob(**ours)
            case 7 | 8:
                return ask.BindJob(**ours)
            case 9 | 10:
                return ask.IssueJob(**ours)
            case 11:
                return ask.EditJob(**ours, proposal=proposal(step.kind, day, step.minor, self.state))
            case 12:
                choice = ask.Choice("coverage.jewels", "mine" if step.minor % 2 else "theirs")
                return ask.MergeJob(**ours, choices=(choice,))
            case 13:
                return ask.CloseJob(**ours, outcome=("withdrawn", "expired", "not_taken", "declined")[step.kind % 4])
            case 14:
                return ask.RaiseIssue(**ours, code="roof", blocks="bind", authority="underwriter")
            case 15:
                scope = ("job", "quote", "policy")[step.kind % 3]
                return ask.ApproveIssue(**ours, code="roof", authority="manager", until=day, scope=scope)
            case _:
                return ask.RecordDecision(**ours, decision="accepted")

    def asked_of_the_policy(self, step, day, about) -> Any:
        today, at, pending = about["on"], about["at"], isinstance(self.state, PendingCancel)
        match step.what:
            case 17 | 18:
                ends = max(today, START) + timedelta(days=40 + step.job) if step.what == 18 else None
                notice = ask.GiveNotice(**about, reason="nonpayment", mailed_on=today, required=usd("50.00"))
                return replace(notice, effective=ends)
            case 19:
                moved = self.state.notice.earliest + timedelta(days=step.job) if pending else day
                return ask.MoveCancellation(**about, effective=moved)
            case 20:
                return ask.RescindCancellation(**about, paid=Money(abs(step.minor), "USD"))
            case 21:
                asked = ask.CancelPolicy(policy_id="P", on=day, at=at, reason="insured_request")
                return asked if step.minor % 3 == 0 else None
            case 22:
                on = self.state.notice.effective if pending else day
                return ask.CancelPolicy(policy_id="P", on=on, at=at, reason="nonpayment")
            case 23:
                jobs = self.state.docket.jobs
                renewing = any(one.kind == "renewal" and one.status == "issued" for one in jobs)
                on = self.state.terms.end if renewing else max(today, day)
                return ask.ExpirePolicy(policy_id="P", on=on, at=at) if renewing or step.minor % 4 == 0 else None
            case 26 if step.minor % 4 == 0:
                direction = ("renew", "refer", "non_renew", "not_taken")[step.kind % 4]
                return ask.DirectRenewal(**about, direction=direction, authority="underwriter")
            case 26:
                return ask.ReleaseHeld(**about)
            case _:
                return ask.QuotePolicy(**about, terms=terms(1))

    def reinstate(self, ours: dict[str, Any]):
        if isinstance(self.state, Cancelled):
            ours["job_id"] = f"R{len(self.state.docket.jobs)}"
            on = min(self.at.date(), self.state.cancelled_on + timedelta(days=60))
            self.submit(ask.OpenJob(**ours, proposal=Reinstatement(self.state.cancelled_on)))
            ours["on"] = on
            self.submit(ask.QuoteJob(**ours))
            self.submit(ask.BindJob(**ours))

    def submit(self, command):
        """Every answer is events or a refusal; what was decided is judged."""
        answer = self.machine.decide(command, self.state)
        assert isinstance(answer, tuple | Refusal)
        if isinstance(answer, Refusal) or not answer:
            return
        before = self.state
        self.stood: list[Any] = []
        for event in answer:
            REACHED.add(type(event))
            self.stood.append(self.state)
            self.state = self.become(self.state, self.happen(event, self.state))
        self.judge(self.of_this_decision(before, answer))

    # --- what must hold

    def judge(self, found: dict[str, str]):
        seen = {code: text for code, text in found.items() if code in self.judges}
        assert not seen, f"{seen} in {self.state}"

    def of_the_policy(self) -> dict[str, str]:
        view = policy_view("P", self.state, self.carrier)
        found: dict[str, str] = {}
        if view is not None:
            broken = judged(POLICY_INVARIANTS, "P", view)
            found |= {one.code: one.text for one in broken if isinstance(one, Violation)}
        if isinstance(self.state, InForce | PendingCancel | Cancelled | Expired):
            for period in periods(self.state):
                if not costs_what_its_days_cost(self.carrier, period):
                    found["INV-P7"] = f"{period} does not cost what its days cost in the order of their dates"
                if period.cover != cut(period):
                    found["INV-P1"] = "the cover that is kept does not follow from the versions"
            found |= self.history_stays()
        return found

    def of_this_decision(self, before, events) -> dict[str, str]:
        found: dict[str, str] = {}
        # What was held is done in one decision, each on what the one before it made so.
        for stood, event in zip(self.stood, events, strict=True):
            if isinstance(event, happened.PolicyCancelled):
                self.uncancelled = stood.period
            if isinstance(event, happened.PolicyReinstated) and event.on == event.cancelled_on:
                found |= reinstated_is_as_before(self.uncancelled, self.state.period)
        if isinstance(self.state, PendingCancel) and isinstance(before, InForce):
            notice = self.state.notice
            if notice.effective < notice.mailed_on + timedelta(days=NOTICE_DAYS):
                found["INV-P11"] = f"{notice.effective} is too soon after {notice.mailed_on}"
        for day in (START + timedelta(days=100), self.at.date(), END):
            self.known[day, self.at] = as_of(self.state, effective=day, known_at=self.at)
        return found

    def history_stays(self) -> dict[str, str]:
        """INV-P9: what was known at an instant about a day never changes."""
        for (day, known_at), version in self.known.items():
            if known_at < self.at and as_of(self.state, effective=day, known_at=known_at) != version:
                return {"INV-P9": f"at {known_at} another version ruled on {day}"}
        return {}


def settings_for(examples: int, steps: int = 40) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps // STEPS_AT_ONCE,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
