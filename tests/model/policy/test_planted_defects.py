"""Every invariant of a policy can fail: the random lives find a defect that was planted for it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import END, START
from model.money import Money
from model.policy import commands as ask
from model.policy import events as happened
from model.policy.period import evolve
from model.policy.states import base_of
from tests.model.policy.lives import PolicyLife, settings_for


def one_cent_more(charges):
    return tuple(replace(one, amount=Money(one.amount.minor + 1, "USD")) for one in charges)


class LosesTheFirstSegment(PolicyLife):
    judges = frozenset({"INV-P1"})

    def happen(self, event, state):
        return (
            replace(event, cover=event.cover[1:] or event.cover) if isinstance(event, happened.PolicyChanged) else event
        )


class BooksACentMore(PolicyLife):
    judges = frozenset({"INV-P2"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyChanged):
            return replace(event, charges=one_cent_more(event.charges))
        return event


class EarnsLessThanItWrites(BooksACentMore):
    judges = frozenset({"INV-P3"})


class GivesBackTwice(PolicyLife):
    judges = frozenset({"INV-P4"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyCancelled):
            back = tuple(replace(one, amount=one.amount + one.amount + one.amount) for one in event.returned)
            return replace(event, returned=back)
        return event


class KeepsAPartWhenReinstated(PolicyLife):
    judges = frozenset({"INV-P5"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyReinstated):
            return replace(event, charges=event.charges[1:])
        return event


class AppliesChangesOnTheDayTheyAreBound(PolicyLife):
    judges = frozenset({"INV-P7"})

    def happen(self, event, state):
        if isinstance(event, happened.PolicyChanged):
            late = tuple(
                replace(one, effective=max(one.effective, START + timedelta(days=200))) for one in event.versions
            )
            return replace(event, versions=late)
        return event


class BindsOnAStaleBase(PolicyLife):
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
        self.judge(self.of_the_policy())


class ForgetsWhatWasKnown(PolicyLife):
    judges = frozenset({"INV-P9"})

    def become(self, before, event):
        after: Any = evolve(before, event)
        if isinstance(event, happened.PolicyCancelled):
            last = replace(after.period.versions[-1], number=1)
            return replace(after, period=replace(after.period, versions=(last,)))
        return after


class MailsTooLate(PolicyLife):
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
