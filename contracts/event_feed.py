"""Published events, read where a deployment shows them: a page of its own that goes on from a position.

GET <url>?after=POSITION&limit=COUNT  ->  {"events": [CloudEvents, oldest first], "next": POSITION}
"""

import time
from collections.abc import Callable
from datetime import date, datetime

import httpx
import msgspec
from msgspec import Struct

from contracts.deployment import Deployment, is_loopback
from contracts.driver import DeploymentRefused, DeploymentUnreachable

MOST_EVENTS = 100
POLL_SECONDS = 0.02


class Event(Struct, frozen=True, kw_only=True):
    """CloudEvents attributes and the data as they came; `data` is JSON that nobody has read yet."""

    id: str
    source: str
    type: str
    subject: str
    data: msgspec.Raw
    specversion: str = ""
    time: datetime | None = None
    effective: date | None = None


class _Page(Struct, frozen=True):
    events: tuple[Event, ...]
    next: int


class EventFeed:
    """The feed of one deployment. Raises DeploymentUnreachable or DeploymentRefused when it cannot be read."""

    def __init__(self, deployment: Deployment, base_url: str) -> None:
        assert deployment.broker is not None
        token = deployment.token()
        self._url = deployment.broker.url
        self._client = httpx.Client(
            base_url=base_url,
            timeout=deployment.http.timeout_seconds,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=not is_loopback(base_url),
        )

    def close(self) -> None:
        self._client.close()

    def end(self) -> int:
        """The position behind the last event so far, found by doubling and halving: a feed can be long."""
        if not self._page(0, 1).events:
            return 0
        low, high = 0, 1
        while self._page(high, 1).events:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._page(middle, 1).events else (low, middle)
        return high

    def find(self, wanted: Callable[[Event], object], *, after: int, seconds: float) -> Event | None:
        """The first event after a position that is wanted, awaited for so long; None when none came."""
        deadline = time.monotonic() + seconds
        position = after
        while True:
            page = self._page(position, MOST_EVENTS)
            for event in page.events:
                if wanted(event):
                    return event
            position = max(position, page.next)
            if not page.events:
                if time.monotonic() >= deadline:
                    return None
                time.sleep(POLL_SECONDS)

    def _page(self, after: int, limit: int) -> _Page:
        try:
            response = self._client.get(self._url, params={"after": after, "limit": limit})
        except httpx.TransportError as error:
            raise DeploymentUnreachable(f"{self._client.base_url}{self._url}: {error}") from None
        if response.status_code in (401, 403):
            raise DeploymentRefused(f"{self._url} refused us with {response.status_code}")
        try:
            response.raise_for_status()
            return msgspec.json.decode(response.content, type=_Page)
        except (httpx.HTTPStatusError, msgspec.DecodeError) as error:
            raise DeploymentUnreachable(f"{self._url} is no feed of events: {error}") from None
