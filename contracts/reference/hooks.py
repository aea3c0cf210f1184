"""What tests may do beside the business, served only when the deployment was started with --hooks."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from contracts.reference.defects import Defects, UnknownDefect
from contracts.reference.problems import MEDIA_TYPE, problem
from contracts.reference.service import Service
from model.decider import Refusal


class Plant(Struct, frozen=True, forbid_unknown_fields=True):
    name: str


def routes(service: Callable[[], Service], defects: Defects) -> list[HTTPRouteHandler]:
    async def drain(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Whatever is still in the outbox goes out; how many events that were."""
        _ = request
        return _json({"delivered": service().relay.deliver()})

    async def time(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Whoever's time is up hears of it; how many they were."""
        _ = request
        return _json({"told": service().pass_time()})

    async def defect(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            defects.plant(msgspec.json.decode(await request.body(), type=Plant).name)
        except (msgspec.DecodeError, UnicodeError, UnknownDefect) as error:
            return Response(problem(Refusal("bad_request", str(error))), status_code=400, media_type=MEDIA_TYPE)
        return _json({"planted": sorted(defects.planted)})

    return [
        HTTPRouteHandler("/_hooks/drain", http_method="POST", status_code=200)(drain),
        HTTPRouteHandler("/_hooks/time", http_method="POST", status_code=200)(time),
        HTTPRouteHandler("/_hooks/defect", http_method="POST", status_code=200)(defect),
    ]


def _json(content: dict[str, object]) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=200, media_type=MediaType.JSON)
