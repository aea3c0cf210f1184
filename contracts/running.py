"""A deployment that runs for as long as somebody needs it: started by its own command, or found where it is."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO

import httpx

from contracts.deployment import Deployment, is_loopback
from contracts.driver import DeploymentUnreachable

POLL_SECONDS = 0.05
STOP_SECONDS = 5.0


@contextmanager
def running(deployment: Deployment) -> Generator[str]:
    """The address at which the deployment answers. One with a start command is started on a free loopback port, waited
    for and ended again; any other must be up. Raises DeploymentUnreachable.
    """
    if deployment.start is None:
        _check_reachable(deployment.http.base_url)
        yield deployment.http.base_url
        return
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [
        part.replace("{port}", str(port)).replace("{python}", sys.executable) for part in deployment.start.command
    ]
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        except OSError as error:
            raise DeploymentUnreachable(f"{deployment.name}: cannot start {command[0]}: {error.strerror}") from None
        try:
            _wait_ready(deployment, process, base_url, output)
            yield base_url
        finally:
            stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process that we started, by its id: politely, then not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def _wait_ready(deployment: Deployment, process: "subprocess.Popen[bytes]", base_url: str, output: IO[bytes]) -> None:
    assert deployment.start is not None
    deadline = time.monotonic() + deployment.start.ready_seconds
    with httpx.Client(base_url=base_url, timeout=2.0, trust_env=False) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise DeploymentUnreachable(
                    f"{deployment.name}: its start command ended with {process.returncode}: {_last_line(output)}"
                )
            try:
                if client.get("/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
    raise DeploymentUnreachable(
        f"{deployment.name}: not ready after {deployment.start.ready_seconds:g} s: {_last_line(output)}"
    )


def _last_line(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _check_reachable(base_url: str) -> None:
    """Any answer will do: whether it is the right one is for others to judge."""
    try:
        httpx.get(f"{base_url.rstrip('/')}/health", timeout=5.0, trust_env=not is_loopback(base_url))
    except httpx.TransportError as error:
        raise DeploymentUnreachable(f"{base_url}: {error or type(error).__name__}") from None
