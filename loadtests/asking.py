"""A journey as a conversation: it asks, hears the reply, checks it, and asks the next.

    def walk(scene: Scene) -> Walk:
        policy = heard((yield Ask("read_policy", "P-1")), PolicyView)

A journey is pure: no clock, no network, no dice of its own. Whoever carries its asks (Locust under load, a driver that
prepares a book, a desk in a test) gives back replies, and `advance` says what became of each.
"""

from collections.abc import Generator
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from contracts.spelling import UNDECODABLE, Reply
from model.published.operations import BY_NAME, OperationName, status_of
from model.published.requests import Request

V = TypeVar("V")

Verdict = Literal["good", "not_yet", "wrong", "unanswered", "dropped"]
"""What became of a request.

    good        answered as it should be
    not_yet     refused because something published before has not arrived yet; asked again later
    wrong       an answer that no core may give here
    unanswered  nothing came back, or that nobody could answer now: it may have happened or not
    dropped     never sent: as many journeys as allowed were under way
"""

TOO_BUSY = frozenset({0, 429, 502, 503, 504})
"""Statuses after which nobody knows whether it happened, 0 being no answer at all."""


class Ask(Struct, frozen=True):
    """One request to be sent `after` so many seconds. A refusal in `not_yet` means that it is too early."""

    operation: OperationName
    subject: str = ""
    request: Request = None
    key: str | None = None
    after: float = 0.0
    not_yet: tuple[str, ...] = ()


Walk: TypeAlias = Generator[Ask, Reply, None]
Part: TypeAlias = Generator[Ask, Reply, V]
"""Part of a journey, which ends with something known."""


class WrongAnswer(Exception):
    """A reply that no core may give; the message says what was expected."""


class NoReply(Exception):
    """Nothing came back, and the journey cannot go on without."""


class Advanced(Struct, frozen=True):
    """What became of the reply just given, and what the journey asks next, None when it is over."""

    following: Ask | None
    verdict: Verdict
    says: str = ""


def unanswered(reply: Reply) -> bool:
    return reply.status in TOO_BUSY


def heard(reply: Reply, kind: type[V]) -> V:
    """The view of a success. Raises WrongAnswer for anything else, NoReply where nobody knows what happened."""
    if unanswered(reply):
        raise NoReply
    if not isinstance(reply.view, kind):
        raise WrongAnswer(f"{kind.__name__} expected, not {reply.status} {reply.code or ''}".rstrip())
    return reply.view


def must_be(found: object, due: object, what: str) -> None:
    """Raises WrongAnswer unless what was found is what is due; `what` names it."""
    if found != due:
        raise WrongAnswer(f"{what} is {found}, not {due}")


def advance(walk: Walk, ask: Ask, reply: Reply) -> Advanced:
    """Gives the reply to the journey that asked for it."""
    undocumented = _undocumented(ask, reply)
    if undocumented:
        walk.close()
        return Advanced(None, "wrong", undocumented)
    verdict: Verdict = "good"
    if unanswered(reply):
        verdict = "unanswered"
    elif reply.code in ask.not_yet:
        verdict = "not_yet"
    try:
        return Advanced(walk.send(reply), verdict)
    except StopIteration:
        return Advanced(None, verdict)
    except NoReply:
        return Advanced(None, "unanswered")
    except WrongAnswer as wrong:
        return Advanced(None, "wrong", str(wrong))


def _undocumented(ask: Ask, reply: Reply) -> str:
    """Why the operation may not answer so at all; empty when it may."""
    operation = BY_NAME[ask.operation]
    if unanswered(reply):
        return ""
    if reply.code == UNDECODABLE:
        return f"status {reply.status} with a body that is not {operation.answer.__name__}"
    if reply.code is None:
        return "" if reply.status == operation.success else f"status {reply.status} where {operation.success} is due"
    if reply.code not in operation.refusals:
        return f"undocumented refusal {reply.status} {reply.code}"
    if reply.status != status_of(reply.code):
        return f"refusal {reply.code} with status {reply.status} where {status_of(reply.code)} is due"
    return ""
