"""The pact files of this house: `pacts build` writes them, `pacts check` holds them against what the model says now."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from contracts.consumer_coverage import uncovered
from contracts.pact_building import built_pacts

PACTS = Path(__file__).parent / "pacts"


def build(folder: Path = PACTS) -> tuple[Path, ...]:
    """Writes every pact and returns the paths. Raises BuildError."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, content in built_pacts().items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return tuple(written)


def check(folder: Path = PACTS) -> tuple[str, ...]:
    """What is wrong with the pacts of a folder, a line each: missing, unknown, stale, uncovered. Raises BuildError."""
    wanted = built_pacts()
    there = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    return (*_differences(wanted, there), *uncovered(wanted.values()))


def interactions_in(content: bytes) -> dict[tuple[str, str], Any]:
    """The interactions of a pact by description and states. Raises msgspec.DecodeError or KeyError for what is none."""
    document = msgspec.json.decode(content, type=dict[str, Any])
    return {
        (str(one["description"]), states_of(one)): one for one in cast("list[dict[str, Any]]", document["interactions"])
    }


def states_of(interaction: Mapping[str, Any]) -> str:
    """The names of the states that an interaction is given, as one text."""
    return " and ".join(str(state["name"]) for state in interaction.get("providerStates", ()))


def _differences(wanted: Mapping[str, bytes], there: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted(wanted.keys() - there.keys()):
        yield f"{name}: missing; `windtunnel pacts build` writes it"
    for name in sorted(there.keys() - wanted.keys()):
        yield f"{name}: unknown: no consumer here builds it"
    for name in sorted(wanted.keys() & there.keys()):
        if wanted[name] != there[name]:
            yield from _stale(name, wanted[name], there[name])


def _stale(name: str, wanted: bytes, there: bytes) -> Iterator[str]:
    """Which interactions differ; the file as a whole when none does and yet the bytes do."""
    try:
        ours, theirs = interactions_in(wanted), interactions_in(there)
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        yield f"{name}: stale: no pact can be read from it ({error})"
        return
    found = [
        *(f"{name}: stale: lacks {_named(key)}" for key in sorted(ours.keys() - theirs.keys())),
        *(f"{name}: unknown: {_named(key)} is built by nobody" for key in sorted(theirs.keys() - ours.keys())),
        *(
            f"{name}: stale: {_named(key)} is not what the model says now"
            for key in sorted(ours.keys() & theirs.keys())
            if ours[key] != theirs[key]
        ),
    ]
    yield from found or [f"{name}: stale: its bytes are not those that `windtunnel pacts build` writes"]


def _named(key: tuple[str, str]) -> str:
    description, states = key
    return f"{description!r} given {states!r}" if states else f"{description!r}"
