"""What comes in over HTTP, read strictly: whatever the documents do not name is refused before any machine is asked."""

from typing import cast
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from contracts.reference.idempotency import is_key
from model.decider import Refusal
from model.published.operations import Operation
from model.published.requests import Request

MOST_BYTES = 1_000_000
MOST_EVENTS = 1000


def read_request(operation: Operation, query: bytes, content_type: str, body: bytes) -> Request | Refusal:
    """The question of a read or the body of anything else."""
    asked = _parameters(query)
    if isinstance(asked, Refusal):
        return asked
    if operation.body is None:
        return _question(operation, asked)
    if asked:
        return Refusal("bad_request", f"{operation.name} takes no query: {', '.join(asked)}")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return Refusal("unsupported_media_type", f"{operation.name} takes application/json, not {content_type!r}")
    try:
        return _decoded(body, operation.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Refusal("bad_request", str(error) or type(error).__name__)


def _decoded(body: bytes, kind: type[Struct]) -> Request:
    try:
        return cast("Request", msgspec.json.decode(body, type=kind))
    except msgspec.ValidationError:
        # To JSON Schema 3.0 is an integer, to the decoder it is not.
        return cast("Request", msgspec.convert(_with_whole_numbers(msgspec.json.decode(body)), kind))


def _with_whole_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {key: _with_whole_numbers(part) for key, part in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_with_whole_numbers(part) for part in cast("list[object]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read_key(header: str | None) -> str | Refusal | None:
    if header is None or is_key(header):
        return header
    return Refusal("bad_request", "an Idempotency-Key is 1 to 255 visible ASCII characters")


def read_cursor(query: bytes) -> tuple[int, int] | Refusal:
    """`after` and `limit` of a page of events."""
    asked = _parameters(query)
    if isinstance(asked, Refusal):
        return asked
    unknown = asked.keys() - {"after", "limit"}
    if unknown:
        return Refusal("bad_request", f"events are asked for by after and limit, not {', '.join(sorted(unknown))}")
    after, limit = asked.get("after", "0"), asked.get("limit", "100")
    if not all(text.isascii() and text.isdigit() and len(text) <= 15 for text in (after, limit)):
        return Refusal("bad_request", "after and limit are whole numbers")
    if not 1 <= int(limit) <= MOST_EVENTS:
        return Refusal("bad_request", f"limit is 1 to {MOST_EVENTS}")
    return int(after), int(limit)


def _parameters(query: bytes) -> dict[str, str] | Refusal:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError as error:
        return Refusal("bad_request", f"the query cannot be read: {error}")
    asked = dict(pairs)
    if len(asked) != len(pairs):
        return Refusal("bad_request", "a query parameter is named twice")
    return asked


def _question(operation: Operation, asked: dict[str, str]) -> Request | Refusal:
    if operation.question is None:
        return Refusal("bad_request", f"{operation.name} takes no query: {', '.join(asked)}") if asked else None
    try:
        return cast("Request", msgspec.convert(asked, operation.question))
    except msgspec.ValidationError as error:
        return Refusal("bad_request", str(error))
