"""What claims does of itself when it has done something else: a claim is noted under its policy, and when the policy
turns out to be another than it was, the cover of its claims is verified again.

Claims decides by what it was told. Where messages overtake each other, cover can be lost and come back on the way; the
flag for an investigator stays, as it would on anybody's desk.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, TypeVar, cast

from model.claims import events, file, known_policy
from model.claims.commands import ReverifyCoverage
from model.claims.known_policy import Known, NoteClaim

Command: TypeAlias = ReverifyCoverage | NoteClaim
E = TypeVar("E")


class Kept(Protocol):
    """What is looked up beside the event: other streams of claims, as they are after it."""

    def claim(self, claim_id: str) -> file.State: ...
    def told_policy(self, policy_id: str) -> known_policy.State: ...


Follower: TypeAlias = Callable[[Kept, object, object], tuple[Command, ...]]


def _of(kind: type[E], follow: Callable[[Kept, E], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    def follower(kept: Kept, event: object, recorded: object) -> tuple[Command, ...]:
        _ = recorded
        return follow(kept, cast("E", event))

    return kind, follower


def _noted(kept: Kept, event: events.ClaimReported | events.PolicyAttached) -> tuple[Command, ...]:
    _ = kept
    if not event.policy_id:
        return ()
    return (NoteClaim(policy_id=event.policy_id, claim_id=event.claim_id, on=event.on, at=event.at),)


def _reverified(kept: Kept, event: known_policy.PolicyRecorded) -> tuple[Command, ...]:
    """Every exposure of every claim of the policy; where its loss lies in days that did not change, the answer is
    nothing.
    """
    known = kept.told_policy(event.policy_id)
    if not isinstance(known, Known):
        return ()
    found: list[Command] = []
    for claim_id in known.claims:
        claim = kept.claim(claim_id)
        if not isinstance(claim, (file.Open, file.Closed)) or claim.notice.policy_id != event.policy_id:
            continue
        found.extend(
            ReverifyCoverage(claim_id=claim_id, exposure=exposure.number, policy=known.policy, on=event.on, at=event.at)
            for exposure in claim.exposures
        )
    return tuple(found)


FOLLOWERS: Mapping[type[object], Follower] = dict(
    (
        _of(events.ClaimReported, _noted),
        _of(events.PolicyAttached, _noted),
        _of(known_policy.PolicyRecorded, _reverified),
    )
)
"""By the type of the event."""
