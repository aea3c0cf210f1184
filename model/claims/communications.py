"""What somebody writes about a claim and what we answer: a claimant's communication, an inquiry of the regulator.

    Received --AnswerCommunication--> Answered

Some states give every communication a clock of its own (`model.claims.clock_rules`), the notice itself apart, whose
acknowledgement has its own. A closed claim is written about as well, and answers.
"""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from model.claims.commands import AnswerCommunication, RecordCommunication
from model.claims.events import CommunicationAnswered, CommunicationReceived
from model.claims.vocabulary import Correspondent
from model.decider import Decision, Refusal


class Communication(Struct, frozen=True, gc=False):
    """`answered_on` is None while nobody answered it."""

    communication_id: str
    sender: Correspondent
    received_on: date
    answered_on: date | None = None


def communication_of(communications: tuple[Communication, ...], communication_id: str) -> Communication | None:
    for one in communications:
        if one.communication_id == communication_id:
            return one
    return None


def received(
    command: RecordCommunication, communications: tuple[Communication, ...], notice_on: date
) -> Decision[CommunicationReceived]:
    known = communication_of(communications, command.communication_id)
    if known is not None:
        same = (known.sender, known.received_on) == (command.sender, command.on)
        reused = f"{command.communication_id} came from the {known.sender} on {known.received_on}"
        return () if same else Refusal("communication_reused", reused)
    if command.on < notice_on:
        return Refusal("before_notice", f"the notice of {notice_on} is the first that anybody wrote of the claim")
    return (
        CommunicationReceived(
            claim_id=command.claim_id,
            communication_id=command.communication_id,
            sender=command.sender,
            on=command.on,
            at=command.at,
        ),
    )


def answered(
    command: AnswerCommunication, communications: tuple[Communication, ...]
) -> Decision[CommunicationAnswered]:
    known = communication_of(communications, command.communication_id)
    if known is None:
        return Refusal(
            "unknown_communication", f"claim {command.claim_id} has no communication {command.communication_id}"
        )
    if known.answered_on is not None:
        return ()
    if command.on < known.received_on:
        return Refusal("answered_too_early", f"{command.communication_id} came on {known.received_on}")
    return (
        CommunicationAnswered(
            claim_id=command.claim_id, communication_id=command.communication_id, on=command.on, at=command.at
        ),
    )


def with_received(communications: tuple[Communication, ...], event: CommunicationReceived) -> tuple[Communication, ...]:
    return (*communications, Communication(event.communication_id, event.sender, event.on))


def with_answer(communications: tuple[Communication, ...], event: CommunicationAnswered) -> tuple[Communication, ...]:
    return tuple(
        replace(one, answered_on=event.on) if one.communication_id == event.communication_id else one
        for one in communications
    )
