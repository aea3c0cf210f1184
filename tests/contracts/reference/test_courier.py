"""Webhooks that go out: once each where nothing fails, with the same bytes where something does, and never to who is gone."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import msgspec
import pytest

from contracts.reference import courier as courier_module
from contracts.reference.courier import BREAKER, Courier
from contracts.reference.defects import Defects
from contracts.reference.posting import sender
from contracts.reference.service import Service
from contracts.reference.settings import Endpoint, Settings, SettingsError, endpoint_secrets, load_settings
from contracts.reference.store import IN_MEMORY, Store
from contracts.reference.webhooks import SIGNATURE_HEADER
from fixtures import histories
from fixtures.jurisdictions import florida
from model.payments.webhook_in import signature
from model.payments.webhook_out import Disabled, Enabled, EnableEndpoint
from model.resilience.breaker import Open

LAW, CARRIER = florida()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUED = "insurance.policy.issued.v1"
ERP, CRM = Endpoint("erp", "https://erp.example/hooks"), Endpoint("crm", "https://crm.example/hooks", (ISSUED,))


@pytest.fixture
def store():
    opened = Store(IN_MEMORY)
    yield opened
    opened.close()


class World:
    """A deployment with endpoints that answer as `says` says; what was sent, and when."""

    def __init__(self, store: Store, *endpoints: Endpoint) -> None:
        self.now = NOW
        self.store = store
        self.service = Service(store, LAW, CARRIER, Defects(), lambda: self.now)
        self.says: Callable[[Endpoint, str], int] = lambda endpoint, event_id: 200
        self.sent: list[tuple[str, str, bytes]] = []
        self.endpoints = endpoints or (ERP,)
        self.courier = self.new_courier()
        self.go()

    def new_courier(self) -> Courier:
        """As after a restart."""
        return Courier(
            self.store,
            self.service.unit_of_work,
            lambda: self.now,
            endpoints=self.endpoints,
            send=self.send,
            variate=lambda: 0.5,
        )

    async def send(self, endpoint: Endpoint, event_id: str, body: bytes) -> int:
        self.sent.append((endpoint.id, event_id, body))
        return self.says(endpoint, event_id)

    def go(self) -> None:
        """Rounds until there is nothing to try."""

        async def rounds() -> None:
            while await self.courier.round():
                pass

        asyncio.run(rounds())

    def issue(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            for step in (histories.quote, histories.bind, histories.issue):
                with self.store.writing() as transaction:
                    unit = self.service.unit_of_work(transaction)
                    unit.core.submit(step(number))
                    unit.write()
            self.service.relay.deliver()

    def published(self, *types: str) -> list[tuple[str, bytes]]:
        with self.store.reading() as transaction:
            found = [one.envelope for one in transaction.published(after=0, most=1000)]
        read = [(msgspec.json.decode(one), one) for one in found]
        return [(one["id"], raw) for one, raw in read if not types or one["type"] in types]

    def got(self, endpoint: str) -> list[tuple[str, bytes]]:
        return [(event_id, body) for name, event_id, body in self.sent if name == endpoint]

    def state(self, endpoint: str = "erp") -> Any:
        with self.store.reading() as transaction:
            return self.service.unit_of_work(transaction).core.webhooks_out.states[endpoint]


def test_what_is_published_goes_out_once_in_its_order_with_the_bytes_of_the_store(store):
    world = World(store, ERP, CRM)
    world.issue(1, 3)
    world.go()

    assert world.got("erp") == world.published()
    assert world.got("crm") == world.published(ISSUED)
    assert len(world.got("crm")) == 3
    world.sent.clear()
    world.courier = world.new_courier()
    world.go()
    assert world.sent == [], "nothing is sent again after a restart"


def test_an_endpoint_that_is_new_hears_of_what_comes_and_not_of_all_that_ever_was(store):
    world = World(store)
    world.issue(1, 2)
    world.endpoints = (ERP, CRM)
    world.courier = world.new_courier()
    world.go()
    world.issue(3, 3)
    world.go()

    assert len(world.got("erp")) == len(world.published())
    assert [msgspec.json.decode(body)["subject"] for _, body in world.got("crm")] == [histories.policy_id(3)]


def test_a_retry_has_the_same_bytes_waits_its_pause_and_keeps_the_order_of_its_key(store):
    world = World(store)
    world.issue(1, 1)
    world.says = lambda endpoint, event_id: 500
    world.go()
    (first,) = world.got("erp")
    world.now += timedelta(seconds=59)
    world.go()
    assert world.got("erp") == [first], "not before its pause is over"
    world.says = lambda endpoint, event_id: 204
    world.now += timedelta(seconds=1)
    world.go()

    assert world.got("erp")[:2] == [first, first]
    assert world.state().queue == ()


def test_an_endpoint_that_is_gone_is_sent_nothing_until_somebody_enables_it(store):
    world = World(store, ERP, CRM)
    world.issue(1, 2)
    world.says = lambda endpoint, event_id: 410 if endpoint.id == "erp" else 200
    world.go()
    assert isinstance(world.state(), Disabled)
    assert len(world.got("erp")) == 1
    world.issue(3, 3)
    world.courier = world.new_courier()
    world.go()
    assert len(world.got("erp")) == 1, "not after a restart either"
    assert len(world.got("crm")) == 3, "others go on"

    world.says = lambda endpoint, event_id: 200
    with store.writing() as transaction:
        unit = world.service.unit_of_work(transaction)
        unit.core.submit(EnableEndpoint(endpoint_id="erp", on=world.now.date(), at=world.now))
        unit.write()
    world.go()
    assert {event_id for event_id, _ in world.got("erp")} == {event_id for event_id, _ in world.published()}


def down(store: Store) -> World:
    """Ten policies are issued while the endpoint of one of two does not answer."""
    world = World(store, ERP, CRM)
    world.issue(1, 10)
    world.says = lambda endpoint, event_id: 0 if endpoint.id == "erp" else 200
    world.go()
    return world


def test_a_breaker_leaves_an_endpoint_alone_that_does_not_answer_and_no_other(store):
    world = down(store)
    assert len(world.got("erp")) == BREAKER.least_calls
    assert isinstance(world.courier.breakers["erp"], Open)
    assert len(world.got("crm")) == 10

    world.now += timedelta(microseconds=BREAKER.pause)
    world.go()
    assert len(world.got("erp")) == BREAKER.least_calls + 1, "one probe, which fails"
    world.says = lambda endpoint, event_id: 200
    world.now += timedelta(minutes=2)
    world.go()
    assert {event_id for event_id, _ in world.got("erp")} == {event_id for event_id, _ in world.published()}
    assert isinstance(world.state(), Enabled)
    assert world.state().queue == ()


def test_without_a_breaker_everything_would_be_tried(store, monkeypatch):
    monkeypatch.setattr(courier_module.breaker, "failed", lambda policy, state, generation, now: state)

    assert len(down(store).got("erp")) >= 10


def test_what_waits_beside_the_outbox_is_bounded(store, monkeypatch):
    monkeypatch.setattr(courier_module, "WINDOW", 4)
    world = World(store)
    world.issue(1, 7)
    world.says = lambda endpoint, event_id: 0
    world.go()
    assert len(world.state().queue) == 4
    world.says = lambda endpoint, event_id: 200
    world.now += timedelta(minutes=2)
    world.go()
    assert {event_id for event_id, _ in world.got("erp")} == {event_id for event_id, _ in world.published()}


class Receiver(BaseHTTPRequestHandler):
    status = 200
    heard: list[tuple[dict[str, str], bytes]]
    told: Event

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(type(self).status)
        if type(self).status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        type(self).told.set()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: what was heard is looked at instead."""


