"""Posts one webhook: no redirect is followed, an answer that does not come in time is none, and nothing is retried."""

import asyncio
import http.client
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

from contracts.reference.settings import Endpoint
from contracts.reference.webhooks import SIGNATURE_HEADER
from model.payments.webhook_in import signature

TIMEOUT_SECONDS = 10.0
NO_ANSWER = 0


def sender(secrets: tuple[bytes, ...]) -> "Sender":
    """Signs with the first secret, where there is one."""
    return Sender(secrets[0] if secrets else None)


class Sender:
    def __init__(self, secret: bytes | None) -> None:
        self._secret = secret
        # Without the handlers that follow redirects, ask proxies and raise for what is no success.
        self._opener = OpenerDirector()
        for handler in (HTTPHandler(), HTTPSHandler()):
            self._opener.add_handler(handler)

    async def __call__(self, endpoint: Endpoint, event_id: str, body: bytes) -> int:
        return await asyncio.to_thread(self._post, endpoint, event_id, body)

    def _post(self, endpoint: Endpoint, event_id: str, body: bytes) -> int:
        headers = {"Content-Type": "application/cloudevents+json", "Idempotency-Key": event_id}
        if self._secret is not None:
            headers[SIGNATURE_HEADER] = signature(body, self._secret)
        request = Request(endpoint.url, data=body, headers=headers, method="POST")
        try:
            answer = self._opener.open(request, timeout=TIMEOUT_SECONDS)
            if answer is None:
                return NO_ANSWER
            with answer:
                return answer.status or NO_ANSWER
        except (OSError, http.client.HTTPException):
            return NO_ANSWER
