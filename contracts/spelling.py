"""How a deployment spells the canonical operations, and how its answers read: pure, for whichever client sends them.

call_of(deployment, "bind_policy", "P-1", OnDayRequest(on=day), key="k")   -> POST /policies/P-1/bind ...
reply_of("bind_policy", 200, body)                                       -> Reply with the PolicyView
"""

from typing import cast
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from contracts.deployment import Deployment
from model.desk import View
from model.published.operations import BY_NAME, OperationName
from model.published.requests import Request

NO_ANSWER = "no_answer"
UNDECODABLE = "undecodable"


class Call(Struct, frozen=True):
    """`target` is path and query. A read has no body. The token is the client's affair."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


class Problem(Struct, frozen=True):
    """What is read of an application/problem+json body."""

    code: str


class Reply(Struct, frozen=True):
    """What came back. `view` is the decoded answer of a success, `code` why there is none.

    Status 0 and code `no_answer`: the call was sent and nothing came back, so that it may have happened or not.
    Code `undecodable`: the body is not what the operation answers, or a refusal without a code.
    """

    status: int
    body: bytes
    view: View | None
    code: str | None


SILENCE = Reply(0, b"", None, NO_ANSWER)


def call_of(
    deployment: Deployment, operation: OperationName, subject: str = "", request: Request = None, *, key: str | None
) -> Call:
    """What to send. `subject` is the id in the path; `key` is sent only where the deployment has a header for it."""
    canonical = BY_NAME[operation]
    recipe = deployment.operations.get(operation)
    method = (recipe.method if recipe else None) or canonical.method
    path = (recipe.path if recipe else None) or canonical.path
    if canonical.subject:
        path = path.replace(f"{{{canonical.subject}}}", quote(subject, safe=""))
    fields = fields_of(request)
    if method == "GET":
        query = urlencode({name: str(value) for name, value in fields.items()})
        return Call(method, f"{path}?{query}" if query else path, {}, None)
    headers = {"Content-Type": "application/json"}
    if key is not None and deployment.idempotency.dialect == "header":
        headers[deployment.idempotency.header] = key
    return Call(method, path, headers, msgspec.json.encode(fields))


def fields_of(request: Request) -> dict[str, object]:
    """The fields of a request that have a value: what is not said is left out."""
    built = cast("dict[str, object]", msgspec.to_builtins(request)) if request is not None else {}
    return {name: value for name, value in built.items() if value is not None}


def reply_of(operation: OperationName, status: int, body: bytes) -> Reply:
    """An answer, decoded strictly as what the operation answers."""
    try:
        if 200 <= status < 300:
            view = cast("View", msgspec.json.decode(body, type=BY_NAME[operation].answer))
            return Reply(status, body, view, None)
        return Reply(status, body, None, msgspec.json.decode(body, type=Problem).code)
    except msgspec.DecodeError:
        return Reply(status, body, None, UNDECODABLE)
