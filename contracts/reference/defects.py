"""Named defects that the reference deployment can be started or told to have, to prove that its judges can fail.

    missing_field       answers lack a field
    wrong_proration     a return premium is a cent too small
    slow_answer         every answer takes a second and a half longer
    double_application  a retried payment is taken once more, behind the answer that was recorded

They act at this one seam and nowhere else; none is there unless it was asked for.
"""

from collections.abc import Callable
from typing import Literal, cast, get_args

import msgspec
from msgspec.structs import replace

from model.core import Command, Core, Event, State
from model.decider import Decision, Refusal
from model.money import Money
from model.policy.events import PolicyCancelled
from model.policy.terms import Charge
from model.published.operations import OperationName

Defect = Literal["missing_field", "wrong_proration", "slow_answer", "double_application"]
DEFECTS: tuple[Defect, ...] = get_args(Defect)
SLOW_SECONDS = 1.5
MISSING = ("status", "unapplied", "covered")
"""The first of these that an answer has is the one that it lacks."""


class UnknownDefect(ValueError):
    """No defect of that name. The message lists those there are."""


class Defects:
    def __init__(self) -> None:
        self.planted: set[Defect] = set()

    def plant(self, name: str) -> None:
        """Plants a defect by its name; `none` takes all of them out. Raises UnknownDefect."""
        if name == "none":
            self.planted.clear()
        elif name in DEFECTS:
            self.planted.add(name)
        else:
            raise UnknownDefect(f"no defect {name!r}; there are: none, {', '.join(DEFECTS)}")

    @property
    def delay_seconds(self) -> float:
        return SLOW_SECONDS if "slow_answer" in self.planted else 0.0

    def forgets(self, operation: OperationName) -> bool:
        """Whether a retry under a known key takes effect once more."""
        return "double_application" in self.planted and operation == "receive_payment"

    def bend(self, core: Core) -> None:
        if "wrong_proration" in self.planted:
            core.policies.decide = _a_cent_short(core.policies.decide)

    def bent_answer(self, body: bytes) -> bytes:
        if "missing_field" not in self.planted:
            return body
        answer = cast("dict[str, object]", msgspec.json.decode(body))
        for name in MISSING:
            if name in answer:
                del answer[name]
                break
        return msgspec.json.encode(answer)


Decide = Callable[[Command, State], Decision[Event]]


def _a_cent_short(decide: Decide) -> Decide:
    def decide_wrongly(command: Command, state: State) -> Decision[Event]:
        decision = decide(command, state)
        if isinstance(decision, Refusal):
            return decision
        return tuple(_less_returned(one) if isinstance(one, PolicyCancelled) else one for one in decision)

    return decide_wrongly


def _less_returned(cancelled: PolicyCancelled) -> PolicyCancelled:
    first, *others = cancelled.returned or (Charge("premium", Money(0, "USD")),)
    short = Charge(first.pattern, Money(first.amount.minor + 1, first.amount.currency))
    return replace(cancelled, returned=(short, *others))
