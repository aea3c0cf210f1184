"""One delinquency process: every command in every stage, its steps day by day, and that it asks once."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.delinquency import (
    AgeProcess,
    Delinquency,
    EndCover,
    HoldProcess,
    ReleaseProcess,
    ResumeCover,
    SettleProcess,
    decide,
    evolve,
    opened,
)
from model.billing.dunning_events import (
    CancellationRequested,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyReleased,
    DelinquencyStarted,
    DunningStepTaken,
    GraceEnded,
    SentToCollections,
)
from model.choices.delinquency import PAST_DUE, DelinquencyPlan, DunningStep, StepRoll, step_day

PLAN = DelinquencyPlan(past_due=(*PAST_DUE, DunningStep("write_off", 60)))
HOLIDAYS = florida()[0].holidays
STARTED, ASKED = date(2025, 3, 6), date(2025, 3, 17)
ABOUT = {"account_id": "A", "delinquency_id": "A/P/1"}
OWED, NOTHING = usd("100.00"), usd("0.00")


def on(day: date) -> dict:
    return {"on": day, "at": at(day)}


START = DelinquencyStarted(policy_id="P", invoice=None, reason="past_due", amount=OWED, **ABOUT, **on(STARTED))
REMINDED = DunningStepTaken(policy_id="P", number=0, step="reminder", amount=OWED, **ABOUT, **on(STARTED))
INTENT = DunningStepTaken(policy_id="P", number=1, step="notice_of_intent", amount=OWED, **ABOUT, **on(STARTED))
CANCEL = CancellationRequested(policy_id="P", number=2, reason="past_due", amount=OWED, **ABOUT, **on(ASKED))
HELD = DelinquencyHeld(policy_id="P", **ABOUT, **on(ASKED))
RELEASED = DelinquencyReleased(policy_id="P", grace_ends=ASKED, **ABOUT, **on(STARTED))
OVER = GraceEnded(**ABOUT, **on(ASKED))
SENT = SentToCollections(policy_id="P", amount=OWED, **ABOUT, **on(ASKED))
GIVEN_UP = DunningStepTaken(policy_id="P", number=3, step="write_off", amount=OWED, **ABOUT, **on(ASKED))
PAID = DelinquencyExited(policy_id="P", cause="paid", **ABOUT, **on(ASKED))


def after(*events) -> Delinquency:
    return reduce(evolve, events, opened(START))


STATES = {
    "PreGrace": after(REMINDED, HELD),
    "InGrace": after(REMINDED, HELD, RELEASED),
    "Dunning": after(REMINDED, INTENT),
    "CancelRequested": after(REMINDED, INTENT, CANCEL),
    "Collections": after(REMINDED, INTENT, CANCEL, SENT),
    "GivenUp": after(REMINDED, INTENT, CANCEL, SENT, GIVEN_UP),
    "Exited": after(REMINDED, PAID),
    "Cancelled": after(REMINDED, INTENT, CANCEL, replace(PAID, cause="policy_cancelled")),
    "WrittenOff": after(REMINDED, INTENT, CANCEL, SENT, replace(PAID, cause="written_off")),
}


def age(day=ASKED, outstanding=OWED, cover: Any = "in_force") -> AgeProcess:
    return AgeProcess(account_id="A", outstanding=outstanding, received=OWED, cover=cover, **on(day))


def settle(outstanding=NOTHING, by: Any = "money", came=10000, ended=None, day=ASKED) -> SettleProcess:
    return SettleProcess(account_id="A", outstanding=outstanding, by=by, came=came, ended=ended, **on(day))


def decided(command: Any, process: Any, plan: DelinquencyPlan = PLAN) -> Any:
    return decide(plan, HOLIDAYS, command, process)


LATER = ASKED + timedelta(days=1)
COMMANDS = {
    "AgeProcess(early)": age(STARTED),
    "AgeProcess": age(),
    "AgeProcess(paid)": age(outstanding=NOTHING),
    "AgeProcess(ended)": age(cover="ended"),
    "AgeProcess(late)": age(STARTED + timedelta(days=60), cover="ended"),
    "HoldProcess": HoldProcess(account_id="A", **on(ASKED)),
    "ReleaseProcess": ReleaseProcess(account_id="A", **on(ASKED)),
    "EndCover": EndCover(account_id="A", outstanding=OWED, **on(ASKED)),
    "EndCover(paid)": EndCover(account_id="A", outstanding=NOTHING, **on(ASKED)),
    "ResumeCover": ResumeCover(account_id="A", **on(ASKED)),
    "SettleProcess(owing)": settle(outstanding=OWED),
    "SettleProcess(paid)": settle(),
    "SettleProcess(written_off)": settle(by="write_off", came=0),
    "SettleProcess(credited)": settle(by="credit", came=0, ended=ASKED),
    "SettleProcess(in_time)": settle(ended=LATER),
    "SettleProcess(too_little)": settle(ended=LATER, came=9999),
    "SettleProcess(too_late)": settle(ended=ASKED),
}
#                            PreGrace InGrace Dunning CancelRequested Collections Exited Cancelled WrittenOff
TABLE = """
#                           PreGrace             InGrace                       Dunning                             CancelRequested                     Collections        GivenUp            Exited  Cancelled          WrittenOff
AgeProcess(early)           -                    -                             -                                   -                                   -                  -                  -       -                  -
AgeProcess                  -                    GraceEnded+DunningStepTaken   CancellationRequested               -                                   -                  -                  -       -                  -
AgeProcess(paid)            DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
AgeProcess(ended)           -                    GraceEnded+SentToCollections  SentToCollections                   SentToCollections                   -                  -                  -       -                  -
AgeProcess(late)            -                    GraceEnded+SentToCollections  SentToCollections+DunningStepTaken  SentToCollections+DunningStepTaken  DunningStepTaken   -                  -       -                  -
HoldProcess                 -                    DelinquencyHeld               DelinquencyHeld                     DelinquencyExited                   DelinquencyHeld    DelinquencyHeld    -       -                  -
ReleaseProcess              DelinquencyReleased  -                             -                                   -                                   -                  -                  -       -                  -
EndCover                    -                    -                             -                                   -                                   -                  -                  -       -                  -
EndCover(paid)              DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
ResumeCover                 -                    -                             -                                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
SettleProcess(owing)        -                    -                             -                                   -                                   -                  -                  -       -                  -
SettleProcess(paid)         DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
SettleProcess(written_off)  DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
SettleProcess(credited)     DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
SettleProcess(in_time)      DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       DelinquencyExited  -
SettleProcess(too_little)   DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
SettleProcess(too_late)     DelinquencyExited    DelinquencyExited             DelinquencyExited                   DelinquencyExited                   DelinquencyExited  DelinquencyExited  -       -                  -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(decided(command, state)) == wanted


