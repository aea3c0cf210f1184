"""What an intent looks up beside itself before it sends money: other streams of payments, as they are then."""

from datetime import datetime
from typing import Protocol

from model.payments import bank_account, card
from model.payments.routing import Health


class Knowledge(Protocol):
    """A core answers from its streams; whoever decides about one intent alone knows nothing."""

    def card(self, card_id: str) -> card.State: ...
    def bank_account(self, account_id: str) -> bank_account.State: ...
    def processor_health(self, now: datetime) -> tuple[Health, ...]: ...


class NothingKnown:
    """No card was ever tried, no entry came back and no processor has answered."""

    def card(self, card_id: str) -> card.State:
        _ = card_id
        return card.Card()

    def bank_account(self, account_id: str) -> bank_account.State:
        _ = account_id
        return bank_account.GOOD

    def processor_health(self, now: datetime) -> tuple[Health, ...]:
        _ = now
        return ()


NOTHING_KNOWN = NothingKnown()
