"""Commands to billing by the dice: any value of the right type, and often one that this story has used before, so that
much of what is asked is about something that is there.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from model.billing import (
    commands,
    commission,
    earning,
    finance,
    journal,
    loan,
    orders,
    producer,
    program,
    remittances,
    statement,
    suspense,
    trust,
)
from model.money import Money

BILLING = (
    commands, orders, suspense, loan, remittances, producer, commission, statement, program, finance, trust, journal, earning,
)  # fmt: skip
COMMANDS: list[type[Struct]] = [kind for module in BILLING for kind in (get_args(module.Command) or (module.Command,))]
FIRST = date(2026, 5, 1)
CENTS = (-(10**12), -5000, -1, 0, 1, 99, 100, 2500, 105000, 10**12)
"""What is larger does not come in: the wire takes no more digits than a 64-bit integer holds."""
WORDS = ("", "one", "two", "nobody's", "a/b", "USD", "EUR")
HINTS: dict[type, dict[str, Any]] = {}
BODIES = ("", "reference,payer_id,amount", "reference,payer_id,amount\nA,I,1.005\n,,\nA,I,NaN\nA,I,1\n")


class AnyCommand:
    """`used` are the values that fields of each name had in this story so far; what is drawn is used from then on."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.used: dict[str, list[Any]] = {}

    def tell(self, value: Any) -> None:
        """Remembers what stands in the fields of a command or an event."""
        for name in value.__struct_fields__:
            part = getattr(value, name)
            self.used.setdefault(_word(name), []).append(part)
            for each in part if isinstance(part, tuple) else (part,):
                if isinstance(each, Struct) and not isinstance(each, Money):
                    self.tell(each)

    def command(self) -> Any:
        return self.made(self.dice.choice(COMMANDS))

    def made(self, kind: type[Struct]) -> Any:
        hints = HINTS.get(kind) or HINTS.setdefault(kind, get_type_hints(kind))
        return kind(**{name: self.value(hints[name], name) for name in kind.__struct_fields__})

    def value(self, kind: Any, name: str) -> Any:
        used = self.used.get(_word(name))
        if used and self.dice.random() < 0.7:
            found = self.dice.choice(used[-8:] if self.dice.random() < 0.5 else used)
            if _fits(found, kind):
                return found
        made: dict[Any, Callable[[], Any]] = {
            date: lambda: FIRST + timedelta(days=self.dice.randrange(-400, 800)),
            datetime: lambda: datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=self.dice.randrange(20000)),
            Money: lambda: Money(self.dice.choice(CENTS), self.dice.choice(("USD", "USD", "USD", "EUR", "JPY"))),
            Decimal: lambda: Decimal(self.dice.choice(("-1", "0", "12.5", "33.333333", "100", "101"))),
            str: lambda: self.dice.choice(BODIES if name == "body" else WORDS),
            int: lambda: self.dice.choice((-1, 0, 0, 1, 1, 2, 3, 99)),
            NoneType: lambda: None,
        }
        return made[kind]() if kind in made else self._composed(kind, name)

    def _composed(self, kind: Any, name: str) -> Any:
        origin = get_origin(kind)
        if origin is Literal:
            return self.dice.choice(get_args(kind))
        if origin in (Union, UnionType):
            return self.value(self.dice.choice(get_args(kind)), name)
        if origin is tuple:
            return tuple(self.value(get_args(kind)[0], name) for _ in range(self.dice.randrange(4)))
        return self.made(kind)


def _word(name: str) -> str:
    """Payers, parties, producers and sources are one another's; a payee is one of them."""
    return (
        "who" if name in ("payer_id", "party_id", "producer_id", "source_id", "servicer_id", "by", "payee_id") else name
    )


def _fits(value: Any, kind: Any) -> bool:
    origin = get_origin(kind)
    if origin is Literal:
        return value in get_args(kind)
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in get_args(kind))
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, get_args(kind)[0]) for each in value)
    return type(value) is kind
