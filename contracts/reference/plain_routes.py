"""The few routes that are no operation: signs of life, the documents, what was published, the webhook that is heard."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from litestar import MediaType, Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from contracts.reference.answer import Answer, refused
from contracts.reference.auth import WEBHOOK_PATH
from contracts.reference.edge import read_cursor
from contracts.reference.problems import MEDIA_TYPE
from contracts.reference.service import Service
from contracts.reference.webhooks import SIGNATURE_HEADER
from model.decider import Refusal

DOCUMENTS = Path(__file__).parents[1]
AnyRequest: TypeAlias = Request[Any, Any, Any]
Handler = Callable[[AnyRequest], Awaitable[Response[bytes]]]


class EventsPage(Struct, frozen=True):
    """Published events as CloudEvents, oldest first; `next` is the `after` of the page that follows."""

    events: tuple[msgspec.Raw, ...]
    next: int


def answered(answer: Answer) -> Response[bytes]:
    media_type = MEDIA_TYPE if answer.status >= 400 else MediaType.JSON
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else None
    return Response(answer.body, status_code=answer.status, media_type=media_type, headers=headers)


def plain_routes(service: Callable[[], Service]) -> list[HTTPRouteHandler]:
    """`service` is asked for once somebody asks, for it begins after the routes are there."""
    handlers: dict[str, Handler] = {
        "/health": _health,
        "/ready": _ready(service),
        "/openapi.json": _file("openapi"),
        "/asyncapi.json": _file("asyncapi"),
        "/events": _events(service),
    }
    routes = [HTTPRouteHandler(path, http_method="GET")(handler) for path, handler in handlers.items()]
    return [*routes, HTTPRouteHandler(WEBHOOK_PATH, http_method="POST", status_code=200)(_webhook(service))]


async def _health(request: AnyRequest) -> Response[bytes]:
    _ = request
    return Response(b'{"status":"ok"}', media_type=MediaType.JSON)


def _ready(service: Callable[[], Service]) -> Handler:
    async def ready(request: AnyRequest) -> Response[bytes]:
        _ = request
        with service().store.reading() as transaction:
            transaction.published(after=0, most=1)
        return Response(b'{"status":"ready"}', media_type=MediaType.JSON)

    return ready


def _file(kind: str) -> Handler:
    written = (DOCUMENTS / kind / "windtunnel.json").read_bytes()

    async def document(request: AnyRequest) -> Response[bytes]:
        _ = request
        return Response(written, media_type=MediaType.JSON)

    return document


def _events(service: Callable[[], Service]) -> Handler:
    async def events(request: AnyRequest) -> Response[bytes]:
        cursor = read_cursor(request.scope["query_string"])
        if isinstance(cursor, Refusal):
            return answered(refused(cursor))
        after, limit = cursor
        with service().store.reading() as transaction:
            found = transaction.published(after=after, most=limit)
        last = found[-1].position if found else after
        page = EventsPage(tuple(msgspec.Raw(one.envelope) for one in found), last)
        return Response(msgspec.json.encode(page), media_type=MediaType.JSON)

    return events


def _webhook(service: Callable[[], Service]) -> Handler:
    async def webhook(request: AnyRequest) -> Response[bytes]:
        return answered(service().hear_webhook(await request.body(), request.headers.get(SIGNATURE_HEADER, "")))

    return webhook
