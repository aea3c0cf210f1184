"""Card numbers stay outside: tokens and last four digits only, and whatever looks like a card number is refused.

A number is taken for a card's when an issuer's prefix, the length that goes with it and the Luhn digit all fit. Luhn
alone would flag every tenth policy number of 16 digits; so digits that follow the prefix of an id (`P-`, `CLM`) are an
id and no card. The prefixes are those of ISO/IEC 7812 issuers as the networks publish them [K].
"""

import re

from msgspec import Struct
from msgspec.structs import fields

from model.decider import Refusal

SHORTEST, LONGEST = 13, 19
NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
ID_PREFIX = re.compile(r"(?:^|[^A-Za-z0-9])(?:P|A|I|C|PAY|POL|CLM|ACC|INV)[-:#]?$")
"""What stands right before the digits of an id: of policies, accounts, people, claims, payments, invoices."""
ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 19})),
    (51, 55, frozenset({16})),
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),
    (37, 37, frozenset({15})),
    (6011, 6011, frozenset(range(16, 20))),
    (644, 649, frozenset(range(16, 20))),
    (65, 65, frozenset(range(16, 20))),
    (300, 305, frozenset({14})),
    (36, 36, frozenset({14})),
    (38, 39, frozenset({14})),
    (3528, 3589, frozenset(range(16, 20))),
)
"""First and last prefix of an issuer, and how long its numbers are."""


class CardToken(Struct, frozen=True, gc=False):
    """A card as the model knows it: what the vault calls it, and the four digits that a person may see."""

    token: str
    last4: str
    network: str


def token_faults(card: CardToken) -> Refusal | None:
    """Why this is no token; None when it is."""
    if len(card.last4) != 4 or not (card.last4.isascii() and card.last4.isdigit()):
        return Refusal("not_last_four", "four digits of a card may be known, and four are")
    if not card.token or card_like(card.token):
        return Refusal("card_number", "a token is not a card number")
    return None


def card_like(text: str) -> bool:
    """Whether somebody could have written a card number here, with or without spaces and dashes."""
    if len(text) < SHORTEST:
        return False
    for found in NUMBER.finditer(text):
        digits = found.group().replace(" ", "").replace("-", "")
        if ID_PREFIX.search(text[: found.start()]) is None and _of_an_issuer(digits) and _luhn(digits):
            return True
    return False


def card_in(command: Struct) -> Refusal | None:
    """The refusal of a command one of whose text fields holds a card number; it does not repeat the number."""
    for field in _text_fields(type(command)):
        value: object = getattr(command, field)
        if isinstance(value, str) and len(value) >= SHORTEST and card_like(value):
            return Refusal("card_number", f"{field} looks like a card number: only tokens are taken")
    return None


_TEXT_FIELDS: dict[type[Struct], tuple[str, ...]] = {}


def _text_fields(kind: type[Struct]) -> tuple[str, ...]:
    known = _TEXT_FIELDS.get(kind)
    if known is None:
        known = _TEXT_FIELDS[kind] = tuple(field.name for field in fields(kind) if field.type is str)
    return known


def _of_an_issuer(digits: str) -> bool:
    return any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last for first, last, lengths in ISSUERS
    )


def _luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0
