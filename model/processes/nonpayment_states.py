"""Where a cancellation for nonpayment can stand: the table of its steps, and for each the state in which it waits."""

from datetime import date, timedelta
from typing import TypeAlias

from msgspec import Struct

from model.money import Money
from model.processes.nonpayment_messages import Asks
from model.processes.shape import Begun, Step


class Patience(Struct, frozen=True, gc=False):
    """How long the process waits for policy to answer, how long until it asks again for what a moratorium refused,
    how long a moratorium may hold a notice before somebody looks, and how often it asks for one thing (practice).
    """

    notice: timedelta = timedelta(days=3)
    again: timedelta = timedelta(days=1)
    answer: timedelta = timedelta(days=1)
    release: timedelta = timedelta(days=90)
    tries: int = 3


def steps(patience: Patience) -> tuple[Step, ...]:
    return (
        Step(
            "notice", "policy", patience.notice, then="notice",
            moves="the policy is pending cancellation", undone_by="rescission",
        ),
        Step("release", "nobody", None, untimed="policy decides what a moratorium holds when the moratorium ends",
             looked_at=patience.release),
        Step("later", "nobody", patience.again, then="notice"),
        Step("effective_day", "nobody", "named_day", then="cancellation"),
        Step("cancellation", "policy", patience.answer, then="cancellation", moves="cover ends",
             undone_by="reinstatement"),
        Step("rescission", "policy", patience.answer, then="rescission"),
        Step("reinstatement", "policy", patience.answer, then="reinstatement"),
        Step("person", "person", None, untimed="people take the time that they take; the stuck ones are listed"),
        Step("keep", "nobody", None, untimed="nothing is waited for: the policy goes on"),
        Step("end", "nobody", None, untimed="nothing is waited for: the policy has ended"),
    )  # fmt: skip


STEPS = steps(Patience())


class NotStarted(Struct, frozen=True, gc=False, tag=True):
    pass


class Nonpayment(Begun, frozen=True, kw_only=True, gc=False):
    """`due_on` and `received` go with every ask for a notice; a notice that stands is cured through `cure_until`."""

    account_id: str
    policy_id: str
    amount: Money | None
    because: str
    resumes: Asks
    notice_id: str
    effective: date | None
    paid_on: date | None
    due_on: date | None = None
    received: Money | None = None
    cure_until: date | None = None

    def in_time(self, day: date) -> bool:
        """Whether money that counts on a day keeps the policy."""
        if self.effective is None:
            return True
        return day < self.effective if self.cure_until is None else day <= self.cure_until


class Noticing(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Held(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Deferred(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Pending(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Cancelling(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Rescinding(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Reinstating(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Stuck(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Kept(Nonpayment, frozen=True, gc=False, tag=True):
    pass


class Cancelled(Nonpayment, frozen=True, gc=False, tag=True):
    pass


Under: TypeAlias = (
    Noticing | Held | Deferred | Pending | Cancelling | Rescinding | Reinstating | Stuck | Kept | Cancelled
)
State: TypeAlias = NotStarted | Under
STATE_OF: dict[Asks, type[Under]] = {
    "notice": Noticing,
    "release": Held,
    "later": Deferred,
    "effective_day": Pending,
    "cancellation": Cancelling,
    "rescission": Rescinding,
    "reinstatement": Reinstating,
    "person": Stuck,
    "keep": Kept,
    "end": Cancelled,
}
ASKS_OF: dict[type[Under], Asks] = {kind: asks for asks, kind in STATE_OF.items()}


def asks_now(state: State) -> Asks | None:
    """The step that the process stands at while it waits for something; None when it is not begun or at its end."""
    match state:
        case NotStarted() | Kept() | Cancelled():
            return None
        case Noticing() | Held() | Deferred() | Pending() | Cancelling() | Rescinding() | Reinstating() | Stuck():
            return ASKS_OF[type(state)]
