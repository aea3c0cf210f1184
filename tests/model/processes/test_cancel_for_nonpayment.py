"""Cancellation for nonpayment: every message in every state, and what the money does in either order."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest

from model.money import Money
from model.processes.cancel_for_nonpayment import decider, evolve
from model.processes.nonpayment_messages import (
    Asks,
    Command,
    EndDelinquency,
    HearCancelled,
    HearHeld,
    HearNoticeGiven,
    HearReinstated,
    HearReleased,
    HearRescinded,
    NonpaymentAskRefused,
    NonpaymentTimePassed,
    RequestCancellation,
)
from model.processes.nonpayment_states import ASKS_OF, STATE_OF, NotStarted, State, asks_now

DAY = date(2026, 9, 21)
T0 = datetime(2026, 9, 21, 15, tzinfo=UTC)
EFFECTIVE = date(2026, 10, 1)
TAKES_EFFECT_AT = datetime(2026, 10, 1, 4, 1, tzinfo=UTC)
MACHINE = decider()


def about(hours: float = 0, on: date = DAY, **more) -> dict[str, Any]:
    return {"process_id": "D", "on": on, "at": T0 + timedelta(hours=hours), **more}


def whose(**more) -> dict[str, Any]:
    return {"account_id": "A", "policy_id": "P", **more}


REQUESTED = RequestCancellation(**about(), **whose(amount=Money(19584, "USD"), story="story"))
NOTICED = HearNoticeGiven(**about(1), notice_id="N", effective=EFFECTIVE, takes_effect_at=TAKES_EFFECT_AT)
CANCELLED = HearCancelled(**about(241), effective=EFFECTIVE)


def ended(cause, on: date = DAY) -> EndDelinquency:
    return EndDelinquency(**about(2, on), **whose(cause=cause))


PAID, PAID_LATE = ended("paid"), ended("paid", EFFECTIVE)
LATER = NonpaymentTimePassed(**about(240))


def asked(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


def refused(state, code) -> NonpaymentAskRefused:
    return NonpaymentAskRefused(**about(3), step=getattr(state, "step", 0), code=code)


NOTICING = asked(REQUESTED)
STATES: dict[str, Any] = {
    "NotStarted": asked(),
    "Noticing": NOTICING,
    "Held": asked(REQUESTED, HearHeld(**about(1))),
    "Deferred": asked(REQUESTED, refused(NOTICING, "moratorium")),
    "Pending": asked(REQUESTED, NOTICED),
    "Cancelling": asked(REQUESTED, NOTICED, LATER),
    "Rescinding": asked(REQUESTED, NOTICED, PAID),
    "Reinstating": asked(REQUESTED, NOTICED, LATER, CANCELLED, PAID),
    "Stuck": asked(REQUESTED, refused(NOTICING, "outside_term")),
    "Kept": asked(REQUESTED, PAID),
    "Cancelled": asked(REQUESTED, NOTICED, LATER, CANCELLED),
}
COMMANDS: dict[str, Any] = {
    "RequestCancellation": REQUESTED,
    "EndDelinquency(paid)": PAID,
    "EndDelinquency(late)": PAID_LATE,
    "EndDelinquency(held)": ended("held"),
    "EndDelinquency(ended)": ended("policy_cancelled"),
    "HearNoticeGiven": NOTICED,
    "HearRescinded": HearRescinded(**about(4)),
    "HearCancelled": CANCELLED,
    "HearReinstated": HearReinstated(**about(5)),
    "HearHeld": HearHeld(**about(6)),
    "HearReleased": HearReleased(**about(7), refused=None),
    "HearReleased(no)": HearReleased(**about(7), refused="notice_too_short"),
    "AskRefused(old)": NonpaymentAskRefused(**about(8), step=0, code="wrong_state"),
    "TimePassed(soon)": NonpaymentTimePassed(**about(3)),
    "TimePassed(late)": NonpaymentTimePassed(**about(5000)),
}
STEP, NO = "NonpaymentStepTaken", "-"
GOES: dict[str, str] = {
    #                       NotStarted Noticing Held Deferred Pending Cancelling Rescinding Reinstating Stuck Kept Cancelled
    "RequestCancellation": "notice     -        -    -        -       -          -          -           -     -    -",
    "EndDelinquency(paid)": "keep      keep     keep keep     rescission rescission -       -           keep  -    reinstatement",
    "EndDelinquency(late)": "keep      keep     keep keep     -       -          -          -           keep  -    -",
    "EndDelinquency(held)": "keep      keep     keep keep     rescission rescission -       -           keep  -    -",
    "EndDelinquency(ended)": "end      end      end  end      end     end        -          -           end   -    -",
    "HearNoticeGiven": "-     effective_day effective_day effective_day - -    -          -   effective_day rescission -",
    "HearRescinded": "-                -        keep keep     keep    keep       keep       -           keep  -    -",
    "HearCancelled": "-                end      end  end      end     end        reinstatement -        end   -    -",
    "HearReinstated": "-               -        -    keep     -       -          -          keep        keep  -    keep",
    "HearHeld": "-                     release  -    -        -       release    -          -           -     -    -",
    "HearReleased": "-                 -        -    -        -       -          -          -           -     -    -",
    "HearReleased(no)": "-             -        person -      -       -          -          -           -     -    -",
    "AskRefused(old)": "-              -        -    -        -       -          -          -           -     -    -",
    "TimePassed(soon)": "-             -        -    -        -       -          -          -           -     -    -",
    "TimePassed(late)": "-       notice   -    notice cancellation cancellation rescission reinstatement -     -    -",
}
"""What each message makes the process ask in each state."""
TABLE = "\n".join(
    [
        " ".join(["#", *STATES]),
        *(" ".join([name, *(NO if to == NO else STEP for to in row.split())]) for name, row in GOES.items()),
    ]
)


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


@pytest.mark.parametrize("name", GOES)
def test_every_message_leads_where_its_row_says(name):
    for state, to in zip(STATES.values(), GOES[name].split(), strict=True):
        decision: Any = MACHINE.decide(COMMANDS[name], state)
        assert [step.asks for step in decision] == ([] if to == NO else [to])


def test_the_table_has_every_message_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == {NotStarted, *STATE_OF.values()} == set(_members(State))
    assert set(STATE_OF) == set(get_args(Asks))
    assert {ASKS_OF[type(state)] for state in STATES.values() if not isinstance(state, NotStarted)} == set(STATE_OF)


def _members(union) -> list[Any]:
    return [kind for one in get_args(union) for kind in (get_args(one) or (one,))]


@pytest.mark.parametrize(
    ("name", "code", "asks"),
    [
        ("Noticing", "moratorium", "later"),
        ("Noticing", "outside_term", "person"),
        ("Cancelling", "moratorium", "later"),
        ("Cancelling", "notice_required", "person"),
        ("Rescinding", "wrong_state", "reinstatement"),
        ("Rescinding", "cancellation_took_effect", "reinstatement"),
        ("Rescinding", "not_enough_paid", "person"),
        ("Reinstating", "too_late_to_reinstate", "person"),
    ],
)
def test_a_no_is_asked_again_later_taken_for_what_it_says_or_handed_to_a_person(name, code, asks):
    state = STATES[name]
    decision: Any = MACHINE.decide(refused(state, code), state)
    (step,) = decision

    assert (step.asks, step.because) == (asks, code)


def accepted(decision: Any) -> Any:
    assert isinstance(decision, tuple), decision
    return decision


def test_what_a_moratorium_refused_is_asked_again_until_it_is_over():
    state: Any = STATES["Deferred"]
    assert (asks_now(state), state.resumes) == ("later", "notice")
    for days in range(2, 40, 2):
        state = reduce(evolve, accepted(MACHINE.decide(NonpaymentTimePassed(**about(24 * days)), state)), state)
        assert asks_now(state) == "notice"
        state = reduce(evolve, accepted(MACHINE.decide(refused(state, "moratorium"), state)), state)
        assert asks_now(state) == "later"


def test_a_question_that_nobody_answers_is_asked_three_times_and_then_handed_to_a_person():
    state: Any = NOTICING
    seen: list[str] = []
    for days in (3, 6, 9):
        state = reduce(evolve, accepted(MACHINE.decide(NonpaymentTimePassed(**about(24 * days)), state)), state)
        seen.append(ASKS_OF[type(state)])

    assert seen == ["notice", "notice", "person"]
    assert state.because == "no_answer"


def test_the_day_that_a_notice_names_is_waited_for_to_the_minute():
    pending = STATES["Pending"]

    assert pending.until == TAKES_EFFECT_AT
    assert not pending.overdue(TAKES_EFFECT_AT - timedelta(microseconds=1))
    assert pending.overdue(TAKES_EFFECT_AT)


def test_everything_belongs_to_the_story_in_which_it_began():
    assert {state.story for name, state in STATES.items() if name != "NotStarted"} == {"story"}
