"""The books of the whole core: every event that moves money becomes a balanced entry."""

from typing import cast

from model.billing import accounting as billing
from model.billing.account import State as AccountState
from model.billing.events import Event as BillingEvent
from model.carrier import Carrier
from model.claims import accounting as claims
from model.claims.events import Event as ClaimEvent
from model.core import Recorded
from model.ledger import Ledger


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
            case _:
                return
        if entry is not None:
            self.ledger.post(entry)
