"""What a processor has answered lately: by its last answers routing sees whether it is well.

    unheard --NoteAnswer--> heard (what is older than the window is forgotten)

A good answer is one that says what became of the payment, be it that the payer's bank refuses it; a bad one is that it
was not sent or that nobody knows. Who has only one processor has nothing to choose, and nothing is noted.
"""

from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Decider, Decision
from model.payments.routing import Answered, Health, health

Answer = Literal["good", "bad"]


class NoteAnswer(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """`try_id` names the attempt that was answered."""

    processor: str
    try_id: str
    answer: Answer
    on: date
    at: datetime


class AnswerNoted(Struct, frozen=True, kw_only=True, tag=True, gc=False):
    """What was noted before `forget` is of no use any more."""

    processor: str
    try_id: str
    answer: Answer
    forget: datetime
    on: date
    at: datetime


class Noted(Struct, frozen=True, gc=False):
    try_id: str
    answer: Answer
    at: datetime


class Processor(Struct, frozen=True, tag=True):
    """Its answers within the window, in the order in which they were noted."""

    answers: tuple[Noted, ...] = ()


Command: TypeAlias = NoteAnswer
Event: TypeAlias = AnswerNoted
State: TypeAlias = Processor


def decider(carrier: Carrier) -> Decider[Command, State, Event]:
    window = timedelta(seconds=carrier.payments.routing.window_seconds)

    def decide(command: Command, state: State) -> Decision[Event]:
        if Noted(command.try_id, command.answer, command.at) in state.answers:
            return ()
        return (
            AnswerNoted(
                processor=command.processor,
                try_id=command.try_id,
                answer=command.answer,
                forget=command.at - window,
                on=command.on,
                at=command.at,
            ),
        )

    return Decider("processor", Processor(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.processor


def evolve(state: State, event: Event) -> State:
    kept = tuple([one for one in state.answers if one.at > event.forget])
    return Processor((*kept, Noted(event.try_id, event.answer, event.at)))


def health_of(carrier: Carrier, processor: str, state: State, *, now: datetime) -> tuple[Health, ...]:
    """Its health at an instant; nothing when it has not answered within the window."""
    answers = [Answered(processor, one.at, one.answer == "good") for one in state.answers]
    return health(carrier.payments.routing, answers, now=now)
