"""What an operation is asked with, and how one that takes a certain request stands in the table of all."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from model.core import Core
from model.decider import Refusal
from model.money import Money
from model.published.account_views import AccountView
from model.published.claim_views import ClaimClocksView, ClaimView
from model.published.intent_views import IntentView
from model.published.operations import OperationName
from model.published.policy_views import CoverageView, MoratoriumView, PolicyView
from model.published.requests import Request
from model.wire import Amount, from_wire

View: TypeAlias = PolicyView | CoverageView | MoratoriumView | AccountView | ClaimView | ClaimClocksView | IntentView
Answer: TypeAlias = View | Refusal
NewId = Callable[[Literal["policy", "account", "payment", "claim", "moratorium"]], str]
"""Gives the next id of a kind; the desk makes none itself."""

R = TypeVar("R", bound=Struct)


class Asked(Struct, frozen=True):
    """`subject` is the id in the path, empty where a new thing is made; `now` the instant of asking (UTC)."""

    core: Core
    new_id: NewId
    name: OperationName
    subject: str
    now: datetime


Handler: TypeAlias = Callable[[Asked, Request], Answer]


def taking(kind: type[R], answer: Callable[[Asked, R], Answer]) -> Handler:
    """The handler of an operation with a body or a question of this kind. Raises TypeError for any other request."""

    def handle(asked: Asked, request: Request) -> Answer:
        if not isinstance(request, kind):
            raise TypeError(f"{asked.name} does not take {type(request).__name__}")
        return answer(asked, request)

    return handle


def reading(answer: Callable[[Asked], Answer]) -> Handler:
    """The handler of an operation that takes nothing beside its subject."""

    def handle(asked: Asked, request: Request) -> Answer:
        if request is not None:
            raise TypeError(f"{asked.name} does not take {type(request).__name__}")
        return answer(asked)

    return handle


def money_or_none(amount: Amount | None) -> Money | None:
    """Raises MoneyError for an amount that is none."""
    return None if amount is None else from_wire(amount)
