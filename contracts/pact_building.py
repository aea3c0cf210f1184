"""Pacts drawn from the model: a consumer's client talks to the model, and what it sent and read becomes the contract.

    history -> core -> client's call -> answer -> the fields that the client reads -> interaction -> pact file

Every interaction is then played once more against Pact's own mock server, which knows nothing but the interaction:
what the client cannot read from that, nobody has promised it. The same model gives the same bytes.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

import httpx
import msgspec
from msgspec import Struct
from pact import Pact, generate, match
from pact.interaction import HttpInteraction
from pact.match.matcher import AbstractMatcher, GenericMatcher

from contracts.consumers import agent_portal_expects, billing, claims, processes, underwriting
from contracts.consumers.agent_portal import AgentPortal
from contracts.consumers.expectation import Expectation, Known, MessageExpectation
from contracts.expected_shape import IDENTIFIER, expected
from contracts.model_behind_http import Exchange, ModelBehindHttp
from fixtures import histories
from fixtures.jurisdictions import florida
from fixtures.policy_histories import every_history
from model.core import Core, subscribers
from model.published.envelope import Envelope

PROVIDER: Final = "core"
NUMBER = 1
NOW = datetime(2027, 7, 1, 15, tzinfo=UTC)
"""The instant of every call against the model; after all that the histories tell."""

os.environ.setdefault("PACT_DO_NOT_TRACK", "true")

C = TypeVar("C")


class BuildError(Exception):
    """A consumer and the model, or a consumer and its own contract, do not fit together."""


class HttpConsumer(Struct, Generic[C], frozen=True):
    name: str
    client: Callable[[httpx.Client], C]
    expectations: tuple[Expectation[C], ...]


class MessageConsumer(Struct, frozen=True):
    name: str
    expectations: tuple[MessageExpectation, ...]


CONSUMERS: tuple[HttpConsumer[AgentPortal] | MessageConsumer, ...] = (
    HttpConsumer(agent_portal_expects.CONSUMER, AgentPortal, agent_portal_expects.EXPECTATIONS),
    MessageConsumer(billing.CONSUMER, billing.EXPECTATIONS),
    MessageConsumer(claims.CONSUMER, claims.EXPECTATIONS),
    MessageConsumer(processes.CONSUMER, processes.EXPECTATIONS),
    MessageConsumer(underwriting.CONSUMER, underwriting.EXPECTATIONS),
)


@cache
def built_pacts() -> Mapping[str, bytes]:
    """Every pact by its file name; built once in a process, for they cannot change. Raises BuildError."""
    return {f"{consumer.name}-{PROVIDER}.json": _pact(consumer) for consumer in CONSUMERS}


def _pact(consumer: HttpConsumer[AgentPortal] | MessageConsumer) -> bytes:
    if isinstance(consumer, HttpConsumer):
        interactions = [http_interaction(consumer, expectation) for expectation in consumer.expectations]
    else:
        interactions = [message_interaction(consumer, expectation) for expectation in consumer.expectations]
    document = {
        "consumer": {"name": consumer.name},
        "interactions": sorted(interactions, key=lambda one: (str(one["description"]), str(one.get("providerStates")))),
        "metadata": {"pactSpecification": {"version": "4.0"}},
        "provider": {"name": PROVIDER},
    }
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=2) + b"\n"


# --- HTTP


def http_interaction(consumer: HttpConsumer[C], expectation: Expectation[C]) -> dict[str, Any]:
    core, known, _ = _played(expectation.given)
    model = ModelBehindHttp(core, NOW)
    with httpx.Client(transport=model, base_url="http://model") as client:
        read = expectation.acts(consumer.client(client), known)
    if len(model.exchanges) != 1:
        raise BuildError(
            f"{expectation.description}: one call is one interaction, and there were {len(model.exchanges)}"
        )
    pact = Pact(consumer.name, PROVIDER).with_specification("V4")
    interaction = pact.upon_receiving(expectation.description)
    if expectation.given is not None:
        interaction.given(expectation.given)
    _fill(interaction, model.exchanges[0], type(read), known)
    with pact.serve(addr="127.0.0.1", raises=False, verbose=False) as server:
        with httpx.Client(base_url=str(server.url), trust_env=False) as client:
            again = expectation.acts(consumer.client(client), known)
        if server.mismatches:
            raise BuildError(
                f"{expectation.description}: the consumer does not keep its own contract: {server.mismatches}"
            )
    if type(again) is not type(read):
        raise BuildError(f"{expectation.description}: the consumer reads {type(again).__name__} from its own contract")
    return _written(pact)


def _fill(interaction: HttpInteraction, exchange: Exchange, reads: type[Struct], known: Known) -> None:
    interaction.with_request(exchange.operation.method, _path(exchange.target, known))
    interaction.add_external_reference("OpenAPI", "operationId", exchange.operation.name)
    for name, value in exchange.query.items():
        interaction.with_query_parameter(name, value)
    if exchange.body:
        interaction.with_body(msgspec.json.decode(exchange.body), "application/json", "Request")
    refused = exchange.status >= 400
    kind = "application/problem+json" if refused else "application/json"
    interaction.will_respond_with(exchange.status)
    interaction.with_header("Content-Type", match.regex(kind, regex=rf"{re.escape(kind)}(;.*)?"), "Response")
    answer = cast("Mapping[str, Any]", msgspec.json.decode(exchange.answer))
    interaction.with_body(expected(reads, answer), kind, "Response")


def _path(target: str, known: Known) -> str | AbstractMatcher[str]:
    """The path, in which an id that a state made is whatever the deployment chose there."""
    expression, pattern = target, target
    for name, identity in known.items():
        expression = expression.replace(f"/{identity}", f"/${{{name}}}")
        pattern = pattern.replace(f"/{identity}", f"/{IDENTIFIER}")
    if expression == target:
        return target
    return GenericMatcher("regex", target, generator=generate.provider_state(expression), regex=pattern)


# --- messages


def message_interaction(consumer: MessageConsumer, expectation: MessageExpectation) -> dict[str, Any]:
    _, _, published = _played(expectation.given)
    envelopes = [envelope for envelope in published if envelope.type == expectation.event_type]
    if len(envelopes) != 1:
        told = f"{len(envelopes)} events of type {expectation.event_type}"
        raise BuildError(f"{expectation.description}: {expectation.given!r} publishes {told}, and one is needed")
    envelope = envelopes[0]
    pact = Pact(consumer.name, PROVIDER).with_specification("V4")
    interaction = pact.upon_receiving(expectation.description, "Async")
    interaction.given(expectation.given)
    interaction.with_body(expected(expectation.reads, msgspec.to_builtins(envelope.data)), "application/json")
    interaction.with_metadata(_metadata(envelope))
    interaction.add_external_reference("AsyncAPI", "messageType", envelope.type)
    _check_readable(pact, expectation)
    return _written(pact)


def _metadata(envelope: Envelope) -> dict[str, Any]:
    """CloudEvents attributes as a broker carries them beside the data."""
    return {
        "ce_specversion": envelope.specversion,
        "ce_type": envelope.type,
        "ce_source": envelope.source,
        "ce_id": match.regex(envelope.id, regex=r"[\s\S]+"),
    }


def _check_readable(pact: Pact, expectation: MessageExpectation) -> None:
    """Lets the consumer handle the example of its own contract."""
    handled: list[int] = []

    def consume(body: str | bytes | None, metadata: dict[str, Any]) -> None:
        data = body.encode() if isinstance(body, str) else body or b""
        handled.append(expectation.handles(data, str(metadata.get("ce_id", ""))))

    try:
        pact.verify(consume, "Async")
    except Exception as error:
        raise BuildError(f"{expectation.description}: the consumer cannot read its own contract: {error}") from error
    if len(handled) != 1 or not handled[0]:
        raise BuildError(f"{expectation.description}: the consumer does nothing with its own contract")


# --- what both need


def _played(name: str | None) -> tuple[Core, dict[str, str], list[Envelope]]:
    """A core after a history, the ids in it, and everything that was published on the way, in order."""
    core, published = Core(*florida()), list[Envelope]()
    if name is None:
        return core, {}, published
    for command in every_history(name, NUMBER).commands:
        core.submit(command)
        while core.outbox:
            envelope = core.outbox.pop(0)
            published.append(envelope)
            for context in subscribers(envelope.type):
                core.deliver(envelope, to=context, at=command.at)
    return core, {"policy_id": histories.policy_id(NUMBER), "account_id": histories.account_id(NUMBER)}, published


def _written(pact: Pact) -> dict[str, Any]:
    """The one interaction of a pact as the library writes it."""
    with tempfile.TemporaryDirectory() as folder:
        pact.write_file(folder)
        document = msgspec.json.decode(next(Path(folder).glob("*.json")).read_bytes())
    interactions = cast("list[dict[str, Any]]", document["interactions"])
    return interactions[0]
