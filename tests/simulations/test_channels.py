"""Channels: what a call holds and loses, what a topic keeps, and in which order."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest

from fixtures.variates import Variates
from model.core import Context
from model.published.envelope import Envelope
from model.published.events import EVENT_TYPES
from model.published.payment_events import IntentFailed
from simulations.channels.call import CALL_TIMEOUT, CALLER_THREADS, REFUSED_AFTER, CallChannel
from simulations.channels.message import Message
from simulations.channels.topic import BROKER_HOP, RELAY_EVERY, TopicChannel
from simulations.engine import HOUR, MINUTE, SECOND, Clock


class Line:
    """A channel, what it delivered and what it lost, each with its tick."""

    def __init__(
        self,
        carrier: Literal["call", "topic"],
        *,
        outbox: Literal["on", "off"],
        ties: Literal["fifo"] | int = "fifo",
    ) -> None:
        self.clock = Clock(ties=ties)
        self.delivered = list[tuple[int, str]]()
        self.lost = list[tuple[int, str]]()
        lose = (lambda message: self.lost.append((self.clock.now, message.envelope.id))) if outbox == "off" else None
        build = CallChannel if carrier == "call" else TopicChannel
        self.channel = build(self.clock, Variates(1), self.deliver, lose=lose)

    def deliver(self, message: Message) -> None:
        self.delivered.append((self.clock.now, message.envelope.id))

    def send(self, name: str, *, to: Context = "claims", about: str = "somebody") -> None:
        self.channel.send(message(name, to=to, about=about, sent=self.clock.now))

    def send_at(self, tick: int, name: str, *, about: str = "somebody") -> None:
        self.clock.call_at(tick, lambda _: self.send(name, about=about), None)

    def outage(self, start: int, end: int) -> None:
        self.clock.call_at(start, lambda _: self.channel.fail(), None)
        self.clock.call_at(end, lambda _: self.channel.recover(), None)

    def names(self) -> list[str]:
        return [name for _, name in self.delivered]


def message(name: str, *, to: Context, about: str, sent: int) -> Message:
    failed = IntentFailed(intent_id=name, purpose="payout", subject=about, reference=name, reason="declined")
    envelope = Envelope(
        id=name,
        source="/payments",
        type=EVENT_TYPES[IntentFailed],
        subject=about,
        time=datetime(2026, 9, 10, tzinfo=UTC),
        effective=date(2026, 9, 10),
        sequence=1,
        correlationid=name,
        causationid=name,
        data=failed,
    )
    return Message(envelope, sender="payments", to=to, sent=sent)


def call_line(*, outbox: Literal["on", "off"] = "off") -> tuple[Line, CallChannel]:
    line = Line("call", outbox=outbox)
    assert isinstance(line.channel, CallChannel)
    return line, line.channel


# --- a call


def test_a_caller_holds_a_thread_until_the_answer() -> None:
    line, calls = call_line()
    line.send("m")
    threads = calls.callers["payments"]
    assert threads.busy == 1
    line.clock.run()
    ((answered, _),) = line.delivered
    assert threads.busy == 0
    assert threads.busy_area == answered > 0
    assert line.clock.now == CALL_TIMEOUT, "its timer runs out in vain, and nothing else happens"


def test_a_call_to_a_slow_callee_is_repeated_and_the_callee_does_the_work_each_time() -> None:
    line, calls = call_line()
    callee, threads = calls.callees["claims"], calls.callers["payments"]
    callee.set_servers(0)
    line.send("m")
    line.clock.run(until=CALL_TIMEOUT + SECOND)
    assert (callee.waiting, threads.busy) == (2, 1), "the first try was given up by its caller, not by its callee"
    callee.set_servers(8)
    line.clock.run()
    assert line.names() == ["m", "m"]
    assert (line.lost, threads.busy) == ([], 0)


def test_the_answer_to_a_try_that_timed_out_does_not_free_the_caller() -> None:
    line, calls = call_line()
    callee, threads = calls.callees["claims"], calls.callers["payments"]
    callee.set_servers(0)
    line.send("m")
    line.clock.run(until=CALL_TIMEOUT + SECOND)
    callee.set_servers(1)
    while len(line.delivered) < 1:
        line.clock.step()
    assert threads.busy == 1, "it waits for the answer to its second try"
    while len(line.delivered) < 2:
        line.clock.step()
    assert threads.busy == 0


def test_a_call_that_times_out_every_time_is_lost_although_the_callee_does_it_three_times() -> None:
    line, calls = call_line()
    calls.callees["claims"].set_servers(0)
    line.send("m")
    line.clock.run(until=HOUR)
    assert line.lost == [(3 * CALL_TIMEOUT + 6 * SECOND, "m")], "three tries, a second and five seconds apart"
    assert calls.callers["payments"].busy == 0
    calls.callees["claims"].set_servers(8)
    line.clock.run()
    assert line.names() == ["m", "m", "m"]


def test_a_call_is_refused_while_the_link_is_down_and_lost_when_given_up() -> None:
    line, calls = call_line()
    calls.fail()
    line.send("m")
    line.clock.run()
    assert line.lost == [(3 * REFUSED_AFTER + 6 * SECOND, "m")]
    assert line.delivered == []
    assert calls.callees["claims"].arrived == 0, "the callee never saw it"
    assert calls.callers["payments"].busy == 0


def test_a_call_gets_through_when_the_link_comes_back_between_two_tries() -> None:
    line, _ = call_line()
    line.outage(0, 3 * SECOND)
    line.send_at(SECOND, "m")
    line.clock.run()
    assert (line.names(), line.lost) == (["m"], [])


def test_with_an_outbox_a_call_that_was_given_up_is_tried_again_until_it_gets_through() -> None:
    line, calls = call_line(outbox="on")
    line.outage(0, HOUR)
    for number in range(5):
        line.send_at(SECOND + number, f"m{number}")
    line.clock.run(until=2 * HOUR)
    assert sorted(line.names()) == [f"m{number}" for number in range(5)]
    assert all(HOUR < tick < HOUR + 2 * MINUTE for tick, _ in line.delivered)
    assert (line.lost, calls.callers["payments"].busy) == ([], 0)


def test_a_callee_that_hangs_takes_all_threads_of_its_caller_and_so_stops_calls_to_others() -> None:
    line, calls = call_line()
    calls.callees["claims"].close(running="finish")
    for number in range(CALLER_THREADS):
        line.send(f"slow {number}")
    line.send("quick", to="billing")
    line.clock.run(until=CALL_TIMEOUT - 1)
    threads = calls.callers["payments"]
    assert (threads.busy, threads.waiting) == (CALLER_THREADS, 1)
    assert calls.callees["billing"].arrived == 0, "billing is idle and is not asked"
    line.clock.run(until=HOUR)
    assert line.names() == ["quick"]
    assert line.delivered[0][0] > 3 * CALL_TIMEOUT, "only when a slow call had been given up"
    assert len(line.lost) == CALLER_THREADS


def test_one_thread_fewer_taken_lets_the_call_to_another_through_at_once() -> None:
    line, calls = call_line()
    calls.callees["claims"].close(running="finish")
    for number in range(CALLER_THREADS - 1):
        line.send(f"slow {number}")
    line.send("quick", to="billing")
    line.clock.run(until=CALL_TIMEOUT - 1)
    assert line.names() == ["quick"]


# --- a topic


def test_a_topic_brings_every_message_once() -> None:
    line = Line("topic", outbox="on")
    for number in range(200):
        line.send_at(number * SECOND // 50, f"m{number}", about=f"subject {number % 7}")
    line.clock.run()
    assert sorted(line.names()) == sorted(f"m{number}" for number in range(200))


def through_an_outage(outbox: Literal["on", "off"]) -> Line:
    """A message a second for ten minutes; the broker is down in minutes 3 to 5."""
    line = Line("topic", outbox=outbox)
    line.outage(3 * MINUTE, 6 * MINUTE)
    for number in range(600):
        line.send_at(number * SECOND + 1, f"m{number}")
    line.clock.run()
    return line


def test_with_an_outbox_an_outage_of_the_broker_loses_nothing_and_keeps_the_order() -> None:
    line = through_an_outage("on")
    assert line.names() == [f"m{number}" for number in range(600)]
    assert line.lost == []
    late = [name for tick, name in line.delivered if 3 * MINUTE + SECOND < tick < 6 * MINUTE]
    assert late == [], "nothing arrives while it is down"


def test_what_waits_in_an_outbox_goes_out_when_the_broker_is_back_without_waiting_for_the_next_message() -> None:
    line = Line("topic", outbox="on")
    line.outage(0, HOUR)
    line.send_at(MINUTE, "m")
    line.clock.run()
    ((arrived, _),) = line.delivered
    assert HOUR + RELAY_EVERY < arrived < HOUR + RELAY_EVERY + 2 * SECOND


def test_without_an_outbox_an_outage_loses_exactly_what_was_published_in_it() -> None:
    line = through_an_outage("off")
    during = [f"m{number}" for number in range(180, 360)]
    assert [name for _, name in line.lost] == during
    assert line.names() == [f"m{number}" for number in range(600) if f"m{number}" not in set(during)]


def test_an_outbox_costs_the_wait_for_its_relay() -> None:
    with_outbox, without = Line("topic", outbox="on"), Line("topic", outbox="off")
    for line in (with_outbox, without):
        line.send("m")
        line.clock.run()
    assert with_outbox.delivered[0][0] - without.delivered[0][0] == RELAY_EVERY
    assert without.delivered[0][0] > BROKER_HOP


def in_order_of(line: Line, subjects: int) -> bool:
    """Whether the messages about each subject arrived in the order in which they were sent; `subjects` = 1 asks that
    of all messages together.
    """
    numbers = [int(name.removeprefix("m")) for name in line.names()]
    by_subject = [[number for number in numbers if number % subjects == subject] for subject in range(subjects)]
    return all(one == sorted(one) for one in by_subject)


@pytest.mark.parametrize("ties", ["fifo", 1, 2, 3])
def test_a_topic_keeps_the_order_of_a_key_and_of_nothing_else(ties: Literal["fifo"] | int) -> None:
    line = Line("topic", outbox="on", ties=ties)
    for number in range(300):
        line.send_at(number // 10 * SECOND // 10, f"m{number}", about=f"subject {number % 11}")
    # What is sent within one tick has no order among shuffled ties: keep each subject to one message a tick.
    line.clock.run()
    assert in_order_of(line, 11)
    assert not in_order_of(line, 1), "consumers work side by side"


@pytest.mark.parametrize("carrier", ["call", "topic"])
def test_what_a_channel_measures_of_its_stations_adds_up(carrier: Literal["call", "topic"]) -> None:
    line = Line(carrier, outbox="on")
    for number in range(100):
        line.send_at(number * SECOND // 30, f"m{number}", about=f"subject {number}")
    line.clock.run()
    stations = {station.name: station for station in line.channel.stations()}
    ours = [station for name, station in stations.items() if name.startswith("claims ")]
    assert sum(station.finished for station in ours) == len(line.delivered) == 100
    assert all(station.arrived == station.finished and station.busy == 0 for station in stations.values())


def test_the_number_of_a_message_follows_from_the_event_and_the_receiver_and_not_from_the_channel() -> None:
    first = message("m", to="claims", about="x", sent=0)
    again = message("m", to="claims", about="x", sent=99)
    assert (first.number, first.key) == (again.number, again.key)
    assert message("m", to="billing", about="x", sent=0).number != first.number
    assert message("n", to="claims", about="x", sent=0).number != first.number
    assert message("n", to="claims", about="x", sent=0).key == first.key
