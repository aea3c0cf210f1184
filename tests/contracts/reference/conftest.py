"""A reference deployment for each worker, in a process of its own, and a small customer who knows how to ask it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from contracts.examples import request_examples

ADDRESS = re.compile(r"reference deployment on (http://\S+)")
PATIENCE_SECONDS = 30
V = TypeVar("V")


class Server:
    """A process that serves, and what it said."""

    def __init__(self, *arguments: str, token: str | None = None, **variables: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WINDTUNNEL_")}
        command = [sys.executable, "-m", "contracts.reference", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment | variables | ({"WINDTUNNEL_TOKEN": token} if token else {}),
        )
        self.said = ""
        self.base_url = self._address()
        self.client = httpx.Client(base_url=self.base_url, timeout=PATIENCE_SECONDS)

    def _address(self) -> str:
        """Waits for the line that names it; a process that never says it is ended, and then says nothing more."""
        assert self.process.stdout is not None
        guard = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        guard.start()
        try:
            for line in self.process.stdout:
                self.said += line
                found = ADDRESS.match(line)
                if found:
                    return found[1]
        finally:
            guard.cancel()
        raise AssertionError(f"the reference deployment ended with {self.process.wait()}: {self.said}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it by its process id; its exit code, and in `said` the rest of what it said."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            rest, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            rest, _ = self.process.communicate()
        self.said += rest
        return self.process.returncode


class Customer:
    """Asks operations by their paths, with the requests that the published examples show unless told otherwise."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def post(self, path: str, body: object, key: str | None = None) -> httpx.Response:
        return self.client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})

    def put(self, path: str, body: object) -> httpx.Response:
        return self.client.put(path, json=body)

    def get(self, path: str, **question: str) -> httpx.Response:
        return self.client.get(path, params=question or None)

    def a_quote(self, **changes: object) -> dict[str, Any]:
        return example("quote_policy") | changes

    def quoted(self, **changes: object) -> dict[str, Any]:
        return good(self.post("/policies", self.a_quote(**changes)), 201)

    def bound(self, **changes: object) -> dict[str, Any]:
        policy = self.quoted(**changes)
        return good(self.post(f"/policies/{policy['policy_id']}/bind", example("bind_policy")))

    def in_force(self, **changes: object) -> dict[str, Any]:
        policy = self.bound(**changes)
        return good(self.post(f"/policies/{policy['policy_id']}/issue", example("issue_policy")))

    def billed(self, **changes: object) -> dict[str, Any]:
        """The account of a policy in force, with every invoice due."""
        account_id = self.in_force(**changes)["account_id"]
        return good(self.post(f"/accounts/{account_id}/billing-runs", {"through": far_away()}))

    def claim(self, **changes: object) -> dict[str, Any]:
        """A claim on a policy in force."""
        policy_id = self.in_force()["policy_id"]
        return good(self.post("/claims", example("report_claim") | {"policy_id": policy_id} | changes), 201)

    def account(self, account_id: str) -> dict[str, Any]:
        return good(self.get(f"/accounts/{account_id}"))

    @staticmethod
    def planned(account: dict[str, Any]) -> Decimal:
        """What was charged for the policy, as it is on the invoices; fees for installments come from no instruction.
        What fell due before the policy was issued is on one invoice, so that their number depends on today.
        """
        items = [item for invoice in account["invoices"] for item in invoice["items"]]
        return sum((Decimal(one["amount"]["amount"]) for one in items if one["instruction"] is not None), Decimal())

    def read(self, path: str, view: type[V]) -> V:
        """An answer as whoever reads it strictly sees it."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=view)

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = good(self.get("/events", after=str(after), limit="1000"))
            if not page["events"]:
                return found
            found.extend(page["events"])
            after = page["next"]


def example(operation: Any) -> dict[str, Any]:
    """The first of the published examples."""
    return next(iter(request_examples(operation).values()))


def good(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    return msgspec.json.decode(response.content)


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code, once it is sure that they say the same in every place."""
    body = msgspec.json.decode(response.content)
    assert response.headers["content-type"] == "application/problem+json", response.text
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:windtunnel:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["code"]


def far_away() -> str:
    """A day after every due date, whatever today is."""
    return date(datetime.now(UTC).year + 3, 1, 1).isoformat()


@contextmanager
def served(*arguments: str, token: str | None = None) -> Generator[Server]:
    server = Server(*arguments, token=token)
    try:
        yield server
    finally:
        server.end()


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    with served("--hooks") as running:
        yield running


@pytest.fixture
def customer(server: Server) -> Customer:
    return Customer(server.client)


def starting() -> Generator[Callable[..., Server]]:
    servers: list[Server] = []

    def begin(*arguments: str, token: str | None = None, **variables: str) -> Server:
        servers.append(Server(*arguments, token=token, **variables))
        return servers[-1]

    yield begin
    for running in servers:
        running.end()


@pytest.fixture
def start() -> Generator[Callable[..., Server]]:
    """Starts servers of a test's own; what still runs at the end of the test is ended."""
    yield from starting()


@pytest.fixture(scope="module")
def start_for_module() -> Generator[Callable[..., Server]]:
    """The same for servers that the tests of one file share."""
    yield from starting()


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "core.db")


@pytest.fixture(name="example", scope="session")
def published_example() -> Callable[[Any], dict[str, Any]]:
    return example


@pytest.fixture(name="good", scope="session")
def good_answer() -> Callable[..., dict[str, Any]]:
    return good


@pytest.fixture(name="refused", scope="session")
def refusal() -> Callable[[httpx.Response], tuple[int, str]]:
    return refused


@pytest.fixture(scope="session")
def ask() -> type[Customer]:
    return Customer
