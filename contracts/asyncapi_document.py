"""The AsyncAPI 3.0 document of the published events, each a CloudEvent in structured mode, written from the types."""

import re

from msgspec import Struct
from msgspec.structs import fields

from contracts.examples import event_examples
from contracts.schemas_of_types import Json, components, event_types, reference
from model.core import reaction_table

CLOUD_EVENT = "application/cloudevents+json"


def asyncapi_document() -> Json:
    kinds = event_types()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "windtunnel insurance core: events",
            "version": "1.0.0",
            "description": "What the contexts of a core tell each other and the world. An event bears the same id "
            "whenever it comes, and it may come more than once. `effective` is the day on which it takes effect, "
            "`time` when it was recorded, `sequence` its place among the events of its subject.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CLOUD_EVENT,
        "channels": {name: _channel(name, kind) for name, kind in kinds.items()},
        "operations": {f"send_{_snake(kind)}": _send(name, kind) for name, kind in kinds.items()},
        "components": {
            "messages": {_message_name(kind): _message(name, kind) for name, kind in kinds.items()},
            "schemas": components(tuple(kinds.values())),
        },
    }


def _channel(name: str, kind: type[Struct]) -> Json:
    listening = sorted({context for event_type, context in reaction_table() if event_type == name})
    return {
        "address": name,
        "description": f"Heard by {' and '.join(listening)}." if listening else "Heard by whoever wants to know.",
        "messages": {_message_name(kind): {"$ref": f"#/components/messages/{_message_name(kind)}"}},
    }


def _send(name: str, kind: type[Struct]) -> Json:
    channel = f"#/channels/{name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_message_name(kind)}"}],
    }


def _message(name: str, kind: type[Struct]) -> Json:
    message: Json = {
        "name": name,
        "title": _snake(kind).replace("_", " ").capitalize(),
        "contentType": CLOUD_EVENT,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": reference(kind),
    }
    example = event_examples().get(name)
    if example is not None:
        message["examples"] = [{"payload": example}]
    return message


def _message_name(kind: type[Struct]) -> str:
    """The name of what happened, without its envelope."""
    data = next(field.type for field in fields(kind) if field.name == "data")
    return data.__name__


def _snake(kind: type[Struct]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", _message_name(kind)).lower()
