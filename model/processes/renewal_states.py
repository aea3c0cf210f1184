"""Where the binding of a renewal can stand: the table of its steps, and for each the state in which it waits."""

from datetime import timedelta
from typing import TypeAlias

from msgspec import Struct

from model.money import Money
from model.processes.renewal_messages import Asks, Offer, Paid
from model.processes.shape import Begun, Step


class Patience(Struct, frozen=True, gc=False):
    """How long the process waits for an answer, how long until it asks again for what could not be yet, how long
    somebody who bound by hand may take to issue, how many days money that was sent in time has to arrive, how long
    billing may take to credit what was not taken before somebody looks, and how often it asks for one thing (practice).
    """

    bill: timedelta = timedelta(days=2)
    answer: timedelta = timedelta(days=1)
    again: timedelta = timedelta(days=1)
    by_hand: timedelta = timedelta(days=7)
    float_days: int = 3
    credit: timedelta = timedelta(days=1)
    tries: int = 3


def steps(patience: Patience) -> tuple[Step, ...]:
    return (
        Step("bill", "billing", patience.bill, then="bill", moves="the account owes the offer",
             undone_by="withdrawal"),
        Step("payment", "nobody", "named_day", then="not_taken"),
        Step("bind", "policy", patience.answer, then="bind", moves="the renewal is bound", undone_by="undo"),
        Step("issue", "policy", patience.answer, then="issue", moves="the next term is written", undone_by="undo"),
        Step("by_hand", "nobody", None, untimed="whoever bound the renewal by hand issues it, or closes it",
             looked_at=patience.by_hand),
        Step("not_taken", "policy", patience.answer, then="not_taken"),
        Step("withdrawal", "billing", None, untimed="a refusal comes back and goes to a person",
             looked_at=patience.credit),
        Step("undo", "policy", patience.answer, then="undo"),
        Step("later", "nobody", patience.again, then="undo"),
        Step("person", "person", None, untimed="people take the time that they take; the stuck ones are listed"),
        Step("issued", "nobody", None, untimed="nothing is waited for: the next term is written"),
        Step("end", "nobody", None, untimed="nothing is waited for: policy gave back what it wrote, billing hears it"),
    )  # fmt: skip


STEPS = steps(Patience())


class NotStarted(Struct, frozen=True, gc=False, tag=True):
    pass


class Renewing(Begun, frozen=True, kw_only=True):
    offer: Offer
    because: str
    resumes: Asks
    first: int | None
    due: Money | None
    paid: tuple[Paid, ...]

    @property
    def received(self) -> int:
        """What was paid of the offer's bill, in minor units."""
        return sum(part.amount.minor for part in self.paid)


class Billing(Renewing, frozen=True, tag=True):
    pass


class Awaiting(Renewing, frozen=True, tag=True):
    pass


class Binding(Renewing, frozen=True, tag=True):
    pass


class Issuing(Renewing, frozen=True, tag=True):
    pass


class BoundByHand(Renewing, frozen=True, tag=True):
    pass


class Declining(Renewing, frozen=True, tag=True):
    pass


class Undoing(Renewing, frozen=True, tag=True):
    pass


class Deferred(Renewing, frozen=True, tag=True):
    pass


class Stuck(Renewing, frozen=True, tag=True):
    pass


class Issued(Renewing, frozen=True, tag=True):
    pass


class NotTaken(Renewing, frozen=True, tag=True):
    pass


class Undone(Renewing, frozen=True, tag=True):
    pass


Under: TypeAlias = (
    Billing
    | Awaiting
    | Binding
    | Issuing
    | BoundByHand
    | Declining
    | Undoing
    | Deferred
    | Stuck
    | Issued
    | NotTaken
    | Undone
)
State: TypeAlias = NotStarted | Under
STATE_OF: dict[Asks, type[Under]] = {
    "bill": Billing,
    "payment": Awaiting,
    "bind": Binding,
    "issue": Issuing,
    "by_hand": BoundByHand,
    "not_taken": Declining,
    "undo": Undoing,
    "later": Deferred,
    "person": Stuck,
    "issued": Issued,
    "withdrawal": NotTaken,
    "end": Undone,
}
ASKS_OF: dict[type[Under], Asks] = {kind: asks for asks, kind in STATE_OF.items()}


def asks_now(state: State) -> Asks | None:
    """The step that the process stands at while it waits for something; None when it is not begun or at its end. That
    the bill is withdrawn is read off billing.
    """
    match state:
        case NotStarted() | Issued() | Undone():
            return None
        case (
            Billing()
            | Awaiting()
            | Binding()
            | Issuing()
            | BoundByHand()
            | Declining()
            | Undoing()
            | Deferred()
            | Stuck()
            | NotTaken()
        ):
            return ASKS_OF[type(state)]
