"""What claims knows of a policy from what policy published: its own copy, kept so that a notice needs no call to the
policy system.

    Untold --RecordPolicy--> Known --RecordCancellation--> Known (cancelled)

A cancellation that overtakes its policy is kept until the policy arrives, so that both orders end the same.
"""

from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.claims.coverage import InsuredPolicy
from model.decider import Decider, Decision, Refusal


class RecordPolicy(Struct, frozen=True, kw_only=True, tag=True):
    policy: InsuredPolicy
    on: date
    at: datetime


class RecordCancellation(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    cancelled_on: date
    on: date
    at: datetime


Command: TypeAlias = RecordPolicy | RecordCancellation


class PolicyRecorded(Struct, frozen=True, kw_only=True, tag=True):
    policy: InsuredPolicy
    on: date
    at: datetime


class CancellationRecorded(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    cancelled_on: date
    on: date
    at: datetime


Event: TypeAlias = PolicyRecorded | CancellationRecorded


class Untold(Struct, frozen=True, gc=False, tag=True):
    """Nothing is known of the policy itself, perhaps its cancellation."""

    cancelled_on: date | None = None


class Known(Struct, frozen=True, tag=True):
    policy: InsuredPolicy


State: TypeAlias = Untold | Known


def _cancelled_on(state: State) -> date | None:
    return state.policy.cancelled_on if isinstance(state, Known) else state.cancelled_on


def decide(command: Command, state: State) -> Decision[Event]:
    match command, state:
        case RecordPolicy(policy=policy, on=on, at=at), Untold():
            return (PolicyRecorded(policy=policy, on=on, at=at),)
        case RecordPolicy(policy=policy), Known(policy=known):
            same = replace(policy, cancelled_on=known.cancelled_on) == known
            return () if same else Refusal("policy_conflict", f"{policy.policy_id} was recorded with other terms")
        case RecordCancellation(policy_id=policy_id, cancelled_on=cancelled_on, on=on, at=at), Untold() | Known():
            if _cancelled_on(state) == cancelled_on:
                return ()
            return (CancellationRecorded(policy_id=policy_id, cancelled_on=cancelled_on, on=on, at=at),)


def evolve(state: State, event: Event) -> State:
    match event:
        case PolicyRecorded(policy=policy):
            return Known(replace(policy, cancelled_on=_cancelled_on(state) or policy.cancelled_on))
        case CancellationRecorded(cancelled_on=cancelled_on):
            if isinstance(state, Known):
                return Known(replace(state.policy, cancelled_on=cancelled_on))
            return Untold(cancelled_on)
        case _:
            assert_never(event)


def _stream(command: Command) -> str:
    return command.policy.policy_id if isinstance(command, RecordPolicy) else command.policy_id


def decider() -> Decider[Command, State, Event]:
    return Decider("known_policy", Untold(), _stream, decide, evolve)
