"""What becomes of money that arrives and that the account will not have: suspense, never a refusal that loses it.

An account refuses a stranger's payment, one in another currency and one for a dead account (`suspense.misfit`), whoever
asks. Money that comes by a message, a file or another machine is there already, and nobody is left to hear a refusal;
at the front desk it is there too, though somebody hears. So whatever the account refuses is suspended here instead. A
payment that the bank takes back, that is in suspense and that the account does not know, is taken out of suspense.
"""

from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.standing import Account, State, WaitingReturn
from model.billing.suspense import Reason, ReturnSuspended, SuspendMoney
from model.decider import Refusal

REASONS: dict[str, Reason] = {
    "unknown_account": "unknown_account",
    "unknown_payer": "unknown_payer",
    "dead_account": "dead_account",
    "wrong_currency": "wrong_currency",
    "payment_reused": "ambiguous",
}
"""The account's refusals that have a reason of their own; any other is `refused`."""


def suspense_id(payment_id: str) -> str:
    return f"S-{payment_id}"


def after_refusal(command: ReceivePayment, refusal: Refusal) -> SuspendMoney | None:
    """The command to ask when the account refused; None when there is no money to look after."""
    if command.amount.minor <= 0:
        return None
    return _suspended(command, REASONS.get(refusal.code, "refused"))


def taken_back(command: ReturnPayment, account: State) -> ReturnSuspended | None:
    """The command to ask instead for a payment that is in suspense; None when the account has it, or waits for it."""
    if _knows(account, command.payment_id):
        return None
    return ReturnSuspended(
        suspense_id=suspense_id(command.payment_id), reason=command.reason, on=command.on, at=command.at
    )


def _knows(account: State, payment_id: str) -> bool:
    """Whether a payment is the account's own: it has it, or its return is there already and waits for it."""
    if not isinstance(account, Account):
        return False
    for payment in account.payments:
        if payment.payment_id == payment_id:
            return True
    return any(isinstance(waiting, WaitingReturn) and waiting.payment_id == payment_id for waiting in account.waiting)


def _suspended(command: ReceivePayment, reason: Reason) -> SuspendMoney:
    return SuspendMoney(
        suspense_id=suspense_id(command.payment_id),
        payment_id=command.payment_id,
        reason=reason,
        told=command.account_id,
        payer_id=command.payer_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )
