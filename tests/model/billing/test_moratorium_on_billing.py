"""A moratorium that policy declares is heard by billing, and keeps the bills of the area back until it ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, at, intent_id, policy_id, quote, terms
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.billing.dunning_commands import AgeAccount
from model.billing.dunning_events import HeldInvoicesReplanned
from model.core import Core
from model.decider import Refusal
from model.policy import commands as policy
from model.policy.moratorium import DeclareMoratorium, EndMoratorium, Moratorium, Suspended

DECLARED, FIRST, LAST = date(2026, 9, 7), date(2026, 9, 8), date(2026, 11, 20)
LEE, DUVAL = 1, 2
AREAS = {LEE: ("county:Lee",), DUVAL: ("county:Duval",)}
ORDER = Moratorium(
    "EO-2026-9",
    ("FL",),
    ("county:Lee",),
    (),
    FIRST,
    None,
    (
        Suspended("cancel", "hold"),
        Suspended("invoicing", "hold"),
        Suspended("delinquency", "hold"),
        Suspended("autopay", "hold"),
    ),
)


def two_homes() -> Core:
    core = Core(*florida())
    for number, areas in AREAS.items():
        offered = replace(terms(number), areas=areas)
        about: Any = {"policy_id": policy_id(number), "on": quote(number).on, "at": quote(number).at}
        for command in (
            policy.QuotePolicy(terms=offered, **about),
            policy.BindPolicy(**about),
            policy.IssuePolicy(**about),
        ):
            assert not isinstance(core.submit(command), Refusal)
        core.drain(at=command.at)
    return core


def nights(core: Core, first: date, last: date) -> list[Any]:
    """What became of both accounts on the days of [first, last]."""
    found: list[Any] = []
    for k in range((last - first).days + 1):
        day = first + timedelta(days=k)
        for number in AREAS:
            account: Any = core.account(account_id(number))
            about: Any = {"account_id": account_id(number), "on": day, "at": at(day)}
            for invoice in account.invoices:
                if invoice.step in ("planned", "billed"):
                    core.submit(BillInvoice(number=invoice.number, **about))
                    core.submit(MarkInvoiceDue(number=invoice.number, **about))
            answer = core.submit(AgeAccount(**about))
            assert not isinstance(answer, Refusal)
            found += answer
        core.drain(at=at(day))
    return found


def declare(core: Core, order: Moratorium = ORDER) -> None:
    core.submit(DeclareMoratorium(moratorium=order, on=DECLARED, at=at(DECLARED)))
    core.drain(at=at(DECLARED))


def end(core: Core, on: date = LAST) -> None:
    core.submit(EndMoratorium(moratorium_id=ORDER.moratorium_id, on=on, at=at(on)))
    core.drain(at=at(on))


def billed(core: Core, number: int) -> list[int]:
    account: Any = core.account(account_id(number))
    return [invoice.number for invoice in account.invoices if invoice.step not in ("planned", "carried")]


def test_what_lies_in_the_area_is_kept_back_and_what_does_not_goes_on():
    core = two_homes()
    nights(core, START, DECLARED)
    declare(core)
    nights(core, FIRST, LAST - timedelta(days=1))

    assert billed(core, LEE) == [0, 1, 2, 3]
    assert billed(core, DUVAL) == [0, 1, 2, 3, 4, 5, 6]


def test_when_it_ends_one_invoice_catches_up_and_is_drafted_when_it_is_due():
    core = two_homes()
    nights(core, START, DECLARED)
    declare(core)
    nights(core, FIRST, LAST - timedelta(days=1))
    end(core)
    (caught_up,) = [event for event in nights(core, LAST, LAST) if isinstance(event, HeldInvoicesReplanned)]
    nights(core, LAST, LAST + timedelta(days=20))

    assert (caught_up.skipped, caught_up.account_id) == ((4, 5, 6), account_id(LEE))
    (invoice,) = caught_up.replanned
    assert (invoice.bill_on, invoice.due_on) == (LAST, LAST + timedelta(days=20))
    # Three installments of 213.33, 3.84 in tax and 3.00 for each.
    assert sum(item.amount.minor for item in invoice.items) == 3 * (21333 + 384 + 300)
    assert intent_id(LEE, 10) in core.intents.states


@pytest.mark.parametrize("order", ["declared first", "ended first"])
def test_news_of_its_end_may_overtake_the_order_itself(order):
    core = two_homes()
    nights(core, START, DECLARED)
    core.submit(DeclareMoratorium(moratorium=ORDER, on=DECLARED, at=at(DECLARED)))
    core.submit(EndMoratorium(moratorium_id=ORDER.moratorium_id, on=LAST, at=at(DECLARED)))
    news = [envelope for envelope in core.outbox if envelope.type.startswith("insurance.ops.")]
    core.outbox.clear()
    for envelope in news if order == "declared first" else reversed(news):
        core.deliver(envelope, to="billing", at=at(DECLARED))
        core.deliver(envelope, to="billing", at=at(DECLARED))
    (heard,) = core.heard_orders()

    assert (heard.start, heard.end) == (FIRST, LAST)
    assert heard.suspends == ("invoicing", "delinquency", "autopay")


def test_a_moratorium_that_suspends_nothing_of_billing_is_none_there():
    core = two_homes()
    declare(core, replace(ORDER, suspended=(Suspended("bind", "refuse"),)))

    assert core.heard_orders() == ()


def test_where_a_policy_lies_is_known_from_the_news_of_its_issue():
    core = two_homes()
    account: Any = core.account(account_id(LEE))

    assert account.instructions[0].place.areas == ("county:Lee",)
