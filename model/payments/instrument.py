"""What a payment is made with, as far as the model may know it: a card by its vault's id, a bank account by its state.

Neither holds a number. A payment without either is made with what the payer authorised long ago: a recurring debit of a
validated account, which no rule of a first use is about.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.money import Money
from model.payments.card import CardNetwork, Credential, Initiator, TryCard
from model.payments.naming import try_id
from model.payments.surcharges import CardKind

EntryClass = Literal["PPD", "CCD", "WEB", "TEL"]
"""The standard entry class codes of the ACH network that premium and claim payments use (Nacha Operating Rules)."""


class CardOnFile(Struct, frozen=True, gc=False):
    """`card_id` is the vault's id of the card, whatever credential is used for it."""

    card_id: str
    network: CardNetwork
    kind: CardKind = "credit"
    credential: Credential = "token"
    initiator: Initiator = "merchant"


def trying(card: CardOnFile, *, intent_id: str, ordinal: int, amount: Money, on: date, at: datetime) -> TryCard:
    """The question to the card that an attempt asks, and that the card records when the attempt begins."""
    return TryCard(
        card_id=card.card_id,
        try_id=try_id(intent_id, ordinal),
        network=card.network,
        credential=card.credential,
        initiator=card.initiator,
        amount=amount,
        on=on,
        at=at,
    )


class BankEntry(Struct, frozen=True, gc=False):
    """How an entry is sent over the ACH network, and whether its account has been validated. `account_id` is what the
    vault calls it; without one it is the account that its payer has authorised.
    """

    entry_class: EntryClass
    account: Literal["new", "validated"]
    settles: Literal["next_day", "same_day"] = "next_day"
    account_id: str = ""
