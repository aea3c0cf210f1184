"""Holds and orders on an account: what they keep back, and that what is billed after them is to the cent what would
have been billed without.
"""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.owing_accounts import EVERYTHING, LAW, START, Desk, carrier_with
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.billing.dunning_events import DelinquencyExited, HeldInvoicesReplanned
from model.billing.events import InvoiceBilled, InvoiceFellDue
from model.billing.money_commands import DraftInvoice
from model.billing.orders import Order
from model.billing.plan import Payer
from model.choices.delinquency import ReleaseChoices, ReleaseStrategy
from model.daycount import is_business_day

FIRST, LAST = date(2026, 9, 8), date(2026, 11, 20)
END_OF_TERM = date(2027, 6, 30)
LEE = Order("EO-1", ("FL",), ("county:Lee",), (), EVERYTHING, FIRST, LAST)
ONE_DAY = timedelta(days=1)


def desk_with(strategy: ReleaseStrategy = "one_catch_up_invoice", **charges) -> Desk:
    release = ReleaseChoices(strategy=strategy, due_days=20, installments=3)
    desk = Desk(carrier_with(release=release))
    desk.charge(**charges)
    return desk


def run(desk: Desk, first: date, last: date) -> None:
    """Every day of [first, last], whoever is asked for something paying it on its due day."""
    day = first
    while day <= last:
        desk.night(day)
        for invoice in desk.invoices:
            if invoice.step in ("due", "past_due") and invoice.open:
                text = f"{invoice.open // 100}.{invoice.open % 100:02d}"
                desk.pay(text, day, f"M-{invoice.number}-{day}", invoice.payer_id)
        day += ONE_DAY


def billed(desk: Desk) -> int:
    return sum(event.amount.minor for event in desk.told if isinstance(event, InvoiceBilled))


def paid(desk: Desk) -> int:
    return sum(item.paid for invoice in desk.invoices for item in invoice.items)


def under_an_order(desk: Desk) -> Desk:
    """Through the term, with an order in autumn."""
    run(desk, START - timedelta(days=30), FIRST - ONE_DAY)
    desk.standing = (LEE,)
    run(desk, FIRST, END_OF_TERM)
    return desk


STRATEGIES: tuple[ReleaseStrategy, ...] = ("one_catch_up_invoice", "spread_over_installments", "extend_due_dates")
PAYERS = ((Payer("I", "insured", 1),), (Payer("I", "insured", 1), Payer("B", "mortgagee", 2)))


