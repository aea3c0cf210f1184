"""The words that requests are made of: ids, amounts and instants as the edge takes them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from model.published.policy_events import PublishedCharge, PublishedCoverage, PublishedInterest, PublishedPayer

# `$` alone lets a newline through at the end.
Identifier = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)")]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[datetime, Meta(tz=True)]
"""A time without a zone is nobody's time, and is not taken."""


class AskedCharge(PublishedCharge, frozen=True, gc=False, forbid_unknown_fields=True):
    pattern: Word


class AskedPayer(PublishedPayer, frozen=True, gc=False, forbid_unknown_fields=True):
    payer_id: Identifier


class AskedInterest(PublishedInterest, frozen=True, gc=False, forbid_unknown_fields=True):
    party_id: Identifier


class AskedCoverage(PublishedCoverage, frozen=True, gc=False, forbid_unknown_fields=True):
    code: Word
    waiting_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    interests: Annotated[tuple[AskedInterest, ...], Meta(max_length=8)] = ()


class AskedPayee(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """`share` is a weight among several payees who are paid apart; those of one joint cheque have none."""

    party_id: Identifier
    role: Literal["insured", "claimant", "mortgagee", "lienholder", "contractor", "vendor"]
    share: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
