"""What claims knows of a policy from what policy published: its own copy, kept so that a notice needs no call to the
policy system, and the claims that were made under it.

    Untold --RecordPolicy (first term)--> Known --RecordPolicy--> Known
       +-----RecordPolicy (anything else)--> Untold

Everything that was told is kept with its place in the policy's stream and the instant at which it was recorded: a
message that overtakes another waits for it, and what was known at an instant can be asked.
"""

from datetime import date, datetime
from typing import TypeAlias, assert_never

from msgspec import Struct

from model.claims.coverage import InsuredPolicy
from model.claims.timeline import Told, insured_from, with_told
from model.decider import Decider, Decision, Refusal


class RecordPolicy(Struct, frozen=True, kw_only=True, tag=True):
    """Policy said something of a policy."""

    policy_id: str
    told: Told
    on: date
    at: datetime


class NoteClaim(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """A claim was made under the policy, or found to belong to it."""

    policy_id: str
    claim_id: str
    on: date
    at: datetime


Command: TypeAlias = RecordPolicy | NoteClaim


class PolicyRecorded(Struct, frozen=True, kw_only=True, tag=True):
    policy_id: str
    told: Told
    on: date
    at: datetime


class ClaimNoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    policy_id: str
    claim_id: str
    on: date
    at: datetime


Event: TypeAlias = PolicyRecorded | ClaimNoted


class Untold(Struct, frozen=True, tag=True):
    """The first term of the policy was not told, perhaps what came after it."""

    told: tuple[Told, ...] = ()
    claims: tuple[str, ...] = ()


class Known(Struct, frozen=True, tag=True):
    """`policy` is what follows from all of `told`."""

    policy: InsuredPolicy
    told: tuple[Told, ...]
    claims: tuple[str, ...] = ()


State: TypeAlias = Untold | Known


def decide(command: Command, state: State) -> Decision[Event]:
    match command:
        case RecordPolicy(policy_id=policy_id, told=told, on=on, at=at):
            for one in state.told:
                if one.sequence == told.sequence:
                    same = one == told
                    return () if same else Refusal("policy_conflict", f"{policy_id} was told otherwise before")
            return (PolicyRecorded(policy_id=policy_id, told=told, on=on, at=at),)
        case NoteClaim(policy_id=policy_id, claim_id=claim_id, on=on, at=at):
            if claim_id in state.claims:
                return ()
            return (ClaimNoted(policy_id=policy_id, claim_id=claim_id, on=on, at=at),)


def evolve(state: State, event: Event) -> State:
    match event:
        case PolicyRecorded(policy_id=policy_id, told=more):
            told = with_told(state.told, more)
            policy = insured_from(policy_id, told)
            return Untold(told, state.claims) if policy is None else Known(policy, told, state.claims)
        case ClaimNoted(claim_id=claim_id):
            claims = (*state.claims, claim_id)
            return Known(state.policy, state.told, claims) if isinstance(state, Known) else Untold(state.told, claims)
        case _:
            assert_never(event)


def known_at(state: State, policy_id: str, instant: datetime) -> InsuredPolicy | None:
    """The policy as far as policy itself had recorded it at an instant (UTC)."""
    return insured_from(policy_id, (one for one in state.told if one.recorded <= instant))


def _stream(command: Command) -> str:
    return command.policy_id


def decider() -> Decider[Command, State, Event]:
    return Decider("known_policy", Untold(), _stream, decide, evolve)
