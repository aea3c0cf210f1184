"""What a moratorium suspends, holds and lets go."""

from datetime import date

import pytest
from msgspec.structs import replace

from fixtures.histories import END, at, policy_id, terms, usd
from fixtures.jurisdictions import florida
from model.policy import commands as ask
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended
from model.policy.states import InForce

LAW, COASTAL = florida()
D = date(2026, 8, 3)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


# --- moratoria


WATCH = Moratorium(
    "WATCH",
    ("FL",),
    ("county:Lee",),
    (),
    date(2026, 9, 8),
    date(2026, 9, 12),
    (Suspended("bind", "refuse"), Suspended("cancel", "hold"), Suspended("notice", "hold")),
)


def with_watch(desk, moratorium=WATCH):
    desk.core.submit(DeclareMoratorium(moratorium=moratorium, on=D, at=at(D)))
    return desk


@pytest.mark.parametrize(
    ("areas", "on", "answer"),
    [
        (("county:Lee",), date(2026, 9, 8), "moratorium"),
        (("county:Lee",), date(2026, 9, 12), "PolicyBound"),
        (("county:Lee",), date(2026, 9, 7), "PolicyBound"),
        (("county:Duval",), date(2026, 9, 8), "PolicyBound"),
    ],
)
def test_a_storm_watch_suspends_binding_where_and_while_it_holds(areas, on, answer, in_force, answered):
    desk = with_watch(in_force())
    asked = ask.QuotePolicy(policy_id="N", terms=replace(terms(2), areas=areas), on=on, at=at(on))
    desk.ask(asked)

    assert answered(desk.ask(ask.BindPolicy(policy_id="N", on=on, at=at(on)))) == answer


def test_what_a_moratorium_holds_is_decided_when_it_ends_and_nothing_is_dropped(in_force, answered):
    on = date(2026, 9, 9)
    everywhere = replace(WATCH, areas=(), end=None)
    desk = in_force()
    (given_,) = desk.notice(on=date(2026, 8, 28))
    with_watch(desk, everywhere)
    cancelling = ask.CancelPolicy(**desk.about(given_.effective), reason="nonpayment")
    assert given_.effective <= on
    held = replace(cancelling, on=on)
    late = replace(desk.state, notice=replace(given_, effective=on))
    desk.core.policies.states[policy_id(1)] = late

    assert answered(desk.ask(held)) == "OperationHeld"
    assert answered(desk.ask(held)) == "-"
    desk.core.submit(EndMoratorium(moratorium_id="WATCH", on=date(2026, 10, 1), at=at(date(2026, 10, 1))))
    answer = desk.ask(ask.ReleaseHeld(**desk.about(date(2026, 10, 1))))
    assert answered(answer) == "HeldReleased+PolicyCancelled"
    assert answer[1].on == date(2026, 10, 1)


def test_a_payment_during_a_moratorium_answers_the_cancellation_that_waits(in_force, answered):
    desk = in_force()
    (given_,) = desk.notice(on=date(2026, 8, 31), required=usd("10.00"))
    with_watch(desk, replace(WATCH, areas=()))
    desk.ask(ask.CancelPolicy(**desk.about(given_.effective), reason="nonpayment"))
    paid = ask.RescindCancellation(**desk.about(date(2026, 9, 11)), paid=usd("10.00"))

    assert answered(desk.ask(paid)) == "CancellationRescinded"
    assert answered(desk.ask(ask.ReleaseHeld(**desk.about(date(2026, 9, 12))))) == "-"
    assert isinstance(desk.state, InForce)


def test_an_order_can_leave_a_reason_out(in_force, answered):
    """Louisiana's Emergency Rule 49 still allowed notices of nonpayment, its Rule 27 did not."""
    on = date(2026, 9, 9)
    desk = with_watch(in_force(), replace(WATCH, areas=(), except_reasons=("nonpayment",)))

    assert answered(desk.notice(on=on)) == "NoticeGiven"
    desk = with_watch(in_force(), replace(WATCH, areas=()))
    assert answered(desk.notice(on=on)) == "OperationHeld"
