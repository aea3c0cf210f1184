"""What a payment run can be, what its manifest is, and where its money is."""

from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from model.money import Money, total
from model.payments.payout_events import LeftOut, PayoutItem

Step = Literal["frozen", "emitted", "posted", "void"]


class Plan(Struct, frozen=True):
    """What was frozen, and never changes. `left_out` was asked for and is not in it, `asked` stands for both."""

    items: tuple[PayoutItem, ...]
    left_out: tuple[LeftOut, ...]
    asked: str
    manifest: str
    total: Money
    frozen_by: str
    cut_off: datetime


class NoRun(Struct, frozen=True, gc=False, tag=True):
    pass


class Frozen(Struct, frozen=True, tag=True):
    plan: Plan


class Approved(Struct, frozen=True, tag=True):
    plan: Plan


class Discarded(Struct, frozen=True, tag=True):
    plan: Plan


class Reserved(Struct, frozen=True, tag=True):
    """`steps` in the order of the items. `fund_id` is the account on which the money is held, if it is one of ours."""

    plan: Plan
    steps: tuple[Step, ...]
    fund_id: str = ""


class Closed(Struct, frozen=True, tag=True):
    plan: Plan
    steps: tuple[Step, ...]
    fund_id: str = ""


State: TypeAlias = NoRun | Frozen | Approved | Discarded | Reserved | Closed

# --- rules


def manifest_of(run_id: str, items: tuple[PayoutItem, ...]) -> str:
    """The hash that stands for every item of a run; JSON keeps apart what plain joining would run together."""
    return sha256(msgspec.json.encode((run_id, items), order="deterministic")).hexdigest()


def instruction_id(run_id: str, payment_id: str) -> str:
    """The id under which the bank knows an item: the same each time, so that the bank too pays it once."""
    return f"{run_id}/{payment_id}"


def unpaid(state: State) -> tuple[str, ...]:
    """The payments of a run that are reserved and not emitted, in their order: what a rerun still has to emit."""
    if not isinstance(state, Reserved):
        return ()
    pairs = zip(state.plan.items, state.steps, strict=True)
    return tuple(item.payment_id for item, step in pairs if step == "frozen")


def sums(state: Reserved | Closed) -> dict[Step, Money]:
    """How much is in each step. INV-Y6: together they are what was reserved."""
    pairs = list(zip(state.plan.items, state.steps, strict=True))
    every: tuple[Step, ...] = ("frozen", "emitted", "posted", "void")
    currency = state.plan.total.currency
    return {wanted: total([item.amount for item, step in pairs if step == wanted], currency) for wanted in every}
