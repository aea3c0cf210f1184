"""As little of a core as can be asked: raw ASGI that puts the id of the path into one of three fixed answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

POLICY = '{"policy_id":"%s","status":"in_force","account_id":"A-1","start":"2026-06-01","end":"2027-06-01"}'
ACCOUNT = '{"account_id":"%s","autopay":"off","unapplied":{"amount":"0.00","currency":"USD"}}'
COVERAGE = '{"policy_id":"%s","at":"2026-09-10T12:00:00Z","coverage":"dwelling","covered":"yes"}'
JSON = (b"content-type", b"application/json")


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    parts = scope["path"].split("/")
    identity = parts[2] if len(parts) > 2 else ""
    answer = COVERAGE if len(parts) > 3 else ACCOUNT if parts[1] == "accounts" else POLICY
    body = (answer % identity).encode()
    while (await receive()).get("more_body"):
        pass
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [JSON, length]})
    await send({"type": "http.response.body", "body": body})
    return None


async def _lifespan(receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
