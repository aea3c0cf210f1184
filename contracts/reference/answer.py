"""What goes back to whoever asked."""

from msgspec import Struct

from contracts.reference.problems import problem, status_of_refusal
from model.decider import Refusal


class Answer(Struct, frozen=True):
    """A view, or a problem. `replayed` answers are those that were recorded before."""

    status: int
    body: bytes
    replayed: bool = False


def refused(refusal: Refusal) -> Answer:
    return Answer(status_of_refusal(refusal.code), problem(refusal))
