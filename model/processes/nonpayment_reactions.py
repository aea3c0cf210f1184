"""What the cancellation for nonpayment hears of billing and policy. An answer finds its process by who asked."""

from datetime import date, datetime

from msgspec import Struct

from model.processes import nonpayment_messages as nonpayment
from model.reaction import Delivery

REINSTATES = "reinstatement:"
"""Before the id of a process, the id of the job by which policy reinstated what the process asked for."""


class EndedDelinquency(Struct, frozen=True):
    delinquency_id: str
    account_id: str
    policy_id: str
    cause: nonpayment.Cause


class GivenNotice(Struct, frozen=True):
    effective: date
    takes_effect_at: datetime
    asked_by: str
    cure_until: date | None = None


class Asked(Struct, frozen=True):
    asked_by: str


class Released(Struct, frozen=True):
    asked_by: str
    refused: str | None


class Reinstated(Struct, frozen=True):
    job_id: str


def delinquency_ended(ended: EndedDelinquency, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    return (
        nonpayment.EndDelinquency(
            process_id=ended.delinquency_id,
            account_id=ended.account_id,
            policy_id=ended.policy_id,
            cause=ended.cause,
            on=delivery.on,
            at=delivery.at,
            story=delivery.correlation_id,
        ),
    )


def notice_given(notice: GivenNotice, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    """A notice that no process asked for is nobody's here."""
    if not notice.asked_by:
        return ()
    return (
        nonpayment.HearNoticeGiven(
            process_id=notice.asked_by,
            notice_id=delivery.event_id,
            effective=notice.effective,
            takes_effect_at=notice.takes_effect_at,
            cure_until=notice.cure_until,
            on=delivery.on,
            at=delivery.at,
        ),
    )


def notice_rescinded(notice: Asked, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    if not notice.asked_by:
        return ()
    return (nonpayment.HearRescinded(process_id=notice.asked_by, on=delivery.on, at=delivery.at),)


def operation_held(operation: Asked, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    if not operation.asked_by:
        return ()
    return (nonpayment.HearHeld(process_id=operation.asked_by, on=delivery.on, at=delivery.at),)


def operation_released(operation: Released, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    if not operation.asked_by:
        return ()
    return (
        nonpayment.HearReleased(
            process_id=operation.asked_by, refused=operation.refused, on=delivery.on, at=delivery.at
        ),
    )


def policy_reinstated(policy: Reinstated, delivery: Delivery) -> tuple[nonpayment.Command, ...]:
    if not policy.job_id.startswith(REINSTATES):
        return ()
    process_id = policy.job_id.removeprefix(REINSTATES)
    return (nonpayment.HearReinstated(process_id=process_id, on=delivery.on, at=delivery.at),)
