"""Random histories of payment intents: timeouts, retries, late and contradicting answers never move money twice.

A thousand histories of up to forty steps from keyed dice; what a history breaks is told with the history, cut down to
the steps that it needs. Every invariant is proven able to fail: a machine with a planted defect breaks it.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, get_args

import pytest
from msgspec import Struct
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.decider import Decider, Refusal
from model.invariants import (
    PAYMENT_INVARIANTS,
    judged,
    left_unknown,
    off_schedule,
    presented_too_often,
    unresolved_too_long,
)
from model.payments.ach import ach_rules
from model.payments.card import advised_waits
from model.payments.commands import (
    AnswerInquiry,
    ChargeBack,
    DecideByHand,
    HearProcessor,
    NoteChange,
    RefundMoney,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
    RepresentCharge,
    ReturnMoney,
    StartPayment,
    StopPayout,
    TimePassed,
)
from model.payments.events import Event, MoneyRefunded, PaymentSucceeded, PaymentTimedOut, RetryPostponed, SurplusFound
from model.payments.intent import Succeeded, decider
from model.payments.states import EFFECTIVE
from model.payments.waiting import due_at
from model.published.seen import intent_view

LAW, CARRIER = florida()
ACH = ach_rules(LAW.network("US-ACH"))
ADVISED = advised_waits(LAW.network("US-MC"))
BEGINS = datetime(2026, 6, 1, 15, tzinfo=UTC)
CODES = (
    ("US-ACH", "R01"), ("US-ACH", "R09"), ("US-ACH", "R02"), ("US-ACH", "R10"), ("US-ACH", "R99"), ("US-VISA", "51"),
    ("US-MC", "30"), ("US-VISA", "1A"), ("gateway", "canceled"), ("gateway", "timeout"),
)  # fmt: skip
STEPS = (
    "accepted", "succeeded", "failed", "failed", "timeout", "report_success", "report_failure", "found", "not_found",
    "not_there", "returned", "refund", "charge_back", "won", "by_hand", "wait", "wait", "wait", "nap",
)  # fmt: skip


LACKING = (("US-ACH", "R01"), ("US-ACH", "R09"))
MOODS = (
    (STEPS, CODES),
    (("failed", "wait", "succeeded", "returned", "noted", "wait"), LACKING),
    (("timeout", "nap", "nap", "wait", "not_found", "succeeded"), CODES),
    (("failed", "wait", "succeeded", "by_hand"), (("gateway", "canceled"),)),
    ((*STEPS, "cleared", "stop", "stop"), CODES),
)
"""What a history draws from: anything, a payer without money, a processor without answers, a bad line, and for a payout
what may become of a cheque.
"""


class Step(Struct, frozen=True):
    """`attempt` 0 is the last that began."""

    kind: str
    attempt: int
    network: str
    code: str
    dice: int


class Lived(Struct, frozen=True):
    """What a history led to: the state after every step with its instant, and what happened."""

    states: tuple[Any, ...]
    instants: tuple[datetime, ...]
    events: tuple[Any, ...]


def chosen(**changes: Any) -> Any:
    return replace(CARRIER, payments=replace(CARRIER.payments, **changes))


MACHINES = {
    "as shipped": chosen(),
    "presents returned debits": chosen(returned_debits="represent"),
    "gives what is too much to a person": chosen(late_success="exception", returned_debits="represent"),
    "before the dunning": chosen(
        retry_alignment="before_dunning_steps", dunning_step_days=(10, 20, 30, 300), returned_debits="represent"
    ),
    "tries often": chosen(business_retry_days=(1, 1, 1, 90, 90, 90), returned_debits="represent"),
}


def drawn(seed: int) -> tuple[Step, ...]:
    dice = random.Random(seed)
    steps, codes = MOODS[seed % 5]
    return tuple(
        Step(dice.choice(steps), dice.choice((0, 0, 0, 1, 1, 2, 3)), *dice.choice(codes), dice.randrange(1_000))
        for _ in range(dice.randrange(5, 41))
    )


def command_of(step: Step, now: datetime) -> Any:
    about: dict[str, Any] = {"intent_id": "collect:A:1", "on": now.date(), "at": now}
    code: dict[str, Any] = {"network": step.network, "code": step.code}
    of = {"attempt": step.attempt}
    match step.kind:
        case "stop":
            return StopPayout(amount=usd("100.00"), reason="lost", **about)
        case "accepted" | "succeeded" | "failed" | "cleared":
            captured = usd("60.00") if step.dice == 0 else None
            seen = ("I", "B")[: step.dice % 3]
            return HearProcessor(says=step.kind, captured=captured, endorsed_by=seen, **of, **code, **about)
        case "timeout":
            return ReportTimeout(**about)
        case "report_success":
            return ReportSuccess(**about)
        case "report_failure":
            return ReportFailure(reason="declined", **about) if step.dice < 200 else ReportTimeout(**about)
        case "found":
            return AnswerInquiry(found="succeeded", **of, **code, **about)
        case "not_found":
            return AnswerInquiry(found="not_found", **of, **code, **about)
        case "not_there":
            return AnswerInquiry(found="failed", **of, **code, **about)
        case "returned":
            return ReturnMoney(reason=step.code, **about)
        case "refund":
            amount = replace(usd("1.00"), minor=step.dice * 10)
            return RefundMoney(refund_id=f"R{step.dice % 3}", amount=amount, **about)
        case "charge_back":
            return ChargeBack(reason="13.1", **about) if step.dice < 300 else ReportTimeout(**about)
        case "noted":
            return NoteChange(
                attempt=step.attempt, code=f"C0{1 + step.dice % 3}", on=now.date(), at=now, intent_id="collect:A:1"
            )
        case "won":
            return RepresentCharge(**about)
        case _:
            rulings = ("succeeded", "retry", "give_up", "refund_surplus")
            return DecideByHand(ruling=rulings[step.dice % 4], by="ann", **of, **about)


Machine = Decider[Any, Any, Any]


def lived(machine: Machine, steps: Sequence[Step]) -> Lived:
    """The host wakes the payment exactly when something is due, and naps in between."""
    state, now, events = machine.initial, BEGINS, []
    states, instants = [], []

    def ask(command: Any) -> None:
        nonlocal state
        decision = machine.decide(command, state)
        for event in () if isinstance(decision, Refusal) else decision:
            events.append(event)
            state = machine.evolve(state, event)
        states.append(state)
        instants.append(now)

    pays_out = any(step.kind in ("cleared", "stop") for step in steps)
    purpose = "payout" if pays_out else "collection"
    joint = ("I", "B") if pays_out and steps[0].dice % 2 else ()
    about: dict[str, Any] = {
        "purpose": purpose,
        "subject": "A",
        "reference": "1",
        "party_id": "I",
        "joint_payees": joint,
    }
    ask(StartPayment(intent_id="collect:A:1", amount=usd("100.00"), on=now.date(), at=now, **about))
    for step in steps:
        due = due_at(state)
        if step.kind == "wait" and due is not None:
            now = max(now, due)
        elif step.kind == "nap":
            now = max(now, min(now + timedelta(hours=step.dice % 60), due or now + timedelta(days=60)))
        due = due_at(state)
        if due is not None and due <= now:
            ask(TimePassed(intent_id="collect:A:1", on=now.date(), at=now))
        if step.kind not in ("wait", "nap"):
            last = len(state.attempts)
            ask(command_of(step if step.attempt else replace(step, attempt=last), now))
    return Lived(tuple(states), tuple(instants), tuple(events))


def broken(lived: Lived, choices: Any) -> set[str]:
    """The codes of the invariants that some state on the way breaks."""
    found: set[str] = set()
    for state, now in zip(lived.states, lived.instants, strict=True):
        view = intent_view("collect:A:1", state)
        if view is not None:
            found |= {one.code for one in judged(PAYMENT_INVARIANTS, view.intent_id, view)}
            found |= {one.code for one in every_check(choices, view, now)}
    return found


def every_check(choices: Any, view: Any, now: datetime) -> Iterator[Any]:
    yield from presented_too_often(ACH, [view])
    yield from off_schedule(choices, [view], advised=ADVISED)
    yield from unresolved_too_long(choices, [view], now)


def cut_down(machine: Machine, choices: Any, steps: tuple[Step, ...], code: str) -> tuple[Step, ...]:
    """Without every step that the break does not need."""
    k = 0
    while k < len(steps):
        fewer = steps[:k] + steps[k + 1 :]
        if code in broken(lived(machine, fewer), choices):
            steps = fewer
        else:
            k += 1
    return steps


@cache
def histories() -> tuple[tuple[Step, ...], ...]:
    return tuple(drawn(seed) for seed in range(1_000))


def test_a_thousand_histories_break_nothing_and_reach_every_event():
    reached: set[type] = set()
    carriers = list(MACHINES.values())
    for number, steps in enumerate(histories()):
        carrier = carriers[number % len(carriers)]
        machine = decider(LAW, carrier)
        life = lived(machine, steps)
        reached |= {type(event) for event in life.events}
        codes = broken(life, carrier.payments)
        assert not codes, (number, codes, cut_down(machine, carrier.payments, steps, min(codes)))

    assert reached == set(get_args(Event)) - {RetryPostponed}, "only another payment's card puts a retry off"


def test_a_host_whose_clock_runs_leaves_nothing_unknown_but_what_a_person_has():
    for steps in histories()[::10]:
        machine = decider(LAW, chosen())
        waits = tuple(Step("wait", 1, "", "", 0) for _ in range(12))
        state = lived(machine, (*steps, *waits)).states[-1]
        view: Any = intent_view("collect:A:1", state)
        assert list(left_unknown([view])) == []


# --- planted defects

Bend = Callable[[Any, Any, Any], Any]


def keeps_what_is_too_much(decision: Any, command: Any, state: Any) -> Any:
    """The bug that a billing system was reported for: an old attempt pays beside a new one."""
    return tuple(
        PaymentSucceeded(
            intent_id=event.intent_id, attempt=event.attempt, purpose="collection", subject="A", reference="1",
            party_id="I", amount=event.amount, on=event.on, at=event.at,
        ) if isinstance(event, SurplusFound) else event
        for event in decision
    )  # fmt: skip


def refunds_without_end(decision: Any, command: Any, state: Any) -> Any:
    if isinstance(command, RefundMoney) and isinstance(state, Succeeded):
        return (
            MoneyRefunded(
                intent_id=command.intent_id,
                refund_id=command.refund_id,
                amount=command.amount,
                on=command.on,
                at=command.at,
            ),
        )
    return decision


def forgets_to_inquire(decision: Any, command: Any, state: Any) -> Any:
    return tuple(replace(event, inquire_at=None) if isinstance(event, PaymentTimedOut) else event for event in decision)


def bent(machine: Machine, bend: Bend) -> Machine:
    def decide(command: Any, state: Any) -> Any:
        decision = machine.decide(command, state)
        return bend(() if isinstance(decision, Refusal) else decision, command, state)

    return Decider(machine.name, machine.initial, machine.stream, decide, machine.evolve)


def loosened() -> Any:
    """The law as if the network let a debit be presented ten times."""
    network = LAW.network("US-ACH")
    key = ("reinitiation_max_after_first_return", "any")
    rows = network.rows | {key: replace(network.rows[key], value="9")}
    return replace(LAW, networks=LAW.networks | {"US-ACH": replace(network, rows=rows)})


OFTEN = MACHINES["tries often"]
DEFECTS = {
    "INV-Y1": (bent(decider(LAW, CARRIER), keeps_what_is_too_much), CARRIER.payments),
    "INV-Y2": (bent(decider(LAW, CARRIER), refunds_without_end), CARRIER.payments),
    "INV-Y3": (decider(loosened(), OFTEN), OFTEN.payments),
    "INV-Y4": (decider(LAW, chosen(business_retry_days=(8, 7, 8))), CARRIER.payments),
    "INV-Y7": (bent(decider(LAW, CARRIER), forgets_to_inquire), CARRIER.payments),
}


@pytest.mark.parametrize("code", DEFECTS)
def test_every_invariant_sees_its_planted_defect_in_a_few_steps(code):
    machine, choices = DEFECTS[code]
    for steps in histories():
        if code in broken(lived(machine, steps), choices):
            assert len(cut_down(machine, choices, steps, code)) <= 12
            return
    pytest.fail(f"no history breaks {code}")


def test_a_run_that_ends_in_doubt_is_seen():
    state = lived(decider(LAW, CARRIER), (Step("timeout", 1, "", "", 999),)).states[-1]
    view: Any = intent_view("collect:A:1", state)

    assert [one.code for one in left_unknown([view])] == ["INV-Y7"]


# --- every interleaving of six messages

SIX: dict[str, Step | None] = {
    "time passes": None,
    "timeout": Step("timeout", 1, "", "", 999),
    "late webhook: the first succeeded": Step("succeeded", 1, "", "", 1),
    "late webhook: the second succeeded": Step("succeeded", 2, "", "", 1),
    "webhook: the first was not sent": Step("failed", 1, "gateway", "canceled", 1),
    "webhook: the second was declined": Step("failed", 2, "US-ACH", "R01", 1),
    "inquiry: the first succeeded": Step("found", 1, "", "", 1),
    "inquiry: the first is not there": Step("not_found", 1, "", "", 1),
    "inquiry: the second is not there": Step("not_found", 2, "", "", 1),
    "inquiry: the first was declined": Step("not_there", 1, "US-ACH", "R01", 1),
}


def told(machine: Machine, state: Any, message: Step | None) -> Any:
    """The state after one message; time passes to what is due next."""
    at = due_at(state) or BEGINS
    passed = TimePassed(intent_id="collect:A:1", on=at.date(), at=at)
    decision = machine.decide(passed if message is None else command_of(message, BEGINS), state)
    for event in () if isinstance(decision, Refusal) else decision:
        state = machine.evolve(state, event)
    return state


def worst_of_six(machine: Machine) -> tuple[int, tuple[str, ...]]:
    """The most attempts whose money stayed after any six messages, and the shortest way there. States that are equal
    go on alike, so each is followed once: all 10^6 interleavings are covered.
    """
    start = lived(machine, ()).states[-1]
    frontier: dict[Any, tuple[str, ...]] = {start: ()}
    worst: tuple[int, tuple[str, ...]] = (0, ())
    for _ in range(6):
        following: dict[Any, tuple[str, ...]] = {}
        for state, way in frontier.items():
            for name, message in SIX.items():
                following.setdefault(told(machine, state, message), (*way, name))
        frontier = following
        for state, way in frontier.items():
            stayed = sum(one.status in EFFECTIVE for one in state.attempts)
            worst = max(worst, (stayed, way), key=lambda entry: entry[0])
    return worst


@pytest.mark.parametrize("name", MACHINES)
def test_six_messages_in_any_order_move_the_money_once(name):
    assert worst_of_six(decider(LAW, MACHINES[name]))[0] == 1


def test_a_machine_that_keeps_what_is_too_much_is_caught_by_the_six_messages():
    moved, way = worst_of_six(bent(decider(LAW, CARRIER), keeps_what_is_too_much))

    assert moved == 2
    assert len(way) == 4, way
