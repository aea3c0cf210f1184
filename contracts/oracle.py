"""Did a deployment just do what the model allows?

The model answers every request as well, from every state in which the deployment may be, and the answer must be what
one of them gives. After a call without an answer the deployment may or may not have done it: both are kept, until
later answers tell. Whatever the deployment is free to choose, ids and the instants at which it recorded things, is
masked by name in PROJECTIONS; new ids are taken over from the answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias, cast

import msgspec
from msgspec import Struct

from model.carrier import Carrier
from model.core import Core, subscribers
from model.decider import Refusal
from model.desk import Answer, Desk
from model.jurisdiction import Law
from model.money import MoneyError, parse_amount
from model.published.operations import BY_NAME, OperationName, status_of
from model.published.requests import Request

States: TypeAlias = tuple[Core, ...]
"""The states in which a deployment may be, the likeliest first. Never changed, only replaced."""

_POLICY = ("versions[].recorded", "as_of.recorded")
_ACCOUNT = ("payments[].payment_id", "instructions[].instruction_id")
_CLAIM = ("payments[].payment_id",)

PROJECTIONS: dict[OperationName, tuple[str, ...]] = {
    "quote_policy": _POLICY,
    "bind_policy": _POLICY,
    "issue_policy": _POLICY,
    "cancel_policy": _POLICY,
    "read_policy": _POLICY,
    "read_coverage": (),
    "run_billing": _ACCOUNT,
    "receive_payment": _ACCOUNT,
    "read_account": _ACCOUNT,
    "report_claim": _CLAIM,
    "set_reserve": _CLAIM,
    "pay_claim": _CLAIM,
    "close_claim": _CLAIM,
    "read_claim": _CLAIM,
    "report_payment": (),
    "read_payment": (),
}
"""What is not compared in the answer of each operation, because the deployment chooses it."""

UNANSWERED = frozenset({0, 502, 503, 504})
"""Statuses after which nobody knows whether it happened; 0 stands for no answer at all."""
NOT_TAKEN = 429
"""Too many requests: nothing happened."""


class Reply(Protocol):
    """What came back: status 0 for nothing at all, and the code of a refusal."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def code(self) -> str | None: ...


class Difference(Struct, frozen=True):
    """One place in an answer where the model says something else; money is told in minor units, too."""

    place: str
    expected: str
    actual: str


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

    def __init__(self, law: Law, carrier: Carrier) -> None:
        self._law = law
        self.carrier = carrier

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
        """Judges an answer to what was `asked` and `answered` at two instants (UTC); where midnight lies between them
        either day counts. `lacks` are top-level fields that the deployment does not offer.

        Events that were published and not yet delivered may have been delivered by then, the earlier ones first.
        """
        instants = (asked,) if asked.date() == answered.date() else (asked, answered)
        predictions = [
            _predicted(core, operation, subject, request, reply, now)
            for state in states
            for now in instants
            for core in _as_delivered(state, now)
        ]
        if reply.status == NOT_TAKEN:
            return Verdict("unknown", states)
        if reply.status in UNANSWERED:
            return Verdict("unknown", _distinct([*states, *(core for _, core in predictions)]))
        allowed: list[Core] = []
        closest: tuple[Difference, ...] | None = None
        skipped: tuple[str, ...] = ()
        for answer, core in predictions:
            comparison = _Comparison(operation, lacks)
            differences = tuple(comparison.of(answer, reply))
            skipped = skipped or tuple(comparison.skipped)
            if not differences:
                allowed.append(core)
            elif closest is None or len(differences) < len(closest):
                closest = differences
        if allowed:
            return Verdict("allowed", _distinct(allowed), (), skipped)
        return Verdict("refuted", states, closest or (), skipped)

    def settled(self, states: States, now: datetime) -> States:
        """The states once everything that was published is delivered."""
        return _distinct([_as_delivered(state, now)[-1] for state in states])


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


def _chosen_id(kind: str, reply: Reply, core: Core, subject: str) -> str:
    """The id that the deployment chose for a new thing: the one in its answer that nobody knew yet."""
    answer = _decoded(reply.body)
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


