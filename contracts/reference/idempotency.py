"""One key, one effect: the answer to a request that bore a key is kept with the effect, in the same transaction.

Whoever asks again with the key gets that answer again, a refusal included. A key that comes with another request is
a mistake of the caller, which is said and not guessed at.
"""

from hashlib import sha256

import msgspec

from contracts.reference.store import RecordedAnswer
from model.decider import Refusal
from model.published.operations import OperationName
from model.published.requests import Request
from model.resilience.idempotency import KeyPolicy, Remembered, judged

MOST_CHARACTERS = 255
DIALECT = KeyPolicy(dialect="replay_original", scope="global")
FOR_EVER = 0
"""Keys are never forgotten, so that no judgement of them depends on the time."""


def is_key(text: str) -> bool:
    """Visible ASCII, as a header can carry it anywhere."""
    return 1 <= len(text) <= MOST_CHARACTERS and all("!" <= character <= "~" for character in text)


def fingerprint(operation: OperationName, subject: str, request: Request) -> str:
    """Of what was asked, not of how it was spelled: the order of fields and white space make no difference."""
    return sha256(msgspec.json.encode((operation, subject, request))).hexdigest()


def reused(answer: RecordedAnswer, key: str, print_of_request: str) -> Refusal | None:
    """Why the recorded answer is none to this request, if it is not."""
    remembered = Remembered(
        (("request", answer.fingerprint),), "executed" if answer.status < 400 else "refused", FOR_EVER
    )
    verdict = judged(DIALECT, remembered, (("request", print_of_request),), key=key, now=FOR_EVER)
    return verdict if isinstance(verdict, Refusal) else None
