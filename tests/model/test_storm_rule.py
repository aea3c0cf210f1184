"""The storm rule of an insurer, from the claim that finds a dwelling damaged to the policy that may not end: named
strategies, of which the default forbids nothing. What a state says is in tests/model/policy/test_storm_law.py.
"""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, NOTICE, START, at, bind, claim_id, close, issue, policy_id, quote, report, verify
from fixtures.jurisdictions import florida
from model.choices.policy import StormNonpayment, StormRule
from model.claims.commands import RecordRepair
from model.core import Core
from model.decider import Refusal
from model.policy.commands import BindJob, CancelPolicy, GiveNotice, OpenJob, QuoteJob, ReleaseHeld
from model.policy.dwelling import Damage
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.policy.proposals import Cancellation, NonRenewal, Proposal
from model.policy.states import InForce
from model.policy.storm_rule import may_end_cover

LAW, COASTAL = florida()
REPAIRED = date(2026, 11, 2)
DAMAGED = Damage("C", date(2026, 9, 10))
MENDED = Damage("C", date(2026, 9, 10), REPAIRED)
UNHEARD = Damage("C", None, REPAIRED)


@pytest.mark.parametrize(
    ("rule", "damages", "on", "allowed"),
    [
        ("no_rule", (DAMAGED,), "2026-10-01", True),
        ("until_repaired", (), "2026-10-01", True),
        ("until_repaired", (DAMAGED,), "2030-01-01", False),
        ("until_repaired", (MENDED,), "2026-11-01", False),
        ("until_repaired", (MENDED,), "2026-11-02", True),
        ("until_repaired", (UNHEARD,), "2026-10-01", True),
        ("until_repaired", (MENDED, DAMAGED), "2026-12-01", False),
        ("until_days_after_repair", (MENDED,), "2027-01-30", False),
        ("until_days_after_repair", (MENDED,), "2027-01-31", True),
    ],
)
def test_a_damaged_dwelling_keeps_its_cover_as_long_as_the_strategy_says(rule, damages, on, allowed):
    refused = may_end_cover(rule, damages, on=date.fromisoformat(on), days_after_repair=90)

    assert (refused is None) is allowed
    assert refused is None or refused.code == "dwelling_not_repaired"


class Struck:
    """A policy whose dwelling a hurricane damaged, and everybody has heard of it."""

    def __init__(
        self, rule: StormRule, *, cause: Any = "hurricane", storm_nonpayment: StormNonpayment = "goes_on"
    ) -> None:
        chosen = replace(COASTAL.policy, storm_rule=rule, storm_nonpayment=storm_nonpayment)
        self.core = Core(LAW, replace(COASTAL, policy=chosen))
        for step in (quote, bind, issue):
            self.core.submit(step(1))
        self.core.drain(at=at(START))
        self.core.submit(replace(report(1), cause=cause))
        self.core.submit(verify(1))
        self.hear()

    def hear(self) -> None:
        assert self.core.drain(at=at(NOTICE)) == ()

    def ask(self, kind: Any, on: date, **more: Any) -> Any:
        return self.core.submit(kind(policy_id=policy_id(1), on=on, at=at(on), **more))

    def job(self, proposal: Proposal, on: date) -> Any:
        job = f"J{on}"
        self.ask(OpenJob, on, job_id=job, proposal=proposal)
        self.ask(QuoteJob, on, job_id=job)
        return self.ask(BindJob, on, job_id=job)

    def repair(self, on: date = REPAIRED) -> None:
        assert not isinstance(self.core.submit(RecordRepair(claim_id=claim_id(1), on=on, at=at(on))), Refusal)
        self.hear()


