"""The OpenAPI 3.1 document of the canonical operations, written from the model's types.

Every refusal that an operation may answer stands there by code and status, so that whoever reads the document knows
what to expect, and whoever tests against it can tell a documented refusal from a fault.
"""

from typing import Any

from msgspec import Struct

from contracts.examples import request_examples
from contracts.links import LINKS
from contracts.openapi_webhook import REFUSALS, receive_webhook
from contracts.schemas_of_types import Json, components, event_types, properties_of, reference
from model.payments.webhook_in import WrittenWebhook
from model.published.operations import OPERATIONS, Operation, status_of

PROBLEM_TYPE = "application/problem+json"
IDENTIFIER: Json = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"}
KEY: Json = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}

DESCRIPTIONS: dict[int, str] = {
    400: "The request is none: malformed, or not as the schema says",
    401: "A token is needed and was not given",
    403: "The token is not one of this deployment",
    404: "There is no such thing",
    409: "Not in the state that it is in",
    413: "More than a request may hold",
    415: "Not application/json",
    422: "Understood, and not possible like this",
    429: "More than one client may ask at a time",
    503: "More than can be answered at once",
}
EDGE: dict[int, str] = {400: "bad_request", 401: "token_required", 403: "token_refused"}
LIMITS: dict[int, str] = {429: "rate_limited", 503: "overloaded"}
RETRY_AFTER: Json = {
    "Retry-After": {
        "description": "In how many seconds to come again; whoever comes earlier gets the same answer",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
EDGE_OF_BODIES: dict[int, str] = {413: "too_large", 415: "unsupported_media_type"}


class Problem(Struct, frozen=True, kw_only=True):
    """Why something was refused (RFC 9457). `code` is a fact that is never renamed, `detail` a sentence for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str


def openapi_document() -> Json:
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    paths["/events"] = {"get": _read_events()}
    paths["/webhooks/processor"] = {"post": receive_webhook(_of_webhooks())}
    paths["/health"] = {"get": _sign_of_life("check_health", "Whether the process answers", "ok")}
    paths["/ready"] = {"get": _sign_of_life("check_readiness", "Whether the store answers", "ready")}
    kinds = [kind for operation in OPERATIONS for kind in (operation.body, operation.answer) if kind is not None]
    schemas = components((*kinds, Problem, WrittenWebhook, *event_types().values()))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "windtunnel insurance core",
            "version": "1.0.0",
            "description": "The canonical operations of a core: policy, billing, claims and payments. Money is a "
            "string with the currency's own number of decimals, days are ISO 8601 dates, instants RFC 3339 with a "
            "zone. Refusals are problem details whose `code` never changes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": name} for name in ("policies", "moratoria", "accounts", "claims", "payments", "events", "service")
        ],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {code: _problem(status, [code]) for status, code in (EDGE | EDGE_OF_BODIES | LIMITS).items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Where the deployment wants one"}
            },
        },
    }


def _operation(operation: Operation) -> Json:
    written: Json = {
        "operationId": operation.name,
        "summary": operation.says,
        "tags": [operation.path.split("/")[1]],
        "parameters": _parameters(operation),
    }
    if operation.body is not None:
        written["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": reference(operation.body),
                    "examples": {name: {"value": value} for name, value in request_examples(operation.name).items()},
                }
            },
        }
    written["responses"] = {str(operation.success): _answer(operation)} | _refusals(operation)
    return written


def _parameters(operation: Operation) -> list[Json]:
    found: list[Json] = []
    if operation.subject is not None:
        found.append({"name": operation.subject, "in": "path", "required": True, "schema": IDENTIFIER})
    if operation.question is not None:
        properties, required = properties_of(operation.question)
        found.extend(
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in properties.items()
        )
    if operation.body is not None:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Asked again with the same key, the same request has no further effect and gets the "
                "same answer",
                "schema": KEY,
            }
        )
    return found


def _answer(operation: Operation) -> Json:
    answer: Json = {
        "description": operation.says,
        "content": {"application/json": {"schema": reference(operation.answer)}},
    }
    if operation.body is not None:
        answer["headers"] = {
            "Idempotency-Replayed": {
                "description": "The answer was recorded when the key was first used",
                "schema": {"type": "string", "const": "true"},
            }
        }
    links = LINKS.get(operation.name)
    if links:
        answer["links"] = {name: {"operationId": name, "parameters": parameters} for name, parameters in links.items()}
    return answer


def _refusals(operation: Operation) -> dict[str, Json]:
    """By status, every code that the operation may answer with."""
    codes: dict[int, list[str]] = {}
    for code in operation.refusals:
        codes.setdefault(status_of(code), []).append(code)
    if operation.subject is not None:
        # An id with a slash leads to no path at all.
        codes.setdefault(404, []).append("not_found")
    if operation.body is not None:
        codes.setdefault(422, []).append("idempotency_key_reused")
    edge = EDGE | LIMITS if operation.body is None else EDGE | EDGE_OF_BODIES | LIMITS
    found = _at_the_edge(edge) | {str(status): _problem(status, codes[status]) for status in codes}
    return {status: found[status] for status in sorted(found)}


def _at_the_edge(edge: dict[int, str]) -> dict[str, Json]:
    return {str(status): {"$ref": f"#/components/responses/{code}"} for status, code in edge.items()}


def _of_webhooks() -> dict[str, Json]:
    return {str(status): _problem(status, codes) for status, codes in REFUSALS.items()} | _at_the_edge(LIMITS)


def _problem(status: int, codes: list[str]) -> Json:
    narrowed: Json = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    said: Json = {
        "description": DESCRIPTIONS[status],
        "content": {PROBLEM_TYPE: {"schema": {"allOf": [reference(Problem), narrowed]}}},
    }
    return said | {"headers": RETRY_AFTER} if status in LIMITS else said


def _read_events() -> Json:
    kinds = event_types()
    page: Json = {
        "type": "object",
        "properties": {
            "events": {
                "type": "array",
                "items": {
                    "oneOf": [reference(kind) for kind in kinds.values()],
                    "discriminator": {
                        "propertyName": "type",
                        "mapping": {name: reference(kind)["$ref"] for name, kind in kinds.items()},
                    },
                },
            },
            "next": {"type": "integer", "minimum": 0, "description": "The `after` of the page that follows"},
        },
        "required": ["events", "next"],
    }
    parameters = [
        _number("after", "What was read already", {"minimum": 0, "maximum": 10**15 - 1, "default": 0}),
        _number("limit", "How many at most", {"minimum": 1, "maximum": 1000, "default": 100}),
    ]
    return {
        "operationId": "read_events",
        "summary": "What was published, oldest first",
        "tags": ["events"],
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "CloudEvents in structured mode",
                "content": {"application/json": {"schema": page}},
                "links": {
                    "read_events": {"operationId": "read_events", "parameters": {"after": "$response.body#/next"}}
                },
            }
        }
        | _at_the_edge(EDGE | LIMITS),
    }


def _number(name: str, says: str, bounds: dict[str, Any]) -> Json:
    schema = {"type": "integer"} | bounds
    return {"name": name, "in": "query", "required": False, "description": says, "schema": schema}


def _sign_of_life(name: str, says: str, status: str) -> Json:
    schema = {"type": "object", "properties": {"status": {"const": status}}, "required": ["status"]}
    return {
        "operationId": name,
        "summary": says,
        "tags": ["service"],
        "security": [],
        "responses": {"200": {"description": says, "content": {"application/json": {"schema": schema}}}},
    }
