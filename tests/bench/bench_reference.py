"""The reference deployment against a Litestar that does nothing, both driven in the same round over eight connections
from one process beside them.

A read is a policy in force; a payment is one under a key of its own on an account of a year's invoices, committed to
a SQLite file before it is answered. The bare one answers as many bytes.
"""

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from rounds import Benchmark, Round

HERE = Path(__file__).resolve().parent
CONNECTIONS = 8
READS = 3000
PAYMENTS = 1000
ACCOUNTS = 100
READY_SECONDS = 30

QUOTE: dict[str, Any] = {
    "insured_id": "I-1",
    "product": "homeowners",
    "state": "FL",
    "zone": "America/New_York",
    "start": "2026-06-01",
    "plan": "monthly",
    "autopay": "off",
    "payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1}],
    "coverages": [
        {
            "code": "dwelling",
            "limit": {"amount": "300000.00", "currency": "USD"},
            "deductible": {"amount": "1000.00", "currency": "USD"},
            "hurricane_deductible": {"amount": "6000.00", "currency": "USD"},
        }
    ],
    "charges": [{"pattern": "premium", "amount": {"amount": "2400.00", "currency": "USD"}}],
    "on": "2026-05-01",
}
PAYMENT = msgspec.json.encode({"payer_id": "I-1", "amount": {"amount": "10.00", "currency": "USD"}, "on": "2026-06-02"})


@contextmanager
def serving(*command: str) -> Generator[httpx.Client]:
    """A server on a free port, which takes the place of `{port}`, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *(part.format(port=port) for part in command)], cwd=HERE.parents[1], stdout=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=READY_SECONDS) as client:
            deadline = time.monotonic() + READY_SECONDS
            while not is_ready(client):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{command[0]} {command[1]} does not answer")
                time.sleep(0.05)
            yield client
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/ready").status_code == 200
    except httpx.TransportError:
        return False


def seconds_for(client: httpx.Client, requests: Sequence[bytes]) -> float:
    """Wall seconds for all requests, shared out among the connections, each of which sends as soon as it may."""
    return asyncio.run(driven(client.base_url.port or 80, requests))


async def driven(port: int, requests: Sequence[bytes]) -> float:
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    await asyncio.gather(*(exchange(*stream, requests[place::CONNECTIONS]) for place, stream in enumerate(streams)))
    spent = time.perf_counter() - begun
    for _, writer in streams:
        writer.close()
    return spent


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Sequence[bytes]) -> None:
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if head[9:10] != b"2":
            raise RuntimeError(f"refused: {head[:80]!r}")
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(size)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def post(path: str, body: bytes, key: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def policies(client: httpx.Client) -> list[dict[str, Any]]:
    found = []
    for _ in range(ACCOUNTS):
        path = f"/policies/{client.post('/policies', json=QUOTE).json()['policy_id']}"
        client.post(f"{path}/bind", json={"on": "2026-05-02"})
        policy = client.post(f"{path}/issue", json={"on": "2026-05-02"}).json()
        client.post(f"/accounts/{policy['account_id']}/billing-runs", json={"through": "2100-01-01"})
        found.append(policy)
    return found


def reference_rates() -> tuple[float, float, int]:
    """Reads and payments a second of the reference deployment, and how many bytes a read answers."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "core.db")
        with serving("-m", "contracts.reference", "--port", "{port}", "--database", database) as client:
            made = policies(client)
            reads = [get(f"/policies/{made[number % ACCOUNTS]['policy_id']}") for number in range(READS)]
            pays = [
                post(f"/accounts/{made[number % ACCOUNTS]['account_id']}/payments", PAYMENT, f"key-{number}")
                for number in range(PAYMENTS)
            ]
            size = len(client.get(f"/policies/{made[0]['policy_id']}").content)
            return READS / seconds_for(client, reads), PAYMENTS / seconds_for(client, pays), size


def bare_rates(size: int) -> tuple[float, float]:
    with serving(str(HERE / "bare_litestar.py"), "{port}", str(size)) as client:
        reads = [get("/things/P-000001")] * READS
        writes = [post("/things/A-000001", PAYMENT, "key")] * PAYMENTS
        return READS / seconds_for(client, reads), PAYMENTS / seconds_for(client, writes)


def shares(current: Round) -> dict[str, float]:
    """What part of the bare rate is left, for a read and for a payment; all four rates are measured once a round."""
    if current.number not in MEASURED:
        read, payment, size = reference_rates()
        bare_read, bare_write = bare_rates(size)
        MEASURED[current.number] = {"read": read / bare_read, "payment": payment / bare_write}
        told = f"reference {read:.0f} reads/s, {payment:.0f} payments/s; bare {bare_read:.0f} and {bare_write:.0f}"
        print(told, file=sys.stderr)
    return MEASURED[current.number]


MEASURED: dict[int, dict[str, float]] = {}


def read_share(current: Round) -> float:
    return shares(current)["read"]


def payment_share(current: Round) -> float:
    return shares(current)["payment"]


BENCHMARKS = (
    Benchmark(name="reference_read", unit="x bare Litestar", sense=">=", bound=0.15, measure=read_share),
    Benchmark(name="reference_payment", unit="x bare Litestar", sense=">=", bound=0.05, measure=payment_share),
)
