"""What may be asked of an account when somebody else takes over a payer's bill, and what happened then."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.billing.parts import Distribution


class RepointPayer(Struct, frozen=True, kw_only=True, tag=True):
    """From `on` the new payer pays what the old one was to pay for `policies`: all of the account that one loan is
    secured by, so that a bill for two of them goes over whole.
    """

    account_id: str
    policies: tuple[str, ...]
    old_payer_id: str
    new_payer_id: str
    on: date
    at: datetime


class PayerRepointed(Struct, frozen=True, kw_only=True, tag=True):
    """The invoices of `numbers` are the new payer's. `withdrawn` leaves planned invoices that are for other policies
    too, or for a day for which the new payer has one already; what it becomes is planned right after. Charges that
    still name the old payer are the new one's from now on.
    """

    account_id: str
    policies: tuple[str, ...]
    old_payer_id: str
    new_payer_id: str
    numbers: tuple[int, ...]
    currency: str
    on: date
    at: datetime
    withdrawn: tuple[Distribution, ...] = ()


Command: TypeAlias = RepointPayer
Event: TypeAlias = PayerRepointed
