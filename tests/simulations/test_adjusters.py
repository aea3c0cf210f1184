"""Adjusters: who gets a claim, who waits for whom, and in which order a desk is worked off."""

from random import Random

import pytest

from simulations.adjusters import Adjuster, Pool, kinds_of_adjusters
from simulations.engine import DAY, HOUR, Clock
from simulations.working_time import WorkingTime

DAYTIME = WorkingTime(8, 18, "every_day", 3)
AROUND_THE_CLOCK = WorkingTime(0, 24, "every_day", 3)


def pool_of(people: int, *, cap: int = 100, hours: WorkingTime = AROUND_THE_CLOCK) -> tuple[Clock, Pool]:
    clock = Clock()
    pool = Pool(clock, cap=cap, hours=hours)
    pool.hire(people)
    return clock, pool


def caseloads(pool: Pool) -> list[int]:
    return [adjuster.caseload for adjuster in pool.adjusters]


def test_a_claim_goes_to_the_lightest_desk_and_among_equals_to_who_came_first() -> None:
    _, pool = pool_of(3)
    given = list[Adjuster]()
    for _ in range(7):
        pool.assign(given.append)
    assert [adjuster.number for adjuster in given] == [0, 1, 2, 0, 1, 2, 0]
    pool.release(pool.adjusters[2])
    pool.assign(given.append)
    assert given[-1].number == 2, "who now has one claim and not two or three"


def test_a_full_desk_gets_nothing_and_the_claim_waits_until_a_desk_has_room() -> None:
    _, pool = pool_of(2, cap=2)
    given = list[tuple[str, int]]()
    for claim in "abcdef":
        pool.assign(lambda adjuster, claim=claim: given.append((claim, adjuster.number)))
    assert (caseloads(pool), pool.waiting) == ([2, 2], 2)
    pool.release(pool.adjusters[1])
    assert given[-1] == ("e", 1), "who waited longest comes first"
    assert (caseloads(pool), pool.waiting) == ([2, 2], 1)


def test_who_arrives_takes_what_waits() -> None:
    clock = Clock()
    pool = Pool(clock, cap=10, hours=AROUND_THE_CLOCK)
    given = list[Adjuster]()
    pool.assign(given.append)
    assert (given, pool.waiting) == ([], 1)
    clock.call_at(2 * DAY, pool.hire, 1)
    clock.run()
    assert [adjuster.number for adjuster in given] == [0]
    assert pool.waiting == 0


def test_an_idle_adjuster_does_not_take_the_claim_of_another() -> None:
    clock, pool = pool_of(2)
    done = dict[str, int]()
    given = dict[str, Adjuster]()
    for claim in ("first", "idle", "behind the first"):
        pool.assign(lambda adjuster, claim=claim: given.update({claim: adjuster}))
    busy, idle = given["first"], given["idle"]
    assert given["behind the first"] is busy
    busy.do(9 * HOUR, lambda: done.update(first=clock.now))
    idle.do(HOUR, lambda: done.update(idle=clock.now))
    given["behind the first"].do(HOUR, lambda: done.update(behind=clock.now))
    clock.run()
    assert done == {"idle": HOUR, "first": 9 * HOUR, "behind": 10 * HOUR}
    assert (busy.worked, idle.worked) == (10 * HOUR, HOUR), "one queue for both would have been done after nine hours"


def test_a_desk_is_worked_off_in_the_order_in_which_it_was_filled() -> None:
    clock, pool = pool_of(1)
    (desk,) = pool.adjusters
    done = list[tuple[int, int]]()
    for work in (3, 1, 2):
        desk.do(work * HOUR, lambda work=work: done.append((work, clock.now // HOUR)))
    clock.run()
    assert done == [(3, 3), (1, 4), (2, 6)]


def test_what_is_done_may_put_new_work_on_the_same_desk() -> None:
    clock, pool = pool_of(1)
    (desk,) = pool.adjusters
    ends = list[int]()
    desk.do(HOUR, lambda: desk.do(HOUR, lambda: ends.append(clock.now)))
    clock.run()
    assert ends == [2 * HOUR]


def test_a_desk_is_worked_off_in_working_hours_only() -> None:
    clock, pool = pool_of(1, hours=DAYTIME)
    (desk,) = pool.adjusters
    ends = list[int]()
    for _ in range(3):
        desk.do(4 * HOUR, lambda: ends.append(clock.now))
    clock.run()
    assert ends == [12 * HOUR, 16 * HOUR, DAY + 10 * HOUR]
    assert desk.worked == 12 * HOUR


def test_the_desk_chosen_is_always_the_lightest_below_the_cap_whatever_happened_before() -> None:
    dice, cap = Random(3), 3
    _, pool = pool_of(2, cap=cap)
    held, waiting, most = list[Adjuster](), 0, 0
    for _ in range(3_000):
        before = caseloads(pool)
        step = dice.random()
        if step < 0.5:
            pool.assign(held.append)
            waiting += 1
        elif held and step < 0.98:
            leaving = held.pop(dice.randrange(len(held)))
            before[leaving.number] -= 1
            pool.release(leaving)
        elif len(before) < 12:
            pool.hire(1)
            before.append(0)
        while waiting and min(before) < cap:
            waiting -= 1
            before[before.index(min(before))] += 1
        assert caseloads(pool) == before
        assert pool.waiting == waiting
        most = max(most, waiting)
    assert len(pool.adjusters) == 12
    assert most > 10, "the cap was felt"


@pytest.mark.parametrize("people", [2, 3, 5, 10, 34])
@pytest.mark.parametrize("desk_share", [0.05, 0.3, 0.5, 0.95])
def test_a_team_has_somebody_for_each_kind_of_claim_and_the_share_it_was_asked_for(
    people: int, desk_share: float
) -> None:
    kinds = kinds_of_adjusters(people, desk_share=desk_share)
    assert len(kinds) == people
    assert set(kinds) == {"desk", "field"}
    assert abs(kinds.count("desk") - people * desk_share) <= 1.0


def test_kinds_are_mixed_from_the_first_adjuster_on() -> None:
    kinds = kinds_of_adjusters(40, desk_share=0.3)
    for first in range(5, 41):
        assert abs(kinds[:first].count("desk") - 0.3 * first) <= 1.0, first


def test_a_team_for_one_kind_of_claim_is_of_one_kind() -> None:
    assert set(kinds_of_adjusters(7, desk_share=0.0)) == {"field"}
    assert set(kinds_of_adjusters(7, desk_share=1.0)) == {"desk"}
