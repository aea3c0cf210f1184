"""What a record of requests entitles an auditor to: which things exist, and which money moved, how often.

A request that was answered with success happened. One that was refused did not. One that nobody answered may have
happened, once: an auditor expects neither. Requests under one idempotency key are one request.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, cast

import polars as pl
from msgspec import Struct

from loadtests.asking import TOO_BUSY
from model.money import parse_amount

Kind = Literal["policy", "account", "claim", "payment"]
KINDS: tuple[Kind, ...] = ("policy", "account", "claim", "payment")
MOVES: dict[str, Kind] = {"receive_payment": "account", "pay_claim": "claim"}
"""The operations that move money, and onto what."""


class Moved(Struct, frozen=True, gc=False):
    """Payments of one amount onto one account or claim: so many were acknowledged, so many more may have happened."""

    kind: Kind
    subject: str
    minor: int
    currency: str
    acknowledged: int
    uncertain: int


class Promises(Struct, frozen=True):
    """`touched` holds the ids that a success named, by kind: they exist. `whole` holds the accounts that came into
    being in this record, so that every payment on them is in it.
    """

    touched: dict[Kind, tuple[str, ...]]
    moved: tuple[Moved, ...]
    whole: frozenset[str]


def promises_of(record: pl.DataFrame) -> Promises:
    """Raises model.money.MoneyError for an amount that is none."""
    succeeded = record.filter(pl.col("status").is_between(200, 299))
    issued = succeeded.filter(pl.col("operation") == "issue_policy")
    return Promises(
        {kind: _ids(succeeded, kind) for kind in KINDS},
        tuple(_moved(record)),
        frozenset(_ids(issued, "account")),
    )


def _ids(rows: pl.DataFrame, kind: Kind) -> tuple[str, ...]:
    return tuple(rows[kind].drop_nulls().unique(maintain_order=True).to_list())


def _moved(record: pl.DataFrame) -> Iterator[Moved]:
    busy = list(TOO_BUSY)
    effects = (
        record.with_row_index("place")
        .filter(
            pl.col("operation").is_in(list(MOVES)),
            pl.col("amount").is_not_null(),
            ~pl.col("dropped").fill_null(value=False),
        )
        .with_columns(
            pl.when(pl.col("operation") == "pay_claim")
            .then(pl.col("claim"))
            .otherwise(pl.col("account"))
            .alias("subject"),
            pl.coalesce("key", pl.format("row {}", "place")).alias("effect"),
        )
        .filter(pl.col("subject").is_not_null())
        .group_by("operation", "subject", "amount", "currency", "effect", maintain_order=True)
        .agg(
            pl.col("status").is_between(200, 299).any().alias("acknowledged"),
            (pl.col("status").is_in(busy) | (pl.col("status") >= 500)).any().alias("uncertain"),
        )
    )
    sure: Counter[tuple[str, str, int, str]] = Counter()
    unsure: Counter[tuple[str, str, int, str]] = Counter()
    for each in effects.iter_rows(named=True):
        currency = cast("str", each["currency"] or "USD")
        amount = parse_amount(each["amount"], currency)
        move = (cast("str", each["operation"]), cast("str", each["subject"]), amount.minor, currency)
        if each["acknowledged"]:
            sure[move] += 1
        elif each["uncertain"]:
            unsure[move] += 1
    for move in dict.fromkeys((*sure, *unsure)):
        operation, subject, minor, currency = move
        yield Moved(MOVES[operation], subject, minor, currency, sure[move], unsure[move])