def _machines(core: Core) -> tuple[Any, ...]:
    return (
        core.policies,
        core.moratoria,
        core.accounts,
        core.claims,
        core.catastrophes,
        core.known_policies,
        core.intents,
        core.payouts,
        core.nonpayments,
        core.renewals,
    )


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


# --- what was answered against what the model would answer


class _Comparison:
    """One answer of the model against what came back, up to what can be observed."""

    def __init__(self, operation: OperationName, lacks: Sequence[str]) -> None:
        self.skipped: list[str] = []
        self._operation: OperationName = operation
        self._lacks = lacks

    def of(self, answer: Answer, reply: Reply) -> Iterator[Difference]:
        if isinstance(answer, Refusal):
            wanted, came = f"{status_of(answer.code)} {answer.code}", _outcome(reply)
            if wanted != came:
                yield Difference("outcome", f"{wanted} ({answer.text})", came)
            return
        status = BY_NAME[self._operation].success
        if reply.status != status:
            yield Difference("outcome", str(status), _outcome(reply))
            return
        body = _decoded(reply.body)
        if not isinstance(body, dict):
            yield Difference("body", f"a {type(answer).__name__}", "no JSON object")
            return
        expected = cast("dict[str, Any]", _decoded(msgspec.json.encode(answer)))
        yield from self._fields(expected, cast("dict[str, Any]", body), "")

    def _fields(self, expected: dict[str, Any], actual: dict[str, Any], place: str) -> Iterator[Difference]:
        for name, value in expected.items():
            where = f"{place}.{name}" if place else name
            if _pattern_of(where) in PROJECTIONS[self._operation]:
                continue
            if where in self._lacks:
                self.skipped.append(f"{self._operation}: {where} is not offered")
            elif name not in actual:
                # A field that is nothing may be left out.
                if value is not None:
                    yield Difference(where, _told(value), "absent")
            else:
                yield from self._value(value, actual[name], where)

    def _value(self, expected: Any, actual: Any, place: str) -> Iterator[Difference]:
        if isinstance(expected, dict) and isinstance(actual, dict):
            wanted, came = cast("dict[str, Any]", expected), cast("dict[str, Any]", actual)
            if _is_money(wanted):
                if any(came.get(name) != value for name, value in wanted.items()):
                    yield Difference(place, _told(wanted), _told(came))
            else:
                yield from self._fields(wanted, came, place)
        elif isinstance(expected, list) and isinstance(actual, list):
            yield from self._items(cast("list[Any]", expected), cast("list[Any]", actual), place)
        elif expected != actual and not _same_instant(expected, actual):
            yield Difference(place, _told(expected), _told(actual))

    def _items(self, expected: list[Any], actual: list[Any], place: str) -> Iterator[Difference]:
        if len(expected) != len(actual):
            yield Difference(place, f"{len(expected)} of them: {_told(expected)}", f"{len(actual)}: {_told(actual)}")
            return
        for number, (wanted, came) in enumerate(zip(expected, actual, strict=True)):
            yield from self._value(wanted, came, f"{place}[{number}]")


def _pattern_of(place: str) -> str:
    """`payments[3].payment_id` as `payments[].payment_id`."""
    return re.sub(r"\[\d+\]", "[]", place)


def _outcome(reply: Reply) -> str:
    return f"{reply.status} {reply.code}" if reply.code else str(reply.status)


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError):
        return None


def _is_money(fields: dict[str, Any]) -> bool:
    return fields.keys() == {"amount", "currency"}


def _told(value: Any) -> str:
    """Money as `-1196.71 USD (-119671 minor units)`, anything else as JSON."""
    if isinstance(value, dict) and _is_money(cast("dict[str, Any]", value)):
        amount, currency = str(cast("Any", value["amount"])), str(cast("Any", value["currency"]))
        try:
            return f"{amount} {currency} ({parse_amount(amount, currency).minor} minor units)"
        except MoneyError:
            return f"{amount} {currency} (no amount)"
    return msgspec.json.encode(value).decode()


def _same_instant(one: object, other: object) -> bool:
    """`Z` and `+00:00` name the same zone."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    except ValueError:
        return False
    return first.tzinfo is not None and second.tzinfo is not None and first == second
