"""Guards of calls: what a breaker, a limit and a rate are worth, and that without them it would show."""

from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.variates import Variates
from model.core import Context
from model.resilience.breaker import Closed, HalfOpen, Open
from model.resilience.concurrency import Occupied
from model.resilience.token_bucket import Bucket
from simulations.catastrophe import topology_of
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.channels.call import CALL_TIMEOUT, CALLER_THREADS, RETRY, CallChannel
from simulations.channels.guarded_call import BREAKER, LIMIT, RATE, GuardedCallChannel, Guards
from simulations.channels.message import Message
from simulations.engine import HOUR, MINUTE, SECOND, Clock
from tests.simulations.test_channels import message

UNGUARDED = Guards()


class Line:
    """A guarded channel, what it delivered and what it lost, each with its tick."""

    def __init__(self, guards: Guards, *, keeps: bool = False) -> None:
        self.clock = Clock()
        self.delivered = list[tuple[int, str]]()
        self.lost = list[tuple[int, str]]()
        self.most_in_flight = 0
        lose = None if keeps else self._lose
        self.channel = GuardedCallChannel(self.clock, Variates(1), self._deliver, lose=lose, guards=guards)

    def _deliver(self, one: Message) -> None:
        self.delivered.append((self.clock.now, one.envelope.id))

    def _lose(self, one: Message) -> None:
        self.lost.append((self.clock.now, one.envelope.id))

    def send(self, name: str, *, to: Context = "claims") -> None:
        self.channel.send(message(name, to=to, about="somebody", sent=self.clock.now))
        self.most_in_flight = max(self.most_in_flight, self.channel.callers["payments"].busy)

    def send_at(self, tick: int, name: str, *, to: Context = "claims") -> None:
        self.clock.call_at(tick, lambda _: self.send(name, to=to), None)

    def link(self) -> Any:
        return self.channel.links["payments", "claims"]

    def when(self, name: str) -> int:
        return next(tick for tick, one in self.delivered if one == name)


