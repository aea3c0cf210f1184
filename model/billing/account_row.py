"""The row that an account is at rest: see at_rest.py, which writes and reads it."""

from typing import TypeAlias

from msgspec import Struct

from model.billing.standing import Account

# Rows tell these by their place: more may be appended, and nothing is ever taken out or moved.
STEPS = ("planned", "billed", "due", "past_due", "carried")
AUTOPAY = (None, "off", "on")
KINDS = ("term", "endorsement", "credit")
PAYERS = ("insured", "mortgagee", "premium_finance", "agency")
STATUSES = ("received", "returned")

UNTOUCHED, PAID, MIXED = range(3)
"""Of an item: nothing was done with it yet, it is paid and nothing else, or its numbers follow."""
WHOLE = -1
"""The minor units of a part that is all of its item."""

Numbers: TypeAlias = tuple[int, ...]
Day: TypeAlias = int | None


class InstructionRow(Struct, frozen=True, gc=False, array_like=True):
    """`charges` are pattern and minor units, `payers` payer, kind and weight, one after the other."""

    instruction_id: str
    policy: int
    charges: Numbers
    plan: int
    autopay: int
    payers: Numbers
    kind: int
    days: tuple[Day, Day, Day, Day]
    zone: int
    earned: Numbers
    place: Numbers | None


class InvoiceRow(Struct, frozen=True, gc=False, array_like=True):
    """`due` is counted from the invoice before, `lead` is how many days before it is billed, `items` a list's place."""

    payer: int
    due: int
    lead: int
    step: int
    items: int
    told: Day
    drafted: Day


class PaymentRow(Struct, frozen=True, gc=False, array_like=True):
    """Its id begins as the one before it does, for `alike` letters. `parts` are invoice, item and minor units."""

    alike: int
    ending: str
    payer: int
    minor: int
    status: int
    parts: Numbers
    unapplied: int
    held: int
    disbursed: int


class AccountRow(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """`lines` are policy, pattern and instruction of items, one after the other; each of `lists` is what an invoice
    bills. `since` is the day from which days are counted (its ordinal).
    """

    rest: Account
    since: int
    words: tuple[str, ...]
    lines: Numbers
    lists: tuple[Numbers, ...]
    instructions: tuple[InstructionRow, ...]
    invoices: tuple[InvoiceRow, ...]
    payments: tuple[PaymentRow, ...]
    credits: tuple[PaymentRow, ...]


class NoAccountRow(Struct, frozen=True, gc=False, array_like=True, tag=True):
    pass


Row: TypeAlias = AccountRow | NoAccountRow
