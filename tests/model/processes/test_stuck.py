"""The stuck detector (X13): a process that stands still at any of its steps is found, each planted in a core."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import history, payout_intent_id, usd
from fixtures.jurisdictions import florida
from fixtures.process_histories import PROCESS_HISTORIES
from model import waiting
from model.core import Core
from model.payments.commands import ReportFailure, ReportSuccess
from model.processes import (
    cancel_for_nonpayment,
    claim_payout,
    nonpayment_states,
    payout_states,
    renewal_bind,
    renewal_states,
)
from model.processes.nonpayment_messages import NonpaymentStepTaken
from model.processes.payout_messages import PayoutStepTaken
from model.processes.renewal_messages import Offer, OfferedCharge, RenewalStepTaken
from model.processes.shape import Step, until
from model.waiting import STEPS, stuck

DAY = date(2026, 9, 21)
SINCE = datetime(2026, 9, 21, 12, tzinfo=UTC)
NAMED = SINCE + timedelta(days=20)
"""The day that an answer named, where a step waits for one."""
YEARS = timedelta(days=3_650)
PREMIUM = OfferedCharge("premium", usd("9.00"))
OFFER = Offer("R", "A", DAY, DAY + timedelta(days=365), "UTC", DAY, "payment", "monthly", "off", (), (PREMIUM,))


def standing_at(process: str, step: Step) -> Any:
    """The state of a process that has just taken a step, made by its own event."""
    taken: dict[str, Any] = {
        "asks": step.asks, "because": "", "step": 1, "tries": 1, "until": until(step, SINCE, NAMED), "story": "s",
        "on": DAY, "at": SINCE,
    }  # fmt: skip
    match process:
        case "claim_payout":
            event: Any = PayoutStepTaken(payment_id="P", claim_id="C", payee_id="I", amount=usd("9.00"), **taken)
            return claim_payout.evolve(payout_states.NotStarted(), event)
        case "cancel_for_nonpayment":
            event = NonpaymentStepTaken(
                process_id="P", account_id="A", policy_id="PO", amount=None, resumes="notice", notice_id="",
                effective=None, paid_on=None, **taken,
            )  # fmt: skip
            return cancel_for_nonpayment.evolve(nonpayment_states.NotStarted(), event)
        case _:
            event = RenewalStepTaken(
                policy_id="PO", offer=OFFER, resumes="bind", first=None, due=None, paid=(), **taken
            )
            return renewal_bind.evolve(renewal_states.NotStarted(), event)


ASKS_NOW: dict[str, Any] = {
    "claim_payout": payout_states.asks_now,
    "cancel_for_nonpayment": nonpayment_states.asks_now,
    "renewal_bind": renewal_states.asks_now,
}
ENDS = {
    "claim_payout": set(),
    "cancel_for_nonpayment": {"keep", "end"},
    "renewal_bind": {"issued", "end"},
}
"""The steps at which a process is over whatever anybody else does: nothing is asked, and nothing is waited for."""


def every_step(*, ends: str) -> list[Any]:
    return [
        pytest.param(process, step, id=f"{process}-{step.asks}")
        for process, steps in STEPS.items()
        for step in steps
        if (step.asks in ENDS[process]) == (ends == "at the end")
    ]


def planted(process: str, step: Step) -> Core:
    core = Core(*florida())
    streams = {"claim_payout": core.payouts, "cancel_for_nonpayment": core.nonpayments, "renewal_bind": core.renewals}
    streams[process].states["planted"] = standing_at(process, step)
    return core


@pytest.mark.parametrize(("process", "step"), every_step(ends="not at the end"))
def test_a_process_that_stands_still_is_found_wherever_it_stands(process, step):
    core = planted(process, step)
    assert ASKS_NOW[process](standing_at(process, step)) == step.asks
    (found,) = stuck(core, SINCE + YEARS)
    assert (found.process, found.process_id, found.asks, found.of) == (process, "planted", step.asks, step.of)
    assert found.since == SINCE
    assert found.says.startswith(f"{process} planted waits for ")


@pytest.mark.parametrize(("process", "step"), every_step(ends="not at the end"))
def test_it_is_found_at_the_instant_at_which_its_time_is_up_and_not_before(process, step):
    core, state = planted(process, step), standing_at(process, step)
    if step.of == "person":
        assert len(stuck(core, SINCE)) == 1
        return
    over = state.until or SINCE + step.looked_at
    assert stuck(core, over - timedelta(microseconds=1)) == ()
    assert len(stuck(core, over)) == 1


@pytest.mark.parametrize(("process", "step"), every_step(ends="at the end"))
def test_a_process_at_its_end_is_never_stuck(process, step):
    assert ASKS_NOW[process](standing_at(process, step)) is None
    assert stuck(planted(process, step), SINCE + YEARS) == ()


@pytest.mark.parametrize("process", STEPS)
def test_every_step_is_an_end_has_a_timeout_asks_a_person_or_is_looked_at(process):
    for step in STEPS[process]:
        ways = (step.asks in ENDS[process], step.waits is not None, step.of == "person", step.looked_at is not None)
        assert sum(ways) == 1, step.asks


@pytest.mark.parametrize(
    ("process", "asks"),
    [
        ("cancel_for_nonpayment", "release"),
        ("renewal_bind", "by_hand"),
        ("renewal_bind", "withdrawal"),
        ("claim_payout", "confirmation"),
        ("claim_payout", "compensation"),
    ],
)
def test_a_wait_for_news_that_nobody_looks_at_would_not_be_found(process, asks, monkeypatch):
    """The planted defect: a table that forgets to have such a step looked at."""
    forgetful = tuple(replace(step, looked_at=None) if step.asks == asks else step for step in STEPS[process])
    step = next(step for step in STEPS[process] if step.asks == asks)
    core = planted(process, step)
    assert len(stuck(core, SINCE + YEARS)) == 1
    monkeypatch.setitem(waiting.STEPS, process, forgetful)
    assert stuck(core, SINCE + YEARS) == ()


# --- the last ask of a process is lost, or arrives


def told(*steps: Any, loses: str) -> Core:
    """A core to which all this happened, and in which `loses` never heard what the process asked in the end, nor what
    payments told it beside.
    """
    core = Core(*florida())
    for command in steps:
        core.submit(command)
        while core.outbox:
            envelope = core.outbox.pop(0)
            for context in core.subscribers(envelope.type):
                last = getattr(envelope.data, "asks", "") in ("confirmation", "compensation", "withdrawal")
                news = envelope.type in (
                    "insurance.payments.intent.succeeded.v1",
                    "insurance.payments.intent.failed.v1",
                )
                if context != loses or not (last or news):
                    core.deliver(envelope, to=context, at=command.at)
        core.drain(at=command.at)
    return core


def payout(answer: Callable[..., Any]) -> tuple[Any, ...]:
    asked = history("a claim with a payment on its way", 1).commands
    about: dict[str, Any] = {"intent_id": payout_intent_id(1), "on": asked[-1].on, "at": asked[-1].at}
    return (*asked, answer(**about, **({} if answer is ReportSuccess else {"reason": "account closed"})))


LOST = [
    pytest.param("confirmation", "claims", payout(ReportSuccess), id="confirmation"),
    pytest.param("compensation", "claims", payout(ReportFailure), id="compensation"),
    pytest.param(
        "withdrawal", "billing", tuple(step(1) for step in PROCESS_HISTORIES["a renewal not taken"]), id="withdrawal"
    ),
]


@pytest.mark.parametrize(("asks", "loses", "steps"), LOST)
def test_a_last_ask_that_nobody_hears_is_found_a_day_later_and_one_that_is_heard_never_is(asks, loses, steps):
    asked_at = steps[-1].at
    core = told(*steps, loses=loses)
    assert stuck(core, asked_at + timedelta(days=1) - timedelta(microseconds=1)) == ()
    (found,) = stuck(core, asked_at + timedelta(days=1))
    assert (found.asks, found.of, found.since) == (asks, loses, asked_at)
    assert stuck(told(*steps, loses="nobody"), asked_at + YEARS) == ()
