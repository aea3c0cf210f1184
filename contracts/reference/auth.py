"""A token for whoever wants one: where WINDTUNNEL_TOKEN is set, every call must bear it.

What only says that the deployment is there, and what it speaks, answers without one. A webhook is believed by its
signature and needs none.
"""

import hmac
from typing import Any

from contracts.reference.problems import MEDIA_TYPE, problem, status_of_refusal
from model.decider import Refusal

TOKEN_VARIABLE = "WINDTUNNEL_TOKEN"
WEBHOOK_PATH = "/webhooks/processor"
OPEN_PATHS = frozenset({"/health", "/ready", "/openapi.json", "/asyncapi.json", WEBHOOK_PATH})


def guarded(app: Any, token: str) -> Any:
    """The ASGI application behind a token."""

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        refusal = None
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            refusal = _refusal(dict(scope["headers"]).get(b"authorization"), token)
        if refusal is None:
            await app(scope, receive, send)
            return
        body = problem(refusal)
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        if refusal.code == "token_required":
            headers.append((b"www-authenticate", b"Bearer"))
        await send({"type": "http.response.start", "status": status_of_refusal(refusal.code), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return guard


def _refusal(header: bytes | None, token: str) -> Refusal | None:
    kind, _, given = (header or b"").partition(b" ")
    if kind.lower() != b"bearer" or not given:
        return Refusal("token_required", "this deployment wants a bearer token")
    if not hmac.compare_digest(given.strip(), token.encode()):
        return Refusal("token_refused", "this is not the token of this deployment")
    return None