SOON, LATER = date(2026, 10, 5), date(2026, 12, 1)
MAILED = date(2027, 4, 1)
ENDINGS: dict[str, Any] = {
    "a cancellation": lambda it, on: it.ask(CancelPolicy, on, reason="other"),
    "a notice": lambda it, on: it.ask(GiveNotice, on, reason="other", mailed_on=on),
    "a cancellation job": lambda it, on: it.job(Cancellation(on, "other"), on),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_insurer_cannot_end_cover_of_a_damaged_dwelling_until_it_is_repaired(ending, answered):
    struck = Struck("until_repaired")
    assert answered(ENDINGS[ending](struck, SOON)) == "dwelling_not_repaired"

    struck.repair()

    assert not isinstance(ENDINGS[ending](struck, LATER), Refusal)


def test_it_cannot_refuse_to_renew_either(answered):
    struck = Struck("until_repaired")
    assert answered(struck.job(NonRenewal(MAILED, "losses"), MAILED)) == "dwelling_not_repaired"

    struck.repair()

    assert "PolicyNonrenewed" in answered(struck.ask(BindJob, MAILED, job_id=f"J{MAILED}"))


def test_a_nonrenewal_waits_for_ninety_days_after_the_repair_to_be_over_at_the_end_of_the_term(answered):
    struck = Struck("until_days_after_repair")
    struck.repair(date(2027, 3, 4))

    assert (END - date(2027, 3, 4)).days == 89
    assert answered(struck.job(NonRenewal(MAILED, "losses"), MAILED)) == "dwelling_not_repaired"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("rule", "cause"), [("no_rule", "hurricane"), ("until_repaired", "fire")])
def test_without_a_rule_or_without_a_storm_nothing_is_forbidden(rule, cause, ending):
    assert not isinstance(ENDINGS[ending](Struck(rule, cause=cause), SOON), Refusal)


@pytest.mark.parametrize("reason", ["insured_request", "nonpayment"])
def test_the_insured_may_leave_and_who_does_not_pay_may_be_left(reason, answered):
    assert answered(Struck("until_repaired").ask(CancelPolicy, SOON, reason=reason)) == "PolicyCancelled"


@pytest.mark.parametrize("reason", ["insured_request", "nonpayment"])
def test_an_insurer_may_keep_whom_a_storm_struck_although_nothing_is_paid(reason, answered):
    struck = Struck("until_repaired", storm_nonpayment="kept_too")
    gone = "PolicyCancelled" if reason == "insured_request" else "dwelling_not_repaired"

    assert answered(struck.ask(CancelPolicy, SOON, reason=reason)) == gone
    assert answered(Struck("no_rule", storm_nonpayment="kept_too").ask(CancelPolicy, SOON, reason=reason)) == (
        "PolicyCancelled"
    )


def test_a_claim_that_was_closed_leaves_a_dwelling_that_is_to_be_repaired(answered):
    struck = Struck("until_repaired")
    struck.core.submit(close(1))

    assert answered(struck.ask(CancelPolicy, LATER, reason="other")) == "dwelling_not_repaired"


def test_policy_knows_what_it_was_told_and_nothing_before():
    struck = Struck("until_repaired")
    core = Core(LAW, struck.core.carrier)
    for step in (quote, bind, issue):
        core.submit(step(1))
    core.drain(at=at(START))
    core.submit(report(1))
    core.submit(verify(1))
    (told,) = core.outbox

    assert (told.type, told.subject) == ("insurance.claims.dwelling.damaged.v1", claim_id(1))
    assert core.damages(policy_id(1)) == ()
    for repeat in ("", "~2"):
        core.deliver(told, to="policy", at=at(NOTICE), repeat=repeat)
    assert core.damages(policy_id(1)) == (Damage(claim_id(1), NOTICE),)


def test_what_a_moratorium_held_is_not_let_go_against_the_rule():
    held = Moratorium("HOLD", ("FL",), (), (), START, None, (Suspended("cancel", "hold"),))
    sound = Core(LAW, replace(COASTAL, policy=replace(COASTAL.policy, storm_rule="until_repaired")))
    for step in (quote, bind, issue):
        sound.submit(step(1))
    sound.drain(at=at(START))
    sound.submit(DeclareMoratorium(moratorium=held, on=START, at=at(START)))
    sound.submit(CancelPolicy(policy_id=policy_id(1), reason="other", on=date(2026, 8, 3), at=at(date(2026, 8, 3))))
    for step in (report, verify):
        sound.submit(step(1))
    sound.drain(at=at(NOTICE))
    sound.submit(EndMoratorium(moratorium_id="HOLD", on=SOON, at=at(SOON)))

    answer: Any = sound.submit(ReleaseHeld(policy_id=policy_id(1), on=SOON, at=at(SOON)))

    assert [one.refused for one in answer] == ["dwelling_not_repaired"]
    assert isinstance(sound.policy(policy_id(1)), InForce)
