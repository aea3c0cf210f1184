"""A thousand random lives of a policy, and everything that must hold all along."""

import os
from typing import get_args

from hypothesis.stateful import run_state_machine_as_test

from model.policy import events as happened
from tests.model.policy.lives import REACHED, settings_for
from tests.model.policy.whole_lives import WholeLife

HISTORIES = 1000 if os.environ.get("CI") else 300
"""A thousand in a pipeline, fewer while somebody waits."""


def test_a_thousand_lives_of_a_policy_keep_every_invariant():
    REACHED.clear()
    run_state_machine_as_test(WholeLife, settings=settings_for(HISTORIES))
    assert set(get_args(happened.Event)) == REACHED
