"""The parameters of a scenario: what they mean, what they may be, and new values for them from text or a file.

    policies: Annotated[int, Meta(ge=1, description="Policies in force", extra={"unit": "policies"})] = 50_000

A field's type and its `Meta` are all there is to say about it: parsing, checks, help and error messages come from them.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any, Literal, TypeVar, get_type_hints

import msgspec
from msgspec import Struct
from msgspec import inspect as types

from simulations.run import Kind
from simulations.toml import plain, toml_value

S = TypeVar("S", bound=Struct)
FEW = 8
Basis = Literal["assumed", "calibrated", "chosen"]


class BadScenario(ValueError):
    """A scenario or a parameter that cannot be used. The message names it, what was given and what is allowed."""


class Parameter(Struct, frozen=True):
    """A field of a scenario. `default` and `allowed` are text for people; `choices` are all that is allowed, where that
    is a list. `basis` says whether its default rests on an assumption, on published data, or is the user's choice."""

    name: str
    default: str
    unit: str
    allowed: str
    meaning: str
    basis: Basis
    choices: tuple[str, ...]


def parameters(kind: Kind[S]) -> tuple[Parameter, ...]:
    """The fields of a kind's scenario, in their order."""
    return tuple(_parameter(kind, field) for field in _fields(kind.scenario))


def parsed(kind: Kind[S], texts: Mapping[str, str]) -> dict[str, Any]:
    """A value for each named parameter from how it is written on a command line. Raises BadScenario."""
    return {name: _checked(kind, name, text, shown=text) for name, text in texts.items()}


def decoded(kind: Kind[S], values: Mapping[str, Any]) -> S:
    """The scenario with these values, as TOML gives them, and defaults for the rest. Raises BadScenario."""
    return changed(kind, default_scenario(kind), decoded_values(kind, values))


def decoded_values(kind: Kind[S], values: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each named parameter from what TOML or JSON gives. Raises BadScenario."""
    return {name: _checked(kind, name, value, shown=_shown(value)) for name, value in values.items()}


def changed(kind: Kind[S], scenario: S, values: Mapping[str, Any]) -> S:
    """The scenario with some values replaced. Raises BadScenario where they do not go together."""
    try:
        return msgspec.structs.replace(scenario, **values)
    except ValueError as error:
        raise BadScenario(f"{kind.name}: {error}") from None


def default_scenario(kind: Kind[S]) -> S:
    """Raises TypeError for a kind with a parameter that has no default."""
    return kind.scenario()


def like(name: str, known: tuple[str, ...]) -> str:
    """`: did you mean 'x'?` where a known name is near, or what there is, as far as it fits on a line."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f": did you mean {near[0]!r}?"
    return f": there is {', '.join(known[:FEW])}" + (f" and {len(known) - FEW} more" if len(known) > FEW else "")


def _checked(kind: Kind[S], name: str, value: Any, *, shown: str) -> Any:
    fields = {field.name: field for field in _fields(kind.scenario)}
    if name not in fields:
        raise BadScenario(f"{kind.name} has no parameter {name!r}{like(name, tuple(fields))}")
    hint = get_type_hints(kind.scenario, include_extras=True)[name]
    try:
        found = _converted(value, hint)
    except (ValueError, OverflowError):
        unit = _unit(fields[name])
        allowed = _allowed(fields[name].type) + (f" ({unit})" if unit else "")
        choices = _choices(fields[name].type)
        hinted = like(shown, choices) if choices and get_close_matches(shown, choices, n=1) else ""
        raise BadScenario(f"{kind.name}: {name}={shown or repr('')} is not allowed; it is {allowed}{hinted}") from None
    return found


def _shown(value: Any) -> str:
    return "none" if value is None else toml_value(value)


def _converted(value: Any, hint: Any) -> Any:
    """Text is read by the type of the field; where that fails and it looks like a TOML list or table, as one."""
    try:
        found = msgspec.convert("null" if value == "none" else value, hint, strict=not isinstance(value, str))
    except msgspec.ValidationError:
        if not (isinstance(value, str) and value.lstrip()[:1] in ("[", "{", '"', "'")):
            raise
        found = msgspec.convert(tomllib.loads(f"value = {value}")["value"], hint)
    if isinstance(found, float) and not isfinite(found):
        raise ValueError("not a finite number")
    return found


def _parameter(kind: Kind[Any], field: types.Field) -> Parameter:
    return Parameter(
        name=field.name,
        default=_default(field),
        unit=_unit(field),
        allowed=_allowed(field.type),
        meaning=_meaning(field),
        basis=(
            "assumed" if field.name in kind.assumed else "calibrated" if field.name in kind.calibrated else "chosen"
        ),
        choices=_choices(field.type),
    )


def _fields(scenario: type[Struct]) -> tuple[types.Field, ...]:
    info = types.type_info(scenario)
    if not isinstance(info, types.StructType):
        raise TypeError(f"{scenario.__name__} is not a msgspec Struct")
    return info.fields


def _default(field: types.Field) -> str:
    value = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return "none" if value is None else value if isinstance(value, str) else toml_value(plain(value))


def _unit(field: types.Field) -> str:
    given = field.type.extra if isinstance(field.type, types.Metadata) else None
    return str((given or {}).get("unit", ""))


def _meaning(field: types.Field) -> str:
    schema = field.type.extra_json_schema if isinstance(field.type, types.Metadata) else None
    return str((schema or {}).get("description", ""))


def _choices(kind: types.Type) -> tuple[str, ...]:
    if isinstance(kind, types.Metadata):
        return _choices(kind.type)
    if isinstance(kind, types.LiteralType):
        return tuple(str(value) for value in kind.values)
    if isinstance(kind, types.EnumType):
        return tuple(str(member.value) for member in kind.cls)
    return ("true", "false") if isinstance(kind, types.BoolType) else ()


def _allowed(kind: types.Type) -> str:
    choices = _choices(kind)
    match kind:
        case types.Metadata():
            return _allowed(kind.type)
        case _ if choices:
            return " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"
        case types.IntType():
            return "a whole number" + _bounds(kind)
        case types.FloatType() | types.DecimalType():
            return "a number" + _bounds(kind)
        case types.DateType():
            return "a day such as 2026-09-10"
        case types.DateTimeType():
            return "a moment such as 2026-09-10T08:00:00Z"
        case types.UnionType():
            return " or ".join(_allowed(each) for each in kind.types)
        case types.NoneType():
            return "none"
        case types.ListType() | types.VarTupleType():
            return f"a list such as [a, b], each {_allowed(kind.item_type)}"
        case types.DictType():
            return f"a table such as {{a = b}}, each {_allowed(kind.value_type)}"
        case types.StructType():
            return f"a table with {', '.join(field.name for field in kind.fields)}"
        case _:
            return "text"


def _bounds(kind: types.IntType | types.FloatType | types.DecimalType) -> str:
    if isinstance(kind, types.DecimalType):
        return ""
    low = f"at least {kind.ge:,}" if kind.ge is not None else f"above {kind.gt:,}" if kind.gt is not None else ""
    high = f"at most {kind.le:,}" if kind.le is not None else f"below {kind.lt:,}" if kind.lt is not None else ""
    return "".join(f", {bound}" for bound in (low, high) if bound)