@pytest.fixture
def receiver():
    Receiver.heard, Receiver.told = [], Event()
    serving = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=serving.serve_forever)
    thread.start()
    yield Endpoint("here", f"http://127.0.0.1:{serving.server_address[1]}/hooks")
    serving.shutdown()
    thread.join()
    serving.server_close()


@pytest.mark.parametrize("status", [200, 204, 302, 410, 500])
def test_over_http_the_body_goes_as_it_is_signed_and_the_status_comes_back(receiver, status, monkeypatch):
    monkeypatch.setattr(Receiver, "status", status)
    secrets = endpoint_secrets({"WINDTUNNEL_ENDPOINT_SECRET": "ours"})

    assert asyncio.run(sender(secrets)(receiver, "policy:P-1#3", b'{"id": "policy:P-1#3"}')) == status
    ((headers, body),) = Receiver.heard
    assert body == b'{"id": "policy:P-1#3"}'
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers[SIGNATURE_HEADER] == signature(body, b"ours")
    assert headers["idempotency-key"] == "policy:P-1#3"


def test_an_endpoint_where_nobody_is_gives_no_answer(receiver):
    nobody = Endpoint("nobody", "http://127.0.0.1:1/hooks")

    assert asyncio.run(sender(())(nobody, "evt", b"{}")) == 0


def test_a_server_tells_the_endpoints_of_its_settings(start, ask, receiver, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(f'[[endpoints]]\nid = "here"\nurl = "{receiver.url}"\ntypes = ["{ISSUED}"]\n')
    server = start("--settings", str(path), WINDTUNNEL_ENDPOINT_SECRET="ours")
    policy = ask(server.client).in_force()

    assert Receiver.told.wait(timeout=30)
    ((headers, body),) = Receiver.heard
    assert msgspec.json.decode(body)["subject"] == policy["policy_id"]
    assert headers[SIGNATURE_HEADER] == signature(body, b"ours")


@pytest.mark.parametrize(
    "text",
    [
        '[[endpoints]]\nid = "a"\nurl = "ftp://x"',
        '[[endpoints]]\nid = ""\nurl = "http://x"',
        '[[endpoints]]\nid = "a"\nurl = "http://x"\n[[endpoints]]\nid = "a"\nurl = "http://y"',
    ],
)
def test_endpoints_that_cannot_be_meant_are_refused(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="endpoints"):
        load_settings(str(path))
    assert Settings().endpoints == ()
