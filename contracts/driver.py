"""The canonical operations of a core as HTTP calls to one deployment.

A driver knows how a deployment spells an operation and nothing of what it should answer. Errors:

    DeploymentUnreachable   nobody answers there
    DeploymentRefused       it answers, but not to us: 401 or 403
"""

from types import TracebackType
from typing import Self, cast, get_args

import httpx
import msgspec

from contracts.deployment import Deployment, is_loopback
from contracts.spelling import NO_ANSWER, SILENCE, UNDECODABLE, Reply, call_of, reply_of
from model.published.operations import OperationName
from model.published.requests import Request

__all__ = [
    "NO_ANSWER",
    "OPERATION_NAMES",
    "UNDECODABLE",
    "DeploymentRefused",
    "DeploymentUnreachable",
    "Driver",
    "Reply",
]

DRAIN_PATH = "/_hooks/drain"


class DeploymentUnreachable(Exception):
    """Nobody answers at the address of a deployment."""


class DeploymentRefused(Exception):
    """A deployment answers, but our token is missing, wrong or not enough."""


class Driver:
    """One deployment at `base_url`. Use as a context manager, or `close` it; one driver serves one thread."""

    def __init__(self, deployment: Deployment, base_url: str) -> None:
        self.deployment = deployment
        self.base_url = base_url.rstrip("/")
        token = deployment.token()
        self._client = httpx.Client(
            base_url=self.base_url,
            timeout=httpx.Timeout(deployment.http.timeout_seconds, connect=min(5.0, deployment.http.timeout_seconds)),
            headers={"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            follow_redirects=False,
            trust_env=not is_loopback(base_url),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def perform(
        self, operation: OperationName, subject: str = "", request: Request = None, *, key: str | None = None
    ) -> Reply:
        """Asks once, never again by itself. `subject` is the id in the path, `key` the idempotency key, which is sent
        only where the deployment has a header for it. Raises DeploymentUnreachable and DeploymentRefused.
        """
        call = call_of(self.deployment, operation, subject, request, key=key)
        try:
            response = self._client.request(call.method, call.target, content=call.body, headers=call.headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise DeploymentUnreachable(f"{self.base_url}: {error}") from None
        except httpx.TransportError:
            return SILENCE
        self._admitted(response)
        return reply_of(operation, response.status_code, response.content)

    def drain(self) -> int:
        """Waits until every published event is delivered, where the deployment can say so; how many it delivered.

        Raises DeploymentUnreachable when the hook does not answer as it should.
        """
        if not self.deployment.capabilities.drain:
            return 0
        try:
            response = self._client.post(DRAIN_PATH, content=b"{}", headers={"Content-Type": "application/json"})
        except httpx.TransportError as error:
            raise DeploymentUnreachable(f"{self.base_url}{DRAIN_PATH}: {error}") from None
        self._admitted(response)
        if response.status_code != 200:
            raise DeploymentUnreachable(f"{self.base_url}{DRAIN_PATH} answers {response.status_code}")
        return cast("int", msgspec.json.decode(response.content).get("delivered", 0))

    def _admitted(self, response: httpx.Response) -> None:
        if response.status_code in (401, 403):
            said = "no valid token" if response.status_code == 401 else "not allowed"
            raise DeploymentRefused(f"{self.base_url} refused us with {response.status_code} ({said})")


OPERATION_NAMES: tuple[OperationName, ...] = get_args(OperationName)
