"""All entries of the reconciliation together: in which heap the money is, and whether the ledger stands behind each
(INV-Y5).
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from model.payments.reconciliation import EXCEPTIONS, OPEN, Entry, State
from model.payments.reconciliation_events import Status


class Summary(Struct, frozen=True, gc=False):
    """In minor units of what was expected. INV-Y5: together they are what the ledger has."""

    matched: int
    open: int
    exceptions: int
    void: int

    @property
    def total(self) -> int:
        return self.matched + self.open + self.exceptions + self.void


def summed(entries: Iterable[State]) -> Summary:
    sums = {"matched": 0, "open": 0, "exceptions": 0, "void": 0}
    for entry in entries:
        if isinstance(entry, Entry):
            sums[_heap(entry.status)] += entry.expectation.amount.minor
    return Summary(sums["matched"], sums["open"], sums["exceptions"], sums["void"])


def _heap(status: Status) -> str:
    if status in OPEN:
        return "open"
    if status in EXCEPTIONS:
        return "exceptions"
    return "matched" if status == "posted" else "void"


def unbalanced(ledger: Mapping[str, int], entries: Mapping[str, State]) -> tuple[str, ...]:
    """INV-Y5: the ledger's cash lines (minor units by entry id) that no entry stands for, or with another amount as it
    was first expected.
    """
    found = list[str]()
    for entry_id, minor in ledger.items():
        entry = entries.get(entry_id)
        if not isinstance(entry, Entry):
            found.append(entry_id)
            continue
        first = entry.archived[0] if entry.archived else entry.expectation
        if first.amount.minor != minor:
            found.append(entry_id)
    return tuple(found)
