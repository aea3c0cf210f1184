"""How much the deployment takes at once, and how much of it from one client: more is told when to come back.

    request --> its client's bucket has a token? --> a place is free, or one to wait in? --> answered --> place free
                     \\--> 429 Retry-After                \\--> 503 Retry-After

Signs of life are asked by whoever would restart a process that does not answer, and are never limited. A client is the
address from which it comes: what else it says of itself it could say otherwise the next time.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from contracts.reference.problems import MEDIA_TYPE, problem, status_of_refusal
from contracts.reference.settings import Limits
from model.decider import Refusal
from model.resilience.breaker import Rejected
from model.resilience.concurrency import Occupied, entered, gave_up, left
from model.resilience.token_bucket import Bucket, full_bucket, taken

UNLIMITED = frozenset({"/health", "/ready"})
MOST_CLIENTS = 10_000
"""Whose buckets are kept; the one that has been quiet for longest is forgotten first, and is then a new client."""
SECOND = 1_000_000


class Limited:
    """The ASGI application behind its limits. `now` counts microseconds from anywhere, and never backwards."""

    def __init__(self, app: Any, limits: Limits, now: Callable[[], int]) -> None:
        self._app = app
        self._now = now
        self._bucket = limits.bucket()
        self._concurrency = limits.concurrency()
        self._buckets: OrderedDict[bytes, Bucket] = OrderedDict()
        self._occupied = Occupied()
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        rejected = self._take_token(client_of(scope)) or await self._enter()
        if rejected is not None:
            await _send_rejection(rejected, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._leave()

    def _take_token(self, client: bytes) -> Rejected | None:
        now = self._now()
        bucket = self._buckets.get(client)
        after = taken(self._bucket, bucket or full_bucket(self._bucket, now=now), now=now)
        if isinstance(after, Rejected):
            return after
        self._buckets[client] = after
        self._buckets.move_to_end(client)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return None

    async def _enter(self) -> Rejected | None:
        after = entered(self._concurrency, self._occupied)
        if isinstance(after, Rejected):
            return after
        waits = after.waiting > self._occupied.waiting
        self._occupied = after
        if waits:
            await self._wait()
        return None

    async def _wait(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
                self._occupied = gave_up(self._occupied)
            elif not place.cancelled():
                # Its turn had come in the very moment in which its client went away.
                self._leave()
            raise

    def _leave(self) -> None:
        self._occupied = left(self._concurrency, self._occupied)
        while len(self._waiting) > self._occupied.waiting:
            place = self._waiting.popleft()
            if not place.cancelled():
                place.set_result(None)
                return
            self._occupied = left(self._concurrency, self._occupied)


def client_of(scope: Any) -> bytes:
    client = scope.get("client")
    return str(client[0]).encode() if client else b""


async def _send_rejection(rejected: Rejected, send: Any) -> None:
    seconds = max(1, -(-rejected.retry_after // SECOND))
    body = problem(Refusal(rejected.code, f"more than is taken at once: come again after {seconds} s"))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(seconds).encode()),
    ]
    await send({"type": "http.response.start", "status": status_of_refusal(rejected.code), "headers": headers})
    await send({"type": "http.response.body", "body": body})
