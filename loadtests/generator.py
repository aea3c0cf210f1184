"""Makes a load: guards the target, prepares the book, and runs one Locust process that writes the record.

Errors:

    LoadNotAllowed  the deployment's file forbids it, or the rate, or nobody said that a remote host is meant
    NoLoadMade      the generator's process failed; the message is the last that it said
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import polars as pl

from contracts.deployment import Deployment
from contracts.driver import Driver
from contracts.running import stop
from fixtures.variates import Variates
from loadtests.book import open_book
from loadtests.journeys import Scene
from loadtests.load_profiles import Profile
from loadtests.order import ORDER_VARIABLE, Order, write_order
from loadtests.record import kept, line

LOCUSTFILE = Path(__file__).parent / "locustfile.py"
GRACE_SECONDS = 30.0
"""Beyond the load itself and the last answers, for Locust to start and to end."""

POLL_SECONDS = 0.1
OPTIONS = (
    "--headless", "--users", "1", "--spawn-rate", "1", "--only-summary", "--loglevel", "WARNING",
    "--exit-code-on-error", "0", "--stop-timeout", "0",
)  # fmt: skip

Advance = Callable[[float], object]
"""Called with the part of the load that is over, 0 to 1."""


class LoadNotAllowed(ValueError):
    """A load that the deployment's file, or nobody's word, allows."""


class NoLoadMade(Exception):
    """The generator made no load."""


def guard(deployment: Deployment, profile: Profile, *, remote: str = "") -> None:
    """Nothing is sent to a deployment whose file does not allow it, at more than its rate, or, unless its host is
    named once more in `remote`, elsewhere than on this machine. Raises LoadNotAllowed.
    """
    allowed = deployment.load
    if not allowed.allowed:
        raise LoadNotAllowed(
            f"deployment {deployment.file}: load.allowed: no load is allowed; its owner may say so there"
        )
    if profile.rate > allowed.max_rate:
        raise LoadNotAllowed(
            f"deployment {deployment.file}: load.max_rate: {allowed.max_rate:g} requests a second are allowed, "
            f"not {profile.rate:g}; ask for less with --rate"
        )
    host = urlsplit(deployment.http.base_url).hostname or ""
    if deployment.start is None and not _is_this_machine(host) and host != remote:
        raise LoadNotAllowed(
            f"deployment {deployment.file}: http.base_url: {host} is not this machine; --remote {host}"
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_load(
    deployment: Deployment, base_url: str, profile: Profile, folder: Path, *, advance: Advance
) -> tuple[datetime, pl.DataFrame]:
    """Loads the deployment at `base_url` and leaves requests.parquet in the folder. Returns when it began, and the
    record. Raises BookFailed, NoLoadMade, DeploymentUnreachable and DeploymentRefused.
    """
    began = datetime.now(UTC)
    run = f"{began:%Y%m%dT%H%M%S%f}"
    with tempfile.TemporaryDirectory(prefix="windtunnel-load-") as scratch:
        lines = Path(scratch) / "requests.ndjson"
        with Driver(deployment, base_url) as driver:
            driver.perform("read_policy", "is-anybody-there")
            book, rows = open_book(driver, _book_scenes(deployment, profile, run, began.date()))
        lines.write_bytes(b"".join(line(row) for row in rows))
        order = Order(
            base_url=base_url,
            deployment=deployment,
            profile=profile,
            run=run,
            today=began.date(),
            book=book,
            lines=str(lines),
        )
        try:
            generate(order, Path(scratch), advance=advance)
        finally:
            # Also of a load that was interrupted: what it touched can be audited.
            record = kept(lines, folder)
        return began, record


def generate(order: Order, scratch: Path, *, advance: Advance) -> None:
    """Runs Locust once with an order. Raises NoLoadMade."""
    path = scratch / "order.json"
    write_order(order, path)
    # In a folder of its own Locust finds no settings of somebody else's.
    command = (sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), *OPTIONS)
    said = scratch / "locust.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=scratch, env=os.environ | {ORDER_VARIABLE: str(path)}, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(process, order, advance)
        finally:
            stop(process)
    if process.returncode != 0:
        raise NoLoadMade(f"the load generator ended with {process.returncode}: {_last_line(said)}")


def _wait(process: "subprocess.Popen[bytes]", order: Order, advance: Advance) -> None:
    """Until the generator ends, or has had all the time that it may need."""
    length = order.profile.seconds
    begun = monotonic()
    bound = length + 2.0 * order.deployment.http.timeout_seconds + GRACE_SECONDS
    while monotonic() - begun < bound:
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            advance(min((monotonic() - begun) / length, 1.0))
        else:
            return
    raise NoLoadMade(f"the load generator was still at work after {bound:.0f} s")


def _book_scenes(deployment: Deployment, profile: Profile, run: str, today: date) -> list[Scene]:
    dice = Variates(profile.seed)
    return [
        Scene(
            arrival=number,
            dice=dice,
            today=today,
            run=f"{run}-book",
            person="book",
            keys="taken" if deployment.idempotency.dialect == "header" else "not_taken",
        )
        for number in range(profile.book.policies)
    ]


def _last_line(said: Path) -> str:
    lines = said.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
