"""What policy does when others publish. It notes which dwellings claims found damaged and which are repaired; cancels
what a premium finance lender orders; and does what the processes ask: gives notice, cancels, rescinds, reinstates;
binds, issues or closes a renewal.

Policy decides each by its own rules, the law's and a moratorium's among them, and its refusal goes back to whoever
asked. Everything bears the id of who asked, so that an ask that comes twice does nothing twice.
"""

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from model.policy import commands, dwelling
from model.policy.commands import (
    BindJob,
    CancelPolicy,
    CloseJob,
    GiveNotice,
    IssueJob,
    OpenJob,
    QuoteJob,
    RescindCancellation,
)
from model.policy.dwelling import NoteDamage, NoteRepair
from model.policy.proposals import Reinstatement
from model.reaction import Delivery, Reaction, reaction
from model.wire import Amount, from_wire

Command: TypeAlias = commands.Command | dwelling.Command

REINSTATES = "reinstatement:"
"""Before the id of who asked, the id of the job that reinstates."""


class ClaimedDwelling(Struct, frozen=True, gc=False):
    policy_id: str
    claim_id: str


class LenderOrder(Struct, frozen=True, gc=False):
    policy_id: str
    effective: date


class NonpaymentAsk(Struct, frozen=True, gc=False):
    process_id: str
    asks: str
    policy_id: str
    amount: Amount | None
    effective: date | None
    paid_on: date | None
    noticed_on: date | None = None
    due_on: date | None = None
    received: Amount | None = None


class RenewalAsk(Struct, frozen=True, gc=False):
    asks: str
    policy_id: str
    job_id: str
    paid: Amount


def note_damage(found: ClaimedDwelling, delivery: Delivery) -> tuple[Command, ...]:
    return (NoteDamage(policy_id=found.policy_id, claim_id=found.claim_id, on=delivery.on, at=delivery.at),)


def note_repair(found: ClaimedDwelling, delivery: Delivery) -> tuple[Command, ...]:
    return (NoteRepair(policy_id=found.policy_id, claim_id=found.claim_id, on=delivery.on, at=delivery.at),)


def cancel_as_the_insured_would(order: LenderOrder, delivery: Delivery) -> tuple[Command, ...]:
    """By power of attorney the premium finance lender asks in the insured's place."""
    return (CancelPolicy(policy_id=order.policy_id, reason="insured_request", on=order.effective, at=delivery.at),)


def end_or_keep(ask: NonpaymentAsk, delivery: Delivery) -> tuple[Command, ...]:
    """What is not policy's to do is answered with nothing."""
    policy_id, today, at = ask.policy_id, delivery.at.date(), delivery.at
    match ask.asks:
        case "notice":
            required = None if ask.amount is None else from_wire(ask.amount)
            return (
                GiveNotice(
                    policy_id=policy_id,
                    reason="nonpayment",
                    mailed_on=ask.noticed_on or today,
                    due_on=ask.due_on,
                    required=required,
                    received=None if ask.received is None else from_wire(ask.received),
                    on=today,
                    at=at,
                    asked_by=ask.process_id,
                ),
            )
        case "rescission":
            # What counts is the day of the money, not that of the message.
            paid_on = ask.paid_on or today
            return (RescindCancellation(policy_id=policy_id, on=paid_on, at=at, asked_by=ask.process_id),)
        case "cancellation" if ask.effective is not None:
            return (
                CancelPolicy(
                    policy_id=policy_id, reason="nonpayment", on=ask.effective, at=at, asked_by=ask.process_id
                ),
            )
        case "reinstatement" if ask.effective is not None:
            # The money was there in time: in another order of arrival nothing would have been cancelled, nor charged.
            job_id, without_lapse = REINSTATES + ask.process_id, Reinstatement(ask.effective, "waived")
            return (
                OpenJob(policy_id=policy_id, job_id=job_id, proposal=without_lapse, on=today, at=at),
                QuoteJob(policy_id=policy_id, job_id=job_id, on=today, at=at),
                BindJob(policy_id=policy_id, job_id=job_id, on=today, at=at),
            )
        case _:
            return ()


def renew(ask: RenewalAsk, delivery: Delivery) -> tuple[Command, ...]:
    policy_id, job_id, today, at = ask.policy_id, ask.job_id, delivery.at.date(), delivery.at
    match ask.asks:
        case "bind":
            return (BindJob(policy_id=policy_id, job_id=job_id, paid=from_wire(ask.paid), on=today, at=at),)
        case "issue":
            return (IssueJob(policy_id=policy_id, job_id=job_id, on=today, at=at),)
        case "not_taken" | "undo":
            return (CloseJob(policy_id=policy_id, job_id=job_id, outcome="not_taken", on=today, at=at),)
        case _:
            return ()


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.claims.dwelling.damaged.v1", ClaimedDwelling, note_damage),
    reaction("insurance.claims.dwelling.repaired.v1", ClaimedDwelling, note_repair),
    reaction("insurance.billing.finance.cancellation_ordered.v1", LenderOrder, cancel_as_the_insured_would),
    reaction("insurance.process.cancel_for_nonpayment.asked.v1", NonpaymentAsk, end_or_keep),
    reaction("insurance.process.renewal_bind.asked.v1", RenewalAsk, renew),
)
