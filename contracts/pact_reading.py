"""Pact files as a verifier must see them: every interaction by name, so that it can be said which were verified."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

HTTP, MESSAGE = "Synchronous/HTTP", "Asynchronous/Messages"
NAMED = re.compile(r"\$\{(\w+)\}")


class PactError(ValueError):
    """A file that is no pact, or holds what nobody here can verify. The message names it."""


class Interaction(Struct, frozen=True):
    """`needs` are the names of values that a state has to return; `event_type` is that of a message. `document` is
    the interaction as it stands in the file.
    """

    consumer: str
    provider: str
    description: str
    states: tuple[str, ...]
    kind: Literal["http", "message"]
    needs: tuple[str, ...]
    event_type: str
    document: dict[str, Any]

    @property
    def name(self) -> str:
        given = " and ".join(self.states)
        return f"{self.consumer}: {self.description}" + (f", given {given}" if given else "")


def read_pacts(sources: Sequence[Path]) -> tuple[Interaction, ...]:
    """Every interaction of the files, and of the *.json in the folders. Raises PactError."""
    return tuple(interaction for path in _files(sources) for interaction in _interactions(path))


def _files(sources: Sequence[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from sorted(source.glob("*.json"))
        elif source.is_file():
            yield source
        else:
            raise PactError(f"pact {source}: no such file or folder")


def _interactions(path: Path) -> Iterator[Interaction]:
    try:
        document = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        consumer, provider = str(document["consumer"]["name"]), str(document["provider"]["name"])
        found = cast("list[dict[str, Any]]", document["interactions"])
        for one in found:
            yield _interaction(path, consumer, provider, one)
    except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError) as error:
        raise PactError(f"pact {path}: not a V4 pact: {error}") from None


def _interaction(path: Path, consumer: str, provider: str, one: dict[str, Any]) -> Interaction:
    kind = one["type"]
    if kind not in (HTTP, MESSAGE):
        raise PactError(f"pact {path}: {one['description']!r} is of type {kind}, which is not verified here")
    return Interaction(
        consumer,
        provider,
        str(one["description"]),
        tuple(str(state["name"]) for state in one.get("providerStates", ())),
        "http" if kind == HTTP else "message",
        tuple(sorted(set(_needed(one)))),
        str(one.get("metadata", {}).get("ce_type", "")),
        one,
    )


def _needed(value: Any) -> Iterator[str]:
    """The names in the expressions of provider state generators, wherever they are."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if fields.get("type") == "ProviderState":
            yield from NAMED.findall(str(fields.get("expression", "")))
        for one in fields.values():
            yield from _needed(one)
    elif isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _needed(one)


def is_empty_message(interaction: Interaction) -> bool:
    """Whether a message demands nothing of its contents: such a one is verified by anything, even by no event."""
    content = interaction.document.get("contents", {}).get("content")
    return interaction.kind == "message" and content in (None, "", {}, [])
