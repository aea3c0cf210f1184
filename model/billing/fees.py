"""Fees of billing's own, each once for its trigger: for a late payment here, for a returned one where it returns.

An installment's stands in its plan, and that of a reinstatement is policy's, charged with what is owed again. A fee is
at most what the state allows where it has a row for it.
"""

from msgspec.structs import replace

from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event, FeeCharged
from model.billing.invoice import Item
from model.billing.items import put
from model.billing.money_commands import AssessFee, FeeKind
from model.billing.plan import CHARGED_FEE, INSTALLMENT_FEE_PATTERN
from model.billing.standing import Account, ReturnFee
from model.carrier import Carrier
from model.choices.delinquency import DelinquencyPlan
from model.decider import Decision, Refusal
from model.jurisdiction import Law, capped
from model.money import Money

LATE_FEE_CAP = "late_fee_cap"


def pursued_minor(plan: DelinquencyPlan, item: Item) -> int:
    """What is open of an item and counts when it is past due: premium, its taxes, and what else policy charged or had
    to be charged again; billing's own fees as the plan says. Practice [K].
    """
    if plan.own_fees == "do_not_count" and item.instruction < 0 and item.pattern == INSTALLMENT_FEE_PATTERN:
        return 0
    return item.open


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    late = capped(law, Money(carrier.billing.late_fee_minor, carrier.currency), LATE_FEE_CAP)
    amounts: dict[FeeKind, Money] = {"late": late}
    return dict((answer(AssessFee, lambda command, account: assess(amounts, command, account)),))


def assess(amounts: dict[FeeKind, Money], command: AssessFee, account: Account) -> Decision[Event]:
    if not 0 <= command.number < len(account.invoices):
        return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {command.number}")
    trigger = f"{command.fee}:{command.trigger}"
    amount = amounts[command.fee]
    if trigger in account.fees or amount.minor == 0:
        return ()
    invoice = account.invoices[command.number]
    if invoice.step == "carried":
        return Refusal("wrong_state", f"invoice {command.number} was carried forward")
    return (
        FeeCharged(
            account_id=command.account_id,
            policy_id=invoice.items[0].policy_id if invoice.items else "",
            number=command.number,
            trigger=trigger,
            amount=amount,
            on=command.on,
            at=command.at,
        ),
    )


def _fee_charged(account: Account, event: FeeCharged) -> Account:
    charged = account.invoices[event.number]
    returned = ReturnFee(event.payment_id, event.number, len(charged.items), "charged")
    fee = Item(event.policy_id, INSTALLMENT_FEE_PATTERN, event.amount.minor, 0, 0, instruction=CHARGED_FEE)
    return replace(
        account,
        invoices=put(account.invoices, replace(charged, items=(*charged.items, fee))),
        fees=(*account.fees, event.trigger),
        return_fees=(*account.return_fees, returned) if event.payment_id else account.return_fees,
    )


EFFECTS: dict[type[Event], Effect] = dict((effect(FeeCharged, _fee_charged),))
