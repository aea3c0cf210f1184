"""What claims knows of a policy: every command in every state, every order of hearing it, and what follows for the
claims that were made under it.
"""

from datetime import UTC, date, datetime
from functools import reduce
from itertools import permutations
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, END, START, at, insured
from model.claims.coverage import CoverChange, Covered, Gap, NotCovered, coverage_at
from model.claims.known_policy import (
    ClaimNoted,
    Command,
    Event,
    NoteClaim,
    PolicyRecorded,
    RecordPolicy,
    State,
    Untold,
    decider,
    evolve,
    known_at,
)
from model.claims.timeline import CoverCut, CoverEnded, CoverExtended, Fact, Span, TermWritten, Told
from model.decider import Refusal
from model.money import Money

MACHINE = decider()
POLICY = insured(1)
DWELLING = POLICY.coverages[0]
LESS = (replace(DWELLING, limit=Money(100_000_00, "USD")),)
MIDTERM, LATER = date(2026, 9, 1), date(2026, 12, 11)
NEXT_END = date(2028, 6, 1)


def written(place: Any = "first", start=START, end=END, coverages=POLICY.coverages) -> TermWritten:
    return TermWritten(place=place, start=start, end=end, zone=POLICY.zone, term_starts_at="00:01", coverages=coverages)


def told(sequence: int, fact: Fact, on=BOUND) -> RecordPolicy:
    return RecordPolicy(policy_id=POLICY.policy_id, told=Told(sequence, at(on), fact), on=on, at=at(on))


def noted(claim_id: str) -> NoteClaim:
    return NoteClaim(policy_id=POLICY.policy_id, claim_id=claim_id, on=BOUND, at=at(BOUND))


ISSUED = told(3, written())
ENDED = told(4, CoverEnded(CANCELLED, "cancelled"), CANCELLED)
CUT = told(4, CoverCut((Span(START, MIDTERM, POLICY.coverages), Span(MIDTERM, END, LESS))), MIDTERM)


def event(command: Command) -> Event:
    decision = MACHINE.decide(command, Untold())
    assert isinstance(decision, tuple)
    return decision[0]


def heard(*commands: Command) -> Any:
    state: State = Untold()
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


