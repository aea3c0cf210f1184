"""Who is billed as an agency: by its statement alone, whatever the account's autopay says, and seen by everybody."""

from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, at, play, policy_id
from fixtures.jurisdictions import florida
from fixtures.money_days import named
from fixtures.money_histories import MONEY_HISTORIES, money_history
from fixtures.producer_histories import AGENCY, bill_producer, charge_to
from model.billing.account import decider
from model.billing.commands import MarkInvoiceDue
from model.billing.money_commands import DraftInvoice
from model.billing.plan import Payer, PayerKind
from model.billing.statement import NoStatement, Open
from model.core import Core
from model.decider import Refusal
from model.invariants.money import unstated
from model.published.seen import account_view

PRODUCER = named("AGENCY", 1)
DUE = MarkInvoiceDue(account_id=account_id(1), number=0, on=START, at=at(START))
KINDS: tuple[PayerKind, ...] = ("agency", "insured", "mortgagee", "premium_finance")


def billed(kind: PayerKind, autopay: Any = "on") -> Core:
    """1,200.00 are billed to a producer as a payer of some kind."""
    core = Core(*florida())
    charge: Any = charge_to("AGENCY")(1)
    charge = replace(charge, payers=(Payer(PRODUCER, kind, 1),), autopay=autopay)
    for command in (*[step(1) for step in AGENCY], charge, bill_producer(1)):
        assert not isinstance(core.submit(command), Refusal)
        assert core.drain(at=command.at) == ()
    return core


def seen(core: Core) -> Any:
    return account_view(core.account(account_id(1)))


@pytest.mark.parametrize("kind", KINDS)
def test_only_an_agency_is_billed_by_statement(kind):
    """A producer that is insured here itself, or pays as something else, is billed as anybody is."""
    core = billed(kind)
    statement = core.statement(PRODUCER, "2026-06")

    assert isinstance(statement, Open if kind == "agency" else NoStatement)
    assert [invoice.payer_kind for invoice in seen(core).invoices] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_autopay_never_drafts_an_agency(kind, answered):
    core = billed(kind)
    early = DraftInvoice(account_id=account_id(1), number=0, on=START, at=at(START))
    fell: Any = core.submit(DUE)
    drafted = decider(*florida()).decide(early, core.account(account_id(1)))

    assert fell[0].autopay == ("off" if kind == "agency" else "on")
    assert answered(drafted) == ("no_autopay" if kind == "agency" else "InvoiceDrafted")


def test_a_bill_of_an_agency_that_is_on_no_statement_is_seen():
    core = billed("agency")
    name = f"{account_id(1)}/0/{policy_id(1)}"

    assert unstated(seen(core), {name}) is None
    assert unstated(seen(billed("insured")), set()) is None
    violation = unstated(seen(core), {f"{account_id(1)}/1/{policy_id(1)}"})
    assert violation is not None
    assert (violation.code, violation.text) == ("INV-AGENCY", f"{name} is on no statement of {PRODUCER}")


@pytest.mark.parametrize("name", [one for one in MONEY_HISTORIES if one.startswith("agency bill")])
def test_every_history_of_agency_bill_says_so(name):
    core = Core(*florida())
    assert not [one for one in play(core, money_history(name)) if isinstance(one, Refusal)]
    states: Any = core.statements.states.values()
    view = seen(core)

    assert {invoice.payer_kind for invoice in view.invoices} == {"agency"}
    assert unstated(view, {item.item_id for one in states for item in one.items}) is None
