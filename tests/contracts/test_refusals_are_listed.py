"""Whatever a walk asks, the front desk refuses it by a code that the operation names, and answers what it names."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from contracts.lockstep import WalkStep, request_of
from contracts.lockstep_jobs import JobLockstep
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.desk import HANDLERS, Desk
from model.published.operations import BY_NAME, OPERATIONS, status_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Rehearsal:
    """A desk that is asked, and what it refused by operation. Stands where a walk on a deployment would."""

    def __init__(self, carrier, refused, *, listed) -> None:
        self.carrier = carrier
        self._refused = refused
        self._listed = listed

    def walk(self) -> Any:
        self._core = Core(florida()[0], self.carrier)
        self._made = 0
        self._desk = Desk(self._core, self._new_id)
        self._names: dict[str, str] = {}
        return SimpleNamespace(can_repeat=False, steps=[])

    def _new_id(self, kind: str) -> str:
        self._made += 1
        return f"{kind[0].upper()}-{self._made}"

    def step(self, walk: Any, operation: Any, subject: str, request: Any, captures: Any) -> Any:
        _ = walk
        asked = request_of(WalkStep(operation, subject, request), self._names)
        answer = self._desk.answer(operation, self._names.get(subject, subject), asked, NOW)
        self._core.drain(at=NOW)
        if isinstance(answer, Refusal):
            self._refused.setdefault(operation, set()).add(answer.code)
            assert answer.code in self._listed[operation], f"{operation} refuses by {answer}"
            return SimpleNamespace(view=None)
        assert isinstance(answer, BY_NAME[operation].answer)
        self._names |= {symbol: str(getattr(answer, field)) for symbol, field in captures.items()}
        return SimpleNamespace(view=answer)

    def again(self, walk) -> None:
        raise AssertionError("nothing can be repeated here")

    def settle(self, walk, accounts) -> None:
        _ = walk, accounts


def walked(listed, **choices) -> dict[str, set[str]]:
    """What was refused on many walks, by operation."""
    refused: dict[str, set[str]] = {}
    carrier = florida()[1]
    rehearsal = Rehearsal(replace(carrier, policy=replace(carrier.policy, **choices)), refused, listed=listed)

    class Chosen(JobLockstep):
        session = rehearsal

    limits = settings(
        # Walks differ with the modules that are imported, whose words are tried too: about nineteen codes are met.
        max_examples=150,
        stateful_step_count=30,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(Chosen, settings=limits)
    return refused


LISTED = {operation.name: set(operation.refusals) for operation in OPERATIONS}
STRICT = {
    "notice_check": "refuse_unnoticed",
    "late_nonrenewal": "refuse",
    "storm_rule": "until_repaired",
    "reinstatement_days": 5,
}


@pytest.mark.parametrize("choices", [{}, STRICT], ids=["as shipped", "strict"])
def test_every_refusal_that_a_walk_meets_is_listed(choices):
    refused = walked(LISTED, **choices)

    assert {"open_job", "quote_job", "bind_job", "give_notice"} <= set(refused)
    assert len({code for codes in refused.values() for code in codes}) > 12


def test_a_code_that_an_operation_does_not_name_would_be_found():
    with pytest.raises(AssertionError, match="open_job refuses by"):
        walked(LISTED | {"open_job": LISTED["open_job"] - {"wrong_state"}})


def test_every_operation_is_served_and_every_code_has_its_status():
    assert set(HANDLERS) == set(BY_NAME)
    assert all(status_of(code) in (404, 409, 422) for codes in LISTED.values() for code in codes)
    assert all(len(operation.refusals) == len(set(operation.refusals)) for operation in OPERATIONS)


@pytest.mark.parametrize("name", BY_NAME)
def test_no_operation_takes_the_request_of_another(name):
    desk = Desk(Core(*florida()), lambda kind: kind)
    wrong: Any = NOW

    with pytest.raises(TypeError, match=f"{name} does not take datetime"):
        desk.answer(name, "X", wrong, NOW)
