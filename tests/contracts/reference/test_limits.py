"""How much the reference takes at once, and from one client: the rest is told when to come back."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest

from contracts.reference import limits
from contracts.reference.limits import Limited
from contracts.reference.settings import Limits

SECOND = 1_000_000


class World:
    """An application behind its limits, whose clock stands still unless it is moved, and whose answers wait until they
    are let go.
    """

    def __init__(self, given: Limits) -> None:
        self.now = 0
        self.inside: list[str] = []
        self.entered: list[str] = []
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.limited = Limited(self._answer, given, lambda: self.now)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope["path"])
        self.entered.append(scope["path"])
        self.most = max(self.most, len(self.inside))
        try:
            await self.gate.wait()
            if scope["path"] == "/broken":
                raise ValueError("broken")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.inside.remove(scope["path"])

    async def ask(self, path: str = "/policies", client: str = "10.0.0.1") -> tuple[int, str, str]:
        """Status, Retry-After and code."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": path, "client": (client, 1), "headers": []}
        await self.limited(scope, None, send)
        headers = dict(sent[0]["headers"])
        if sent[0]["status"] == 200:
            return 200, "", ""
        assert headers[b"content-type"] == b"application/problem+json"
        assert headers[b"content-length"] == str(len(sent[1]["body"])).encode()
        problem = msgspec.json.decode(sent[1]["body"])
        assert problem["status"] == sent[0]["status"]
        return problem["status"], headers[b"retry-after"].decode(), problem["code"]


GOOD = (200, "", "")


def run(story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(story)


async def until_settled() -> None:
    """Lets everybody who can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def few(**changes: Any) -> Limits:
    return Limits(**({"per_client_per_second": 2, "per_client_burst": 3, "running": 64} | changes))


def test_a_burst_is_taken_and_what_is_above_the_rate_is_told_when_to_come_back():
    """X16."""

    async def story():
        world = World(few(per_client_per_second=1))
        assert [await world.ask() for _ in range(3)] == [GOOD] * 3
        assert await world.ask() == (429, "1", "rate_limited")
        world.now += SECOND - 1
        assert (await world.ask())[0] == 429
        world.now += 1
        assert await world.ask() == GOOD
        assert (await world.ask())[0] == 429

    run(story())


def test_whoever_comes_back_when_told_is_taken():
    async def story():
        world = World(few(per_client_per_second=1, per_client_burst=1))
        await world.ask()
        for _ in range(10):
            status, retry_after, _ = await world.ask()
            assert status == 429
            world.now += int(retry_after) * SECOND
            assert await world.ask() == GOOD

    run(story())


def test_one_client_does_not_use_up_what_another_may_ask():
    async def story():
        world = World(few())
        for _ in range(9):
            await world.ask(client="10.0.0.1")
        assert (await world.ask(client="10.0.0.1"))[0] == 429
        assert await world.ask(client="10.0.0.2") == GOOD

    run(story())


def test_a_rate_without_a_limit_would_be_found(monkeypatch):
    async def story():
        world = World(few())
        return [(await world.ask())[0] for _ in range(9)]

    assert 429 in run(story())
    monkeypatch.setattr(limits, "taken", lambda policy, bucket, now: bucket)
    assert 429 not in run(story())


def test_the_clients_that_are_remembered_are_bounded_and_the_quietest_is_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 2)

    async def story():
        world = World(few(per_client_burst=1))
        await world.ask(client="a")
        await world.ask(client="b")
        assert (await world.ask(client="a"))[0] == 429
        await world.ask(client="c")
        assert await world.ask(client="a") == GOOD

    run(story())


def test_so_many_are_answered_at_once_so_many_wait_and_the_rest_come_back_later():
    """X8: a queue without a bound answers when nobody wants the answer any more."""

    async def story():
        world = World(few(per_client_burst=99, running=2, waiting=3, retry_after_seconds=2.5))
        world.gate.clear()
        asked = [asyncio.create_task(world.ask()) for _ in range(7)]
        await until_settled()
        assert len(world.inside) == 2
        world.gate.set()
        answers = await asyncio.gather(*asked)
        assert answers == [GOOD] * 5 + [(503, "3", "overloaded")] * 2
        assert world.most == 2
        assert await world.ask() == GOOD

    run(story())


def test_work_without_a_bound_would_be_found(monkeypatch):
    async def story():
        world = World(few(per_client_burst=99, running=2, waiting=3))
        world.gate.clear()
        asked = [asyncio.create_task(world.ask()) for _ in range(7)]
        await until_settled()
        world.gate.set()
        await asyncio.gather(*asked)
        return world.most

    assert run(story()) == 2
    monkeypatch.setattr(limits, "entered", lambda policy, occupied: occupied)
    assert run(story()) == 7


def test_whoever_waited_longest_is_next():
    async def story():
        world = World(few(per_client_burst=99, running=1, waiting=9))
        world.gate.clear()
        asked = [asyncio.create_task(world.ask(f"/{number}")) for number in range(4)]
        await until_settled()
        world.gate.set()
        await asyncio.gather(*asked)
        return world.entered

    assert run(story()) == ["/0", "/1", "/2", "/3"]


def test_a_failure_frees_its_place():
    async def story():
        world = World(few(per_client_burst=99, running=1, waiting=0))
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"):
                await world.ask("/broken")
        assert await world.ask() == GOOD

    run(story())


@pytest.mark.parametrize("who", [0, 1, 2])
@pytest.mark.parametrize("when", ["before anything ends", "as the first ends"])
def test_a_client_that_goes_away_leaves_no_place_taken(who, when):
    """One that is being answered, one that waits first, one that waits second."""

    async def story():
        world = World(few(per_client_burst=99, running=1, waiting=2))
        world.gate.clear()
        asked = [asyncio.create_task(world.ask(f"/{number}")) for number in range(3)]
        await until_settled()
        if when == "as the first ends":
            world.gate.set()
            await asyncio.sleep(0)
        asked[who].cancel()
        world.gate.set()
        await asyncio.gather(*asked, return_exceptions=True)
        assert world.limited._occupied == limits.Occupied()
        assert not world.limited._waiting
        assert await world.ask() == GOOD

    run(story())


def test_signs_of_life_are_never_limited():
    async def story():
        world = World(few(per_client_burst=1, running=1, waiting=0))
        world.gate.clear()
        busy = asyncio.create_task(world.ask())
        await until_settled()
        assert (await world.ask())[0] == 429
        alive = [asyncio.create_task(world.ask(path)) for path in ("/health", "/ready") * 5]
        await until_settled()
        world.gate.set()
        assert await asyncio.gather(*alive) == [GOOD] * 10
        await busy

    run(story())


def test_a_server_with_a_limit_keeps_it(start, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("[limits]\nper_client_per_second = 1\nper_client_burst = 5\n")
    client = start("--settings", str(path)).client

    answers = [client.get("/accounts/A-NONE") for _ in range(20)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert len(refused) >= 20 - 5 - 10
    assert all(answer.headers["retry-after"] == "1" for answer in refused)
    assert refused[0].json()["code"] == "rate_limited"
    assert all(client.get("/health").status_code == 200 for _ in range(20))
