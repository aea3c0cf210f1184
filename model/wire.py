"""Money on the wire: a string with the currency's own number of decimals, and the currency. Never a JSON number."""

from msgspec import Struct

from model.money import Money, parse_amount, wire_amount


class Amount(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """`{"amount": "120.50", "currency": "USD"}`."""

    amount: str
    currency: str


def to_wire(money: Money) -> Amount:
    currency = money.currency
    return Amount(wire_amount(money.minor, currency), currency)


def from_wire(amount: Amount) -> Money:
    """Raises model.money.MoneyError when the string is not an amount of that currency."""
    return parse_amount(amount.amount, amount.currency)
