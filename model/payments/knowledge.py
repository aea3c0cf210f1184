"""What an intent looks up beside itself before it sends money: other streams of payments, as they are then."""

from datetime import datetime
from typing import Protocol

from model.payments import card
from model.payments.routing import Health


class Knowledge(Protocol):
    """A core answers from its streams; whoever decides about one intent alone knows nothing."""

    def card(self, card_id: str) -> card.State: ...
    def processor_health(self, now: datetime) -> tuple[Health, ...]: ...


class NothingKnown:
    """No card was ever tried and no processor has answered."""

    def card(self, card_id: str) -> card.State:
        _ = card_id
        return card.Card()

    def processor_health(self, now: datetime) -> tuple[Health, ...]:
        _ = now
        return ()


NOTHING_KNOWN = NothingKnown()
