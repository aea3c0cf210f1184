"""Confluence, exhaustively: whatever arrives first, late, or twice, the cancellation for nonpayment and the contexts
that it spans end in the same place (INV-X1, INV-X2; the race of payment and cancellation is B13).
"""

from datetime import date, timedelta
from typing import Any

import pytest

from fixtures.histories import IN_FORCE, at, policy_id
from fixtures.jurisdictions import florida
from fixtures.process_histories import ASKED_ON, cancel_requested, exited
from model.core import Core
from model.policy.states import Cancelled
from model.processes import nonpayment_states
from model.processes.nonpayment_messages import EndDelinquency
from tests.model.processes.happenings import passes, tell, told

POLICY = ("policy", "processes")
PAID_ON = ASKED_ON + timedelta(days=3)
EFFECTIVE = date(2026, 10, 1)
PAST = at(EFFECTIVE + timedelta(days=1))


def policy_end(core: Core) -> tuple[Any, ...]:
    """What is insured, for how much, and what the process believes."""
    state: Any = core.policy(policy_id(1))
    cover = tuple((one.start, one.end, one.status) for one in state.period.cover)
    booked = tuple(sorted((one.pattern, one.amount.minor) for one in state.period.booked))
    process = {type(one).__name__ for one in core.nonpayments.states.values()}
    return type(state).__name__, cover, booked, tuple(process)


UNTOUCHED = told(IN_FORCE)
KEPT = ("InForce", *policy_end(UNTOUCHED)[1:3], ("Kept",))


def race(happening) -> tuple[Any, ...]:
    """Billing asks, billing says that it is paid, and the day of the cancellation passes: any of them may be heard
    first, last, or between the answers of policy.
    """
    said = (
        happening("requested", tell(cancel_requested())),
        happening("exited", tell(exited(on=PAID_ON))),
    )
    return said, (happening("day", passes(PAST), at=PAST),)


def test_payment_and_cancellation_end_in_the_same_place_in_every_order(explorer, happening):
    search = explorer(policy_end, POLICY)

    assert search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening)) == {KEPT}
    assert search.worlds > 40, search.worlds


NONPAYMENT_MESSAGES = (
    "insurance.billing.delinquency.cancel_requested.v1",
    "insurance.billing.delinquency.exited.v1",
    *(
        f"insurance.process.cancel_for_nonpayment.asked.v1:{asks}"
        for asks in ("notice", "cancellation", "rescission", "reinstatement")
    ),
    "insurance.process.ask.refused.v1",
    "insurance.policy.notice.given.v1",
    "insurance.policy.notice.rescinded.v1",
    "insurance.policy.cancelled.v1",
    "insurance.policy.reinstated.v1",
)


@pytest.mark.parametrize("twice", NONPAYMENT_MESSAGES)
def test_a_message_of_the_race_that_comes_twice_changes_nothing(explorer, happening, twice):
    search = explorer(policy_end, POLICY, twice=twice)

    assert search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening)) == {KEPT}


@pytest.mark.parametrize("order", ["as said", "the other way round"])
def test_a_delinquency_whose_end_overtakes_its_beginning_leaves_the_policy_alone(explorer, happening, order):
    said = [happening("requested", tell(cancel_requested())), happening("exited", tell(exited(on=PAID_ON)))]
    if order != "as said":
        said.reverse()

    assert explorer(policy_end, POLICY).ends(told(IN_FORCE), at(ASKED_ON), tuple(said)) == {KEPT}


def test_without_money_the_policy_ends_on_the_day_of_its_notice_whatever_comes_first(explorer, happening):
    said = (happening("requested", tell(cancel_requested())),)
    ends = explorer(policy_end, POLICY).ends(told(IN_FORCE), at(ASKED_ON), said)

    ((status, cover, _, process),) = ends
    assert (status, process) == ("Cancelled", ("Cancelled",))
    assert (cover[-1][0], cover[-1][2]) == (EFFECTIVE, "gap")


def test_money_that_counts_only_from_the_day_of_the_cancellation_changes_nothing(explorer, happening):
    core = told(IN_FORCE)
    core.outbox.append(cancel_requested())
    core.drain(at=at(ASKED_ON))
    then = (
        happening("day", passes(PAST), at=PAST),
        happening("exited", tell(exited(on=EFFECTIVE, said=PAST))),
    )

    ((status, _, _, process),) = explorer(policy_end, POLICY).ends(core, at(ASKED_ON), then)
    assert (status, process) == ("Cancelled", ("Cancelled",))


def deaf_to_late_money() -> Core:
    """A planted defect: what comes after the cancellation is not heard, though the money was in time."""
    core = Core(*florida())
    decide = core.nonpayments.decide

    def hear(command: Any, state: Any) -> Any:
        cancelled = isinstance(state, nonpayment_states.Cancelled)
        return () if cancelled and isinstance(command, EndDelinquency) else decide(command, state)

    core.nonpayments.decide = hear
    return core


def test_a_process_that_does_not_hear_late_money_would_be_found(explorer, happening):
    search = explorer(policy_end, POLICY, build=deaf_to_late_money)
    ends = search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening))

    assert {end[0] for end in ends} == {"InForce", "Cancelled"}


def test_a_policy_that_was_cancelled_by_nobody_is_in_force():
    assert not isinstance(UNTOUCHED.policy(policy_id(1)), Cancelled)
