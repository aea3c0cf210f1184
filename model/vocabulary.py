"""What may be asked of the whole core, what happens in it and how its streams stand: the words of all machines."""

from typing import Literal, TypeAlias

from model.billing import (
    account,
    commission,
    earning,
    finance,
    journal,
    loan,
    orders,
    producer,
    program,
    remittances,
    statement,
    suspense,
    trust,
)
from model.billing import commands as billing_commands
from model.billing import events as billing_events
from model.billing import money_accounting as billing_money
from model.claims import aggregate, catastrophe, file, known_policy, loss_register
from model.claims import commands as claims_commands
from model.claims import events as claims_events
from model.payments import (
    bank_account,
    card,
    dispute,
    funds,
    holds,
    intent,
    payee,
    payout_commands,
    payout_events,
    payout_run,
    presenting,
    processor,
    reconciliation,
    reconciliation_events,
    settlement_intake,
    webhook_out,
    worklist,
)
from model.payments import commands as payments_commands
from model.payments import events as payments_events
from model.policy import commands as policy_commands
from model.policy import dwelling, moratorium, period
from model.policy import events as policy_events
from model.processes import (
    nonpayment_messages,
    nonpayment_states,
    payout_messages,
    payout_states,
    renewal_messages,
    renewal_states,
)
from model.published.envelope import Source

Context = Literal["policy", "billing", "claims", "payments", "processes"]
Command: TypeAlias = (
    policy_commands.Command
    | moratorium.Command
    | dwelling.Command
    | billing_commands.Command
    | orders.Command
    | suspense.Command
    | loan.Command
    | remittances.Command
    | producer.Command
    | commission.Command
    | statement.Command
    | program.Command
    | finance.Command
    | trust.Command
    | journal.Command
    | earning.Command
    | claims_commands.Command
    | catastrophe.Command
    | known_policy.Command
    | loss_register.Command
    | aggregate.Command
    | payments_commands.Command
    | bank_account.Command
    | card.Command
    | processor.Command
    | holds.Command
    | payee.Command
    | payout_commands.Command
    | presenting.Command
    | dispute.Command
    | reconciliation_events.Command
    | settlement_intake.Command
    | funds.Command
    | webhook_out.Command
    | worklist.Command
    | payout_messages.Command
    | nonpayment_messages.Command
    | renewal_messages.Command
)
Event: TypeAlias = (
    policy_events.Event
    | moratorium.Event
    | dwelling.Event
    | billing_events.Event
    | orders.Event
    | billing_money.Event
    | claims_events.Event
    | catastrophe.Event
    | known_policy.Event
    | loss_register.Event
    | aggregate.Event
    | payments_events.Event
    | bank_account.Event
    | card.Event
    | processor.Event
    | holds.Event
    | payee.Event
    | payout_events.Event
    | presenting.Event
    | dispute.Event
    | reconciliation_events.Event
    | settlement_intake.Event
    | funds.Event
    | webhook_out.Event
    | worklist.Event
    | payout_messages.Event
    | nonpayment_messages.Event
    | renewal_messages.Event
)
State: TypeAlias = (
    period.State
    | moratorium.State
    | dwelling.State
    | account.State
    | orders.State
    | suspense.State
    | loan.State
    | remittances.State
    | producer.State
    | commission.State
    | statement.State
    | program.State
    | finance.State
    | trust.State
    | journal.State
    | earning.State
    | account.State
    | file.State
    | catastrophe.State
    | known_policy.State
    | loss_register.State
    | aggregate.State
    | intent.State
    | bank_account.State
    | card.State
    | processor.State
    | holds.State
    | payee.State
    | payout_run.State
    | presenting.State
    | dispute.State
    | reconciliation.State
    | settlement_intake.State
    | funds.State
    | webhook_out.State
    | worklist.State
    | payout_states.State
    | nonpayment_states.State
    | renewal_states.State
)

SOURCES: dict[Context, Source] = {
    "policy": "/policy",
    "billing": "/billing",
    "claims": "/claims",
    "payments": "/payments",
    "processes": "/processes",
}