def test_the_states_are_every_stage():
    assert {state.stage for state in STATES.values()} == {
        "pre_grace",
        "in_grace",
        "dunning",
        "cancel_requested",
        "collections",
        "exited",
        "written_off",
    }


def run(process: Delinquency, day: date, nights: int) -> list[tuple[date, str]]:
    """What falls on which of so many nights, each asked twice: a night finds nothing the second time."""
    found = []
    for _ in range(nights):
        events = decided(age(day), process)
        found += [(day, getattr(event, "step", type(event).__name__)) for event in events]
        process = reduce(evolve, events, process)
        assert decided(age(day), process) == ()
        day += timedelta(days=1)
    return found


def test_letters_and_the_request_fall_each_on_its_own_day_and_the_request_rolls_off_the_sunday():
    """V17: due 1 March with 5 days of grace is a notice on Thursday the 6th; 10 days later is a Sunday."""
    assert run(opened(START), STARTED, 30) == [
        (date(2025, 3, 6), "reminder"),
        (date(2025, 3, 11), "notice_of_intent"),
        (date(2025, 3, 17), "CancellationRequested"),
    ]


def test_nights_that_were_missed_are_made_up_for_in_order():
    assert run(opened(START), ASKED, 1) == [
        (ASKED, "reminder"),
        (ASKED, "notice_of_intent"),
        (ASKED, "CancellationRequested"),
    ]


ROLLS: list[tuple[StepRoll, date]] = [
    ("none", date(2025, 3, 16)),
    ("following", date(2025, 3, 17)),
    ("preceding", date(2025, 3, 14)),
]


@pytest.mark.parametrize(("roll", "wanted"), ROLLS)
def test_a_step_on_a_sunday_goes_where_the_carrier_says(roll, wanted):
    assert step_day(STARTED, 10, roll, HOLIDAYS) == wanted


def test_a_step_never_rolls_back_behind_the_end_of_grace():
    sunday = date(2025, 3, 16)

    assert step_day(sunday, 0, "preceding", HOLIDAYS) == date(2025, 3, 17)


def test_after_a_hold_the_clock_of_grace_begins_again_and_so_do_the_letters():
    held = after(REMINDED, INTENT, HELD)
    (released,) = decided(ReleaseProcess(account_id="A", **on(date(2025, 4, 1))), held)
    process = evolve(held, released)

    assert released.grace_ends == date(2025, 4, 6)
    assert run(process, date(2025, 4, 1), 30)[:2] == [
        (date(2025, 4, 6), "GraceEnded"),
        (date(2025, 4, 7), "reminder"),
    ]


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (settle(), "paid"),
        (settle(ended=LATER), "paid"),
        (settle(ended=LATER, came=9999), "policy_cancelled"),
        (settle(ended=ASKED), "policy_cancelled"),
        (settle(by="credit", came=0, ended=ASKED), "policy_cancelled"),
        (settle(by="write_off", came=0), "written_off"),
    ],
)
def test_why_a_process_is_over_follows_from_what_came_and_when(command, cause):
    (exited,) = decided(command, STATES["CancelRequested"])

    assert exited.cause == cause


def test_a_process_below_the_exit_threshold_is_over_though_a_little_is_still_owed():
    plan = DelinquencyPlan(start_minor=1000, exit_minor=500)

    (exited,) = decided(settle(outstanding=usd("4.99")), STATES["Dunning"], plan)
    assert exited.cause == "paid"
    assert decided(settle(outstanding=usd("5.00")), STATES["Dunning"], plan) == ()


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (DelinquencyPlan(grace_days=-1), "grace_days"),
        (DelinquencyPlan(start_minor=1, exit_minor=2), "exit_minor"),
        (DelinquencyPlan(exit_minor=0), "exit_minor"),
        (DelinquencyPlan(past_due=(DunningStep("reminder", 3), DunningStep("cancel_request", 2))), "do not go up"),
        (DelinquencyPlan(not_taken=(DunningStep("cancel_request", 2), DunningStep("cancel_request", 3))), "once"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_by_its_key(plan, said):
    assert any(said in fault and fault.startswith("billing.delinquency.") for fault in plan.faults())
    assert list(DelinquencyPlan().faults()) == []
