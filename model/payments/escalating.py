"""What nobody would hear: a refusal of what a message or another stream asked of a payment, as a case for a person."""

from model.decider import Refusal
from model.payments.commands import ChargeBack, RepresentCharge, ReturnMoney, StartPayment, StopPayout
from model.payments.reconciliation_events import MatchSettlement
from model.payments.worklist import Matter, OpenCase, case_id


def unheard(command: object, refusal: Refusal, correlation_id: str) -> OpenCase | None:
    """The case; None for what is no money that somebody waits for."""
    if isinstance(command, MatchSettlement):
        line = command.line
        return OpenCase(
            case_id=case_id(line.line_id, refusal.code),
            matter=Matter(line.reference, correlation_id, refusal.code, refusal.text, line.amount),
            on=command.on,
            at=command.at,
        )
    if not isinstance(command, (StartPayment, StopPayout, ReturnMoney, ChargeBack, RepresentCharge)):
        return None
    amount = command.amount if isinstance(command, (StartPayment, StopPayout)) else None
    return OpenCase(
        case_id=case_id(command.intent_id, refusal.code),
        matter=Matter(command.intent_id, correlation_id, refusal.code, refusal.text, amount),
        on=command.on,
        at=command.at,
    )