@pytest.mark.parametrize("payers", PAYERS, ids=["one payer", "two payers"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_an_order_or_without_the_same_is_billed_and_paid_in_the_end(strategy, payers):
    """INV-B14."""
    free, held = desk_with(strategy, payers=payers), under_an_order(desk_with(strategy, payers=payers))
    run(free, START - timedelta(days=30), END_OF_TERM)

    assert billed(held) == billed(free) == 120000
    assert paid(held) == paid(free) == 120000


def replans(desk: Desk) -> list[HeldInvoicesReplanned]:
    return [event for event in desk.told if isinstance(event, HeldInvoicesReplanned)]


def test_all_that_was_kept_back_comes_on_one_invoice_for_each_payer():
    desk = under_an_order(desk_with(payers=PAYERS[1]))

    assert [(one.payer_id, len(one.skipped), len(one.replanned)) for one in replans(desk)] == [("I", 3, 1), ("B", 3, 1)]
    assert [one.replanned[0].due_on for one in replans(desk)] == [LAST + timedelta(days=20)] * 2
    assert all(one.replanned[0].bill_on == LAST for one in replans(desk))


def test_or_in_parts_a_month_apart():
    (one,) = replans(under_an_order(desk_with("spread_over_installments")))

    assert [invoice.due_on for invoice in one.replanned] == [
        date(2026, 12, 10),
        date(2027, 1, 10),
        date(2027, 2, 10),
    ]
    assert [sum(item.amount.minor for item in invoice.items) for invoice in one.replanned] == [10667, 10667, 10667]


def test_or_every_invoice_as_it_was_later_by_the_days_of_the_hold():
    desk = under_an_order(desk_with("extend_due_dates"))
    (one,) = replans(desk)
    longer = LAST - FIRST

    assert [invoice.due_on for invoice in one.replanned] == [
        desk.invoices[number].due_on + longer for number in one.skipped
    ]


@pytest.mark.parametrize("strategy", ["one_catch_up_invoice", "spread_over_installments", "extend_due_dates"])
@pytest.mark.parametrize("roll", ["following", "preceding"])
def test_what_is_billed_after_a_release_is_due_on_business_days_where_due_days_roll(strategy, roll):
    """22 days after the release is Saturday, 12 December 2026."""
    carrier = carrier_with(release=ReleaseChoices(strategy=strategy, due_days=22, installments=3))
    desk = Desk(replace(carrier, billing=replace(carrier.billing, due_day_roll=roll)))
    desk.charge()
    dues = [invoice.due_on for one in replans(under_an_order(desk)) for invoice in one.replanned]

    assert dues == sorted(set(dues))
    assert all(is_business_day(due, LAW.holidays) for due in dues)
    if strategy == "one_catch_up_invoice":
        assert dues == [date(2026, 12, 14) if roll == "following" else date(2026, 12, 11)]


def test_drafts_after_a_release_are_apart_by_account_where_the_carrier_wants_them_apart():
    desk = Desk(carrier_with(release=ReleaseChoices(due_days=20, jitter_days=6)))
    desk.charge()
    (one,) = replans(under_an_order(desk))

    assert one.replanned[0].due_on - LAST == timedelta(days=20 + ord("A") % 7)


# --- what is kept back


def test_under_a_hold_on_invoicing_nothing_is_billed_but_what_is_billed_goes_past_due(answered):
    desk = desk_with()
    desk.night(START)
    desk.pay("240.00", START)
    desk.night(date(2026, 6, 20))
    desk.hold(date(2026, 6, 25), ("invoicing",))
    later = date(2026, 7, 20)
    answer = desk.ask(BillInvoice(account_id="A", number=2, on=later, at=at(later)))
    found = [name for _, name in desk.nights(date(2026, 6, 26), later)]

    assert answered(answer) == "invoicing_held"
    assert "InvoicePastDue" in found
    assert desk.invoices[2].status == "planned"


def test_under_a_hold_on_delinquency_nothing_goes_past_due_and_grace_begins_again_when_it_ends():
    desk = desk_with()
    desk.night(START)
    desk.pay("240.00", START)
    desk.nights(date(2026, 6, 11), date(2026, 7, 1))
    desk.hold(date(2026, 7, 3), ("delinquency",))

    assert desk.nights(date(2026, 7, 3), date(2026, 7, 31)) == []
    desk.release(date(2026, 8, 1))
    assert desk.nights(date(2026, 8, 1), date(2026, 8, 6))[0] == (date(2026, 8, 6), "InvoicePastDue")


def test_a_hold_that_comes_after_grace_does_not_give_grace_a_second_time():
    desk = desk_with()
    desk.night(START)
    desk.pay("240.00", START)
    desk.nights(date(2026, 6, 11), date(2026, 7, 1))
    desk.hold(date(2026, 7, 20), ("delinquency",))
    desk.release(date(2026, 8, 1))

    assert desk.night(date(2026, 8, 1))[0].number == 1


def test_drafts_are_refused_under_a_hold_and_made_the_day_it_ends(answered):
    desk = desk_with(autopay="on")
    desk.night(START)
    desk.pay("240.00", START)
    desk.night(date(2026, 6, 20))
    desk.hold(date(2026, 6, 25), ("autopay",))
    due = date(2026, 7, 1)
    drafted = desk.ask(DraftInvoice(account_id="A", number=1, on=due, at=at(due)))
    marked = desk.ask(MarkInvoiceDue(account_id="A", number=1, on=due, at=at(due)))
    desk.release(date(2026, 8, 1))
    fell = [event for event in desk.told if isinstance(event, InvoiceFellDue) and event.number == 1]

    assert (answered(drafted), answered(marked)) == ("autopay_held", "autopay_held")
    assert [(event.on, event.autopay) for event in fell] == [(date(2026, 8, 1), "on")]


def test_a_request_that_was_made_is_withdrawn_by_a_hold_and_made_again_by_a_new_process():
    """Pending notices are withdrawn and reissued."""
    desk = desk_with()
    desk.night(START)
    desk.pay("240.00", START)
    desk.nights(date(2026, 6, 11), date(2026, 7, 16))
    desk.standing = (replace(LEE, start=date(2026, 7, 20), end=date(2026, 8, 20)),)
    desk.night(date(2026, 7, 20))
    (exited,) = [event for event in desk.told if isinstance(event, DelinquencyExited)]
    desk.nights(date(2026, 7, 21), date(2026, 8, 31))

    assert exited.cause == "held"
    assert [(one.stage, one.cancel_requests) for one in desk.processes] == [("exited", 1), ("cancel_requested", 1)]


def test_two_holds_keep_back_together_and_only_the_end_of_the_last_one_bills():
    desk = desk_with()
    run(desk, START - timedelta(days=30), FIRST - ONE_DAY)
    desk.hold(FIRST, EVERYTHING, "H-1")
    desk.hold(FIRST + ONE_DAY, EVERYTHING, "H-2")
    run(desk, FIRST, date(2026, 10, 15))
    desk.release(date(2026, 10, 15), "H-1")

    assert replans(desk) == []
    desk.release(date(2026, 10, 20), "H-2")
    assert [one.hold_id for one in replans(desk)] == ["H-2"]


def test_what_is_not_in_the_area_goes_on(answered):
    desk = desk_with()
    desk.standing = (replace(LEE, areas=("county:Duval",)),)
    run(desk, START - timedelta(days=30), END_OF_TERM)

    assert replans(desk) == []
    assert billed(desk) == 120000


def test_an_order_that_no_night_has_found_yet_is_kept_all_the_same(answered):
    desk = desk_with()
    run(desk, START - timedelta(days=30), date(2026, 9, 10))
    desk.standing = (LEE,)
    day = date(2026, 9, 11)

    assert answered(desk.ask(BillInvoice(account_id="A", number=4, on=day, at=at(day)))) == "invoicing_held"


def test_a_hold_that_somebody_ends_early_stays_ended_though_the_order_stands():
    desk = desk_with()
    run(desk, START - timedelta(days=30), FIRST - ONE_DAY)
    desk.standing = (LEE,)
    run(desk, FIRST, date(2026, 9, 30))
    desk.release(date(2026, 10, 1), "EO-1")
    run(desk, date(2026, 10, 1), END_OF_TERM)

    assert len(replans(desk)) == 1
    assert billed(desk) == 120000


def test_money_that_waits_pays_the_catch_up_invoice_when_it_is_billed():
    desk = desk_with()
    run(desk, START - timedelta(days=30), FIRST - ONE_DAY)
    desk.standing = (LEE,)
    run(desk, FIRST, LAST - ONE_DAY)
    desk.pay("50.00", LAST - ONE_DAY, "early")
    desk.night(LAST)

    assert desk.account.unapplied == usd("0.00")
