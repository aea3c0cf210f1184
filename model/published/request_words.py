"""The words that requests are made of: ids, amounts and instants as the edge takes them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from model.published.events import PublishedCharge, PublishedCoverage, PublishedPayer

# `$` alone lets a newline through at the end.
Identifier = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)")]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[datetime, Meta(tz=True)]
"""A time without a zone is nobody's time, and is not taken."""


class AskedCharge(PublishedCharge, frozen=True, gc=False, forbid_unknown_fields=True):
    pattern: Word


class AskedPayer(PublishedPayer, frozen=True, gc=False, forbid_unknown_fields=True):
    payer_id: Identifier


class AskedCoverage(PublishedCoverage, frozen=True, gc=False, forbid_unknown_fields=True):
    code: Word