STATES = {
    "Untold": heard(),
    "Untold(cancelled)": heard(ENDED),
    "Known": heard(ISSUED),
    "Known(cancelled,claim)": heard(ISSUED, ENDED, noted("C-1")),
}
COMMANDS = {
    "RecordPolicy": ISSUED,
    "RecordPolicy(other)": told(3, written(end=date(2027, 7, 1))),
    "RecordPolicy(cancelled)": ENDED,
    "NoteClaim": noted("C-1"),
}
TABLE = """
#                        Untold          Untold(cancelled)  Known            Known(cancelled,claim)
RecordPolicy             PolicyRecorded  PolicyRecorded     -                -
RecordPolicy(other)      PolicyRecorded  PolicyRecorded     policy_conflict  policy_conflict
RecordPolicy(cancelled)  PolicyRecorded  -                  PolicyRecorded   -
NoteClaim                ClaimNoted      ClaimNoted         ClaimNoted       -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (event(ISSUED), event(ENDED), event(noted("C-9")))
    assert {type(one) for one in events} == {PolicyRecorded, ClaimNoted} == set(get_args(Event))
    assert all(isinstance(evolve(state, one), get_args(State)) for one in events)


@pytest.mark.parametrize("order", list(permutations([ISSUED, ISSUED, ENDED, ENDED])))
def test_every_order_of_hearing_the_same_twice_ends_the_same(order):
    known = heard(*order)

    assert known.policy == replace(POLICY, cancelled_on=CANCELLED)
    assert known == heard(ISSUED, ENDED)


def test_a_conflict_changes_nothing():
    known = heard(ISSUED, ENDED)

    assert isinstance(MACHINE.decide(told(3, written(end=date(2027, 7, 1))), known), Refusal)
    assert known.told == (ISSUED.told, ENDED.told)


def test_nothing_is_known_of_a_policy_until_its_first_term_was_told():
    later = told(9, written("next", END, NEXT_END))

    assert isinstance(heard(later, CUT), Untold)
    assert heard(later, CUT, ISSUED).policy.end == NEXT_END


def day(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 18, tzinfo=UTC)


def said(policy, on: date) -> object:
    found = coverage_at(policy, day(on), "dwelling")
    return found.reason if isinstance(found, NotCovered) else found.coverage.limit.minor


FULL = DWELLING.limit.minor
BEFORE_TERM, NEXT_YEAR = date(2026, 5, 1), date(2027, 7, 1)
REINSTATED = told(5, CoverCut((Span(START, CANCELLED, POLICY.coverages), Span(LATER, END, LESS))), LATER)
STORIES = {
    "issued": ((ISSUED,), (FULL, FULL, FULL, "not_in_force")),
    "changed": ((ISSUED, CUT), (FULL, 100_000_00, 100_000_00, "not_in_force")),
    "cancelled": ((ISSUED, ENDED), (FULL, FULL, "cancelled_before_loss", "not_in_force")),
    "flat": ((ISSUED, told(4, CoverEnded(START, "cancelled"))), ("cancelled_before_loss",) * 3 + ("not_in_force",)),
    "reinstated late": ((ISSUED, ENDED, REINSTATED), (FULL, FULL, "lapse_gap", "not_in_force")),
    "reinstated at once": (
        (ISSUED, ENDED, told(5, CoverCut((Span(START, END, POLICY.coverages),)))),
        (FULL, FULL, FULL, "not_in_force"),
    ),
    "renewed": ((ISSUED, told(6, written("next", END, NEXT_END, LESS))), (FULL, FULL, FULL, 100_000_00)),
    "not taken": (
        (ISSUED, told(6, written("next", END, NEXT_END)), told(8, CoverEnded(END, "not_taken"))),
        (FULL, FULL, FULL, "not_in_force"),
    ),
    "renewed and cancelled": (
        (ISSUED, told(6, written("next", END, NEXT_END)), told(8, CoverEnded(END, "not_taken")), replace(ENDED,
         told=replace(ENDED.told, sequence=9))),
        (FULL, FULL, "cancelled_before_loss", "not_in_force"),
    ),
    "rewritten": (
        (ISSUED, told(6, written("instead", MIDTERM, date(2027, 9, 1), LESS))),
        (FULL, 100_000_00, 100_000_00, 100_000_00),
    ),
    "nonrenewed late": ((ISSUED, told(6, CoverExtended(date(2027, 7, 15)))), (FULL, FULL, FULL, FULL)),
    "nonrenewed in time": ((ISSUED, told(6, CoverExtended(END))), (FULL, FULL, FULL, "not_in_force")),
    "nonrenewed late and then in time": (
        (ISSUED, told(6, CoverExtended(date(2027, 7, 15))), told(7, CoverExtended(END))),
        (FULL, FULL, FULL, "not_in_force"),
    ),
    "nonrenewed late and then less late": (
        (ISSUED, told(6, CoverExtended(date(2027, 7, 15))), told(7, CoverExtended(date(2027, 6, 20)))),
        (FULL, FULL, FULL, "not_in_force"),
    ),
    "nonrenewed in time and then late": (
        (ISSUED, told(6, CoverExtended(END)), told(7, CoverExtended(date(2027, 7, 15)))),
        (FULL, FULL, FULL, FULL),
    ),
    "nonrenewed late and then in time, and cancelled": (
        (ISSUED, told(6, CoverExtended(date(2027, 7, 15))), told(7, CoverExtended(END)), replace(ENDED,
         told=replace(ENDED.told, sequence=9))),
        (FULL, FULL, "cancelled_before_loss", "not_in_force"),
    ),
}  # fmt: skip
LOSSES = (date(2026, 6, 15), date(2026, 9, 15), date(2026, 12, 5), NEXT_YEAR)


@pytest.mark.parametrize("story", STORIES)
def test_cover_on_a_day_follows_from_what_was_told_in_whatever_order(story):
    commands, wanted = STORIES[story]

    for order in permutations(commands):
        policy = heard(*order, order[0]).policy
        assert tuple(said(policy, loss) for loss in LOSSES) == wanted
        assert said(policy, BEFORE_TERM) == "not_in_force"


def test_a_reinstated_policy_says_what_changed_and_where_the_gap_is():
    policy = heard(ISSUED, ENDED, REINSTATED).policy

    assert policy.gaps == (Gap(CANCELLED, LATER),)
    assert policy.changes == (CoverChange(LATER, LESS),)
    assert isinstance(coverage_at(policy, day(LATER), "dwelling"), Covered)


def test_what_policy_had_recorded_by_an_instant_can_be_asked_for_ever():
    """A change that is bound in December and takes effect in September was not known in October."""
    bound_late = replace(CUT, told=replace(CUT.told, recorded=at(CANCELLED)))
    known = heard(bound_late, ISSUED)

    assert said(known.policy, MIDTERM) == 100_000_00
    assert said(known_at(known, POLICY.policy_id, at(MIDTERM)), MIDTERM) == FULL
    assert known_at(known, POLICY.policy_id, at(date(2026, 1, 1))) is None
