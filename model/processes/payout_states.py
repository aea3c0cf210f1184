"""Where a claim payout can stand: the table of its steps, and for each the state in which it waits."""

from datetime import timedelta
from typing import TypeAlias

from msgspec import Struct

from model.money import Money
from model.processes.payout_messages import Asks, Because
from model.processes.shape import Begun, Step


class Patience(Struct, frozen=True, gc=False):
    """How long the process waits for each answer before it does something, and how often it inquires, and
    how long claims may take to book the end before somebody looks (practice).
    """

    approval: timedelta = timedelta(days=5)
    payout: timedelta = timedelta(hours=4)
    inquiry: timedelta = timedelta(hours=24)
    inquiries: int = 5
    booking: timedelta = timedelta(days=1)


def steps(patience: Patience) -> tuple[Step, ...]:
    return (
        Step(
            "approval", "claims", patience.approval, then="compensation",
            moves="the payment holds its amount of the reserve", undone_by="compensation",
        ),
        Step(
            "payout", "payments", patience.payout, then="inquiry",
            moves="money on its way to the payee", undone_by="compensation",
        ),
        Step("inquiry", "payments", patience.inquiry, then="person"),
        Step(
            "confirmation", "claims", None, untimed="the money has moved; a refusal comes back and goes to a person",
            moves="the payment is paid and taken off the reserve", final="a cheque's own life may take it back",
            looked_at=patience.booking,
        ),
        Step("compensation", "claims", None, untimed="a refusal comes back and goes to a person",
             looked_at=patience.booking),
        Step("person", "person", None, untimed="people take the time that they take; the stuck ones are listed"),
    )  # fmt: skip


STEPS = steps(Patience())


class NotStarted(Struct, frozen=True, gc=False, tag=True):
    pass


class Payout(Begun, frozen=True, kw_only=True, gc=False):
    claim_id: str
    payee_id: str
    amount: Money | None
    because: Because
    joint_payees: tuple[str, ...] = ()


class AwaitingApproval(Payout, frozen=True, gc=False, tag=True):
    pass


class Ordered(Payout, frozen=True, gc=False, tag=True):
    pass


class Inquiring(Payout, frozen=True, gc=False, tag=True):
    pass


class Stuck(Payout, frozen=True, gc=False, tag=True):
    pass


class Compensated(Payout, frozen=True, gc=False, tag=True):
    pass


class Paid(Payout, frozen=True, gc=False, tag=True):
    pass


State: TypeAlias = NotStarted | AwaitingApproval | Ordered | Inquiring | Stuck | Compensated | Paid
STATE_OF: dict[Asks, type[AwaitingApproval | Ordered | Inquiring | Stuck | Compensated | Paid]] = {
    "approval": AwaitingApproval,
    "payout": Ordered,
    "inquiry": Inquiring,
    "person": Stuck,
    "compensation": Compensated,
    "confirmation": Paid,
}
ASKS_OF: dict[type[Payout], Asks] = {kind: asks for asks, kind in STATE_OF.items()}


def asks_now(state: State) -> Asks | None:
    """The step that the process stands at; None when it is not begun. Its last ask is one too: whether it was done is
    read off claims.
    """
    match state:
        case NotStarted():
            return None
        case AwaitingApproval() | Ordered() | Inquiring() | Stuck() | Compensated() | Paid():
            return ASKS_OF[type(state)]
