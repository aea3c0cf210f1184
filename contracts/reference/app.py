"""The ASGI application: one handler for every operation, and the few routes that are no operation.

Litestar routes and nothing more. Requests are read by `edge`, answered by `Service`, and the documents are files: its
own generator would say less than the model does.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic_ns
from typing import Any, Literal

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from contracts.reference import hooks
from contracts.reference.answer import refused
from contracts.reference.auth import guarded
from contracts.reference.beside import beside
from contracts.reference.defects import Defects
from contracts.reference.edge import MOST_BYTES, read_key, read_request
from contracts.reference.limits import Limited
from contracts.reference.plain_routes import AnyRequest, Handler, answered, plain_routes
from contracts.reference.problems import MEDIA_TYPE, STATUS_AT_THE_EDGE, problem
from contracts.reference.service import Service
from contracts.reference.settings import Settings
from contracts.reference.store import Store
from fixtures.jurisdictions import florida_law
from model.carrier import Carrier
from model.decider import Refusal
from model.published.operations import OPERATIONS, Operation

LOG = logging.getLogger(__name__)
CODE_OF_STATUS = {
    STATUS_AT_THE_EDGE[code]: code
    for code in ("bad_request", "not_found", "method_not_allowed", "too_large", "unsupported_media_type", "fault")
}


def application(
    database: str,
    carrier: Carrier,
    *,
    settings: Settings,
    token: str | None,
    webhook_secrets: tuple[bytes, ...],
    with_hooks: Literal["hooks", "none"],
    defects: Defects,
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
        keys = settings.idempotency.policy()
        told = Service(store, florida_law(), carrier, defects, keys=keys, webhook_secrets=webhook_secrets)
        holder["service"] = told
        told.begin()
        try:
            # Whoever holds the hooks holds the clock: a walk or a pact may not find that a night has passed meanwhile.
            async with beside(told, settings.endpoints, time="passes" if with_hooks == "none" else "stands"):
                yield
        finally:
            store.close()

    routes = [_route(operation, _operation_handler(operation, service, defects)) for operation in OPERATIONS]
    routes += plain_routes(service)
    if with_hooks == "hooks":
        routes += hooks.routes(service, defects)
    app = _app(routes, lifespan)
    return Limited(guarded(app, token) if token else app, settings.limits, _microseconds)


def _app(routes: list[HTTPRouteHandler], lifespan: Callable[[Litestar], AbstractAsyncContextManager[None]]) -> Litestar:
    return Litestar(
        routes,
        openapi_config=None,
        lifespan=[lifespan],
        request_max_body_size=MOST_BYTES,
        exception_handlers={HTTPException: _http_problem, Exception: _fault},
        logging_config=None,
    )


def _microseconds() -> int:
    """Of a clock that nobody sets, for limits that last seconds."""
    return monotonic_ns() // 1000


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
