"""From what a consumer reads, and what the model answered, to what a pact demands.

The type of a field decides how it is matched, the model's own answer is the example:

    Literal          the very word: a consumer that branches on it needs it; in a list, any of the words it knows
    Amount           the currency, and digits with exactly its decimals, as a string
    date, datetime   any day or instant as ISO 8601 writes them
    str              any text but the empty one
    int              any whole number
    tuple[...]       at least one of the first one's shape; exactly none when the model answers none
    None             nothing is demanded, nor where the reader has a default for what is not answered
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields
from pact import match

from model.money import DECIMALS
from model.wire import Amount

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
SOME_TEXT = r"[\s\S]+"
INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"


class UnreadableAnswer(ValueError):
    """The model does not answer what a consumer says that it reads."""


def expected(reads: type[Struct], answer: Mapping[str, Any], *, place: str = "$") -> dict[str, Any]:
    """The matchers for the fields of `reads`, with examples from `answer`. Raises UnreadableAnswer."""
    hints = get_type_hints(reads)
    wanted: dict[str, Any] = {}
    for field in fields(reads):
        name = field.encode_name
        if name in answer and answer[name] is not None:
            wanted[name] = _matcher(hints[name], answer[name], f"{place}.{name}")
        elif field.required and NoneType not in get_args(hints[name]):
            raise UnreadableAnswer(f"{place}.{name} is read as {hints[name]}, and the model answers nothing there")
    return wanted


def _matcher(hint: Any, example: Any, place: str) -> Any:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        if len(kinds) != 1:
            raise UnreadableAnswer(f"{place} is read as any of {kinds}: a contract needs one kind")
        hint = kinds[0]
    if get_origin(hint) is Literal:
        return _word(get_args(hint), example, place)
    if get_origin(hint) is tuple:
        members = cast("Sequence[Any]", example)
        return match.each_like(_matcher(get_args(hint)[0], members[0], f"{place}[0]"), min=1) if members else []
    if hint is Amount:
        return _amount(cast("Mapping[str, str]", example))
    if isinstance(hint, type) and issubclass(hint, Struct):
        return expected(hint, cast("Mapping[str, Any]", example), place=place)
    if hint is date:
        return match.date(str(example), "yyyy-MM-dd", disable_conversion=True)
    if hint is datetime:
        return match.regex(str(example), regex=INSTANT)
    if hint is str:
        return match.regex(str(example), regex=IDENTIFIER if place.endswith("_id") else SOME_TEXT)
    if hint is int:
        return match.int(int(example))
    raise UnreadableAnswer(f"{place} is read as {hint}, which no contract here can say")


def _word(words: Sequence[Any], example: Any, place: str) -> Any:
    """Inside a list Pact compares by type what has no rule of its own, which would let any word pass."""
    if example not in words:
        raise UnreadableAnswer(f"{place}: the model answers {example!r}, the reader knows {', '.join(map(str, words))}")
    return match.regex(example, regex="|".join(map(re.escape, words))) if "[" in place else example


def _amount(example: Mapping[str, str]) -> dict[str, Any]:
    currency = example["currency"]
    decimals = rf"\.\d{{{DECIMALS[currency]}}}" if DECIMALS[currency] else ""
    return {
        "amount": match.regex(example["amount"], regex=rf"-?\d+{decimals}"),
        "currency": match.regex(currency, regex=currency),
    }
