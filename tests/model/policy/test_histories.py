"""A thousand random lives of a policy, and everything that must hold all along."""

from typing import get_args

from hypothesis.stateful import run_state_machine_as_test

from model.policy import events as happened
from tests.model.policy.lives import REACHED, PolicyLife, settings_for

WITH_A_MORATORIUM = {happened.OperationHeld, happened.HeldReleased}
"""Nothing is held here, because nobody declares one; tests/model/policy/test_moratorium.py does."""


def test_a_thousand_lives_of_a_policy_keep_every_invariant():
    REACHED.clear()
    run_state_machine_as_test(PolicyLife, settings=settings_for(1000))
    assert set(get_args(happened.Event)) - WITH_A_MORATORIUM == REACHED
