"""One entry of the ledger that waits for its money, and the line that settles it: what tests of matching share."""

from datetime import date
from typing import Any

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.payments.reconciliation import decider
from model.payments.reconciliation_events import SettlementLine

CARRIER = florida()[1]
MACHINE = decider(CARRIER)
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"entry_id": "A-1-0", "on": DAY, "at": at(DAY)}
LINE = SettlementLine("L-1", "A-1-0", "ref-1", usd("100.00"), usd("2.90"), DAY, "B-1")


def about(**changes: Any) -> dict[str, Any]:
    return ABOUT | changes
