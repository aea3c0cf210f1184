"""What happened to a policy. `on` is the day it takes effect, `at` the instant it was recorded (UTC)."""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.policy.terms import Charge, Terms


class PolicyQuoted(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    terms: Terms
    expires: date
    on: date
    at: datetime


class PolicyBound(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    on: date
    at: datetime


class PolicyIssued(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    terms: Terms
    on: date
    at: datetime


class PolicyCancelled(Struct, frozen=True, kw_only=True, tag=True):
    """`returned` holds negative charges, one for each pattern that gives something back."""

    policy_id: str
    account_id: str
    reason: str
    returned: tuple[Charge, ...]
    on: date
    at: datetime


class PolicyExpired(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    on: date
    at: datetime


Event: TypeAlias = PolicyQuoted | PolicyBound | PolicyIssued | PolicyCancelled | PolicyExpired
