"""The books of the whole core: every event that moves money becomes a balanced entry."""

from datetime import date
from typing import cast

from model.billing import accounting as billing
from model.billing import money_accounting as money
from model.billing.account import State as AccountState
from model.billing.events import Event as BillingEvent
from model.carrier import Carrier
from model.claims import accounting as claims
from model.claims.events import Event as ClaimEvent
from model.core import Recorded
from model.ledger import Entry, Ledger


class Books:
    """An observer of a core that keeps its general ledger."""

    def __init__(self, carrier: Carrier) -> None:
        self.ledger = Ledger()
        self._carrier = carrier

    def __call__(self, recorded: Recorded) -> None:
        match recorded.machine:
            case "account":
                event, before = cast("BillingEvent", recorded.event), cast("AccountState", recorded.before)
                entry = billing.entry(self._carrier, recorded.event_id, event, before)
            case "claim":
                entry = claims.entry(recorded.event_id, cast("ClaimEvent", recorded.event))
            case machine if machine in money.MACHINES:
                entry = money.entry(recorded.event_id, cast("money.Event", recorded.event))
            case _:
                return
        if entry is not None:
            self.posted(entry, recorded)

    def posted(self, entry: Entry, recorded: Recorded) -> None:
        _ = recorded
        self.ledger.post(entry)


class Daybook(Books):
    """Books that also keep every entry under the day on which it was recorded (UTC), for the journal of that day."""

    def __init__(self, carrier: Carrier) -> None:
        super().__init__(carrier)
        self.days: dict[date, list[Entry]] = {}

    def posted(self, entry: Entry, recorded: Recorded) -> None:
        super().posted(entry, recorded)
        self.days.setdefault(recorded.event.at.date(), []).append(entry)
