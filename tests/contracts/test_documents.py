"""The published documents are those that the model gives, and say what a reader may rely on."""

import msgspec
import pytest

from contracts.asyncapi_document import asyncapi_document
from contracts.documents import DOCUMENTS, text_of
from contracts.examples import REQUESTS, event_examples
from contracts.openapi_document import openapi_document
from fixtures.jurisdictions import florida
from model.core import subscribers
from model.published.events import EVENT_TYPES
from model.published.operations import BY_NAME, OPERATIONS


@pytest.fixture(scope="module")
def openapi():
    return openapi_document()


@pytest.fixture(scope="module")
def asyncapi():
    return asyncapi_document()


def operations(document):
    return {operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()}


def references(part):
    """Every reference in a document."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolved(document, reference):
    found = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_the_file_is_what_the_model_gives(path):
    written = text_of(DOCUMENTS[path]())

    assert path.read_bytes() == written, "run: python -m contracts.documents"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_every_reference_leads_somewhere(path):
    document = msgspec.json.decode(path.read_bytes())

    assert all(resolved(document, reference) for reference in references(document))


def test_every_operation_is_there_under_its_own_name(openapi):
    names = {*BY_NAME, "read_events", "receive_webhook", "check_health", "check_readiness"}

    assert set(operations(openapi)) == names


def test_every_write_takes_an_idempotency_key_and_no_read_does(openapi):
    takes = {
        name
        for name, operation in operations(openapi).items()
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }

    assert takes == {operation.name for operation in OPERATIONS if operation.method != "GET"}


def test_every_refusal_is_listed_under_its_status(openapi):
    quoting = operations(openapi)["quote_policy"]["responses"]["422"]["content"]["application/problem+json"]["schema"]

    codes = quoting["allOf"][1]["properties"]["code"]["enum"]

    assert set(codes) == {*BY_NAME["quote_policy"].refusals, "idempotency_key_reused"}
    assert quoting["allOf"][1]["properties"]["status"] == {"const": 422}


def test_no_request_takes_what_it_does_not_name(openapi):
    # A webhook is written by somebody else, who may say more than we read.
    of_ours = [operation for name, operation in operations(openapi).items() if name != "receive_webhook"]
    requested = [operation["requestBody"] for operation in of_ours if "requestBody" in operation]
    open_schemas = {
        name
        for body in requested
        for name in closure(openapi, body["content"]["application/json"]["schema"]["$ref"])
        if resolved(openapi, name).get("additionalProperties") is not False
    }

    assert requested
    assert open_schemas == set()


def test_every_operation_may_be_told_to_come_back_and_signs_of_life_never(openapi):
    responses = openapi["components"]["responses"]
    for name, operation in operations(openapi).items():
        limited = {"429", "503"} <= operation["responses"].keys()
        assert limited == (name not in {"check_health", "check_readiness"})
    for name in ("rate_limited", "overloaded"):
        assert responses[name]["headers"]["Retry-After"]["required"] is True


def closure(document, reference):
    found, left = set(), [reference]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(references(resolved(document, name)))
    return found


def test_no_pattern_speaks_python(openapi, asyncapi):
    text = text_of(openapi) + text_of(asyncapi)

    assert rb"(?!" not in text
    assert rb"\\Z" not in text


def test_money_is_a_string_with_a_pattern(openapi):
    amount = openapi["components"]["schemas"]["Amount"]["properties"]

    assert amount["amount"]["type"] == amount["currency"]["type"] == "string"
    assert amount["amount"]["pattern"]
    assert amount["currency"]["pattern"] == "^[A-Z]{3}$"


def test_every_link_leads_to_an_operation_with_the_parameter_that_it_gives(openapi):
    every = operations(openapi)
    links = [
        link
        for operation in every.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert len(links) > 20
    for link in links:
        parameters = {parameter["name"] for parameter in every[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= parameters


def test_every_write_shows_an_example_that_its_type_takes():
    for operation in OPERATIONS:
        if operation.body is not None:
            examples = REQUESTS[operation.name].values()
            assert examples
            assert all(msgspec.json.decode(msgspec.json.encode(one), type=operation.body) == one for one in examples)


def test_every_published_event_has_a_channel_a_message_and_an_example(asyncapi):
    assert set(asyncapi["channels"]) == set(EVENT_TYPES.values()) == set(event_examples())
    assert all(message["examples"] for message in asyncapi["components"]["messages"].values())


def test_a_channel_says_who_listens(asyncapi):
    for name, channel in asyncapi["channels"].items():
        assert all(context in channel["description"] for context in subscribers(name))


def test_an_event_on_a_channel_is_of_that_type_and_no_other(asyncapi):
    envelope = asyncapi["components"]["schemas"]["PolicyIssuedEvent"]

    assert envelope["properties"]["type"] == {"enum": ["insurance.policy.issued.v1"]}
    assert {"specversion", "id", "source", "type", "subject", "time", "data"} <= set(envelope["required"])


def test_examples_are_those_of_the_shipped_carrier():
    _, carrier = florida()
    issued = event_examples()["insurance.policy.issued.v1"]["data"]

    assert issued["term_starts_at"] == carrier.term_starts_at
    assert {charge["amount"]["currency"] for charge in issued["charges"]} == {carrier.currency}
