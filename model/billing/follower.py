"""What a follower is: asked what comes next inside billing when one of its machines has recorded something."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar, cast

from model.billing import commission, finance, producer, program, statement, suspense, trust
from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.dunning_commands import SendNonpaymentNotice
from model.billing.money_commands import AssessFee, DraftDisbursement
from model.billing.repointing_messages import RepointPayer
from model.billing.standing import State

Command: TypeAlias = (
    ReceivePayment
    | ReturnPayment
    | RepointPayer
    | SendNonpaymentNotice
    | DraftDisbursement
    | AssessFee
    | suspense.Command
    | producer.Command
    | commission.Command
    | statement.Command
    | program.Command
    | finance.Command
    | trust.Command
)


class Kept(Protocol):
    """What the followers look up beside the event: other streams of billing."""

    def account(self, account_id: str) -> State: ...
    def commission(self, policy_id: str) -> commission.State: ...
    def finance(self, policy_id: str) -> finance.State: ...
    def producer(self, producer_id: str) -> producer.State: ...
    def statement(self, producer_id: str, month: str) -> statement.State: ...
    def trust(self, trust_id: str) -> trust.State: ...
    def program(self, program_id: str) -> program.State: ...


class Recorded(Protocol):
    """An event as it was recorded: its id, and the state of its stream before it."""

    @property
    def event_id(self) -> str: ...
    @property
    def before(self) -> object: ...


E = TypeVar("E")
Follower: TypeAlias = Callable[[Kept, object, Recorded], tuple[Command, ...]]


def of(kind: type[E], follow: Callable[[Kept, E, Recorded], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    return kind, cast("Follower", follow)


def both(first: Follower, second: Follower) -> Follower:
    return lambda kept, event, recorded: (*first(kept, event, recorded), *second(kept, event, recorded))
