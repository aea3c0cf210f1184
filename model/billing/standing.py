"""Where a billing account stands: what it was told to bill, its invoices, and the money that came in."""

from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing.allocation import Distribution
from model.billing.invoice import Invoice
from model.billing.plan import Charge
from model.money import Money


class Instruction(Struct, frozen=True):
    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]


class Payment(Struct, frozen=True):
    payment_id: str
    payer_id: str
    amount: Money
    status: Literal["received", "returned"]
    parts: tuple[Distribution, ...]
    unapplied: Money


class NoAccount(Struct, frozen=True, gc=False, tag=True):
    pass


class Account(Struct, frozen=True, tag=True):
    """`unapplied` is money (or return premium) that waits for something to pay."""

    account_id: str
    autopay: Literal["on", "off"]
    instructions: tuple[Instruction, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    unapplied: Money


State: TypeAlias = NoAccount | Account
