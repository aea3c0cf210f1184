"""How an invariant judges a view: a name, a sentence, what it needs, and a predicate that explains itself in cents."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.policy_views import PolicyView
from model.wire import Amount, from_wire

V = TypeVar("V", PolicyView, AccountView, ClaimView, IntentView)


class Invariant(Struct, Generic[V], frozen=True):
    """`needs` names the optional fields of the view; `broken` says what is wrong, or None."""

    code: str
    says: str
    needs: tuple[str, ...]
    broken: Callable[[V], str | None]


class Violation(Struct, frozen=True, gc=False):
    code: str
    subject: str
    text: str


class Skipped(Struct, frozen=True, gc=False):
    code: str
    subject: str
    lacks: str


def judged(invariants: Iterable[Invariant[V]], subject: str, view: V) -> Iterator[Violation | Skipped]:
    """Every violation of one view, and every invariant that it lacks the fields for."""
    for invariant in invariants:
        lacking = [name for name in invariant.needs if getattr(view, name) is None]
        if lacking:
            yield Skipped(invariant.code, subject, ", ".join(lacking))
            continue
        text = invariant.broken(view)
        if text is not None:
            yield Violation(invariant.code, subject, text)


def minor(amount: Amount) -> int:
    return from_wire(amount).minor


def by_pattern(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for pattern, amount in amounts:
        sums[pattern] = sums.get(pattern, 0) + amount
    return sums
