"""The published language, version 1: what the contexts tell each other and the world.

Each struct is a deliberate projection of something that happened inside, never the inside itself. Names are wire
names (snake_case), money is an Amount, days are ISO dates. Who publishes what has a file of its own; `EVENT_TYPES`
gives the CloudEvents type of each.
"""

from typing import TypeAlias

from model.published.billing_events import BILLING_TYPES, BillingEvent
from model.published.claim_events import CLAIM_TYPES, ClaimEvent
from model.published.payment_events import PAYMENT_TYPES, PaymentEvent
from model.published.policy_events import POLICY_TYPES, PolicyEvent
from model.published.process_events import PROCESS_TYPES, ProcessEvent
from model.published.settlement_events import SETTLEMENT_TYPES, SettlementEvent

PublishedEvent: TypeAlias = PolicyEvent | BillingEvent | ClaimEvent | PaymentEvent | SettlementEvent | ProcessEvent

EVENT_TYPES: dict[type[PublishedEvent], str] = {
    **POLICY_TYPES,
    **BILLING_TYPES,
    **CLAIM_TYPES,
    **PAYMENT_TYPES,
    **SETTLEMENT_TYPES,
    **PROCESS_TYPES,
}
