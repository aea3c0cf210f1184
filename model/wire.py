"""Money on the wire: a string with the currency's own number of decimals, and the currency. Never a JSON number."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from model.money import Money, parse_amount, wire_amount

REMEMBERED: Final = 16_384
"""How many amounts are remembered in either direction. An amount crosses several times (a bill, its draft, the movement
of the money), and a book has far fewer amounts than bills: limits, deductibles, installments, fees.
"""


class Amount(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """`{"amount": "120.50", "currency": "USD"}`."""

    amount: str
    currency: str


def _written(money: Money) -> Amount:
    currency = money.currency
    return Amount(wire_amount(money.minor, currency), currency)


def _read(amount: Amount) -> Money:
    return parse_amount(amount.amount, amount.currency)


to_wire: Final[Callable[[Money], Amount]] = lru_cache(REMEMBERED)(_written)
"""Money as it is published. The same amount is the same value, made once."""

from_wire: Final[Callable[[Amount], Money]] = lru_cache(REMEMBERED)(_read)
"""Raises model.money.MoneyError when the string is not an amount of that currency."""
