"""One key, one effect; and what providers answer when a key comes again, in which they differ.

    (nothing known) --judged: Fresh--> in flight --settled--> Remembered --(lifetime over)--> (nothing known)
                                                      \\--judged again: Replay, or a refusal

The five dialects are those found in use (Guidewire's transaction id, Formance, TigerBeetle, and payment processors):

    replay_original         the first answer again; a key with another body is a mistake that is named
    reject_executed         what was executed is refused, whatever the body; a refusal leaves the key free
    exists_or_diff          says `exists`, or which field differs first; a refusal leaves the key free
    burned_on_transient     as exists_or_diff, and a failure that might pass burns the key for ever
    key_only_ignores_body   the first answer again, whatever the body

The record belongs into the transaction of the effect. While the first request is under way, the second is told so.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from model.decider import Refusal

Dialect = Literal[
    "replay_original", "reject_executed", "exists_or_diff", "burned_on_transient", "key_only_ignores_body"
]
Scope = Literal["global", "tenant", "endpoint"]
Outcome = Literal["in_flight", "executed", "refused", "failed_for_now"]
Fingerprint: TypeAlias = tuple[tuple[str, str], ...]
"""What was asked, as (field, digest) in the provider's order of fields. A provider that names no field has one."""
Verdict = Literal["fresh", "replay"]
"""Execute it, or give the recorded answer once more."""


class KeyPolicy(Struct, frozen=True, kw_only=True, gc=False):
    """`scope` says within what a key is one key; `lifetime` in microseconds, None for ever."""

    dialect: Dialect = "replay_original"
    scope: Scope = "global"
    lifetime: int | None = None


class Remembered(Struct, frozen=True):
    """What is kept under a key, since `at`."""

    fingerprint: Fingerprint
    outcome: Outcome
    at: int


def scoped_key(policy: KeyPolicy, key: str, *, tenant: str, endpoint: str) -> tuple[str, ...]:
    """The key as the store has to know it. A tuple and not one string, so that no two keys can be spelled alike."""
    match policy.scope:
        case "global":
            return (key,)
        case "tenant":
            return (tenant, key)
        case "endpoint":
            return (tenant, endpoint, key)


def judged(
    policy: KeyPolicy, remembered: Remembered | None, fingerprint: Fingerprint, *, key: str, now: int
) -> Verdict | Refusal:
    """What to do with a request that bears a key, given what is remembered of the key."""
    if remembered is None or _forgotten(policy, remembered, now):
        return "fresh"
    if remembered.outcome == "in_flight":
        return Refusal("idempotency_key_in_use", f"the first request with the key {key} has not been answered yet")
    match policy.dialect:
        case "key_only_ignores_body":
            return "replay"
        case "replay_original":
            if remembered.fingerprint == fingerprint:
                return "replay"
            return Refusal("idempotency_key_reused", f"the key {key} was used for another request")
        case "reject_executed":
            return Refusal("already_executed", f"what bears the key {key} was executed before")
        case "exists_or_diff" | "burned_on_transient":
            if remembered.outcome == "failed_for_now":
                return Refusal("id_already_failed", f"{key} failed once and stays failed: ask under another key")
            return _exists(remembered.fingerprint, fingerprint, key)


def begun(fingerprint: Fingerprint, *, now: int) -> Remembered:
    """What to remember before a request is executed, where two may be under way at once."""
    return Remembered(fingerprint, "in_flight", now)


def settled(policy: KeyPolicy, fingerprint: Fingerprint, outcome: Outcome, *, now: int) -> Remembered | None:
    """What to remember of a request that was answered; None leaves the key free for another try.

    A failure that may pass (the store was busy, a limit was reached) is an answer in one dialect only.
    """
    keeps = outcome == "executed"
    match policy.dialect:
        case "replay_original" | "key_only_ignores_body":
            keeps = keeps or outcome == "refused"
        case "burned_on_transient":
            keeps = keeps or outcome == "failed_for_now"
        case "reject_executed" | "exists_or_diff":
            pass
    return Remembered(fingerprint, outcome, now) if keeps else None


def _forgotten(policy: KeyPolicy, remembered: Remembered, now: int) -> bool:
    return policy.lifetime is not None and now - remembered.at >= policy.lifetime


def _exists(known: Fingerprint, asked: Fingerprint, key: str) -> Refusal:
    other = dict(asked)
    for field, digest in known:
        if other.get(field) != digest:
            return Refusal(f"exists_with_different_{field}", f"{key} exists, with another {field}")
    extra = next((field for field, _ in asked if field not in dict(known)), None)
    if extra is not None:
        return Refusal(f"exists_with_different_{extra}", f"{key} exists, without {extra}")
    return Refusal("exists", f"{key} exists, and is what was asked for")
