"""INV-X7: the story of a process is one tree, from the event that began it to its end, over all its contexts."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import HISTORIES, IN_FORCE, at, history, policy_id
from fixtures.jurisdictions import florida
from fixtures.policy_histories import POLICY_HISTORIES, policy_history
from fixtures.process_histories import ASKED_ON, PROCESS_HISTORIES, cancel_requested, exited, process_history
from model.core import Core
from model.due import PROCESSES
from model.invariants import broken_stories
from model.policy.states import InForce
from model.published.envelope import Envelope
from model.waiting import next_due, pass_time

STORIES = {
    **{name: history(name) for name in HISTORIES},
    **{name: policy_history(name) for name in POLICY_HISTORIES},
    **{name: process_history(name) for name in PROCESS_HISTORIES},
}


def drained(core: Core, seen: list[Envelope], when: Any) -> None:
    while core.outbox:
        seen.append(core.outbox.pop(0))
        for context in core.subscribers(seen[-1].type):
            core.deliver(seen[-1], to=context, at=when)


def cancelled_and_reinstated() -> tuple[Core, list[Envelope]]:
    """Nobody pays, the day comes, and the message of money that was in time comes after it."""
    core, seen = Core(*florida()), list[Envelope]()
    for step in IN_FORCE:
        core.submit(step(1))
        drained(core, seen, step(1).at)
    core.outbox.append(cancel_requested())
    drained(core, seen, at(ASKED_ON))
    day = next_due(core, PROCESSES)
    assert day is not None
    pass_time(core, day, PROCESSES)
    drained(core, seen, day)
    core.outbox.append(exited(on=ASKED_ON + timedelta(days=3), said=day))
    drained(core, seen, day + timedelta(days=1))
    return core, seen


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_every_story_hangs_together(told):
    core, seen = Core(*florida()), list[Envelope]()
    for command in told.commands:
        core.submit(command)
        drained(core, seen, command.at)

    assert broken_stories(seen) == ()


def test_the_correlation_stays_the_same_from_the_request_over_the_timeout_to_the_reinstatement():
    core, seen = cancelled_and_reinstated()
    steps = [one for one in seen if one.source == "/processes"]

    assert isinstance(core.policy(policy_id(1)), InForce)
    assert [getattr(one.data, "asks", "") for one in steps] == [
        "notice",
        "effective_day",
        "cancellation",
        "end",
        "reinstatement",
        "keep",
    ]
    assert {one.correlationid for one in steps} == {cancel_requested().correlationid}
    # The step that a timeout leads to is caused by the step that was not answered.
    assert steps[2].causationid == steps[1].id
    assert broken_stories(seen) == ()


def planted(seen: list[Envelope], place: int, **change) -> list[Envelope]:
    return [*seen[:place], replace(seen[place], **change), *seen[place + 1 :]]


def test_planted_defects_in_a_story_are_found():
    _, seen = cancelled_and_reinstated()
    ask = next(place for place, one in enumerate(seen) if getattr(one.data, "asks", "") == "cancellation")
    effect = next(place for place, one in enumerate(seen) if one.type == "insurance.policy.cancelled.v1")

    def told(events) -> str:
        return " ".join(one.text for one in broken_stories(events))

    assert "which nobody published before" in told(planted(seen, ask, causationid="policy:P#99"))
    assert "which nobody published before" in told(planted(seen, ask, causationid=seen[-1].id))
    assert "leaves its story" in told(planted(seen, ask, correlationid="another"))
    assert "its cause to" in told(planted(seen, effect, correlationid="another"))
    assert "and by" in told([*seen, replace(seen[ask], causationid=seen[0].id)])
    alone = replace(seen[-1], id="stray:X#1", causationid="stray:X#1", data=seen[0].data)
    assert "hangs on nothing" in told([*seen, alone])
