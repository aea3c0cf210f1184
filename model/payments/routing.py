"""Which processor a payment goes to, and why.

    eligible processors --> first rule that fits --> its shares, its fallback --> sick ones left out, but for a few
                        \\--> no rule: all in their order

Nothing here is drawn or remembered: the variates and what processors have answered lately are handed in, so that the
same question has the same answer, and a decision carries all that it was made from and can be explained later. The
manner is that of public payment switches; numbers and rules are the carrier's choice (`RoutingChoices`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from model.choices.payments import BillingModel, Method, Processor, RouteRule, RoutingChoices
from model.decider import Refusal


class Question(Struct, frozen=True, kw_only=True, gc=False):
    """What routing looks at. `installments` is the number of the plan's; the variates are in [0, 1): `share` picks
    among the shares of a rule, `exploration` says whether a sick processor is tried all the same. `expected` is the
    method that whoever asked believed in; it decides nothing and explains a route that surprises.
    """

    method: Method
    billing_model: BillingModel
    state: str
    installments: int
    share: float
    exploration: float
    expected: Method | None = None


class Answered(Struct, frozen=True, gc=False):
    """One answer of a processor: was it good, whatever the payer's bank said? A soft decline is a good answer."""

    processor: str
    at: datetime
    good: bool


class Health(Struct, frozen=True, gc=False):
    """A processor's last answers within the window."""

    processor: str
    good: int
    answers: int


class RouteDecision(Struct, frozen=True):
    """Where to, what next if that fails, and everything that it was decided from. `after` names who could not send an
    earlier attempt and is asked last therefore.
    """

    question: Question
    rule: str
    eligible: tuple[str, ...]
    sick: tuple[Health, ...]
    explored: bool
    processor: str
    fallback: tuple[str, ...]
    after: tuple[str, ...] = ()


DEFAULT_ORDER = "default_order"


def variates(intent_id: str, ordinal: int) -> tuple[float, float]:
    """The share and the exploration variate of an attempt, in [0, 1). Nobody rolls dice: they are a hash of the
    attempt's name, so that an attempt that is asked for again goes the same way.
    """
    digest = sha256(f"{intent_id}/{ordinal}".encode()).digest()
    return (int.from_bytes(digest[:6]) / 2**48, int.from_bytes(digest[6:12]) / 2**48)


def health(choices: RoutingChoices, answers: Iterable[Answered], *, now: datetime) -> tuple[Health, ...]:
    """How each processor did within the window that ends `now`, by name."""
    begins = now - timedelta(seconds=choices.window_seconds)
    good: dict[str, int] = {}
    every: dict[str, int] = {}
    for answer in answers:
        if begins < answer.at <= now:
            every[answer.processor] = every.get(answer.processor, 0) + 1
            good[answer.processor] = good.get(answer.processor, 0) + answer.good
    return tuple(Health(name, good[name], every[name]) for name in sorted(every))


def is_sick(choices: RoutingChoices, seen: Health) -> bool:
    return seen.answers >= choices.window_least and seen.good * 100 < choices.healthy_percent * seen.answers


def route(choices: RoutingChoices, question: Question, seen: Sequence[Health]) -> RouteDecision | Refusal:
    """The decision on a question; refused when no processor takes such a payment."""
    eligible = tuple(one.processor for one in choices.processors if _takes(one, question))
    if not eligible:
        return Refusal("no_processor", f"no processor takes {question.method} in {question.state}")
    rule = next((one for one in choices.rules if _fits(one, question)), None)
    wanted = _order(rule, eligible, question.share)
    sick = tuple(one for one in seen if is_sick(choices, one) and one.processor in wanted)
    explored = question.exploration * 100 < choices.exploration_percent and bool(sick)
    order = wanted if explored else _sick_last(wanted, {one.processor for one in sick})
    return RouteDecision(
        question=question,
        rule=DEFAULT_ORDER if rule is None else rule.rule,
        eligible=eligible,
        sick=sick,
        explored=explored,
        processor=order[0],
        fallback=order[1:],
    )


def _takes(processor: Processor, question: Question) -> bool:
    return question.method in processor.methods and (not processor.states or question.state in processor.states)


def _fits(rule: RouteRule, question: Question) -> bool:
    low, high = rule.installments_min, rule.installments_max
    return (
        (not rule.methods or question.method in rule.methods)
        and (not rule.billing_models or question.billing_model in rule.billing_models)
        and (not rule.states or question.state in rule.states)
        and (low is None or question.installments >= low)
        and (high is None or question.installments <= high)
    )


def _order(rule: RouteRule | None, eligible: tuple[str, ...], share: float) -> tuple[str, ...]:
    """The picked share, the fallback, the other shares, and then whoever else can take it."""
    if rule is None:
        return eligible
    first = _picked(rule, share)
    others = (one.processor for one in rule.shares)
    return tuple(name for name in dict.fromkeys((first, *rule.fallback, *others, *eligible)) if name in eligible)


def _picked(rule: RouteRule, share: float) -> str:
    percent = 0
    for one in rule.shares:
        percent += one.percent
        if share * 100 < percent:
            return one.processor
    return rule.shares[-1].processor


def _sick_last(wanted: tuple[str, ...], sick: set[str]) -> tuple[str, ...]:
    """A sick processor is better than none."""
    return (*(name for name in wanted if name not in sick), *(name for name in wanted if name in sick))


def explain(decision: RouteDecision) -> str:
    """The decision in sentences, for whoever asks why a payment went where it went."""
    asked = decision.question
    told = [
        f"{asked.method}, {asked.billing_model}, {asked.state}, {asked.installments} installments: "
        f"{', '.join(decision.eligible)} could take it.",
        f"By {decision.rule} with the variate {asked.share}, {decision.processor} takes it"
        + (f", then {', '.join(decision.fallback)}." if decision.fallback else "."),
    ]
    if asked.expected not in (None, asked.method):
        told.append(f"{asked.expected} was expected, and the instrument is {asked.method}.")
    if decision.after:
        told.append(f"{', '.join(decision.after)} could not send an earlier attempt.")
    for one in decision.sick:
        told.append(f"{one.processor} is sick: {one.good} of its last {one.answers} answers were good.")
    if decision.explored:
        told.append(f"It was tried all the same, with the variate {asked.exploration}.")
    return " ".join(told)
