"""Outbox and inbox together: crashes anywhere, and still every message has its effect once and in order."""

from itertools import product

import pytest

from model.decider import Refusal
from model.resilience.inbox import EMPTY as EMPTY_INBOX
from model.resilience.inbox import Arrival, Inbox, InboxPolicy, judged, received
from model.resilience.outbox import (
    EMPTY,
    Batch,
    Outbox,
    acknowledged,
    committed,
    crashed,
    crashed_after_commit,
    next_batch,
)


def arrival(number: int, *, digest: str = "d", key: str = "P-1") -> Arrival:
    return Arrival("/policy", f"policy:{key}#{number}", key, number, digest)


def verdicts(policy: InboxPolicy, *arrivals: Arrival) -> list[str]:
    inbox, found = EMPTY_INBOX, list[str]()
    for one in arrivals:
        verdict, inbox = received(policy, inbox, one)
        found.append(verdict.code if isinstance(verdict, Refusal) else verdict)
    return found


def test_a_message_that_comes_again_is_seen_and_one_with_other_contents_is_poison():
    """X2."""
    again, forged = arrival(1), arrival(1, digest="e")

    assert verdicts(InboxPolicy(), arrival(1), again, forged, again) == ["new", "seen", "poison_message", "seen"]


def test_without_an_inbox_everything_is_new():
    assert verdicts(InboxPolicy(protection="off"), arrival(1), arrival(1), arrival(1, digest="e")) == ["new"] * 3


def test_an_inbox_that_watches_the_order_tells_what_was_overtaken_but_not_from_a_gap():
    policy = InboxPolicy(order="per_key")
    arrivals = [arrival(1), arrival(4), arrival(2), arrival(4), arrival(3, key="P-2"), arrival(5)]

    assert verdicts(policy, *arrivals) == ["new", "new", "out_of_order", "seen", "new", "new"]
    assert verdicts(InboxPolicy(), *arrivals) == ["new", "new", "new", "seen", "new", "new"]


def test_the_same_id_of_two_sources_is_two_messages():
    other = Arrival("/billing", "policy:P-1#1", "P-1", 1, "e")

    assert verdicts(InboxPolicy(), arrival(1), other) == ["new", "new"]


def test_a_refused_arrival_leaves_no_trace():
    _, inbox = received(InboxPolicy(), EMPTY_INBOX, arrival(1))

    assert received(InboxPolicy(), inbox, arrival(1, digest="e"))[1] is inbox
    assert judged(InboxPolicy(), arrival(1), heard=None) == "new"


# --- the outbox


def test_everything_goes_out_in_the_order_of_the_commits():
    outbox = committed(committed(EMPTY, messages=2), messages=3)

    first = next_batch(outbox, most=4)
    assert first == Batch(0, 4, Outbox(5, 4, 0))
    assert next_batch(Outbox(5, 4, 0)) == Batch(4, 5, Outbox(5, 5, 0))
    assert next_batch(Outbox(5, 5, 0)) is None
    assert outbox.waiting == 5


def test_a_late_acknowledgement_takes_nothing_back():
    assert acknowledged(Outbox(5, 5, 4), through=2) == Outbox(5, 5, 4)
    assert acknowledged(crashed(Outbox(5, 5, 2)), through=4) == Outbox(5, 4, 4)


STEPS = ("commit", "send", "deliver", "acknowledge", "crash", "receiver crash")


class Line:
    """A sender with an outbox, a wire, and a receiver with an inbox; a crash forgets what was not committed."""

    def __init__(self, policy: InboxPolicy) -> None:
        self.policy = policy
        self.row: list[Arrival] = []
        self.outbox = EMPTY
        self.wire: list[int] = []
        self.inbox: Inbox = EMPTY_INBOX
        self.effects: list[int] = []

    def step(self, name: str) -> None:
        match name:
            case "commit":
                self.row.append(arrival(len(self.row) + 1))
                self.outbox = committed(self.outbox, messages=1)
            case "send":
                batch = next_batch(self.outbox, most=2)
                if batch is not None:
                    self.wire.extend(range(batch.first, batch.end))
                    self.outbox = batch.after
            case "deliver":
                self.take("commits")
            case "receiver crash":
                self.take("rolls back")
            case "acknowledge":
                self.outbox = acknowledged(self.outbox, through=self.outbox.sent - len(self.wire))
            case _:
                self.outbox, self.wire = crashed(self.outbox), []

    def take(self, end: str) -> None:
        """Effect and inbox in one transaction; what rolls back stays on the wire."""
        if not self.wire:
            return
        verdict, inbox = received(self.policy, self.inbox, self.row[self.wire[0]])
        if end == "rolls back":
            return
        if verdict == "new":
            self.effects.append(self.row[self.wire[0]].sequence)
        self.inbox = inbox
        self.wire.pop(0)

    def drain(self) -> None:
        while self.wire or self.outbox.waiting:
            self.step("send")
            self.step("deliver")


def ends(policy: InboxPolicy) -> set[str]:
    """How it can end, over every sequence of six steps."""
    found = set[str]()
    for steps in product(STEPS, repeat=6):
        line = Line(policy)
        for name in steps:
            line.step(name)
        line.drain()
        wanted = list(range(1, len(line.row) + 1))
        found.add("once and in order" if line.effects == wanted else "not so")
    return found


def test_whatever_crashes_when_every_committed_message_has_its_effect_once_and_in_order():
    """X1 and X2 together, exhaustively: 46,656 histories of six steps."""
    assert ends(InboxPolicy(order="per_key")) == {"once and in order"}


def test_the_same_histories_tell_when_there_is_no_inbox():
    """The check can fail."""
    assert "not so" in ends(InboxPolicy(protection="off"))


@pytest.mark.parametrize(("publication", "lost"), [("outbox", 0), ("naive_dual_write", 3)])
def test_a_crash_between_commit_and_sending_loses_what_a_dual_write_would_have_sent(publication, lost):
    """INV-X3: with an outbox the published set is the committed set; without, a crash can break that."""
    after, missing = crashed_after_commit(committed(Outbox(2, 2, 2), messages=3), publication)

    assert missing == lost
    assert after.waiting == 3 - lost
