"""One key, one effect: the answer to a request that bore a key is kept with the effect, in the same transaction.

What whoever asks again with the key is told depends on the dialect of the deployment (model.resilience.idempotency).
By default it is that answer again, a refusal included, and a key that comes with another request is a mistake of the
caller, which is said and not guessed at.
"""

from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from contracts.reference.answer import Answer, refused
from contracts.reference.instants import microseconds
from contracts.reference.store import RecordedAnswer, Transaction
from model.decider import Refusal
from model.published.operations import OperationName
from model.published.requests import Request
from model.resilience.idempotency import (
    Dialect,
    Fingerprint,
    KeyPolicy,
    Outcome,
    Remembered,
    Verdict,
    judged,
    scoped_key,
    settled,
)

MOST_CHARACTERS = 255
TENANT = "windtunnel"
"""Whoever has the token of the deployment is one and the same."""
FAILED_FOR_NOW = 503
BY_FIELDS: frozenset[Dialect] = frozenset({"exists_or_diff", "burned_on_transient"})
"""Those that say which field differs, and therefore remember each."""
FIELDS = msgspec.json.Decoder(Fingerprint)


def is_key(text: str) -> bool:
    """Visible ASCII, as a header can carry it anywhere."""
    return 1 <= len(text) <= MOST_CHARACTERS and all("!" <= character <= "~" for character in text)


class Keyed(Struct, frozen=True):
    """A request under a key: the key as the store knows it, and what was asked."""

    key: str
    stored_as: str
    fingerprint: Fingerprint


class Keys:
    """What a key means in this deployment."""

    def __init__(self, policy: KeyPolicy) -> None:
        self._policy = policy

    def keyed(self, key: str, operation: OperationName, subject: str, request: Request) -> Keyed:
        scoped = scoped_key(self._policy, key, tenant=TENANT, endpoint=operation)
        stored_as = key if len(scoped) == 1 else msgspec.json.encode(scoped).decode()
        if self._policy.dialect not in BY_FIELDS:
            return Keyed(key, stored_as, (("request", _digest((operation, subject, request))),))
        fields = msgspec.to_builtins(request) or {}
        asked = {"operation": operation, "subject": subject} | fields
        return Keyed(key, stored_as, tuple([(name, _digest(value)) for name, value in asked.items()]))

    def verdict(self, recorded: RecordedAnswer | None, asked: Keyed, now: datetime) -> Verdict | Refusal:
        remembered = None if recorded is None else _remembered(recorded)
        return judged(self._policy, remembered, asked.fingerprint, key=asked.key, now=microseconds(now))

    def settle(
        self, transaction: Transaction, asked: Keyed, answer: Answer, now: datetime, *, outcome: Outcome
    ) -> None:
        """Keeps the answer with the key, where the dialect does. A refusal that kept money was `executed`, too."""
        at = microseconds(now)
        if settled(self._policy, asked.fingerprint, outcome, now=at) is not None:
            kept = RecordedAnswer(_written(asked.fingerprint), answer.status, answer.body, at)
            transaction.record_answer(asked.stored_as, kept)

    def burn(self, transaction: Transaction, asked: Keyed, now: datetime) -> None:
        """A failure that might have passed was answered: in one dialect that is the end of the key."""
        text = f"{asked.key} could not be executed just now"
        failed = Answer(FAILED_FOR_NOW, refused(Refusal("overloaded", text)).body)
        if self.verdict(transaction.answer(asked.stored_as), asked, now) == "fresh":
            self.settle(transaction, asked, failed, now, outcome="failed_for_now")


def _digest(value: object) -> str:
    """Of what was asked, not of how it was spelled: the order of fields and white space make no difference."""
    return sha256(msgspec.json.encode(value)).hexdigest()


def outcome_of(status: int) -> Outcome:
    """What a status says of the request that it answers."""
    if status == FAILED_FOR_NOW:
        return "failed_for_now"
    return "executed" if status < 400 else "refused"


def _written(fingerprint: Fingerprint) -> str:
    ((name, digest), *others) = fingerprint
    return digest if name == "request" and not others else msgspec.json.encode(fingerprint).decode()


def _remembered(recorded: RecordedAnswer) -> Remembered:
    by_fields = recorded.fingerprint.startswith("[")
    fingerprint = FIELDS.decode(recorded.fingerprint) if by_fields else (("request", recorded.fingerprint),)
    return Remembered(fingerprint, outcome_of(recorded.status), recorded.at)
