"""What claims does of itself when it has done something else: a claim is noted under its policy and with the losses of
its day, linked to whatever may tell of the same loss, tagged with the catastrophe that it fits; when the policy turns
out to be another than it was, the cover of its claims is verified again, and when a catastrophe is declared or revised,
the claims that it concerns are tagged. When a payment is asked for, the aggregate limit that it erodes has less left.

Claims decides by what it was told. Where messages overtake each other, cover can be lost and come back on the way; the
flag for an investigator stays, as it would on anybody's desk.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, TypeVar, cast

from model.carrier import Carrier
from model.claims import catastrophe, events, file, known_policy, loss_register
from model.claims.aggregate import GiveBackAggregate, Page, TakeAggregate, page_of_payment
from model.claims.catastrophe import Catastrophe, Declared
from model.claims.commands import LinkNotice, ReverifyCoverage, TagCatastrophe
from model.claims.known_policy import Known, NoteClaim
from model.claims.loss_register import NoteLoss, pages_of
from model.claims.notice import duplicate_candidates
from model.claims.tagging import catastrophe_of, retro_tags

Command: TypeAlias = (
    ReverifyCoverage | NoteClaim | NoteLoss | LinkNotice | TagCatastrophe | TakeAggregate | GiveBackAggregate
)
E = TypeVar("E")


class Kept(Protocol):
    """What is looked up beside the event: other streams of claims, as they are after it."""

    @property
    def carrier(self) -> Carrier: ...
    def claim(self, claim_id: str) -> file.State: ...
    def told_policy(self, policy_id: str) -> known_policy.State: ...
    def noted_losses(self, page: str) -> loss_register.State: ...
    def declared_catastrophes(self) -> tuple[Catastrophe, ...]: ...


class Recorded(Protocol):
    """What is handed on beside an event: the state before it."""

    @property
    def before(self) -> object: ...


Follower: TypeAlias = Callable[[Kept, object, object], tuple[Command, ...]]


def _of(kind: type[E], follow: Callable[[Kept, E], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    def follower(kept: Kept, event: object, recorded: object) -> tuple[Command, ...]:
        _ = recorded
        return follow(kept, cast("E", event))

    return kind, follower


def _reported(kept: Kept, event: events.ClaimReported) -> tuple[Command, ...]:
    """A loss whose place nobody knows is of no catastrophe until somebody says so."""
    noted = _noted(kept, event)
    if not event.state:
        return noted
    claim_id, on, at = event.claim_id, event.on, event.at
    loss = NoteLoss(claim_id=claim_id, loss_at=event.loss_at, state=event.state, on=on, at=at)
    struck_by = catastrophe_of(kept.declared_catastrophes(), event)
    if struck_by is None:
        return (*noted, loss)
    return (*noted, loss, TagCatastrophe(claim_id=claim_id, catastrophe=struck_by, basis="matched", on=on, at=at))


def _noted(kept: Kept, event: events.ClaimReported | events.PolicyAttached) -> tuple[Command, ...]:
    if not event.policy_id:
        return ()
    note = NoteClaim(policy_id=event.policy_id, claim_id=event.claim_id, on=event.on, at=event.at)
    others = kept.told_policy(event.policy_id).claims
    return (note, *_linked(kept, event, others)) if others else (note,)


def _linked(
    kept: Kept, event: events.ClaimReported | events.PolicyAttached, others: tuple[str, ...]
) -> tuple[LinkNotice, ...]:
    """With the earliest claim of the policy that may tell of the same loss, and that one with it: the further notices
    of one loss all point to the first, however many there are.
    """
    claim = kept.claim(event.claim_id)
    if isinstance(claim, file.Unreported):
        return ()
    for other in others:
        known = kept.claim(other)
        if not isinstance(known, file.Unreported) and duplicate_candidates(
            kept.carrier, event.claim_id, claim.notice, ((other, known.notice),)
        ):
            return (
                LinkNotice(claim_id=event.claim_id, other_claim_id=other, on=event.on, at=event.at),
                LinkNotice(claim_id=other, other_claim_id=event.claim_id, on=event.on, at=event.at),
            )
    return ()


def _retagged(kept: Kept, event: object, recorded: object) -> tuple[Command, ...]:
    """The claims of every day and state that the catastrophe names now, or named before it was revised."""
    changed = cast("catastrophe.Event", event)
    before = cast("Recorded", recorded).before
    pages = dict.fromkeys(pages_of(changed.catastrophe))
    if isinstance(before, Declared):
        pages |= dict.fromkeys(pages_of(before.catastrophe))
    claims = [(claim_id, kept.claim(claim_id)) for page in pages for claim_id in kept.noted_losses(page).claims]
    declared = kept.declared_catastrophes()
    return retro_tags(changed.catastrophe, declared, claims, on=changed.on, at=changed.at)


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


def _taken(kept: Kept, event: events.PaymentRequested | events.PaymentHeld) -> tuple[Command, ...]:
    """Asked for is taken: two claims that are paid on one day cannot both have the last of a limit."""
    found = _eroding(kept, event.claim_id, event.payment_id)
    if found is None:
        return ()
    page, payment = found
    return (
        TakeAggregate(
            policy_id=page.policy_id,
            coverage=page.coverage,
            year=page.year,
            payment_id=payment.payment_id,
            claim_id=event.claim_id,
            minor=payment.amount.minor,
            on=event.on,
            at=event.at,
        ),
    )


def _given_back(
    kept: Kept,
    event: events.PaymentFailed
    | events.PaymentDenied
    | events.PaymentStopped
    | events.PaymentVoided
    | events.PaymentReissued,
) -> tuple[Command, ...]:
    found = _eroding(kept, event.claim_id, event.payment_id)
    if found is None:
        return ()
    page, payment = found
    return (
        GiveBackAggregate(
            policy_id=page.policy_id,
            coverage=page.coverage,
            year=page.year,
            payment_id=payment.payment_id,
            claim_id=event.claim_id,
            on=event.on,
            at=event.at,
        ),
    )


def _eroding(kept: Kept, claim_id: str, payment_id: str) -> tuple[Page, file.ClaimPayment] | None:
    claim = kept.claim(claim_id)
    if not isinstance(claim, (file.Open, file.Closed)):
        return None
    payment = file.payment_of(claim.payments, payment_id)
    page = None if payment is None else page_of_payment(kept.carrier, claim, payment)
    return None if payment is None or page is None else (page, payment)


FOLLOWERS: Mapping[type[object], Follower] = dict(
    (
        _of(events.ClaimReported, _reported),
        _of(events.PolicyAttached, _noted),
        _of(known_policy.PolicyRecorded, _reverified),
        _of(events.PaymentRequested, _taken),
        _of(events.PaymentHeld, _taken),
        _of(events.PaymentFailed, _given_back),
        _of(events.PaymentDenied, _given_back),
        _of(events.PaymentStopped, _given_back),
        _of(events.PaymentVoided, _given_back),
        _of(events.PaymentReissued, _given_back),
        (catastrophe.CatastropheDeclared, _retagged),
        (catastrophe.CatastropheRevised, _retagged),
    )
)
"""By the type of the event."""
