"""What a claim's decisions are held against beside its own file: the aggregate limit that it shares with other claims,
and what policy was heard to say after the loss was reported.
"""

from typing import Protocol

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.aggregate import UNTOUCHED, Eroded, beyond_aggregate
from model.claims.coverage import checked
from model.claims.events import CoverageVerified, Event
from model.claims.file import Closed, Notice, Open, Reported, State
from model.claims.known_policy import Known, Untold, known_at
from model.claims.known_policy import State as Told
from model.decider import Decision, Refusal


class Beside(Protocol):
    """Lookups in other streams of claims."""

    def eroded(self, stream: str) -> Eroded: ...
    def told_policy(self, policy_id: str) -> Told: ...


class NothingBeside:
    """A claim alone in the world."""

    def eroded(self, stream: str) -> Eroded:
        _ = stream
        return UNTOUCHED

    def told_policy(self, policy_id: str) -> Told:
        _ = policy_id
        return Untold()


NOTHING_BESIDE = NothingBeside()


def within_aggregate(carrier: Carrier, beside: Beside, state: State, decision: Decision[Event]) -> Decision[Event]:
    """The decision on a payment, or that the year's limit has less left."""
    if isinstance(decision, Refusal) or not decision or not isinstance(state, (Open, Closed)):
        return decision
    return beyond_aggregate(carrier, beside.eroded, state, decision) or decision


def warned(beside: Beside, state: State, decision: Decision[Event]) -> Decision[Event]:
    """The decision on cover, with a warning where the policy was changed for the instant of the loss after the loss had
    been reported: what is verified now is not what was insured then, as far as anybody knew.
    """
    if isinstance(decision, Refusal) or not isinstance(state, Reported):
        return decision
    return tuple(
        _warned(beside, state.notice, event) if isinstance(event, CoverageVerified) else event for event in decision
    )


def _warned(beside: Beside, notice: Notice, event: CoverageVerified) -> CoverageVerified:
    told, reported_at = beside.told_policy(notice.policy_id), notice.reported_at
    if not isinstance(told, Known) or reported_at is None or told.told[-1].recorded <= reported_at:
        return event
    check = checked(
        now=told.policy,
        at_report=known_at(told, notice.policy_id, reported_at),
        loss_at=notice.loss_at,
        coverage=event.coverage.code,
        cause=notice.cause,
        late=event.warnings,
    )
    return event if check.warnings == event.warnings else replace(event, warnings=check.warnings)
