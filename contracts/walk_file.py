"""A walk for people and for another day: numbered plain sentences, and a file that can be walked again."""

from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from contracts.comparison import Difference
from contracts.lockstep import WalkStep, request_of, unknown_symbols
from model.published.operations import BY_NAME


class WalkFileError(ValueError):
    """A file that holds no walk. The message names it."""


class WalkFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`steps` can be walked again on any deployment of the carrier; `differences` were found at the last one."""

    deployment: str
    carrier: str
    seed: int
    steps: tuple[WalkStep, ...]
    differences: tuple[Difference, ...]


def write_walk(path: Path, walk: WalkFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(walk), indent=2) + b"\n")


def read_walk(path: Path) -> WalkFile:
    """Raises WalkFileError."""
    try:
        walk = msgspec.json.decode(path.read_bytes(), type=WalkFile)
    except OSError as error:
        raise WalkFileError(f"walk {path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WalkFileError(f"walk {path}: {error}") from None
    unknown = unknown_symbols(walk.steps)
    if unknown:
        raise WalkFileError(f"walk {path}: no step before gives {unknown[0]}")
    for number, step in enumerate(walk.steps, 1):
        fault = _request_fault(step)
        if fault is not None:
            raise WalkFileError(f"walk {path}: step {number}: {fault}")
    return walk


def _request_fault(step: WalkStep) -> str | None:
    try:
        # Any id will do here; the real ones come with the answers.
        request_of(step, dict.fromkeys(unknown_symbols([step]), "X"))
    except msgspec.ValidationError as error:
        return f"{step.operation}: {error}"
    wrong = [field for field in step.captures.values() if field not in BY_NAME[step.operation].answer.__struct_fields__]
    return f"{step.operation} answers no {wrong[0]}" if wrong else None


def spoken(steps: tuple[WalkStep, ...], differences: tuple[Difference, ...]) -> tuple[str, ...]:
    """The steps, numbered, and under the last one what the model expects there and what came."""
    lines = [f"{number}. {_sentence(step)}" for number, step in enumerate(steps, 1)]
    for difference in differences:
        lines.append(f"   {difference.place}: expected {difference.expected}")
        lines.append(f"   {' ' * len(difference.place)}  actual   {difference.actual}")
    return tuple(lines)


def _sentence(step: WalkStep) -> str:
    subject = f" {_plain(step.subject)}" if step.subject else ""
    made = ", ".join(_plain(symbol) for symbol in step.captures)
    told = ", ".join(f"{name} {_value(value)}" for name, value in step.request.items() if not _is_routine(name))
    again = " again, under the same key" if step.attempt == "again" else ""
    return f"{step.operation}{subject}{again}" + (f": {told}" if told else "") + (f"  -> {made}" if made else "")


ROUTINE = frozenset({"insured_id", "product", "state", "zone", "autopay", "coverages"})


def _is_routine(name: str) -> bool:
    """What is the same in every walk says nothing about this one; the file has it all."""
    return name in ROUTINE


def _value(value: Any) -> str:
    match value:
        case {"amount": str(amount), "currency": str(currency)}:
            return f"{amount} {currency}"
        case {"pattern": pattern, "amount": amount}:
            return f"{pattern} {_value(amount)}"
        case {"payer_id": payer, "weight": weight}:
            return f"{payer} x {weight}"
        case list():
            return " + ".join(_value(one) for one in cast("list[Any]", value))
        case _:
            return _plain(str(value))


def _plain(symbol: str) -> str:
    """`$P1` as `P1`."""
    return symbol.removeprefix("$")
