"""The debits that an insurer has originated over the ACH network, as the network counts what came back of them.

Every attempt is an entry of its own: a debit that is presented again after a return counts twice, and so does its
return. It counts on the day on which it was originated, whenever it comes back. What never left the house is no entry.
"""

from collections.abc import Iterable, Iterator

from model.payments.ach import Debit
from model.payments.states import Attempt, NoIntent, State


def debits_of(intents: Iterable[State]) -> Iterator[Debit]:
    """The entries of collections, for `model.payments.ach.return_rates`."""
    for state in intents:
        if isinstance(state, NoIntent) or state.order.purpose != "collection":
            continue
        for attempt in state.attempts:
            if attempt.method == "ach" and attempt.status not in ("init", "errored"):
                yield Debit(attempt.started_at.date(), _came_back(attempt))


def _came_back(attempt: Attempt) -> str:
    """The code of its return, by the settled entry or before it settled; empty where it did not come back."""
    if attempt.returned_at is not None:
        return attempt.return_code
    return attempt.code if attempt.network == "US-ACH" and attempt.status == "failed" else ""
