"""`--fail-if`: one comparison with one answer, such as `clocks_missed_share>0.2` or `reported.p95 >= 2000`."""

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne

from msgspec import Struct

from simulations.estimates import Estimate
from simulations.parameters import like
from windtunnel.errors import BadInput, NothingChecked

COMPARISON = re.compile(
    r"\s*(\w+)(?:\.(\w+))?\s*(>=|<=|==|!=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(\s*%)?\s*"
)
FIELDS = ("mean", "ci_low", "ci_high", "p05", "p50", "p95")
OPERATORS: dict[str, Callable[[float, float], bool]] = {">": gt, "<": lt, ">=": ge, "<=": le, "==": eq, "!=": ne}


class Condition(Struct, frozen=True, gc=False):
    """The condition under which a run has failed. `field` is one of an estimate's."""

    text: str
    answer: str
    field: str
    operator: str
    bound: float


def parse_condition(text: str) -> Condition:
    """Raises BadInput with the form that it takes."""
    match = COMPARISON.fullmatch(text)
    if match is None:
        raise BadInput(f"--fail-if {text!r}: it takes ANSWER>NUMBER, with one of {' '.join(OPERATORS)}")
    answer, field, operator, number, percent = match.groups()
    field = field or "mean"
    if field not in FIELDS:
        raise BadInput(f"--fail-if {text!r}: an answer has no {field!r}{like(field, FIELDS)}")
    return Condition(text.strip(), answer, field, operator, float(number) / (100.0 if percent else 1.0))


def failure(condition: Condition, estimates: Mapping[str, Estimate]) -> str | None:
    """The line that says how the condition is met, or None where it is not.

    Raises BadInput for an answer that the scenario does not give, and NothingChecked where it was not measured.
    """
    if condition.answer not in estimates:
        raise BadInput(
            f"--fail-if {condition.text}: no answer {condition.answer!r}{like(condition.answer, tuple(estimates))}"
        )
    value: float | None = getattr(estimates[condition.answer], condition.field)
    if value is None:
        few = " with so few replications" if condition.field != "mean" else ""
        raise NothingChecked(
            f"--fail-if {condition.text}: {condition.answer} was not measured{few}, so nothing was checked"
        )
    if not OPERATORS[condition.operator](value, condition.bound):
        return None
    field = "" if condition.field == "mean" else f".{condition.field}"
    return f"{condition.answer}{field} is {value:.6g}, and this fails if {condition.text}"
