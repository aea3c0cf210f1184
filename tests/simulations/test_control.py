"""The morning's control: when it finds a difference, who mends it, and what nobody can mend."""

from datetime import timedelta

import pytest

from model.billing.account import Account
from model.policy.commands import BindPolicy, IssuePolicy, QuotePolicy
from simulations.book import account_id, terms_of
from simulations.channels.call import CallChannel
from simulations.control import Control
from simulations.engine import DAY, HOUR, MINUTE, SECOND
from simulations.host import Host
from simulations.working_time import WorkingTime

DESK_HOURS = WorkingTime(8, 18, "every_day", 3)


def under_control(hosted, *, clerks: int = 2, days: int = 4) -> Host:
    host: Host = hosted.host
    Control(host, hosted.variates, clerks=clerks, minutes_mean=20.0, hours=DESK_HOURS, days=days)
    return host


def write(hosted, name: str) -> None:
    """A new policy is issued now."""
    host: Host = hosted.host
    on, at = host.today(), host.at()
    terms = terms_of(hosted.portfolio, 0, name, on + timedelta(days=10))
    host.submit(QuotePolicy(policy_id=name, terms=terms, on=on, at=at))
    host.submit(BindPolicy(policy_id=name, on=on, at=at))
    host.submit(IssuePolicy(policy_id=name, on=on, at=at))


def write_at(hosted, tick: int, name: str) -> None:
    hosted.host.clock.call_at(tick, lambda _: write(hosted, name), None)


def down(host: Host, start: int, end: int) -> None:
    host.clock.call_at(start, lambda _: host.channel.fail(), None)
    host.clock.call_at(end, lambda _: host.channel.recover(), None)


def charged(host: Host, name: str) -> int:
    """How often billing was told to charge for a policy."""
    account = host.core.account(account_id(name))
    return len(account.instructions) if isinstance(account, Account) else 0


@pytest.mark.parametrize(
    ("lost_at", "found_at"),
    [
        (HOUR, 6 * HOUR),
        (2 * HOUR, 6 * HOUR),
        (2 * HOUR + 1, DAY + 6 * HOUR),
        (12 * HOUR, DAY + 6 * HOUR),
        (DAY + HOUR, DAY + 6 * HOUR),
        (DAY + 3 * HOUR, 2 * DAY + 6 * HOUR),
    ],
)
def test_a_loss_is_found_at_six_by_the_first_control_that_it_is_four_hours_old_for(
    hosting, lost_at: int, found_at: int
) -> None:
    hosted = hosting()
    host = under_control(hosted)
    down(host, lost_at - MINUTE, lost_at + HOUR)
    write_at(hosted, lost_at, "N1")
    host.clock.run(until=4 * DAY)
    (drift,) = host.auditor.drifted
    assert (drift.kind, drift.entity, drift.cause) == ("charges", "N1", "lost")
    assert (drift.at, drift.found_at) == (lost_at, found_at)


def test_what_was_lost_is_sent_again_in_the_hours_of_the_desk_and_then_nothing_differs(hosting) -> None:
    hosted = hosting()
    host = under_control(hosted)
    down(host, 0, HOUR)
    write_at(hosted, MINUTE, "N1")
    host.clock.run(until=7 * HOUR)
    assert charged(host, "N1") == 0
    host.clock.run(until=DAY)
    assert charged(host, "N1") == 1
    (drift,) = host.auditor.drifted
    assert drift.repaired_at is not None
    assert 8 * HOUR < drift.repaired_at < 12 * HOUR
    assert host.auditor.standing(older_than=host.clock.now) == []
    assert host.lost == {}


def test_without_clerks_a_loss_is_found_and_stays(hosting) -> None:
    hosted = hosting()
    host = under_control(hosted, clerks=0)
    down(host, 0, HOUR)
    write_at(hosted, MINUTE, "N1")
    host.clock.run(until=4 * DAY)
    assert host.auditor.drifted == []
    (drift,) = host.auditor.standing(older_than=host.clock.now)
    assert (drift.found_at, drift.repaired_at) == (6 * HOUR, None)
    assert charged(host, "N1") == 0


def test_what_was_doubled_is_found_and_cannot_be_mended(hosting) -> None:
    hosted = hosting(repeated=1.0)
    host = under_control(hosted)
    write_at(hosted, HOUR, "N1")
    host.clock.run(until=4 * DAY)
    assert charged(host, "N1") == 2
    (drift,) = host.auditor.standing(older_than=host.clock.now)
    assert (drift.kind, drift.entity, drift.cause) == ("charges", "N1", "doubled")
    assert (drift.found_at, drift.repaired_at) == (6 * HOUR, None)
    assert host.auditor.drifted == []


def test_a_message_on_its_way_at_six_is_no_drift(hosting) -> None:
    hosted = hosting("events")
    host = under_control(hosted)
    write_at(hosted, 6 * HOUR - 1, "N1")
    host.clock.run(until=6 * HOUR)
    (on_its_way,) = host.auditor.standing(older_than=host.clock.now)
    assert (on_its_way.kind, on_its_way.found_at) == ("charges", None)
    host.clock.run(until=4 * DAY)
    assert host.auditor.drifted == []
    assert host.auditor.standing(older_than=host.clock.now) == []


def test_what_waits_in_an_outbox_through_a_morning_is_found_and_ends_when_the_broker_is_back(hosting) -> None:
    hosted = hosting("events")
    host = under_control(hosted)
    down(host, 0, 7 * HOUR)
    write_at(hosted, HOUR, "N1")
    host.clock.run(until=DAY)
    (drift,) = host.auditor.drifted
    assert (drift.found_at, drift.cause) == (6 * HOUR, "lost")
    assert drift.repaired_at is not None
    assert 7 * HOUR < drift.repaired_at < 7 * HOUR + MINUTE, "before anybody at the desk had looked at it"
    assert charged(host, "N1") == 1


def test_more_clerks_mend_the_same_differences_sooner(hosting) -> None:
    last = list[int]()
    for clerks in (1, 4):
        hosted = hosting()
        host = under_control(hosted, clerks=clerks)
        down(host, 0, HOUR)
        for number in range(24):
            write_at(hosted, MINUTE + number * SECOND, f"N{number}")
        host.clock.run(until=4 * DAY)
        assert len(host.auditor.drifted) == 24
        last.append(max(drift.repaired_at or 0 for drift in host.auditor.drifted))
    assert last[0] > 14 * HOUR > 12 * HOUR > last[1]


def test_a_clerk_does_not_send_again_what_was_given_up_and_done_all_the_same(hosting) -> None:
    hosted = hosting()
    host = under_control(hosted)
    assert isinstance(host.channel, CallChannel)
    billing = host.channel.callees["billing"]
    billing.set_servers(0)
    write_at(hosted, MINUTE, "N1")
    host.clock.call_at(HOUR, billing.set_servers, 8)
    host.clock.run(until=4 * DAY)
    (drift,) = host.auditor.standing(older_than=host.clock.now)
    assert (drift.cause, drift.found_at) == ("doubled", 6 * HOUR)
    assert charged(host, "N1") == 3, "each of three tries that had timed out, and no fourth from the desk"
    assert host.lost == {}
