"""What was answered against what the model would answer, place by place.

Whatever the deployment is free to choose, ids and the instants at which it recorded things, is masked by name in
PROJECTIONS. Money is told in minor units, too.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

import msgspec
from msgspec import Struct

from model.decider import Refusal
from model.desk import Answer
from model.money import MoneyError, parse_amount
from model.published.operations import BY_NAME, OperationName, status_of

_POLICY = ("versions[].recorded", "as_of.recorded")
_ACCOUNT = ("payments[].payment_id", "instructions[].instruction_id")
_CLAIM = ("payments[].payment_id",)
_PAYMENT = (
    "attempts[].started_at",
    "attempts[].ended_at",
    "attempts[].returned_at",
    "next_at",
    "unknown_since",
    "escalated_at",
)

PROJECTIONS: dict[OperationName, tuple[str, ...]] = {
    "quote_policy": _POLICY,
    "bind_policy": _POLICY,
    "issue_policy": _POLICY,
    "cancel_policy": _POLICY,
    "open_job": _POLICY,
    "quote_job": _POLICY,
    "bind_job": _POLICY,
    "issue_job": _POLICY,
    "close_job": _POLICY,
    "raise_issue": _POLICY,
    "approve_issue": _POLICY,
    "direct_renewal": _POLICY,
    "give_notice": _POLICY,
    "rescind_cancellation": _POLICY,
    "release_held": _POLICY,
    "declare_moratorium": (),
    "end_moratorium": (),
    "read_moratorium": (),
    "read_policy": _POLICY,
    "read_coverage": (),
    "run_billing": _ACCOUNT,
    "receive_payment": _ACCOUNT,
    "read_account": _ACCOUNT,
    "report_claim": _CLAIM,
    "attach_policy": _CLAIM,
    "record_repair": _CLAIM,
    "set_reserve": _CLAIM,
    "pay_claim": _CLAIM,
    "close_claim": _CLAIM,
    "read_claim": _CLAIM,
    "read_clocks": (),
    "report_payment": _PAYMENT,
    "read_payment": _PAYMENT,
}
"""What is not compared in the answer of each operation, because the deployment chooses it."""


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


class Comparison:
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
        body = decoded(reply.body)
        if not isinstance(body, dict):
            yield Difference("body", f"a {type(answer).__name__}", "no JSON object")
            return
        expected = cast("dict[str, Any]", decoded(msgspec.json.encode(answer)))
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


def decoded(body: bytes) -> object:
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
