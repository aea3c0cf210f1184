"""Priority stations: the lowest rank first, and cheap however long the queue."""

from math import log2
from random import Random

from simulations.engine import Clock, PriorityStation


def test_the_lowest_rank_starts_first_and_equal_ranks_in_the_order_they_came() -> None:
    clock, started = Clock(), list[tuple[int, int]]()

    def service(item: tuple[int, int]) -> int:
        started.append(item)
        return 10

    desk = PriorityStation[tuple[int, int]](
        clock, "desk", servers=1, service=service, rank=lambda item: item[0], entity=lambda item: item[1]
    )
    dice = Random(3)
    items = [(dice.randrange(4), number) for number in range(200)]
    for item in items:
        desk.put(item)
    clock.run()
    assert started[0] == items[0], "what runs is not interrupted"
    assert started[1:] == sorted(items[1:])


def test_a_backlog_of_100_000_in_a_priority_station_stays_cheap() -> None:
    compared = 0

    class Rank(int):
        def __lt__(self, other: int) -> bool:
            nonlocal compared
            compared += 1
            return int(self) < int(other)

    backlog, dice, ranked = 100_000, Random(4), list[Rank]()

    def rank(item: int) -> Rank:
        ranked.append(Rank(dice.randrange(1 << 30)))
        return ranked[-1]

    clock = Clock()
    desk = PriorityStation(clock, "desk", servers=1, service=lambda _: 1, rank=rank)
    for number in range(backlog + 1):
        desk.put(number)
    assert desk.waiting == backlog
    assert clock.pending == 1, "what waits is not on the clock's agenda"
    assert len(ranked) == backlog, "each is ranked once"
    assert compared < 4 * backlog, "to come into the queue costs a few comparisons, however long it is"
    clock.run()
    assert desk.finished == backlog + 1
    assert compared < backlog * (4 + 2 * log2(backlog)), "to come to its head costs the logarithm of its length"
