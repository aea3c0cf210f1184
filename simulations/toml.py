"""Values as TOML, which the standard library reads and does not write."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from math import isfinite, isinf
from typing import Any

import msgspec

WIDE = 100


def plain(value: Any) -> Any:
    """Structs as tables, tuples as lists and decimals as text, down to what TOML knows."""
    return msgspec.to_builtins(value, builtin_types=(datetime, date, time))


def toml_value(value: Any) -> str:
    """One plain value, on one line unless it is long. Raises ValueError for None, for which TOML has no word."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # TOML's escapes are those of JSON, but it wants real characters beyond ASCII and an escaped DEL.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case float():
            return repr(value) if isfinite(value) else ("-" if value < 0 else "") + ("inf" if isinf(value) else "nan")
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{_key(key)} = {toml_value(part)}" for key, part in value.items()) + "}"
        case Sequence():
            parts = [toml_value(part) for part in value]
            inline = "[" + ", ".join(parts) + "]"
            return inline if len(inline) < WIDE else "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
        case _:
            raise ValueError(f"TOML has no word for {value!r}")


def toml_line(key: str, value: Any) -> str:
    return f"{_key(key)} = {toml_value(value)}"


def _key(key: object) -> str:
    text = str(key)
    bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if bare else toml_value(text)
