"""What a policy page says of a day: the premium in force, and what is suspended by which order."""

from datetime import date, timedelta
from typing import Any

import pytest

from fixtures.histories import END, IN_FORCE, START, at, policy_id, usd
from fixtures.jurisdictions import florida
from fixtures.policy_histories import CHANGED, policy_history
from model.core import Core
from model.desk import Desk
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.published import requests as ask
from model.published.policy_views import ScopeView
from model.wire import to_wire


def core_after(*commands: Any) -> Core:
    core = Core(*florida())
    for command in commands:
        core.submit(command)
        core.drain(at=command.at)
    return core


def changed() -> Core:
    """From 3 August on a year costs 120.00 more, which was recorded on that day."""
    return core_after(*policy_history("a policy changed").commands)


def read(core: Core, on: date | None = None, known_at: Any = None, now=START) -> Any:
    question = ask.PolicyQuestion(effective=on, known_at=known_at)
    view: Any = Desk(core, lambda kind: kind).answer("read_policy", policy_id(1), question, at(now))
    return view.standing


@pytest.mark.parametrize(
    ("on", "premium"),
    [
        (START - timedelta(days=1), "0.00"),
        (START, "2400.00"),
        (CHANGED - timedelta(days=1), "2400.00"),
        (END - timedelta(days=1), None),
        (END, "0.00"),
    ],
)
def test_the_premium_in_force_is_what_a_year_of_the_day_costs(on, premium):
    core = changed()
    state: Any = core.policy(policy_id(1))
    (now,) = [rate.amount for rate in state.period.cover[-1].rates if rate.pattern == "premium"]
    assert now.minor > 240000

    assert read(core, on).in_force_premium == to_wire(usd(premium) if premium else now)
    assert read(core, on).on == on


def test_what_was_known_before_the_change_is_the_premium_before_it():
    last_day = END - timedelta(days=1)

    assert read(changed(), last_day, at(CHANGED - timedelta(days=1))).in_force_premium == to_wire(usd("2400.00"))
    assert read(changed(), last_day, at(date(2026, 1, 1))).in_force_premium == to_wire(usd("0.00"))


def test_a_question_that_names_no_day_is_of_the_day_on_which_it_is_asked():
    assert read(changed(), now=START - timedelta(days=1)).in_force_premium == to_wire(usd("0.00"))
    assert (read(changed(), now=START).on, read(changed(), now=START).in_force_premium) == (
        START,
        to_wire(usd("2400.00")),
    )


STORM = Moratorium("STORM", ("FL",), (), (), CHANGED, None, (Suspended("cancel", "hold"), Suspended("bind", "refuse")))
OTHER = Moratorium("OTHER", (), (), ("homeowners",), CHANGED, None, (Suspended("cancel", "refuse"),))
TEXAS = Moratorium("TEXAS", ("TX",), (), (), CHANGED, None, (Suspended("notice", "hold"),))


def test_a_policy_says_what_is_suspended_for_it_and_by_which_orders():
    over = CHANGED + timedelta(days=30)
    declared = (DeclareMoratorium(moratorium=one, on=CHANGED, at=at(CHANGED)) for one in (STORM, OTHER, TEXAS))
    core = core_after(*(step(1) for step in IN_FORCE), *declared)
    both = (
        ScopeView(operation="cancel", moratoria=("STORM", "OTHER")),
        ScopeView(operation="bind", moratoria=("STORM",)),
    )

    assert read(core, CHANGED).suspended == both
    assert read(core, CHANGED - timedelta(days=1)).suspended == ()
    core.submit(EndMoratorium(moratorium_id="STORM", on=over, at=at(over)))
    assert read(core, over - timedelta(days=1)).suspended == both
    assert read(core, over).suspended == (ScopeView(operation="cancel", moratoria=("OTHER",)),)


def test_a_quote_has_nothing_in_force_and_may_be_suspended():
    storm = DeclareMoratorium(moratorium=STORM, on=CHANGED, at=at(CHANGED))
    standing = read(core_after(IN_FORCE[0](1), storm), CHANGED)

    assert standing.in_force_premium == to_wire(usd("0.00"))
    assert [one.operation for one in standing.suspended] == ["cancel", "bind"]
