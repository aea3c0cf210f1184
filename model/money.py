"""Money in integer minor units, with every rounding named where it happens.

No float and no hidden rounding: a share of an amount is computed from integers and rounded once, and a split always
adds up to what was split. Rounding of negative amounts follows the absolute value (half up means half away from
zero), so that a return premium is the mirror image of the charge it takes back.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Rounding = Literal["half_up", "half_even", "down", "up"]
Leftover = Literal["first", "last"]

DECIMALS = {"USD": 2, "CAD": 2, "EUR": 2, "GBP": 2, "MXN": 2, "JPY": 0, "KWD": 3}
"""Minor-unit digits by ISO 4217 currency code."""

_WITH_CENTS = frozenset(currency for currency, digits in DECIMALS.items() if digits == 2)
_HUNDREDTHS = tuple(f"{part:02d}" for part in range(100))
MOST_DIGITS = 18
"""Of an amount from outside, minor units included: stores keep money in 64-bit integers."""


class MoneyError(ValueError):
    """An amount that cannot be what it says: unknown currency, too many decimals, or two currencies in one sum."""


class Money(Struct, frozen=True, gc=False):
    """`minor` units (cents) of `currency` (ISO 4217). Negative amounts are credits."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise self._two_currencies(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise self._two_currencies(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{wire_amount(self.minor, self.currency)} {self.currency}"

    def share(self, numerator: int, denominator: int, rounding: Rounding) -> "Money":
        """This amount times numerator/denominator, rounded once."""
        return Money(divide(self.minor * numerator, denominator, rounding), self.currency)

    def times(self, rate: Decimal, rounding: Rounding) -> "Money":
        """This amount times an exact decimal rate, rounded once."""
        numerator, denominator = rate.as_integer_ratio()
        return Money(divide(self.minor * numerator, denominator, rounding), self.currency)

    def split(self, parts: int, *, leftover: Leftover) -> tuple["Money", ...]:
        """`parts` amounts that add up to this one.

        `first` gives the odd cents one each to the first parts, so that no two parts differ by more than one cent;
        `last` gives all of them to the last part.
        """
        if parts < 1:
            raise MoneyError(f"an amount is split into at least one part, not {parts}")
        sign = -1 if self.minor < 0 else 1
        each, odd = divmod(abs(self.minor), parts)
        if leftover == "last":
            return (Money(sign * each, self.currency),) * (parts - 1) + (Money(sign * (each + odd), self.currency),)
        more = (Money(sign * (each + 1), self.currency),) * odd
        return more + (Money(sign * each, self.currency),) * (parts - odd)

    def split_by(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Parts in proportion to `weights` by largest remainder, the earlier part first on a tie. They add up to this
        amount.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise MoneyError(f"weights must be non-negative and not all zero, not {list(weights)}")
        sign = -1 if self.minor < 0 else 1
        whole = [divmod(abs(self.minor) * weight, total) for weight in weights]
        odd = abs(self.minor) - sum(quotient for quotient, _ in whole)
        richest = sorted(range(len(weights)), key=lambda k: (-whole[k][1], k))[:odd]
        return tuple(
            Money(sign * (quotient + (1 if k in richest else 0)), self.currency)
            for k, (quotient, _) in enumerate(whole)
        )

    def _two_currencies(self, other: "Money") -> MoneyError:
        return MoneyError(f"{self} and {other} are in different currencies")


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """numerator/denominator as an integer; the rounding acts on the absolute value."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    size = -numerator if numerator < 0 else numerator
    if rounding == "half_up":
        quotient = (size + size + denominator) // (denominator + denominator)
    else:
        quotient, rest = divmod(size, denominator)
        twice = 2 * rest - denominator
        if (rounding == "up" and rest) or (
            rounding == "half_even" and (twice > 0 or (twice == 0 and quotient % 2 == 1))
        ):
            quotient += 1
    return -quotient if numerator < 0 else quotient


def zero(currency: str) -> Money:
    return Money(0, currency)


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of `amounts`, all of which must be in `currency`."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise MoneyError(f"{amount} is not in {currency}")
        minor += amount.minor
    return Money(minor, currency)


def wire_amount(minor: int, currency: str) -> str:
    """The amount as a string with exactly the currency's own number of decimals: `-12.30`, `500` for yen."""
    if currency in _WITH_CENTS:
        if minor >= 0:
            return f"{minor // 100}.{_HUNDREDTHS[minor % 100]}"
        return f"-{-minor // 100}.{_HUNDREDTHS[-minor % 100]}"
    digits = DECIMALS.get(currency)
    if digits is None:
        raise MoneyError(f"unknown currency {currency!r}; known: {', '.join(sorted(DECIMALS))}")
    if digits == 0:
        return str(minor)
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def parse_amount(text: str, currency: str) -> Money:
    """The reverse of `wire_amount`, strict: plain ASCII digits, exactly the currency's decimals, and no more digits
    than a 64-bit integer holds. Raises MoneyError.
    """
    digits = DECIMALS.get(currency)
    if digits == 2 and 3 < len(text) <= MOST_DIGITS + 1 and text[-3] == "." and text.isascii():
        plain = text[:-3] + text[-2:]
        if plain.isdigit():
            return Money(int(plain), currency)
    if digits is None:
        raise MoneyError(f"unknown currency {currency!r}; known: {', '.join(sorted(DECIMALS))}")
    body = text[1:] if text.startswith("-") else text
    whole, point, part = body.partition(".")
    proper = body.isascii() and whole.isdigit() and (part.isdigit() if digits else not part)
    if not proper or len(part) != digits or bool(point) != bool(digits):
        raise MoneyError(f"{text!r} is not an amount in {currency}: {digits} decimals are needed")
    if len(whole + part) > MOST_DIGITS:
        raise MoneyError(f"{len(whole + part)} digits are no amount: {MOST_DIGITS} are the most")
    minor = int(whole + part)
    return Money(-minor if text.startswith("-") else minor, currency)
