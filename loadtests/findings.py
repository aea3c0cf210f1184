"""What an auditor judges: the invariants of the model, and what several views and a record must agree on.

AUD-0  what was touched can be read
AUD-1  what was answered with success exists
AUD-2  each payment that was acknowledged is on its account exactly once, and no other is
AUD-3  each claim payment that was acknowledged is on its claim exactly once
AUD-4  what a policy wrote and gave back is what its account was charged
AUD-5  a claim's payment is or was issued exactly when the money for it moved, in the same amount
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeVar

from msgspec import Struct, field

from loadtests.promises import KINDS, Kind, Moved, Promises
from model.claims.vocabulary import PENDING
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    PAYMENT_INVARIANTS,
    POLICY_INVARIANTS,
    Invariant,
    Skipped,
    judged,
    minor,
    moved_more_than_once,
)
from model.money import wire_amount
from model.payments.naming import payout_id
from model.published.account_views import AccountView
from model.published.claim_views import ClaimView
from model.published.intent_views import IntentView
from model.published.policy_views import PolicyView

V = TypeVar("V", PolicyView, AccountView, ClaimView, IntentView)
NEVER_LEFT = PENDING | {"denied", "failed"}
"""Statuses of a claim payment for which no money ever moved; a cheque that was stopped or replaced has left once."""


class Finding(Struct, frozen=True, gc=False):
    """`minor` is by how many minor units (cents) the money is off, 0 where it is not a matter of an amount."""

    code: str
    subject: str
    text: str
    minor: int = 0


class Checked(Struct, frozen=True, gc=False):
    """A judgement that could be made."""

    code: str


Judgement = Finding | Checked | Skipped


class Views(Struct, frozen=True):
    """What the deployment answered about everything that was touched; None where it knows of no such thing, and
    `unreadable` where it answered what no core may.
    """

    policies: dict[str, PolicyView | None] = field(default_factory=dict[str, PolicyView | None])
    accounts: dict[str, AccountView | None] = field(default_factory=dict[str, AccountView | None])
    claims: dict[str, ClaimView | None] = field(default_factory=dict[str, ClaimView | None])
    payments: dict[str, IntentView | None] = field(default_factory=dict[str, IntentView | None])
    unreadable: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, kind: Kind) -> Mapping[str, Struct | None]:
        match kind:
            case "policy":
                return self.policies
            case "account":
                return self.accounts
            case "claim":
                return self.claims
            case "payment":
                return self.payments


def judgements(promises: Promises, views: Views) -> Iterator[Judgement]:
    """Everything that can be judged, each with what came of it."""
    for identity, said in views.unreadable.items():
        yield Finding("AUD-0", identity, f"{identity} cannot be read: {said}")
    yield from _exist(promises, views)
    yield from _by_invariants(POLICY_INVARIANTS, views.policies)
    yield from _by_invariants(ACCOUNT_INVARIANTS, views.accounts)
    yield from _by_invariants(CLAIM_INVARIANTS, views.claims)
    yield from _by_invariants(PAYMENT_INVARIANTS, views.payments)
    yield from _on_accounts(promises, views)
    yield from _on_claims(promises, views)
    yield from _charged(views)
    yield from _paid_out(views)
    yield from _moved_once(views)


def _exist(promises: Promises, views: Views) -> Iterator[Judgement]:
    for kind in KINDS:
        there = views.of(kind)
        for identity in promises.touched[kind]:
            if identity in views.unreadable:
                continue
            if there.get(identity) is None:
                yield Finding("AUD-1", identity, f"{kind} {identity} was answered with success and does not exist")
            else:
                yield Checked("AUD-1")


def _by_invariants(invariants: tuple[Invariant[V], ...], views: dict[str, V | None]) -> Iterator[Judgement]:
    for identity, view in views.items():
        if view is None:
            continue
        failed = 0
        for found in judged(invariants, identity, view):
            failed += 1
            yield found if isinstance(found, Skipped) else Finding(found.code, identity, found.text)
        for _ in range(len(invariants) - failed):
            yield Checked("invariants")


def _on_accounts(promises: Promises, views: Views) -> Iterator[Judgement]:
    expected = _by_subject(promises.moved, "account")
    for identity, view in views.accounts.items():
        moves = expected.get(identity, ())
        if view is None or not (moves or identity in promises.whole):
            continue
        if view.payments is None:
            yield Skipped("AUD-2", identity, "payments")
            continue
        found = Counter(minor(payment.amount) for payment in view.payments)
        yield from _as_often(Judged("AUD-2", "account", identity), moves, found)
        known = {move.minor for move in moves}
        if identity in promises.whole and view.autopay == "off":
            for amount in found.keys() - known:
                text = f"nobody paid {_money(amount, 'USD')}, which is on account {identity} {_times(found[amount])}"
                yield Finding("AUD-2", identity, text, amount * found[amount])


def _on_claims(promises: Promises, views: Views) -> Iterator[Judgement]:
    for identity, moves in _by_subject(promises.moved, "claim").items():
        view = views.claims.get(identity)
        if view is None:
            continue
        if view.payments is None:
            yield Skipped("AUD-3", identity, "payments")
            continue
        # A cheque that was issued again is still the one payment that was asked for.
        asked = [payment for payment in view.payments if payment.replaces is None]
        found = Counter(minor(payment.amount) for payment in asked)
        yield from _as_often(Judged("AUD-3", "claim", identity), moves, found)


class Judged(Struct, frozen=True, gc=False):
    """Under which code, and whose payments."""

    code: str
    kind: str
    identity: str


def _as_often(who: Judged, moves: tuple[Moved, ...], found: Counter[int]) -> Iterator[Judgement]:
    """Each amount as often as it was acknowledged, or up to as often as it may have happened beside."""
    for move in moves:
        times, least, most = found[move.minor], move.acknowledged, move.acknowledged + move.uncertain
        if least <= times <= most:
            yield Checked(who.code)
            continue
        off = (times - (least if times < least else most)) * move.minor
        missing = "short" if off < 0 else "too much"
        yield Finding(
            who.code,
            who.identity,
            f"a payment of {_money(move.minor, move.currency)} was acknowledged {_times(least)} and is on "
            f"{who.kind} {who.identity} {_times(times)}: {abs(off)} cents {missing}",
            off,
        )


def _charged(views: Views) -> Iterator[Judgement]:
    for identity, policy in views.policies.items():
        if policy is None or policy.status in ("quoted", "bound") or policy.account_id in views.unreadable:
            continue
        account = views.accounts.get(policy.account_id)
        if account is None:
            yield Finding(
                "AUD-4", identity, f"policy {identity} is {policy.status} and account {policy.account_id} is not there"
            )
            continue
        if policy.written is None or policy.returned is None or account.instructions is None:
            lacks = "instructions" if account.instructions is None else "written, returned"
            yield Skipped("AUD-4", identity, lacks)
            continue
        written = sum(minor(charge.amount) for charge in (*policy.written, *policy.returned))
        charged = sum(
            minor(charge.amount)
            for instruction in account.instructions
            if instruction.policy_id == identity
            for charge in instruction.charges
        )
        if written == charged:
            yield Checked("AUD-4")
        else:
            text = f"policy {identity} wrote {written} cents, account {policy.account_id} was charged {charged}"
            yield Finding("AUD-4", identity, text, charged - written)


def _paid_out(views: Views) -> Iterator[Judgement]:
    for identity, claim in views.claims.items():
        if claim is None:
            continue
        if claim.payments is None:
            yield Skipped("AUD-5", identity, "payments")
            continue
        for payment in claim.payments:
            moving = payout_id(identity, payment.payment_id)
            if moving in views.unreadable:
                continue
            intent = views.payments.get(moving)
            moved = minor(intent.amount) if intent is not None and intent.status == "succeeded" else 0
            issued = 0 if payment.status in NEVER_LEFT else minor(payment.amount)
            if moved == issued:
                yield Checked("AUD-5")
                continue
            text = f"payment {payment.payment_id} of claim {identity}: {moved} cents moved, {issued} are booked as paid"
            yield Finding("AUD-5", identity, text, moved - issued)


def _moved_once(views: Views) -> Iterator[Judgement]:
    intents = [intent for intent in views.payments.values() if intent is not None]
    violations = moved_more_than_once(intents)
    for violation in violations:
        yield Finding(violation.code, violation.subject, violation.text)
    for _ in range(len(intents) - len(violations)):
        yield Checked("INV-Y1")


def _by_subject(moved: tuple[Moved, ...], kind: Kind) -> dict[str, tuple[Moved, ...]]:
    found: dict[str, tuple[Moved, ...]] = {}
    for move in moved:
        if move.kind == kind:
            found[move.subject] = (*found.get(move.subject, ()), move)
    return found


def _money(amount: int, currency: str) -> str:
    return f"{wire_amount(amount, currency)} {currency}"


def _times(count: int) -> str:
    return {0: "not at all", 1: "once", 2: "twice"}.get(count, f"{count} times")
