"""JSON Schema components from the model's own types, as the OpenAPI and the AsyncAPI document both need them."""

from typing import Any, Literal, TypeAlias, cast

import msgspec
from msgspec import Struct

from model.published.envelope import Envelope
from model.published.events import EVENT_TYPES, PublishedEvent

Json: TypeAlias = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
PYTHON_END = r"$(?!\n)"
"""How Python spells the end of a text in a pattern; in a document `$` alone means it."""

AMOUNT = r"^-?[0-9]+(\.[0-9]{2,3})?$"
CURRENCY = r"^[A-Z]{3}$"


def reference(kind: type[Struct]) -> Json:
    return {"$ref": REFERENCE.format(name=kind.__name__)}


def components(kinds: tuple[type[Struct], ...]) -> Json:
    """The schemas of types and of all that they are made of, by name in order."""
    _, found = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    found = cast("Json", _in_document_words(found))
    if "Amount" in found:
        properties = found["Amount"]["properties"]
        properties["amount"] |= {"pattern": AMOUNT, "examples": ["120.50"]}
        properties["currency"] |= {"pattern": CURRENCY, "examples": ["USD"]}
    return {name: found[name] for name in sorted(found)}


def properties_of(kind: type[Struct]) -> tuple[dict[str, Json], frozenset[str]]:
    """The schema of each field, and which fields must be there. A field that may be left out is described by what it
    is when it is there.
    """
    schema = components((kind,))[kind.__name__]
    properties = cast("dict[str, Json]", schema["properties"])
    described = {name: _when_there(schema_of_field) for name, schema_of_field in properties.items()}
    return described, frozenset(cast("list[str]", schema.get("required", [])))


def event_types() -> dict[str, type[Struct]]:
    """Each published event in its envelope, as a type of its own, by its CloudEvents type."""
    return {name: _enveloped(name, kind) for kind, name in EVENT_TYPES.items()}


def _enveloped(name: str, kind: type[PublishedEvent]) -> type[Struct]:
    """The envelope with one type and its data. All of its attributes are always written, so none is optional."""
    of_this_event: dict[str, Any] = {"type": cast("Any", Literal)[name], "data": kind}
    fields = [(field.name, of_this_event.get(field.name, field.type)) for field in msgspec.structs.fields(Envelope)]
    text = f"{kind.__name__} as a CloudEvent in structured mode."
    return msgspec.defstruct(f"{kind.__name__}Event", fields, namespace={"__doc__": text})


def _when_there(schema: Json) -> Json:
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    return {key: value for key, value in schema.items() if key not in ("anyOf", "default")} | choices[0]


def _in_document_words(schema: object) -> object:
    if isinstance(schema, dict):
        return {key: _in_document_words(value) for key, value in cast("Json", schema).items()}
    if isinstance(schema, (list, tuple)):
        return [_in_document_words(value) for value in cast("list[object]", schema)]
    return schema.replace(PYTHON_END, "$") if isinstance(schema, str) else schema
