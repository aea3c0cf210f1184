"""Lets Schemathesis past the counter: most quotes that it makes up get a plan, charges and a currency that the carrier
has, so that policies come to be and the links lead somewhere, and most requests lose their key, because it makes up
the same few keys again and again. Everything else stays as wild as it made it.
"""

import re
from typing import Any

import schemathesis

from contracts.schemas_of_types import AMOUNT, CURRENCY

PLANS = ("monthly", "full_pay", "two_pay", "four_pay")
PATTERNS = ("premium", "tax", "fee")


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    name = context.operation.definition.raw.get("operationId")
    if not isinstance(body, dict) or len(repr(body)) % 4 == 0:
        return body
    if name == "quote_policy":
        return _acceptable_quote(body)
    if isinstance(body.get("amount"), dict):
        return body | {"amount": _dollars(body["amount"])}
    return body


@schemathesis.hook
def map_headers(context: Any, headers: Any) -> Any:
    key = (headers or {}).get("Idempotency-Key")
    if not isinstance(key, str) or len(key) > 8:
        return headers
    return {name: value for name, value in headers.items() if name != "Idempotency-Key"}


def _acceptable_quote(body: dict[str, Any]) -> dict[str, Any]:
    changed = dict(body)
    if is_word(body.get("plan")):
        changed["plan"] = PLANS[len(body["plan"]) % len(PLANS)]
    for name in ("charges", "coverages"):
        if isinstance(body.get(name), list):
            changed[name] = [_priced(part) for part in body[name]]
    return changed


def _priced(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    changed = {key: _dollars(value) for key, value in part.items()}
    if is_word(part.get("pattern")):
        changed["pattern"] = PATTERNS[len(part["pattern"]) % len(PATTERNS)]
    return changed


def _dollars(value: Any) -> Any:
    """Any digits as a positive amount of dollars. What is no amount on purpose stays none."""
    if not isinstance(value, dict) or not has_form(value.get("amount"), AMOUNT):
        return value
    if not has_form(value.get("currency"), CURRENCY):
        return value
    digits = value["amount"].lstrip("-").partition(".")[0][:15]
    return value | {"amount": f"{digits}.00", "currency": "USD"}


def is_word(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= 64


def has_form(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern.strip("^$"), value) is not None
