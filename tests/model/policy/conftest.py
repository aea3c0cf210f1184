"""A policy in force in a core of its own, and short words for what is asked of it."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, bind, issue, policy_id, quote
from fixtures.jurisdictions import florida
from model.choices.policy import PolicyChoices
from model.core import Core
from model.policy import commands as ask

LAW, COASTAL = florida()
D = date(2026, 8, 3)


class Desk:
    def __init__(self, **choices):
        carrier = replace(COASTAL, policy=PolicyChoices(**choices))
        self.core = Core(LAW, carrier)
        for step in (quote, bind, issue):
            self.ask(step(1))

    @property
    def state(self) -> Any:
        return self.core.policy(policy_id(1))

    def ask(self, command) -> Any:
        answer = self.core.submit(command)
        refused = self.core.drain(at=command.at)
        assert refused == ()
        return answer

    def about(self, on, **more) -> dict[str, Any]:
        return {"policy_id": policy_id(1), "on": on, "at": at(on), **more}

    def open(self, job, proposal, on=D):
        return self.ask(ask.OpenJob(**self.about(on, job_id=job), proposal=proposal))

    def quote(self, job, on=D):
        return self.ask(ask.QuoteJob(**self.about(on, job_id=job)))

    def bind(self, job, on=D, **more):
        return self.ask(ask.BindJob(**self.about(on, job_id=job), **more))

    def issue(self, job, on=D):
        return self.ask(ask.IssueJob(**self.about(on, job_id=job)))

    def whole(self, job, proposal, on=D, **more):
        self.open(job, proposal, on)
        self.quote(job, on)
        return self.bind(job, on, **more)

    def notice(self, on=D, **more):
        return self.ask(ask.GiveNotice(**self.about(on), reason="nonpayment", mailed_on=on, **more))


@pytest.fixture
def in_force():
    """Makes a policy in force for a carrier that chose so."""
    return Desk
