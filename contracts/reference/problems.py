"""Refusals as problem details (RFC 9457) with the model's codes."""

import msgspec
from msgspec import Struct

from model.decider import Refusal
from model.published.operations import status_of

MEDIA_TYPE = "application/problem+json"

STATUS_AT_THE_EDGE: dict[str, int] = {
    "bad_request": 400,
    "token_required": 401,
    "token_refused": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "unsupported_media_type": 415,
    "idempotency_key_reused": 422,
    "idempotency_key_in_use": 409,
    "already_executed": 400,
    "exists": 409,
    "id_already_failed": 409,
    "rate_limited": 429,
    "bad_signature": 403,
    "webhook_secret_missing": 403,
    "unreadable": 400,
    "webhook_too_old": 422,
    "webhook_not_yet": 422,
    "webhook_changed": 409,
    "overloaded": 503,
    "fault": 500,
}
"""What is refused before any machine is asked."""
ANOTHER = "exists_with_different_"
"""And the first field that differs, where the dialect of keys says which (model.resilience.idempotency)."""


class Problem(Struct, frozen=True):
    type: str
    title: str
    status: int
    detail: str
    code: str


def status_of_refusal(code: str) -> int:
    if code.startswith(ANOTHER):
        return STATUS_AT_THE_EDGE["exists"]
    return STATUS_AT_THE_EDGE.get(code) or status_of(code)


def problem(refusal: Refusal) -> bytes:
    """The body; its title is the code in words."""
    code = refusal.code
    words = code.replace("_", " ").capitalize()
    return msgspec.json.encode(
        Problem(f"urn:windtunnel:problem:{code}", words, status_of_refusal(code), refusal.text, code)
    )
