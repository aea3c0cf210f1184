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

MOST_CHARACTERS = 255
REUSED = "idempotency_key_reused"


def is_key(text: str) -> bool:
    """Visible ASCII, as a header can carry it anywhere."""
    return 1 <= len(text) <= MOST_CHARACTERS and all("!" <= character <= "~" for character in text)


def fingerprint(operation: OperationName, subject: str, request: Request) -> str:
    """Of what was asked, not of how it was spelled: the order of fields and white space make no difference."""
    return sha256(msgspec.json.encode((operation, subject, request))).hexdigest()


def reused(answer: RecordedAnswer, key: str, print_of_request: str) -> Refusal | None:
    """Why the recorded answer is none to this request, if it is not."""
    if answer.fingerprint == print_of_request:
        return None
    return Refusal(REUSED, f"the key {key} was used for another request")
