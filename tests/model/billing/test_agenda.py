"""What an account wants of the days to come: nothing is asked too late, nothing for nothing, and nothing twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at
from fixtures.owing_accounts import EVERYTHING, LAW, LEE, START, Desk, carrier_with
from model.billing import agenda
from model.billing.agenda import begins_at, business_day, commands_due, next_due
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReturnPayment
from model.billing.dunning_commands import AgeAccount, RecordPolicyEnd, RecordPolicyReturn
from model.billing.money_commands import DraftInvoice
from model.billing.orders import Order
from model.carrier import Carrier
from model.choices.delinquency import DelinquencyPlan, ReleaseChoices
from model.decider import Refusal

KNOWN = START - timedelta(days=30)
SEARCH = (Phase.explicit, Phase.generate)
AHEAD = 130
"""Days that are tried: longer than from any invoice to the next, and than any step takes."""
ORDERS = (Order("O", ("FL",), ("county:Lee",), (), EVERYTHING, date(2026, 7, 3), date(2026, 8, 2)),)


def wanted(desk: Desk, since: date = KNOWN) -> date | None:
    return next_due(LAW, desk.carrier, desk.standing, desk.account, since=since)


def told(desk: Desk, day: date) -> list[str]:
    """What the commands of a day lead to, and that the same day asked again leads to nothing."""
    found: list[str] = []
    for command in commands_due(desk.carrier, desk.account, on=day, at=at(day)):
        decision = desk.ask(command)
        found += [] if isinstance(decision, Refusal) else [type(event).__name__ for event in decision]
    for command in commands_due(desk.carrier, desk.account, on=day, at=at(day)):
        again = desk.ask(command)
        assert isinstance(again, Refusal) or again == ()
    return found


def would_happen(desk: Desk, day: date) -> bool:
    """Whether anything that a day could ask of any invoice or of the account would lead to something."""
    about: dict[str, Any] = {"account_id": "A", "on": day, "at": at(day)}
    asked: list[Any] = [AgeAccount(**about)]
    for invoice in desk.invoices:
        asked += [kind(number=invoice.number, **about) for kind in (BillInvoice, MarkInvoiceDue)]
        if desk.carrier.billing.autopay_days_before_due and invoice.step == "billed":
            # Once it has fallen due the due day has drafted it.
            asked.append(DraftInvoice(number=invoice.number, **about))
    answers = [desk.machine.decide(command, desk.state) for command in asked]
    return any(answer and not isinstance(answer, Refusal) for answer in answers)


def lived(seed: list[tuple[int, str, int]], desk: Desk) -> date:
    """A life: so many days go by, each asked for what it wants, and then something happens. The day of its end."""
    day = KNOWN
    for number, (days, what, minor) in enumerate(seed):
        for _ in range(days):
            day += timedelta(days=1)
            first = wanted(desk, day)
            if first is not None and first <= day:
                told(desk, day)
        _happens(desk, what, number, minor, day)
    return day


def _happens(desk: Desk, what: str, number: int, minor: int, day: date) -> None:
    match what:
        case "pay":
            desk.pay(f"{minor / 100:.2f}", day, f"M-{number}")
        case "return":
            paid = [one.payment_id for one in desk.account.payments if one.status == "received"]
            if paid:
                desk.ask(ReturnPayment(account_id="A", payment_id=paid[-1], reason="R01", on=day, at=at(day)))
        case "hold":
            desk.hold(day, EVERYTHING[minor % 3 :], f"H-{number}")
        case "release":
            for hold in desk.account.holds:
                if hold.released is None and hold.hold_id != "O":
                    desk.release(day, hold.hold_id)
        case "end":
            desk.ask(RecordPolicyEnd(account_id="A", policy_id="P", cancelled_on=day, on=day, at=at(day)))
        case "resume":
            for one in desk.account.ended:
                desk.ask(
                    RecordPolicyReturn(account_id="A", policy_id="P", cancelled_on=one.cancelled_on, on=day, at=at(day))
                )
        case "order":
            desk.standing = ORDERS
        case _:
            desk.charge(60000, policy=f"Q-{number}")


HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["pay", "pay", "return", "hold", "release", "end", "resume", "order", "charge"]),
        st.integers(1, 40000),
    ),
    min_size=1,
    max_size=7,
)


def billing_carrier(level: Any, grace: int, start: int, unapplied: Any, ahead: int, notice: Any) -> Carrier:
    plan = DelinquencyPlan(level=level, grace_days=grace, start_minor=start, exit_minor=1)
    carrier = carrier_with(plan, ReleaseChoices(strategy="spread_over_installments"))
    billing = replace(
        carrier.billing, unapplied_money=unapplied, autopay_days_before_due=ahead, nonpayment_notice=notice
    )
    # Florida is silent about it, so that it is the carrier's to say that a notice may go with the bill.
    return replace(carrier, billing=billing, policy=replace(carrier.policy, nonpay_notice_timing="with_bill"))


CARRIERS = st.builds(
    billing_carrier,
    level=st.sampled_from(["policy", "invoice"]),
    grace=st.integers(0, 9),
    start=st.sampled_from([1, 5000]),
    unapplied=st.sampled_from(["apply_when_billed", "keep_unapplied"]),
    ahead=st.sampled_from([0, 4]),
    notice=st.sampled_from(["after_default", "ahead_where_allowed"]),
)


@settings(max_examples=60, deadline=None, derandomize=True, phases=SEARCH)
@given(seed=HAPPENINGS, carrier=CARRIERS, autopay=st.sampled_from(["on", "off"]))
@example(seed=[(40, "pay", 24000), (40, "hold", 0), (5, "release", 1)], carrier=carrier_with(), autopay="off")
@example(seed=[(40, "pay", 24000), (20, "order", 1), (9, "pay", 1)], carrier=carrier_with(), autopay="off")
def test_before_the_next_day_of_an_account_nothing_would_happen_and_on_it_something_does(seed, carrier, autopay):
    desk = Desk(carrier)
    desk.charge(autopay=autopay)
    today = lived(seed, desk)
    first = wanted(desk, today)
    end = today + timedelta(days=AHEAD) if first is None else min(first, today + timedelta(days=AHEAD))

    for days in range((end - today).days):
        assert not would_happen(desk, today + timedelta(days=days)), (today, first, days)
    if first is not None and first <= today + timedelta(days=AHEAD):
        assert told(desk, first), (today, first)


def missed(days_late: int, monkeypatch) -> bool:
    """Whether the days of a plain account are still found when the agenda forgets `days_late` of grace."""
    plain = agenda._grace_over
    monkeypatch.setattr(
        agenda,
        "_grace_over",
        lambda *of: (day + timedelta(days=days_late) for day in plain(*of)),
    )
    desk = Desk(carrier_with())
    desk.charge()
    today = lived([(40, "pay", 24000), (25, "pay", 1)], desk)
    return any(
        would_happen(desk, today + timedelta(days=k)) for k in range(((wanted(desk, today) or today) - today).days)
    )


def test_an_agenda_that_comes_late_is_found_out(monkeypatch):
    assert not missed(0, monkeypatch)
    assert missed(2, monkeypatch)


def test_a_never_payer_is_billed_falls_due_and_is_dunned_with_nobody_looking_between_the_days():
    desk = Desk(carrier_with())
    desk.charge()
    desk.night(START)
    desk.pay("240.00", START, "M-0")
    days: list[tuple[date, list[str]]] = []
    while (day := wanted(desk)) is not None and day < date(2026, 7, 20):
        days.append((day, told(desk, day)))

    assert days == [
        (date(2026, 6, 11), ["InvoiceBilled"]),
        (date(2026, 7, 1), ["InvoiceFellDue"]),
        (date(2026, 7, 6), ["InvoicePastDue", "DelinquencyStarted", "DunningStepTaken"]),
        (date(2026, 7, 12), ["InvoiceBilled"]),
        (date(2026, 7, 13), ["DunningStepTaken"]),
        (date(2026, 7, 16), ["CancellationRequested"]),
    ]


def test_a_clock_that_jumped_finds_all_that_it_missed_at_once():
    desk = Desk(carrier_with())
    desk.charge()

    assert told(desk, date(2026, 7, 20))[:2] == ["InvoiceBilled", "InvoiceFellDue"]
    assert wanted(desk) is not None


def test_an_account_that_waits_for_events_only_has_no_day():
    desk = Desk(carrier_with())
    desk.charge()
    told(desk, date(2027, 6, 1))
    desk.pay("1200.00", date(2027, 6, 1))

    assert wanted(desk) is None


@pytest.mark.parametrize(
    ("zone", "at_midnight"),
    [("UTC", datetime(2026, 7, 1, tzinfo=UTC)), ("America/New_York", datetime(2026, 7, 1, 4, tzinfo=UTC))],
)
def test_a_day_is_that_of_the_insurer(zone, at_midnight):
    carrier = carrier_with()
    carrier = replace(carrier, billing=replace(carrier.billing, zone=zone))

    assert begins_at(carrier, date(2026, 7, 1)) == at_midnight
    assert business_day(carrier, at_midnight) == date(2026, 7, 1)
    assert business_day(carrier, at_midnight - timedelta(seconds=1)) == date(2026, 6, 30)


def test_the_first_day_of_an_order_and_the_day_after_its_last_are_days_of_the_accounts_in_its_area():
    desk = Desk(carrier_with())
    desk.charge()
    told(desk, date(2026, 6, 30))
    desk.pay("240.00", date(2026, 6, 30), "M-0")
    desk.standing = ORDERS
    elsewhere = replace(ORDERS[0], areas=("county:Polk",))

    assert LEE.areas == ("county:Lee",)
    assert next_due(LAW, desk.carrier, (elsewhere,), desk.account, since=START) == date(2026, 7, 1)
    told(desk, date(2026, 7, 1))
    assert wanted(desk) == ORDERS[0].start
    assert told(desk, ORDERS[0].start) == ["HoldPlaced"]
    assert wanted(desk) == ORDERS[0].end
