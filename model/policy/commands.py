"""What may be asked of a policy. `on` is the day it is to take effect, `at` the instant of asking (UTC)."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.policy.terms import Terms


class QuotePolicy(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    terms: Terms
    on: date
    at: datetime


class BindPolicy(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    on: date
    at: datetime


class IssuePolicy(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    on: date
    at: datetime


class CancelPolicy(Struct, frozen=True, kw_only=True, tag=True):
    """`on` is the first day without cover."""

    policy_id: str
    reason: str
    on: date
    at: datetime


class ExpirePolicy(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    on: date
    at: datetime


Command: TypeAlias = QuotePolicy | BindPolicy | IssuePolicy | CancelPolicy | ExpirePolicy
