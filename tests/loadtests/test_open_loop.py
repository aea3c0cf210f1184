"""The generator against a target that stands still for a moment: everybody who comes meanwhile is sent, and felt."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import monotonic

import httpx
import polars as pl
import pytest

from contracts.deployment import Deployment, Http
from contracts.running import free_port, stop
from loadtests.generator import NoLoadMade, generate
from loadtests.journeys import Insured
from loadtests.load_profiles import Arrivals, Book, Profile
from loadtests.order import Order
from loadtests.record import kept

BENCH = Path(__file__).parents[1] / "bench"
STALL_SECONDS = 1.0
RATE = 60.0


class Echo:
    """A bare target in a process of its own, that can be stopped in the middle of its work."""

    def __init__(self) -> None:
        port = free_port()
        command = (sys.executable, "-m", "uvicorn", "bare_echo:app", "--app-dir", str(BENCH), "--log-level", "error")
        self.process = subprocess.Popen((*command, "--port", str(port)), stdin=subprocess.DEVNULL)
        self.base_url = f"http://127.0.0.1:{port}"

    def wait(self) -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            assert client.get(f"{self.base_url}/policies/P-1").status_code == 200

    def end(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        stop(self.process)


class Stall:
    """Stops the target once the load has begun, and lets it go on a moment later."""

    def __init__(self, echo: Echo, lines: Path) -> None:
        self._echo = echo
        self._lines = lines
        self._since = 0.0
        self.seconds = 0.0

    def __call__(self, done: float) -> None:
        if self._since == 0.0 and self._lines.exists() and self._lines.stat().st_size > 0:
            self._since = monotonic()
            self._echo.process.send_signal(signal.SIGSTOP)
        elif self._since and not self.seconds and monotonic() - self._since >= STALL_SECONDS:
            self._echo.process.send_signal(signal.SIGCONT)
            self.seconds = monotonic() - self._since


@pytest.fixture
def echo():
    target = Echo()
    try:
        target.wait()
        yield target
    finally:
        target.end()


def order(base_url: str, lines: Path) -> Order:
    return Order(
        base_url=base_url,
        deployment=Deployment(http=Http(base_url)),
        profile=Profile(
            seconds=3.0, rate=RATE, mix={"reading": 1.0}, book=Book(1), arrivals=Arrivals(everyday_share=1.0)
        ),
        run="run",
        today=date(2026, 9, 15),
        book=(Insured("P-1", "A-1", "I-1"),),
        lines=str(lines),
    )


def test_a_stall_of_the_target_is_felt_by_everyone_who_comes_in_it(echo, tmp_path):
    lines = tmp_path / "requests.ndjson"
    stall = Stall(echo, lines)
    generate(order(echo.base_url, lines), tmp_path, advance=stall)
    record = kept(lines, tmp_path)
    took = record["done"] - record["intended"]
    assert stall.seconds >= STALL_SECONDS
    assert record["verdict"].unique().to_list() == ["good"]
    # A closed loop would have sent one request, waited, and reported one slow answer.
    felt = record.filter(took > 0.25 * STALL_SECONDS)
    assert felt.height > 0.5 * 0.75 * STALL_SECONDS * RATE
    assert took.quantile(1.0) == pytest.approx(stall.seconds, rel=0.5)
    begun_in_it = felt.filter(pl.col("sent") < felt["done"].min())
    assert begun_in_it.height > 0.9 * felt.height


def test_a_generator_that_fails_says_why(tmp_path):
    broken = order("http://127.0.0.1:9", tmp_path / "no" / "such" / "folder.ndjson")
    with pytest.raises(NoLoadMade) as error:
        generate(broken, tmp_path, advance=lambda done: None)
    assert "\n" not in str(error.value)
