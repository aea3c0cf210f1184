"""A reference deployment for each worker, found by its address as any other, and small servers that answer as told."""

import threading
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from msgspec.structs import replace

from contracts.deployment import Deployment, Http, load_deployment
from contracts.driver import Driver
from contracts.oracle import Oracle
from contracts.running import running
from fixtures.jurisdictions import florida

Answer = tuple[int, bytes]


@pytest.fixture(scope="session")
def reference_url() -> Generator[str]:
    with running(load_deployment("reference")) as base_url:
        yield base_url


@pytest.fixture
def reference(reference_url: str) -> Deployment:
    """The reference deployment as one that runs already."""
    return replace(load_deployment("reference"), start=None, http=Http(reference_url))


@pytest.fixture
def driver(reference: Deployment) -> Generator[Driver]:
    with Driver(reference, reference.http.base_url) as driver:
        yield driver


@pytest.fixture
def oracle() -> Oracle:
    return Oracle(*florida())


@pytest.fixture
def plant(reference_url: str) -> Generator[Callable[[str], None]]:
    """Plants a defect in the reference deployment, which is taken out again."""

    def planted(name: str) -> None:
        response = httpx.post(f"{reference_url}/_hooks/defect", json={"name": name})
        assert response.status_code == 200, response.text

    yield planted
    planted("none")


@pytest.fixture
def a_server() -> Generator[Callable[[Callable[[str, str], Answer | None]], str]]:
    """Starts a server on loopback that answers (method, path and query) as told, and gives its address. None as an
    answer hangs up without one.
    """
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[str, str], Answer | None]) -> str:
        http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer))
        http.daemon_threads = True
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(http)
        return f"http://127.0.0.1:{http.server_address[1]}"

    yield start
    for http in servers:
        http.shutdown()
        http.server_close()


def _handler(answer: Callable[[str, str], Answer | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _say(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(self.command, self.path)
            if said is None:
                self.close_connection = True
                return
            status, body = said
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._say()

        def do_POST(self) -> None:
            self._say()

        def do_PUT(self) -> None:
            self._say()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    return Handler


@pytest.fixture
def nobody() -> str:
    """An address on loopback at which nobody answers."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = http.server_address[1]
    http.server_close()
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def driver_of() -> Callable[[str], Driver]:
    """A driver of the reference deployment's ways at another address."""

    def of(base_url: str) -> Driver:
        return Driver(replace(load_deployment("reference"), start=None, http=Http(base_url)), base_url)

    return of
