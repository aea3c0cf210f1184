"""The ASGI application: one handler for every operation, and the few routes that are no operation.

Litestar routes and nothing more. Requests are read by `edge`, answered by `Service`, and the documents are files: its
own generator would say less than the model does.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import random
from time import monotonic_ns
from typing import Any, Literal, TypeAlias

import msgspec
from litestar import Litestar, MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from contracts.reference import hooks
from contracts.reference.answer import Answer, refused
from contracts.reference.auth import WEBHOOK_PATH, guarded
from contracts.reference.courier import Courier
from contracts.reference.defects import Defects
from contracts.reference.edge import MOST_BYTES, read_cursor, read_key, read_request
from contracts.reference.limits import Limited
from contracts.reference.posting import sender
from contracts.reference.problems import MEDIA_TYPE, STATUS_AT_THE_EDGE, problem
from contracts.reference.service import Service, utc_now
from contracts.reference.settings import Settings, endpoint_secrets
from contracts.reference.store import SequenceConflict, Store
from contracts.reference.webhooks import SIGNATURE_HEADER
from fixtures.jurisdictions import florida_law
from model.carrier import Carrier
from model.decider import Refusal
from model.published.operations import OPERATIONS, Operation

LOG = logging.getLogger(__name__)
DOCUMENTS = Path(__file__).parents[1]
CODE_OF_STATUS = {
    STATUS_AT_THE_EDGE[code]: code
    for code in ("bad_request", "not_found", "method_not_allowed", "too_large", "unsupported_media_type", "fault")
}

TIME_PASSES_EVERY_SECONDS = 60.0
COURIER_LOOKS_EVERY_SECONDS = 1.0

AnyRequest: TypeAlias = Request[Any, Any, Any]
Handler = Callable[[AnyRequest], Awaitable[Response[bytes]]]


class EventsPage(Struct, frozen=True):
    """Published events as CloudEvents, oldest first; `next` is the `after` of the page that follows."""

    events: tuple[msgspec.Raw, ...]
    next: int


def application(
    database: str,
    carrier: Carrier,
    *,
    settings: Settings,
    token: str | None,
    webhook_secrets: tuple[bytes, ...],
    with_hooks: Literal["hooks", "none"],
    defects: Defects,
    clock: Callable[[], datetime] = utc_now,
) -> Any:
    """The ASGI application. With hooks, tests may drain it, plant defects and say when time passes, which it then does
    not by itself. It opens the database once it runs.
    """
    holder: dict[str, Service] = {}

    def service() -> Service:
        return holder["service"]

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        store = Store(database)
        holder["service"] = Service(
            store,
            florida_law(),
            carrier,
            defects,
            clock,
            keys=settings.idempotency.policy(),
            webhook_secrets=webhook_secrets,
        )
        service().begin()
        # Whoever holds the hooks holds the clock: a walk or a pact may not find that a night has passed meanwhile.
        beside = [asyncio.create_task(_time_passes(service()))] if with_hooks == "none" else []
        if settings.endpoints:
            beside.append(asyncio.create_task(_courier_goes(_courier(service(), settings, clock))))
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            store.close()

    routes = [_route(operation, _operation_handler(operation, service, defects)) for operation in OPERATIONS]
    routes += _plain_routes(service)
    if with_hooks == "hooks":
        routes += hooks.routes(service, defects)
    app = Litestar(
        routes,
        openapi_config=None,
        lifespan=[lifespan],
        request_max_body_size=MOST_BYTES,
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
        logging_config=None,
    )
    return Limited(guarded(app, token) if token else app, settings.limits, _microseconds)


def _microseconds() -> int:
    """Of a clock that nobody sets, for limits that last seconds."""
    return monotonic_ns() // 1000


async def _time_passes(service: Service) -> None:
    """Accounts, processes and payments wait for days and hours; a minute late is early enough."""
    while True:
        try:
            for _ in service.time_passing():
                # Requests that came meanwhile go first.
                await asyncio.sleep(0)
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("who is due hears of the time in a minute")
        await asyncio.sleep(TIME_PASSES_EVERY_SECONDS)


def _courier(service: Service, settings: Settings, clock: Callable[[], datetime]) -> Courier:
    return Courier(
        service.store,
        service.unit_of_work,
        clock,
        endpoints=settings.endpoints,
        send=sender(endpoint_secrets()),
        variate=random,
    )


async def _courier_goes(courier: Courier) -> None:
    while True:
        try:
            while await courier.round():
                pass
        except (SequenceConflict, SQLAlchemyError):
            LOG.exception("webhooks go out a little later")
        await asyncio.sleep(COURIER_LOOKS_EVERY_SECONDS)


def answered(answer: Answer) -> Response[bytes]:
    media_type = MEDIA_TYPE if answer.status >= 400 else MediaType.JSON
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else None
    return Response(answer.body, status_code=answer.status, media_type=media_type, headers=headers)


def _operation_handler(operation: Operation, service: Callable[[], Service], defects: Defects) -> Handler:
    subject_name = operation.subject

    async def handle(request: AnyRequest) -> Response[bytes]:
        headers = request.headers
        body = await request.body() if operation.body is not None else b""
        asked = read_request(operation, request.scope["query_string"], headers.get("content-type", ""), body)
        if isinstance(asked, Refusal):
            return answered(refused(asked))
        key = read_key(headers.get("idempotency-key")) if operation.body is not None else None
        if isinstance(key, Refusal):
            return answered(refused(key))
        if defects.delay_seconds:
            await asyncio.sleep(defects.delay_seconds)
        subject = request.path_params[subject_name] if subject_name else ""
        return answered(service().perform(operation, subject, asked, key))

    return handle


def _route(operation: Operation, handler: Handler) -> HTTPRouteHandler:
    path = operation.path
    if operation.subject:
        path = path.replace(f"{{{operation.subject}}}", f"{{{operation.subject}:str}}")
    return HTTPRouteHandler(path, http_method=operation.method, name=operation.name, status_code=operation.success)(
        handler
    )


def _plain_routes(service: Callable[[], Service]) -> list[HTTPRouteHandler]:
    openapi = (DOCUMENTS / "openapi" / "windtunnel.json").read_bytes()
    asyncapi = (DOCUMENTS / "asyncapi" / "windtunnel.json").read_bytes()

    async def health(request: AnyRequest) -> Response[bytes]:
        _ = request
        return Response(b'{"status":"ok"}', media_type=MediaType.JSON)

    async def ready(request: AnyRequest) -> Response[bytes]:
        _ = request
        with service().store.reading() as transaction:
            transaction.published(after=0, most=1)
        return Response(b'{"status":"ready"}', media_type=MediaType.JSON)

    async def openapi_document(request: AnyRequest) -> Response[bytes]:
        _ = request
        return Response(openapi, media_type=MediaType.JSON)

    async def asyncapi_document(request: AnyRequest) -> Response[bytes]:
        _ = request
        return Response(asyncapi, media_type=MediaType.JSON)

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

    async def webhook(request: AnyRequest) -> Response[bytes]:
        return answered(service().hear_webhook(await request.body(), request.headers.get(SIGNATURE_HEADER, "")))

    handlers: dict[str, Handler] = {
        "/health": health,
        "/ready": ready,
        "/openapi.json": openapi_document,
        "/asyncapi.json": asyncapi_document,
        "/events": events,
    }
    routes = [HTTPRouteHandler(path, http_method="GET")(handler) for path, handler in handlers.items()]
    return [*routes, HTTPRouteHandler(WEBHOOK_PATH, http_method="POST", status_code=200)(webhook)]


def _http_problem(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    code = CODE_OF_STATUS.get(error.status_code, "bad_request")
    said = f"{request.method} {request.url.path}: {error.detail}"
    return Response(
        problem(Refusal(code, said)),
        status_code=STATUS_AT_THE_EDGE[code],
        media_type=MEDIA_TYPE,
        headers=error.headers,
    )


def _fault(request: AnyRequest, error: Exception) -> Response[bytes]:
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return answered(
        refused(Refusal("fault", "this should not happen; the same again, with the same Idempotency-Key, does no harm"))
    )
