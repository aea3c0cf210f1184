"""The HTTP endpoints that a Pact verifier of any language asks for states and messages.

    POST /states    {"state", "action", "params"}        makes the state, answers what was captured as one JSON object
    POST /messages  {"description", "providerStates"}    answers the event that the last state led to

It listens on loopback only. What went wrong is kept, since verifiers show no more than that something did.
"""

import base64
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from msgspec import Struct

from contracts.deployment import Deployment
from contracts.driver import DeploymentRefused, DeploymentUnreachable, Driver
from contracts.event_feed import Event, EventFeed
from contracts.states import StateFailed, make_state

LOOPBACK = "127.0.0.1"
EVENT_SECONDS = 5.0


class StateChange(Struct, frozen=True):
    state: str
    action: str = "setup"
    params: dict[str, Any] | None = None


class MessageAsked(Struct, frozen=True):
    description: str


class Asked(Struct, frozen=True):
    """What a verifier asked for: states that were made, what each `returned`, messages that were fetched, and what
    failed.
    """

    states: list[str]
    messages: list[str]
    failures: list[str]
    returned: dict[str, set[str]]


class StateServer:
    """States and messages of one deployment. `event_types` gives the CloudEvents type that a message's description
    stands for, as its pact says; an event is awaited for `event_seconds`.
    """

    def __init__(
        self,
        deployment: Deployment,
        base_url: str,
        event_types: Mapping[str, str],
        *,
        event_seconds: float = EVENT_SECONDS,
    ) -> None:
        self.asked = Asked([], [], [], {})
        self.lost: DeploymentUnreachable | DeploymentRefused | None = None
        self._event_types = event_types
        self._event_seconds = event_seconds
        self._driver = Driver(deployment, base_url)
        self._feed = EventFeed(deployment, base_url) if deployment.broker is not None else None
        # The tap is set before any stimulus, so that no event can slip by.
        self._tapped = self._feed.end() if self._feed is not None and event_types else 0
        self._known: dict[str, str] = {}
        self._one_at_a_time = threading.Lock()

    def close(self) -> None:
        self._driver.close()
        if self._feed is not None:
            self._feed.close()

    def change_state(self, change: StateChange) -> dict[str, str]:
        """What was captured. Raises StateFailed, and what a driver raises."""
        with self._one_at_a_time:
            if change.action != "setup" or not change.state:
                # A verifier also says when an interaction needs no state.
                return {}
            with self._noting_failure():
                captured = make_state(self._driver, change.state, change.params or {})
            # An interaction may be given several states, and its event may be about any of them.
            self._known |= captured
            self.asked.states.append(change.state)
            self.asked.returned[change.state] = set(captured)
            return captured

    def message(self, asked: MessageAsked) -> Event:
        """The event that the last state led to. Raises StateFailed when there is none."""
        with self._one_at_a_time:
            with self._noting_failure():
                event = self._awaited(asked.description)
            self.asked.messages.append(asked.description)
            return event

    @contextmanager
    def _noting_failure(self) -> Generator[None]:
        try:
            yield
        except StateFailed as error:
            self.asked.failures.append(str(error))
            raise
        except (DeploymentUnreachable, DeploymentRefused) as error:
            self.lost = error
            raise

    def _awaited(self, description: str) -> Event:
        event_type = self._event_types.get(description)
        if event_type is None:
            raise StateFailed(f"message {description!r}: no pact here says by ce_type which event that is")
        if self._feed is None:
            raise StateFailed(f"message {description!r}: the deployment file has no [broker] to read events from")
        subjects = set(self._known.values())
        event = self._feed.find(
            lambda event: event.type == event_type and event.subject in subjects,
            after=self._tapped,
            seconds=self._event_seconds,
        )
        if event is None:
            raise StateFailed(f"message {description!r}: no {event_type} about {', '.join(subjects)} was published")
        if bytes(event.data).strip() in (b"", b"null", b"{}"):
            raise StateFailed(f"message {description!r}: {event.id} was published without data")
        return event


@contextmanager
def serving(server: StateServer, port: int = 0) -> Generator[str]:
    """Answers on loopback, at a free port if none is given, for as long as the block runs. Gives the address."""
    http = ThreadingHTTPServer((LOOPBACK, port), _handler(server))
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, name="states", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{http.server_address[1]}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
        server.close()


def _handler(server: StateServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body leave as one packet each; with Nagle's algorithm the second would wait 40 ms.
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:  # the name is that of http.server
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                if self.path == "/states":
                    captured = server.change_state(msgspec.json.decode(body, type=StateChange))
                    self._answer(200, msgspec.json.encode(captured), {})
                elif self.path == "/messages":
                    event = server.message(msgspec.json.decode(body, type=MessageAsked))
                    self._answer(200, bytes(event.data), {"Pact-Message-Metadata": _metadata(event)})
                else:
                    self._answer(404, b'{"error": "POST /states or /messages"}', {})
            except msgspec.DecodeError as error:
                self._answer(400, msgspec.json.encode({"error": str(error)}), {})
            except (StateFailed, DeploymentUnreachable, DeploymentRefused) as error:
                # A verifier asks again and again after a 5xx, each time after twice as long.
                self._answer(422, msgspec.json.encode({"error": str(error)}), {})

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Writes no log: what matters is kept by the server of states."""

    return Handler


def _metadata(event: Event) -> str:
    """CloudEvents attributes as a broker carries them beside the data, in the header that verifiers read."""
    attributes = {
        "contentType": "application/json",
        "ce_specversion": event.specversion,
        "ce_type": event.type,
        "ce_source": event.source,
        "ce_id": event.id,
        "ce_subject": event.subject,
    }
    return base64.b64encode(msgspec.json.encode(attributes)).decode()
