"""The processor's webhook in the OpenAPI document: what it says, how it is signed, and what it is answered."""

from typing import Any

import msgspec

from contracts.schemas_of_types import Json, reference
from model.payments.webhook_in import SENDER_TRIES_FOR, WrittenWebhook
from model.payments.webhook_news import CONTENTS

SIGNATURE = "X-Webhook-Signature-512"
REFUSALS: dict[int, list[str]] = {
    400: ["unreadable"],
    403: ["bad_signature", "webhook_secret_missing"],
    409: ["webhook_changed"],
    413: ["too_large"],
    422: ["card_number", "webhook_not_yet", "webhook_too_old"],
}
AMOUNT: Json = {"amount": "100.00", "currency": "USD"}
SAID: dict[str, Json] = {
    "payment_succeeded": {"attempt": 1},
    "payment_failed": {"attempt": 1, "network": "US-VISA", "code": "51"},
    "payment_returned": {"code": "R01"},
    "dispute_opened": {
        "payment_id": "draft:A-000001:1",
        "reference": "1",
        "network": "visa",
        "reason": "13.1",
        "amount": AMOUNT,
        "paid_amount": AMOUNT,
        "paid_on": "2026-05-20",
    },
    "dispute_won": {},
}


def receive_webhook(refusals: dict[str, Json]) -> Json:
    """The operation; `refusals` are its problem responses by status."""
    answer: Json = {
        "type": "object",
        "properties": {
            "event_id": {"type": "string"},
            "outcome": {"enum": ["taken", "seen", "passed_over"]},
        },
        "required": ["event_id", "outcome"],
    }
    tries = int(SENDER_TRIES_FOR.total_seconds()) // 60
    return {
        "operationId": "receive_webhook",
        "summary": "What the processor says of a payment or a dispute",
        "description": "Anything but 200 is sent again, with the same bytes, for as long as the sender tries "
        f"({tries} minutes). 200 says that it is kept: `taken` is news, `seen` came before, `passed_over` is older "
        f"than what is known or of another type than {', '.join(sorted(CONTENTS))}.",
        "tags": ["payments"],
        "security": [],
        "parameters": [
            {
                "name": SIGNATURE,
                "in": "header",
                "required": True,
                "description": "HMAC-SHA512 of the raw body with the secret that both know, in hexadecimal",
                "schema": {"type": "string", "pattern": "^[0-9a-f]{128}$"},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference(WrittenWebhook), "examples": _examples()}},
        },
        "responses": {
            "200": {
                "description": "It is kept and need not be sent again",
                "content": {"application/json": {"schema": answer}},
            }
        }
        | refusals,
    }


def _examples() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, (kind, said) in enumerate(SAID.items(), 1):
        about = "draft:A-000001:1" if kind.startswith("payment") else "D-000001"
        updated = f"2026-06-01T12:{number:02}:00Z"
        value = {"event_id": f"evt_{number}", "type": kind, "object_id": about, "updated": updated} | said
        found[kind] = {"value": msgspec.to_builtins(value)}
    return found
