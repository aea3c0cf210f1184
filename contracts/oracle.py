"""Did a deployment just do what the model allows?

The model answers every request as well, from every state in which the deployment may be, and the answer must be what
one of them gives. After a call without an answer the deployment may or may not have done it: both are kept, until
later answers tell. New ids are taken over from the answer; what else a deployment is free to choose is in
contracts.comparison.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast

from msgspec import Struct

from contracts.comparison import Comparison, Difference, Reply, decoded
from model.carrier import Carrier
from model.core import Core, Machine, subscribers
from model.desk import Answer, Desk
from model.jurisdiction import Law
from model.published.operations import OperationName
from model.published.requests import Request
from model.waiting import due, pass_time

States: TypeAlias = tuple[Core, ...]
"""The states in which a deployment may be, the likeliest first. Never changed, only replaced."""

UNANSWERED = frozenset({0, 502, 503, 504})
"""Statuses after which nobody knows whether it happened; 0 stands for no answer at all."""
NOT_TAKEN = 429
"""Too many requests: nothing happened."""
QUARTER_SECONDS = 900
NIGHTS_AT_ONCE = 10
"""How often a clock that jumped is told again before it has caught up: a bill, its due day, the steps after it."""


class Verdict(Struct, frozen=True):
    """`states` are those still possible: after a refuted answer those that were possible before it.

    `differences` are those from the state that comes closest, `skipped` what the deployment owes nobody.
    """

    result: Literal["allowed", "refuted", "unknown"]
    states: States
    differences: tuple[Difference, ...] = ()
    skipped: tuple[str, ...] = ()


class Oracle:
    """The model of one carrier under one law, asked what a deployment of that carrier may answer."""

    def __init__(self, law: Law, carrier: Carrier, *, time: Literal["stands", "passes"] = "stands") -> None:
        """`time` passes by itself where nobody holds the clock of the deployment: a night may have come between any two
        calls, or not.
        """
        self._law = law
        self.carrier = carrier
        self._time = time

    def beginning(self) -> States:
        """Where nothing has happened yet that the oracle should know of."""
        return (Core(self._law, self.carrier),)

    def allows(
        self,
        operation: OperationName,
        subject: str,
        request: Request,
        reply: Reply,
        states: States,
        *,
        asked: datetime,
        answered: datetime,
        lacks: Sequence[str] = (),
    ) -> Verdict:
        """Judges an answer to what was `asked` and `answered` at two instants (UTC); where midnight may lie between
        them either day counts. `lacks` are top-level fields that the deployment does not offer.

        Events that were published and not yet delivered may have been delivered by then, the earlier ones first.
        """
        instants = (asked,) if _on_one_day(asked, answered) else (asked, answered)
        predictions = [
            _predicted(core, operation, subject, request, reply, now)
            for state in states
            for now in instants
            for core in self._as_it_may_be(state, now)
        ]
        if reply.status == NOT_TAKEN:
            return Verdict("unknown", states)
        if reply.status in UNANSWERED:
            return Verdict("unknown", _distinct([*states, *(core for _, core in predictions)]))
        allowed: list[Core] = []
        closest: tuple[Difference, ...] | None = None
        skipped: tuple[str, ...] = ()
        for answer, core in predictions:
            comparison = Comparison(operation, lacks)
            differences = tuple(comparison.of(answer, reply))
            skipped = skipped or tuple(comparison.skipped)
            if not differences:
                allowed.append(core)
            elif closest is None or len(differences) < len(closest):
                closest = differences
        if allowed:
            return Verdict("allowed", _distinct(allowed), (), skipped)
        return Verdict("refuted", states, closest or (), skipped)

    def _as_it_may_be(self, state: Core, now: datetime) -> tuple[Core, ...]:
        stages = _as_delivered(state, now)
        return stages if self._time == "stands" else (*stages, *_as_time_passed(stages[-1], now))

    def settled(self, states: States, now: datetime) -> States:
        """The states once everything that was published is delivered."""
        return _distinct([_as_delivered(state, now)[-1] for state in states])


def _on_one_day(asked: datetime, answered: datetime) -> bool:
    """Whether no midnight lies between two instants. A day is that of the zone of whatever it is about, and every zone
    in use has its midnight at a whole quarter of an hour of UTC.
    """
    return asked.timestamp() // QUARTER_SECONDS == answered.timestamp() // QUARTER_SECONDS


# --- what the model would do


def _predicted(
    core: Core, operation: OperationName, subject: str, request: Request, reply: Reply, now: datetime
) -> tuple[Answer, Core]:
    """The model's answer, and the state that follows it. `core` itself stays as it is."""
    after = _copied(core)
    desk = Desk(after, lambda kind: _chosen_id(kind, reply, core, subject))
    return desk.answer(operation, subject, request, now), after


def _as_delivered(core: Core, now: datetime) -> tuple[Core, ...]:
    """The state as it is, and after each further delivery of what is published and on its way."""
    stages = [core]
    while stages[-1].outbox:
        core = _copied(stages[-1])
        envelope = core.outbox.pop(0)
        for context in subscribers(envelope.type):
            core.deliver(envelope, to=context, at=now)
        stages.append(core)
    return tuple(stages)


def _as_time_passed(core: Core, now: datetime) -> tuple[Core, ...]:
    """The state after each telling of whatever is due by now, and what follows from it; none where nothing is."""
    stages: list[Core] = []
    while due(core, now) and len(stages) < NIGHTS_AT_ONCE:
        core = _copied(core)
        pass_time(core, now)
        core.drain(at=now)
        stages.append(core)
    return tuple(stages)


def _chosen_id(kind: str, reply: Reply, core: Core, subject: str) -> str:
    """The id that the deployment chose for a new thing: the one in its answer that nobody knew yet."""
    answer = decoded(reply.body)
    found: object = None
    if isinstance(answer, dict):
        fields = cast("dict[str, Any]", answer)
        if kind == "payment":
            known = {payment.payment_id for payment in getattr(core.account(subject), "payments", ())}
            known |= {payment.payment_id for payment in getattr(core.claim(subject), "payments", ())}
            listed = fields.get("payments")
            made = cast("list[dict[str, Any]]", listed) if isinstance(listed, list) else []
            found = next((one.get("payment_id") for one in made if one.get("payment_id") not in known), None)
        else:
            found = fields.get(f"{kind}_id")
    # Nobody answered, or not with an id: it has one all the same, and nobody here will ever ask for it.
    return found if isinstance(found, str) else f"unanswered-{kind}-{_events_so_far(core)}"


def _events_so_far(core: Core) -> int:
    return sum(sum(machine.sequences.values()) for machine in _machines(core))


def _copied(core: Core) -> Core:
    """A core in the same state, which may go another way from here."""
    twin = Core(core.law, core.carrier, hosting=core.hosting)
    for mine, its in zip(_machines(core), _machines(twin), strict=True):
        its.states.update(mine.states)
        its.sequences.update(mine.sequences)
    twin.outbox.extend(core.outbox)
    return twin


def _machines(core: Core) -> tuple[Machine, ...]:
    """Every machine once, in an order that is the same for all cores."""
    return tuple(dict.fromkeys(core.machines.values()))


def _distinct(cores: Iterable[Core]) -> States:
    kept: list[Core] = []
    for core in cores:
        if not any(_same(core, other) for other in kept):
            kept.append(core)
    return tuple(kept)


def _same(one: Core, other: Core) -> bool:
    return one.outbox == other.outbox and all(
        mine.states == its.states for mine, its in zip(_machines(one), _machines(other), strict=True)
    )
