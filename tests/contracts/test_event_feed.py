from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from msgspec.structs import replace

from contracts.deployment import Http
from contracts.driver import DeploymentRefused, DeploymentUnreachable
from contracts.event_feed import EventFeed

MOST = 3


def event(position):
    return {
        "id": f"policy:P-{position}#1", "source": "/policy", "type": "t", "subject": f"P-{position}", "data": {"n": position},
    }  # fmt: skip


@pytest.fixture
def feed(a_server, reference):
    """A feed of events at the given positions, at most three a page."""
    feeds = []

    def of(positions):
        def page(method, target):
            asked = parse_qs(urlsplit(target).query)
            after, limit = int(asked["after"][0]), min(int(asked["limit"][0]), MOST)
            found = [position for position in positions if position > after][:limit]
            answer = {"events": [event(position) for position in found], "next": found[-1] if found else after}
            return 200, msgspec.json.encode(answer)

        url = a_server(page)
        feeds.append(EventFeed(replace(reference, http=Http(url)), url))
        return feeds[-1]

    yield of
    for one in feeds:
        one.close()


@pytest.mark.parametrize("positions", [[], [1], [1, 2], [1, 2, 3, 4, 5, 6, 7], [3, 8, 9, 40], list(range(1, 200))])
def test_the_end_is_behind_the_last_event(feed, positions):
    assert feed(positions).end() == (positions[-1] if positions else 0)


def test_an_event_is_found_beyond_the_first_page(feed):
    found = feed(range(1, 20)).find(lambda one: one.subject == "P-17", after=2, seconds=0)
    assert found is not None
    assert bytes(found.data) == b'{"n":17}'


def test_an_event_before_the_position_is_not_found(feed):
    assert feed(range(1, 20)).find(lambda one: one.subject == "P-2", after=2, seconds=0) is None


def test_an_event_that_comes_late_is_awaited(feed):
    positions = [1]
    late = feed(positions)

    def wanted(one):
        if len(positions) == 1:
            positions.append(2)
        return one.subject == "P-2"

    assert late.find(wanted, after=0, seconds=5) is not None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, b"{}"), DeploymentRefused),
        ((404, b"{}"), DeploymentUnreachable),
        ((200, b"[]"), DeploymentUnreachable),
        (None, DeploymentUnreachable),
    ],
)
def test_what_is_no_feed_is_said_so(a_server, reference, answer, error):
    url = a_server(lambda *_: answer)
    feed = EventFeed(replace(reference, http=Http(url)), url)
    with pytest.raises(error):
        feed.end()
    feed.close()
