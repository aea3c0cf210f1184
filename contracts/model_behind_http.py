"""The model as an HTTP server within the process: what a consumer's client talks to while its contract is found out.

No socket, no store, no delivery between contexts: one exchange against a core that a history has brought to where it
is.
"""

from datetime import datetime
from typing import cast
from urllib.parse import unquote

import httpx
import msgspec
from msgspec import Struct

from model.core import Core
from model.decider import Refusal
from model.desk import Answer, Desk
from model.published.operations import OPERATIONS, Operation, status_of
from model.published.requests import Request


class Exchange(Struct, frozen=True):
    """One call and its answer. `target` is the path, `query` its parameters, bodies are JSON as sent."""

    operation: Operation
    target: str
    query: dict[str, str]
    body: bytes
    status: int
    answer: bytes


class NoSuchOperation(LookupError):
    """A client called what no core offers."""


class ModelBehindHttp(httpx.BaseTransport):
    """Answers by the desk of a core as of an instant, and keeps every exchange."""

    def __init__(self, core: Core, now: datetime) -> None:
        self.exchanges: list[Exchange] = []
        self._now = now
        self._made = 0
        self._desk = Desk(core, self._new_id)

    def _new_id(self, kind: str) -> str:
        self._made += 1
        return f"{kind[0].upper()}-{500_000 + self._made:06d}"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        operation, subject = _operation_of(request)
        body, query = request.read(), dict(request.url.params)
        answer = self._desk.answer(operation.name, subject, _asked(operation, body, query), self._now)
        status, content = _written(operation, answer)
        self.exchanges.append(Exchange(operation, request.url.path, query, body, status, content))
        kind = "application/problem+json" if isinstance(answer, Refusal) else "application/json"
        return httpx.Response(status, content=content, headers={"Content-Type": kind})


def _operation_of(request: httpx.Request) -> tuple[Operation, str]:
    """The canonical operation of a call and the id in its path."""
    parts = request.url.path.strip("/").split("/")
    for operation in OPERATIONS:
        wanted = operation.path.strip("/").split("/")
        if operation.method != request.method or len(wanted) != len(parts):
            continue
        places = [place for place, part in enumerate(wanted) if part.startswith("{")]
        if all(wanted[place] == part for place, part in enumerate(parts) if place not in places):
            return operation, unquote(parts[places[0]]) if places else ""
    raise NoSuchOperation(f"no core offers {request.method} {request.url.path}")


def _asked(operation: Operation, body: bytes, query: dict[str, str]) -> Request:
    """The request in the words of the operation. Raises msgspec.ValidationError for one that it does not take."""
    if operation.body is not None:
        return cast("Request", msgspec.json.decode(body, type=operation.body))
    if operation.question is not None:
        return cast("Request", msgspec.convert(query, operation.question))
    return None


def _written(operation: Operation, answer: Answer) -> tuple[int, bytes]:
    if isinstance(answer, Refusal):
        status = status_of(answer.code)
        problem = {
            "type": f"urn:insurance:refusal:{answer.code}",
            "title": answer.code.replace("_", " "),
            "status": status,
            "detail": answer.text,
            "code": answer.code,
        }
        return status, msgspec.json.encode(problem)
    return operation.success, msgspec.json.encode(answer)
