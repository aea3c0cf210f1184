"""Litestar that routes, reads a body, and does nothing: what the reference deployment is measured against.

`python bare_litestar.py PORT SIZE` answers GET and POST /things/ID with a JSON string of SIZE bytes.
"""

import sys
from typing import Any

import uvicorn
from litestar import Litestar, MediaType, Request, Response
from litestar.handlers import HTTPRouteHandler


def main(port: int, size: int) -> None:
    body = b'"' + b"x" * (size - 2) + b'"'

    async def read(request: Request[Any, Any, Any]) -> Response[bytes]:
        _ = request.path_params["thing_id"]
        return Response(body, media_type=MediaType.JSON)

    async def write(request: Request[Any, Any, Any]) -> Response[bytes]:
        await request.body()
        return Response(body, media_type=MediaType.JSON)

    app = Litestar(
        [
            HTTPRouteHandler("/things/{thing_id:str}", http_method="GET")(read),
            HTTPRouteHandler("/things/{thing_id:str}", http_method="POST")(write),
            HTTPRouteHandler("/ready", http_method="GET")(ready),
        ],
        openapi_config=None,
        logging_config=None,
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
    _ = request
    return Response(b"{}", media_type=MediaType.JSON)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
