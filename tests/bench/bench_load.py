"""Our generator against a bare ASGI echo: does it send a thousand requests a second when it means to?

The target does as little as a target can: it answers with the id that it was asked for. What is measured is the
generator's own lateness, from the intended instant to the instant of sending, of every arrival after the first second.
"""

import math
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from rounds import Benchmark, Round

from contracts.deployment import Deployment, Http, Start
from contracts.running import running
from loadtests.generator import generate
from loadtests.journeys import Insured
from loadtests.load_profiles import Arrivals, Book, Profile
from loadtests.order import Order
from loadtests.record import kept

HERE = Path(__file__).parent
RATE, SECONDS, WARM_UP_SECONDS = 1_000.0, 6.0, 1.0

ECHO = Deployment(
    http=Http("http://127.0.0.1:8000"),
    start=Start(
        (
            "{python}",
            "-m",
            "uvicorn",
            "bare_echo:app",
            "--app-dir",
            str(HERE),
            "--port",
            "{port}",
            "--log-level",
            "error",
        )
    ),
    name="bare echo",
)
EVENLY = Profile(
    seconds=SECONDS,
    rate=RATE,
    max_in_flight=1_000,
    arrivals=Arrivals(everyday_share=1.0),
    mix={"reading": 1.0},
    book=Book(100),
)


class Loaded(Struct, frozen=True):
    """The 99th percentile of the generator's lag in milliseconds, and the good answers a second."""

    lag_ms: float
    rate: float


@cache
def loaded(seed: int) -> Loaded:
    """One load, from which both numbers of a round come."""
    book = tuple(Insured(f"P-{number:06d}", f"A-{number:06d}", f"I-{number:06d}") for number in range(100))
    with running(ECHO) as base_url, tempfile.TemporaryDirectory() as scratch:
        lines = Path(scratch) / "requests.ndjson"
        order = Order(
            base_url=base_url,
            deployment=ECHO,
            profile=replace(EVENLY, seed=seed),
            run="bench",
            today=date(2026, 9, 10),
            book=book,
            lines=str(lines),
        )
        generate(order, Path(scratch), advance=lambda done: None)
        frame = kept(lines, Path(scratch))
    sent = frame.filter((frame["step"] == 0) & (frame["intended"] >= WARM_UP_SECONDS) & ~frame["dropped"])
    late = ((sent["sent"] - sent["intended"]) * 1_000.0).quantile(0.99, "equiprobable")
    good = sent.filter(sent["verdict"] == "good").height
    return Loaded(late if late is not None else math.inf, good / (SECONDS - WARM_UP_SECONDS))


def lag(current: Round) -> float:
    return loaded(current.number).lag_ms


def rate(current: Round) -> float:
    return loaded(current.number).rate


BENCHMARKS = (
    Benchmark(name="open_loop_lag_p99", unit="ms at 1,000/s", sense="<=", bound=10.0, measure=lag),
    # A Poisson process of 5,000 arrivals deviates by 4 % in one of 200 rounds.
    Benchmark(name="open_loop_rate", unit="good answers/s", sense=">=", bound=960.0, measure=rate),
)