def hanging(guards: Guards) -> Line:
    """Claims hangs for an hour; payments calls it twice a second, and billing once in ten seconds."""
    line = Line(guards)
    line.channel.callees["claims"].close(running="finish")
    for number in range(1200):
        line.send_at(number * SECOND // 2 + 1, f"slow {number}")
    for number in range(60):
        line.send_at(number * 10 * SECOND + 2, f"quick {number}", to="billing")
    line.clock.run(until=HOUR)
    return line


def waits_of_the_quick(line: Line) -> list[int]:
    sent = {f"quick {number}": number * 10 * SECOND + 2 for number in range(60)}
    return [tick - sent[name] for tick, name in line.delivered if name in sent]


def test_a_breaker_sheds_calls_to_a_receiver_that_hangs_so_that_calls_to_others_get_through() -> None:
    cascades, shed = hanging(UNGUARDED), hanging(Guards(breaker=BREAKER))

    assert max(waits_of_the_quick(cascades)) > 10 * MINUTE, "all threads of payments wait for claims"
    later = waits_of_the_quick(shed)[6:]
    assert len(later) == 54
    assert sum(wait < SECOND for wait in later) > 45, "but for the moments in which it is probed"
    assert shed.channel.shed.by_breaker > 900
    assert cascades.channel.shed.by_breaker == 0


def test_a_breaker_opens_after_enough_failures_and_its_link_alone() -> None:
    line = Line(Guards(breaker=BREAKER))
    line.channel.callees["claims"].close(running="finish")
    for number in range(BREAKER.least_calls - 1):
        line.send(f"slow {number}")
    line.clock.run(until=CALL_TIMEOUT)
    assert isinstance(line.link().breaker, Closed)
    line.clock.run(until=2 * CALL_TIMEOUT + 2 * SECOND)
    assert isinstance(line.link().breaker, Open)
    assert all(isinstance(link.breaker, Closed) for key, link in line.channel.links.items() if key[1] != "claims")
    before = line.channel.callees["claims"].arrived
    line.send("shed")
    assert line.lost[-1] == (line.clock.now, "shed"), "at once, and claims was not asked"
    assert line.channel.callees["claims"].arrived == before


def test_a_receiver_that_is_well_again_is_found_by_probes() -> None:
    line = Line(Guards(breaker=BREAKER))
    line.channel.fail()
    for number in range(BREAKER.least_calls):
        line.send(f"m{number}")
    line.clock.run(until=20 * SECOND)
    assert isinstance(line.link().breaker, Open)
    line.channel.recover()
    for second in range(25, 60):
        line.send_at(second * SECOND, f"n{second}")
    line.clock.run(until=2 * MINUTE)
    first = min(tick for tick, _ in line.delivered)
    assert first > BREAKER.pause
    assert isinstance(line.link().breaker, Closed)
    assert {name for tick, name in line.delivered if tick > 0} >= {f"n{second}" for second in range(35, 60)}


def test_a_probe_that_fails_keeps_it_open() -> None:
    line = Line(Guards(breaker=BREAKER))
    line.channel.fail()
    for number in range(BREAKER.least_calls):
        line.send(f"m{number}")
    line.send_at(BREAKER.pause + SECOND, "probe")
    line.clock.run(until=BREAKER.pause + SECOND + 1)
    assert isinstance(line.link().breaker, HalfOpen)
    line.clock.run(until=BREAKER.pause + 2 * SECOND)
    assert isinstance(line.link().breaker, Open)


def test_with_an_outbox_what_a_breaker_shed_gets_through_in_the_end() -> None:
    line = Line(Guards(breaker=BREAKER), keeps=True)
    line.channel.fail()
    line.clock.call_at(30 * MINUTE, lambda _: line.channel.recover(), None)
    for number in range(40):
        line.send_at(number * SECOND, f"m{number}")
    line.clock.run(until=2 * HOUR)
    assert {name for _, name in line.delivered} == {f"m{number}" for number in range(40)}
    assert line.channel.shed.by_breaker > 0
    assert line.channel.callers["payments"].busy == 0


@pytest.mark.parametrize(("guards", "most"), [(Guards(limit=LIMIT), LIMIT.running), (UNGUARDED, CALLER_THREADS)])
def test_a_limit_bounds_what_one_link_has_in_flight_and_without_it_all_threads_would_be_taken(guards, most) -> None:
    line = Line(guards)
    line.channel.callees["claims"].close(running="finish")
    for number in range(100):
        line.send(f"slow {number}")
    assert line.most_in_flight == most
    line.send("quick", to="billing")
    line.clock.run(until=CALL_TIMEOUT - 1)
    assert [name for _, name in line.delivered] == (["quick"] if most < CALLER_THREADS else [])


def test_what_waits_for_a_place_goes_in_its_order_and_nothing_is_forgotten() -> None:
    line = Line(Guards(limit=replace(LIMIT, running=1)))
    for number in range(50):
        line.send(f"m{number}")
    line.clock.run()
    assert [name for _, name in line.delivered] == [f"m{number}" for number in range(50)]
    assert (line.link().occupied, len(line.link().row)) == (Occupied(), 0)


def test_what_is_more_than_may_wait_is_shed_and_counted() -> None:
    line = Line(Guards(limit=replace(LIMIT, running=2, waiting=3)))
    for number in range(9):
        line.send(f"m{number}")
    assert [name for _, name in line.lost] == ["m5", "m6", "m7", "m8"]
    assert line.channel.shed.by_limit == 4
    line.clock.run()
    assert len(line.delivered) == 5


def flooded(guards: Guards) -> Line:
    """Three hundred calls at once, and then a hundred a second."""
    line = Line(guards)
    for number in range(600):
        line.send_at(1 if number < 300 else (number - 300) * SECOND // 100, f"m{number}")
    line.clock.run(until=HOUR)
    return line


def test_a_receiver_refuses_what_is_above_its_rate_and_its_callers_come_when_they_were_told_to() -> None:
    slow = replace(RATE, tokens=5, most=10)
    line = flooded(Guards(rate=slow))
    arrived = line.channel.callees["claims"].arrived

    assert line.channel.shed.by_rate > 0
    last = max(tick for tick, _ in line.delivered)
    assert arrived <= slow.most + slow.tokens * (last // SECOND + 1)
    assert arrived == len(line.delivered)
    free = flooded(UNGUARDED)
    assert free.channel.callees["claims"].arrived > slow.most + slow.tokens * (
        max(t for t, _ in free.delivered) // SECOND + 1
    )


def test_whoever_is_told_to_come_in_a_minute_comes_in_a_minute_and_not_after_its_own_pause() -> None:
    line = Line(Guards(rate=replace(RATE, tokens=1, period=MINUTE, most=1)))
    line.send("first")
    line.send("second")
    line.clock.run()
    assert [name for _, name in line.delivered] == ["first", "second"]
    assert line.when("second") > MINUTE
    assert line.channel.shed.by_rate == 1, "it did not come earlier"


def test_a_receiver_that_says_when_to_come_again_is_well_and_opens_no_breaker() -> None:
    line = Line(Guards(breaker=BREAKER, rate=replace(RATE, tokens=1, period=HOUR, most=1)))
    for number in range(40):
        line.send(f"m{number}")
    line.clock.run(until=MINUTE)
    assert line.channel.shed.by_rate >= CALLER_THREADS - 1
    assert isinstance(line.link().breaker, Closed)


def test_whoever_is_told_to_wait_each_time_gives_up_after_its_tries() -> None:
    line = Line(Guards(rate=replace(RATE, tokens=1, period=HOUR, most=1)))
    line.channel._buckets["claims"] = Bucket(0, line.clock.now)
    line.send("m")
    # Somebody else takes the token of every hour.
    for hour in range(1, 6):
        line.send_at(hour * HOUR - 1, f"other {hour}", to="claims")
    line.clock.run(until=20 * HOUR)
    assert line.channel.shed.by_rate >= RETRY.attempts
    assert line.channel.callers["payments"].busy == 0


def test_without_a_guard_a_guarded_channel_does_what_a_bare_one_does() -> None:
    """To the tick: the guards themselves cost nothing."""
    bare = list[tuple[int, str]]()
    clock = Clock()
    calls = CallChannel(clock, Variates(1), lambda one: bare.append((clock.now, one.envelope.id)), lose=None)
    guarded = Line(UNGUARDED, keeps=True)
    for number in range(300):
        tick, name = number * SECOND // 40, f"m{number}"
        clock.call_at(
            tick, lambda _, name=name: calls.send(message(name, to="claims", about="x", sent=clock.now)), None
        )
        guarded.clock.call_at(
            tick,
            lambda _, name=name: guarded.channel.send(message(name, to="claims", about="x", sent=guarded.clock.now)),
            None,
        )
    for line_clock, channel in ((clock, calls), (guarded.clock, guarded.channel)):
        line_clock.call_at(2 * SECOND, lambda _, channel=channel: channel.fail(), None)
        line_clock.call_at(9 * SECOND, lambda _, channel=channel: channel.recover(), None)
        line_clock.run(until=HOUR)
    assert guarded.delivered == bare
    assert len(bare) >= 300


@pytest.mark.parametrize("guard", ["breaker", "limit", "rate"])
def test_each_guard_is_a_switch_of_the_scenario_and_off_unless_it_is_set(guard: str) -> None:
    settings: dict[str, Any] = {guard: "on"}
    guarded = topology_of(CatastropheScenario(**settings))

    assert not topology_of(CatastropheScenario()).is_guarded
    assert guarded.is_guarded
    assert [getattr(guarded, name) for name in ("breaker", "limit", "rate")].count("on") == 1
    with pytest.raises(ValueError, match="they guard calls"):
        CatastropheScenario(topology="events", **settings)


def test_what_the_guards_did_is_among_the_answers_where_there_are_any(storm: Any) -> None:
    guarded = storm(breaker="on", rate="on", policies=300, horizon_days=20, outage_hours=100.0).run.answers
    bare = storm(policies=300, horizon_days=20, outage_hours=100.0).run.answers

    assert set(guarded) - set(bare) == {"calls_shed_by_breaker", "calls_shed_by_limit", "calls_told_to_wait"}
    assert guarded["calls_shed_by_breaker"].value > 0
    assert (guarded["calls_shed_by_limit"].value, guarded["calls_shed_by_limit"].unit) == (None, "calls")
    assert guarded["calls_told_to_wait"].value >= 0
