"""Time comes to payments too: who is due, who is told, and who is stuck."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fixtures.histories import PAID, at, history, payout_intent_id, play
from model.core import Core
from model.due import Due, tell, waiting
from model.payments.commands import HearProcessor, ReportTimeout
from model.payments.states import Processing, Unknown
from model.waiting import due, pass_time, stuck_payments

PAYOUT = payout_intent_id(1)
NOON = at(PAID)


def paying(core: Core) -> Core:
    play(core, history("a claim with a payment on its way"))
    return core


def of_payments(found: Iterable[Due]) -> list[Due]:
    return [one for one in found if one.machine == "intent"]


def test_a_retry_begins_when_its_instant_has_come_and_not_before(core: Core):
    paying(core)
    failed = HearProcessor(
        intent_id=PAYOUT, attempt=1, says="failed", network="gateway", code="canceled", on=NOON.date(), at=NOON
    )
    core.submit(failed)
    (waits,) = of_payments(waiting(core))
    assert waits.stream == PAYOUT
    soon = waits.at - timedelta(microseconds=1)
    assert of_payments(due(core, soon)) == []
    assert tell(core, "intent", PAYOUT, soon) == ((),)
    assert of_payments(due(core, waits.at)) == [waits]
    pass_time(core, waits.at)
    state = core.intent(PAYOUT)
    assert isinstance(state, Processing)
    assert len(state.attempts) == 2
    assert of_payments(due(core, waits.at)) == []


def test_a_payout_left_unknown_is_stuck_when_nobody_inquires_and_when_a_person_has_it(core: Core):
    paying(core)
    core.submit(ReportTimeout(intent_id=PAYOUT, on=NOON.date(), at=NOON))
    assert stuck_payments(core, NOON) == ()
    (late,) = stuck_payments(core, NOON + timedelta(hours=1))
    assert (late.intent_id, late.since, late.because) == (PAYOUT, NOON, "inquiry_overdue")

    end: Any = NOON + timedelta(days=8)
    while of_payments(due(core, end)):
        pass_time(core, end)
    state = core.intent(PAYOUT)
    assert isinstance(state, Unknown)
    (told,) = stuck_payments(core, end)
    assert (told.because, told.since) == ("unresolved", NOON)


def test_what_waits_for_nothing_is_not_listed(core: Core):
    play(core, history("a claim paid and closed"))
    assert of_payments(waiting(core)) == []
    assert stuck_payments(core, NOON) == ()
