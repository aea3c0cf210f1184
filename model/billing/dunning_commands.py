"""What may be asked of an account about premium that is past due or held. `on` is the business day, `at` the instant
of asking (UTC).
"""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.billing.dunning_events import Suspends


class AgeAccount(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What a night does: orders that began or ended are followed, invoices whose grace is over become past due,
    processes begin, and their steps fall. Asked again for the same day it answers nothing.
    """

    account_id: str
    on: date
    at: datetime


class RecordPolicyEnd(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Policy told that it cancelled, on request of billing or for reasons of its own."""

    account_id: str
    policy_id: str
    cancelled_on: date
    on: date
    at: datetime


class RecordPolicyReturn(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """Policy told that it reinstated what was cancelled on `cancelled_on`; two cancellations of one day are one."""

    account_id: str
    policy_id: str
    cancelled_on: date
    on: date
    at: datetime


class PlaceHold(Struct, frozen=True, kw_only=True, tag=True):
    """Somebody holds `policies` of the account (none named: all that it has) until the hold is released. Under a hold
    on invoicing installments stay unbilled; what is billed already goes past due unless delinquency is held too.
    """

    account_id: str
    hold_id: str
    policies: tuple[str, ...] = ()
    suspends: tuple[Suspends, ...]
    on: date
    at: datetime


class ReleaseHold(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`on` is the first day on which it no longer holds."""

    account_id: str
    hold_id: str
    on: date
    at: datetime


class SendNonpaymentNotice(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """The notice of nonpayment goes out with the bill, if the insurer sends it ahead and the state lets it be so on
    that day; else nothing does.
    """

    account_id: str
    number: int
    on: date
    at: datetime


Command: TypeAlias = SendNonpaymentNotice | AgeAccount | RecordPolicyEnd | RecordPolicyReturn | PlaceHold | ReleaseHold
