"""What a processor's webhook says of a payment or a dispute, and what is asked of the core because of it.

    payment_accepted, payment_succeeded, payment_failed, payment_cleared   an attempt of a payment (HearProcessor)
    payment_returned                                                       the bank sends money back (ReturnMoney)
    dispute_opened, dispute_won, dispute_lost                              a dispute of a card payment

`object_id` is the payment, or the dispute. What follows takes effect on the day on which the processor says that it
happened (`updated`, UTC), however late it is told.
"""

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from model.decider import Refusal
from model.money import Money, MoneyError
from model.payments.commands import HearProcessor, ReturnMoney
from model.payments.dispute import DecideDispute, Disputed, Network, OpenDispute
from model.payments.tokens import card_in
from model.payments.webhook_in import Named, Webhook
from model.payments.worklist import Matter, OpenCase, case_id
from model.wire import Amount, from_wire

Ordinal = Annotated[int, Meta(ge=1, le=1000)]


class PaymentSaid(Struct, frozen=True, gc=False):
    """Of one attempt. `network` and `code` say why it failed; `captured` is what moved where it was not the whole."""

    attempt: Ordinal
    network: str = ""
    code: str = ""
    captured: Amount | None = None


class PaymentReturned(Struct, frozen=True, gc=False):
    """`code` is the bank's return code; without `attempt` it is the one whose money moved."""

    code: Named
    attempt: Ordinal | None = None


class DisputeSaid(Struct, frozen=True, gc=False):
    """What was paid, when, and how much of it the cardholder wants back for what reason."""

    payment_id: Named
    reference: str
    network: Network
    reason: str
    amount: Amount
    paid_amount: Amount
    paid_on: date


class DisputeOver(Struct, frozen=True, gc=False):
    """Its outcome is in the type of the webhook."""


Said: TypeAlias = PaymentSaid | PaymentReturned | DisputeSaid | DisputeOver
Command: TypeAlias = HearProcessor | ReturnMoney | OpenDispute | DecideDispute

CONTENTS: dict[str, type[PaymentSaid] | type[PaymentReturned] | type[DisputeSaid] | type[DisputeOver]] = {
    "payment_accepted": PaymentSaid,
    "payment_succeeded": PaymentSaid,
    "payment_failed": PaymentSaid,
    "payment_cleared": PaymentSaid,
    "payment_returned": PaymentReturned,
    "dispute_opened": DisputeSaid,
    "dispute_won": DisputeOver,
    "dispute_lost": DisputeOver,
}
"""By the type of the webhook. Any other type is tolerated and not acted on."""
SAYS: dict[str, Literal["accepted", "succeeded", "failed", "cleared"]] = {
    "payment_accepted": "accepted",
    "payment_succeeded": "succeeded",
    "payment_failed": "failed",
    "payment_cleared": "cleared",
}
OUTCOMES: dict[str, Literal["won", "lost"]] = {"dispute_won": "won", "dispute_lost": "lost"}


def command_of(webhook: Webhook, raw: bytes, *, at: datetime) -> Command | Refusal | None:
    """What is asked because of a webhook whose bytes were `read`; None for a type that nobody here knows, and
    `unreadable` when a known type does not say what it has to.
    """
    kind = CONTENTS.get(webhook.kind)
    if kind is None:
        return None
    try:
        asked = _asked(webhook, msgspec.json.decode(raw, type=kind), at)
    except (msgspec.MsgspecError, MoneyError) as error:
        return Refusal("unreadable", f"the bytes are signed and do not say what a {webhook.kind} has to: {error}")
    about = asked.disputed if isinstance(asked, OpenDispute) else asked
    return card_in(about) or asked


def _asked(webhook: Webhook, said: Said, at: datetime) -> Command:
    about, on = webhook.object_id, webhook.updated.date()
    match said:
        case PaymentSaid():
            return HearProcessor(
                intent_id=about,
                attempt=said.attempt,
                says=SAYS[webhook.kind],
                network=said.network,
                code=said.code,
                captured=_money(said.captured),
                on=on,
                at=at,
            )
        case PaymentReturned():
            return ReturnMoney(intent_id=about, reason=said.code, attempt=said.attempt, on=on, at=at)
        case DisputeSaid():
            return OpenDispute(dispute_id=about, disputed=_disputed(said), on=on, at=at)
        case DisputeOver():
            return DecideDispute(dispute_id=about, outcome=OUTCOMES[webhook.kind], on=on, at=at)


def _disputed(said: DisputeSaid) -> Disputed:
    return Disputed(
        said.payment_id,
        said.reference,
        said.network,
        from_wire(said.amount),
        from_wire(said.paid_amount),
        said.paid_on,
        said.reason,
    )


def _money(amount: Amount | None) -> Money | None:
    return None if amount is None else from_wire(amount)


def case_of(command: Command, refusal: Refusal) -> OpenCase:
    """What the core would not do is for a person: the processor was told that we know, and will not say it again."""
    match command:
        case HearProcessor() | ReturnMoney():
            about, amount = command.intent_id, command.captured if isinstance(command, HearProcessor) else None
        case OpenDispute(disputed=disputed):
            about, amount = disputed.intent_id, disputed.amount
        case DecideDispute(dispute_id=dispute_id):
            about, amount = dispute_id, None
    return OpenCase(
        case_id=case_id(about, refusal.code),
        matter=Matter(about, "", refusal.code, refusal.text, amount),
        on=command.on,
        at=command.at,
    )
