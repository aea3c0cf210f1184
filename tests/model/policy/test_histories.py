"""A thousand random lives of a policy, and everything that must hold all along."""

import os
from typing import get_args

from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import END, IN_FORCE, at
from fixtures.policy_histories import POLICY_HISTORIES
from model.policy import events as happened
from model.policy.commands import ExpirePolicy
from tests.model.policy.lives import CARRIERS, REACHED, settings_for
from tests.model.policy.whole_lives import WholeLife

HISTORIES = 1000 if os.environ.get("CI") else 300
"""A thousand in a pipeline, fewer while somebody waits."""


def test_a_thousand_lives_of_a_policy_keep_every_invariant():
    REACHED.clear()
    run_state_machine_as_test(WholeLife, settings=settings_for(HISTORIES))
    # Chance does not bring the end of a term in a few hundred lives, so that two are lived on purpose.
    for renewed in ((), POLICY_HISTORIES["a policy renewed"][len(IN_FORCE) :]):
        life = WholeLife()
        life.begin(CARRIERS[0])
        for step in renewed:
            life.submit(replace(step(1), policy_id="P"))
        life.submit(ExpirePolicy(policy_id="P", on=END, at=at(END)))
        life.judge(life.of_the_policy())
    assert set(get_args(happened.Event)) == REACHED
