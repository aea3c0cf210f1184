"""What hypothesis may do to a policy after its first issue: jobs, notices, moratoria, and a claim that finds its policy
late.
"""

from datetime import date, timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, multiple, precondition, rule

from contracts.lockstep_machine import Lockstep, Quoted, money, offered
from model.published.operations import OperationName

MOST_CLAIMS = 2
Job: TypeAlias = tuple[Quoted, str, date]
"""A job of a policy by its id, and the day on which it was begun."""

dollars = st.integers(min_value=-500, max_value=500)
AUTHORITIES = ("agent", "underwriter", "manager", "nobody")
DIRECTIONS = ("renew", "refer", "non_renew", "not_taken")
days = st.integers(min_value=0, max_value=364)


class JobLockstep(Lockstep):
    """One walk with everything that a core offers. A subclass names the session."""

    jobs: "Bundle[Job]" = Bundle("jobs")
    moratoria: "Bundle[str]" = Bundle("moratoria")
    reported: "Bundle[str]" = Bundle("reported")

    def __init__(self) -> None:
        super().__init__()
        self._jobs = 0
        self._moratoria = 0
        self._claims = 0

    def _open(self, of: Quoted, on: date, proposal: dict[str, Any]) -> Job:
        self._jobs += 1
        job = f"J-{self._jobs}"
        self._ask("open_job", of.policy, job_id=job, proposal=proposal, on=on.isoformat())
        return (of, job, on)

    def _step(self, operation: OperationName, job: Job, **more: Any) -> None:
        of, job_id, on = job
        self._ask(operation, of.policy, job_id=job_id, on=on.isoformat(), **more)

    def _whole(self, of: Quoted, on: date, proposal: dict[str, Any], **more: Any) -> Job:
        job = self._open(of, on, proposal)
        self._step("quote_job", job)
        self._step("bind_job", job, **more)
        return job

    def _paid(self) -> dict[str, str]:
        return money(500_00, self.session.carrier)

    # --- jobs

    @rule(target=jobs, of=Lockstep.quoted, day=days, by=dollars)
    def begin_a_change(self, of: Quoted, day: int, by: int) -> Job:
        on = of.start + timedelta(day)
        return self._open(of, on, _change(on, money(by * 100, self.session.carrier)))

    @rule(target=jobs, of=Lockstep.quoted, day=days, by=dollars)
    def change(self, of: Quoted, day: int, by: int) -> Job:
        on = of.start + timedelta(day)
        return self._whole(of, on, _change(on, money(by * 100, self.session.carrier)))

    @rule(of=Lockstep.quoted, day=days, reason=st.sampled_from(("insured_request", "other")))
    def cancel_by_a_job(self, of: Quoted, day: int, reason: str) -> None:
        on = of.start + timedelta(day)
        self._whole(of, on, {"kind": "cancellation", "effective": on.isoformat(), "reason": reason})

    @rule(of=Lockstep.quoted, day=days)
    def reinstate(self, of: Quoted, day: int) -> None:
        on = of.start + timedelta(day)
        self._whole(of, on, {"kind": "reinstatement", "effective": on.isoformat()})

    @rule(of=Lockstep.quoted, day=days, ends=st.sampled_from(("after_a_year", "with_the_term")))
    def rewrite(self, of: Quoted, day: int, ends: str) -> None:
        on = of.start + timedelta(day)
        terms = {"start": on.isoformat(), "ends": ends, **offered(self.session.carrier)}
        self._whole(of, on, {"kind": "rewrite", **terms})

    @rule(target=jobs, of=Lockstep.quoted, ahead=st.sampled_from((90, 47, 1)))
    def renew(self, of: Quoted, ahead: int) -> Job:
        on = of.start + timedelta(365 - ahead)
        return self._whole(of, on, {"kind": "renewal", **offered(self.session.carrier)}, paid=self._paid())

    @rule(of=Lockstep.quoted, ahead=st.integers(min_value=1, max_value=200))
    def nonrenew(self, of: Quoted, ahead: int) -> None:
        on = of.start + timedelta(365 - ahead)
        self._whole(of, on, {"kind": "non_renewal", "mailed_on": on.isoformat(), "reason": "losses"})

    @rule(job=jobs, operation=st.sampled_from(("quote_job", "bind_job", "issue_job")))
    def go_on_with(self, job: Job, operation: OperationName) -> None:
        self._step(operation, job)

    @rule(job=jobs, outcome=st.sampled_from(("withdrawn", "declined", "not_taken")))
    def close_job(self, job: Job, outcome: str) -> None:
        self._step("close_job", job, outcome=outcome)

    # --- underwriting

    @rule(
        job=jobs,
        blocks=st.sampled_from(("quote", "bind", "issue")),
        scope=st.sampled_from(("quote", "job", "policy")),
        authority=st.sampled_from(AUTHORITIES),
    )
    def refer(self, job: Job, blocks: str, scope: str, authority: str) -> None:
        """An issue that some may approve and others may not."""
        self._step("raise_issue", job, code="roof", blocks=blocks, authority="underwriter")
        until = (job[2] + timedelta(30)).isoformat()
        self._step("approve_issue", job, code="roof", authority=authority, until=until, scope=scope)

    @rule(of=Lockstep.quoted, day=days, direction=st.sampled_from(DIRECTIONS), authority=st.sampled_from(AUTHORITIES))
    def direct_renewal(self, of: Quoted, day: int, direction: str, authority: str) -> None:
        on = (of.start + timedelta(day)).isoformat()
        self._ask("direct_renewal", of.policy, direction=direction, authority=authority, on=on)

    # --- notices and moratoria

    @rule(of=Lockstep.quoted, day=days, reason=st.sampled_from(("nonpayment", "other")))
    def give_notice(self, of: Quoted, day: int, reason: str) -> None:
        on = (of.start + timedelta(day)).isoformat()
        asked: dict[str, Any] = {"reason": reason, "mailed_on": on, "on": on}
        if reason == "nonpayment":
            asked |= {"due_on": of.start.isoformat(), "required": self._paid()}
        self._ask("give_notice", of.policy, **asked)

    @rule(of=Lockstep.quoted, day=days, minor=st.sampled_from((499_99, 500_00)))
    def rescind(self, of: Quoted, day: int, minor: int) -> None:
        on = (of.start + timedelta(day)).isoformat()
        self._ask("rescind_cancellation", of.policy, on=on, paid=money(minor, self.session.carrier))

    @rule(target=moratoria, of=Lockstep.quoted, answer=st.sampled_from(("refuse", "hold")), day=days)
    def declare_moratorium(self, of: Quoted, answer: str, day: int) -> str:
        """In the area of this walk, where its later policies lie, so that no other walk is touched."""
        self._moratoria += 1
        symbol = f"$M{self._moratoria}"
        on = (of.start + timedelta(day - 60)).isoformat()
        suspended = [{"operation": operation, "answer": answer} for operation in ("bind", "cancel", "notice", "change")]
        self._ask(
            "declare_moratorium",
            "",
            {symbol: "moratorium_id"},
            start=on,
            on=on,
            areas=[self.area],
            suspended=suspended,
        )
        return symbol

    @rule(symbol=moratoria, of=Lockstep.quoted, day=days)
    def end_moratorium(self, symbol: str, of: Quoted, day: int) -> None:
        self._ask("end_moratorium", symbol, on=(of.start + timedelta(day)).isoformat())

    @rule(symbol=moratoria)
    def read_moratorium(self, symbol: str) -> None:
        self._ask("read_moratorium", symbol)

    @rule(of=Lockstep.quoted, day=days)
    def release_held(self, of: Quoted, day: int) -> None:
        self._ask("release_held", of.policy, on=(of.start + timedelta(day)).isoformat())

    # --- claims

    @precondition(lambda self: self._claims < MOST_CLAIMS)
    @rule(
        target=reported,
        of=Lockstep.quoted,
        told=st.sampled_from(("policy", "nobody's")),
        cause=st.sampled_from(("hurricane", "fire")),
    )
    def report_claim(self, of: Quoted, told: str, cause: str) -> "str | MultipleResults[str]":
        symbol = f"$C{self._claims + 1}"
        reply = self._ask(
            "report_claim",
            "",
            {symbol: "claim_id"},
            # An account's id is no policy's; another walk's illegible notice would look like one of the same loss.
            policy_id=of.policy if told == "policy" else self.area,
            claimant_id="I-1",
            coverage="dwelling",
            cause=cause,
            loss_at="2026-06-20T16:00:00Z",
            intake="phone",
            on="2026-06-22",
        )
        if reply.view is None:
            return multiple()
        self._claims += 1
        return symbol

    @rule(symbol=reported, of=Lockstep.quoted)
    def attach_policy(self, symbol: str, of: Quoted) -> None:
        self._ask("attach_policy", symbol, policy_id=of.policy, coverage="dwelling", on="2026-06-23")

    @rule(symbol=reported, on=st.sampled_from(("2026-06-01", "2026-09-01")))
    def record_repair(self, symbol: str, on: str) -> None:
        self._ask("record_repair", symbol, on=on)

    @rule(symbol=reported)
    def read_claim(self, symbol: str) -> None:
        self._ask("read_claim", symbol)
        self._ask("read_clocks", symbol, on="2026-12-31")

    @rule(symbol=reported)
    def close_claim(self, symbol: str) -> None:
        self._ask("close_claim", symbol, on="2026-10-01")


def _change(on: date, by: dict[str, str]) -> dict[str, Any]:
    edits = [{"edit": "adjust_charge", "pattern": "premium", "by": by}]
    return {"kind": "policy_change", "effective": on.isoformat(), "edits": edits}
