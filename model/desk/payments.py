"""Payments at the front desk: what the processor says of one, and how it stands."""

from model.decider import Refusal
from model.desk.asking import Answer, Asked, Handler, reading, taking
from model.payments import commands as payments
from model.published import requests as ask
from model.published.operations import OperationName
from model.published.seen import intent_view


def _report(asked: Asked, request: ask.ReportPaymentRequest) -> Answer:
    intent_id, on, at = asked.subject, request.on, asked.now
    if intent_view(intent_id, asked.core.intent(intent_id)) is None:
        return _unknown_payment(intent_id)
    command: payments.Command
    match request.outcome:
        case "succeeded":
            command = payments.ReportSuccess(intent_id=intent_id, on=on, at=at)
        case "failed":
            command = payments.ReportFailure(intent_id=intent_id, reason=request.reason, on=on, at=at)
        case "unknown":
            command = payments.ReportTimeout(intent_id=intent_id, on=on, at=at)
        case "returned":
            command = payments.ReturnMoney(intent_id=intent_id, reason=request.reason, on=on, at=at)
    refused = asked.core.submit(command)
    return refused if isinstance(refused, Refusal) else _read(asked)


def _read(asked: Asked) -> Answer:
    return intent_view(asked.subject, asked.core.intent(asked.subject)) or _unknown_payment(asked.subject)


def _unknown_payment(intent_id: str) -> Refusal:
    return Refusal("unknown_payment", f"there is no payment {intent_id}")


PAYMENTS: dict[OperationName, Handler] = {
    "report_payment": taking(ask.ReportPaymentRequest, _report),
    "read_payment": reading(_read),
}
