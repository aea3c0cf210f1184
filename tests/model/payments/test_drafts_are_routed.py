"""What billing knows of a draft decides where payments sends it: method, whose bill, state, and the plan."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fixtures.histories import account_id, at, bill, due_on, fall_due, history, insured_id, intent_id, usd
from fixtures.jurisdictions import florida
from model.billing.money_commands import DraftInvoice, SetAutopay
from model.billing.producer_messages import AppointProducer
from model.choices.payments import Processor, RouteRule, RoutingChoices, Share
from model.core import Core
from model.decider import Refusal
from model.payments import reactions
from model.payments.commands import StartPayment
from model.payments.instrument import BankEntry, CardOnFile
from model.payments.routing import explain
from model.published.billing_events import InvoiceDraftRequested, InvoiceDue
from model.published.events import EVENT_TYPES
from model.reaction import Delivery
from model.wire import Amount

PROCESSORS = tuple(
    Processor(name, ("ach", "card", "wallet")) for name in ("bank", "cards", "agencies", "lenders", "south")
)
ROUTING = RoutingChoices(
    processors=PROCESSORS,
    rules=(
        RouteRule("agencies", (Share("agencies", 100),), billing_models=("agency_bill",)),
        RouteRule("mortgagees", (Share("lenders", 100),), billing_models=("mortgagee_bill",)),
        RouteRule("cards", (Share("cards", 100),), methods=("card",)),
        RouteRule("monthly in Florida", (Share("south", 100),), states=("FL",), installments_min=9),
    ),
)
FIRST = due_on(0)


def core(**billing: Any) -> Core:
    law, carrier = florida()
    return Core(
        law,
        replace(
            carrier,
            payments=replace(carrier.payments, routing=ROUTING),
            billing=replace(carrier.billing, **billing),
        ),
    )


class Told:
    """What billing published of drafts while a history was lived."""

    def __init__(self, of: Core) -> None:
        self.core = of
        self.seen: list[Any] = []

    def ask(self, *commands: Any) -> None:
        for command in commands:
            assert not isinstance(self.core.submit(command), Refusal), command
            while self.core.outbox:
                envelope = self.core.outbox.pop(0)
                if isinstance(envelope.data, (InvoiceDue, InvoiceDraftRequested)):
                    self.seen.append(envelope.data)
                for context in self.core.subscribers(envelope.type):
                    self.core.deliver(envelope, to=context, at=command.at)
            self.core.drain(at=command.at)


def lived(**billing: Any) -> Told:
    told = Told(core(**billing))
    told.ask(*history("a policy in force").commands)
    return told


def drafted(told: Told, number: int = 0) -> Any:
    state: Any = told.core.intent(intent_id(1, number))
    return state.attempts[0]


def autopay(method: Any = None) -> SetAutopay:
    return SetAutopay(account_id=account_id(1), autopay="on", method=method, on=FIRST, at=at(FIRST))


STEPS = tuple(step for number in (0, 1) for step in (bill(number), fall_due(number)))


def drafts(told: Told, count: int = 1) -> None:
    """The first bills of the policy, each on its due day."""
    told.ask(*(step(1) for step in STEPS[: 2 * count]))


def test_a_draft_is_told_with_its_state_its_place_in_the_plan_and_whose_bill_it_is():
    told = lived()
    drafts(told, 2)
    known = [(one.billing_model, one.state, one.installment, one.installments, one.method) for one in told.seen]
    assert known == [("direct_bill", "FL", 0, 9, None), ("direct_bill", "FL", 1, 9, None)]
    assert drafted(told).routed.rule == "monthly in Florida"
    assert drafted(told).route == "south"
    assert "ach, direct_bill, FL, 9 installments" in explain(drafted(told).routed)


def test_the_method_that_the_payer_named_is_the_drafts():
    told = lived()
    told.ask(autopay("card"))
    drafts(told)
    assert [one.method for one in told.seen] == ["card"]
    assert (drafted(told).method, drafted(told).route) == ("card", "cards")


def test_a_method_is_named_once_and_stays_until_another_is():
    told = lived()
    told.ask(autopay("wallet"))
    assert told.core.submit(autopay("wallet")) == ()
    assert told.core.submit(autopay()) == ()
    told.ask(SetAutopay(account_id=account_id(1), autopay="off", on=FIRST, at=at(FIRST)), autopay())
    drafts(told)
    assert [one.method for one in told.seen] == ["wallet"]


def test_a_mortgagees_bill_goes_where_the_carrier_sends_those_of_lenders():
    told = Told(core())
    commands: Any = history("a policy in force").commands
    quote, *rest = commands
    payer = replace(quote.terms.payers[0], payer_id="BANK", kind="mortgagee")
    told.ask(replace(quote, terms=replace(quote.terms, payers=(payer,))), *rest)
    drafts(told)
    assert [one.billing_model for one in told.seen] == ["mortgagee_bill"]
    assert drafted(told).route == "lenders"


def test_a_producers_bill_goes_where_the_carrier_sends_those_of_agencies():
    told = Told(core())
    told.ask(
        AppointProducer(producer_id=insured_id(1), kind="agency", commission_plan="standard", on=FIRST, at=at(FIRST)),
        *history("a policy in force").commands,
    )
    drafts(told)
    assert [one.billing_model for one in told.seen] == ["agency_bill"]
    assert drafted(told).route == "agencies"


def test_a_draft_ahead_of_its_due_day_is_told_the_same():
    told = lived(autopay_days_before_due=3)
    told.ask(autopay("card"), bill(0)(1))
    told.ask(DraftInvoice(account_id=account_id(1), number=0, on=FIRST, at=at(FIRST)))
    (ahead,) = told.seen
    assert isinstance(ahead, InvoiceDraftRequested)
    assert (ahead.method, ahead.billing_model, ahead.state) == ("card", "direct_bill", "FL")
    assert (ahead.installment, ahead.installments) == (0, 9)
    assert drafted(told).route == "cards"


def test_who_pays_by_itself_is_told_of_nothing_that_a_draft_needs():
    told = lived()
    told.ask(SetAutopay(account_id=account_id(1), autopay="off", method="card", on=FIRST, at=at(FIRST)))
    drafts(told)
    (due,) = told.seen
    assert (due.autopay, due.method, due.billing_model, due.installments) == ("off", None, None, None)


# --- two sides that may differ

DELIVERY = Delivery("e", FIRST, at(FIRST), "", 1, at(FIRST), "story")
MONEY = Amount("100.00", "USD")


class DueOfVersionOne(msgspec.Struct, frozen=True, kw_only=True):
    """The event as it was published before drafts were described."""

    account_id: str = "A"
    invoice: int = 1
    payer_id: str = "I"
    amount: Amount = MONEY
    autopay: str = "on"
    due_on: Any = FIRST


def asked_by(published: Any) -> StartPayment:
    draft = msgspec.convert(published, reactions.Draft, from_attributes=True)
    (command,) = reactions.draft_due(draft, DELIVERY)
    assert isinstance(command, StartPayment)
    return command


def test_a_billing_of_the_first_version_is_understood_and_its_drafts_go_where_most_go():
    """X9: every field that is new has a default on both sides."""
    command = asked_by(DueOfVersionOne())
    assert (command.expected, command.billing_model, command.state, command.installments) == (
        None,
        "direct_bill",
        "",
        1,
    )
    working = core()
    assert not isinstance(working.submit(command), Refusal)
    state: Any = working.intent(command.intent_id)
    assert (state.attempts[0].method, state.attempts[0].route) == ("ach", "bank")


def test_a_word_that_payments_does_not_know_is_tolerated():
    class Later(DueOfVersionOne, frozen=True, kw_only=True):
        method: str = "iris_scan"
        billing_model: str = "cooperative_bill"

    command = asked_by(Later())
    assert (command.expected, command.billing_model) == (None, "direct_bill")


@pytest.mark.parametrize(
    ("instrument", "expected", "method"),
    [
        ({"card": CardOnFile("vault-1", "US-VISA")}, "ach", "card"),
        ({"bank": BankEntry("PPD", "validated")}, "card", "ach"),
        ({"card": CardOnFile("vault-1", "US-VISA")}, "card", "card"),
        ({}, "wallet", "wallet"),
        ({}, None, "ach"),
    ],
    ids=["a card", "a bank account", "both say card", "no instrument", "nothing known"],
)
def test_the_instrument_is_what_it_is_and_wins_over_what_billing_expected(instrument, expected, method):
    command = StartPayment(
        intent_id="collect:A:1", purpose="collection", subject="A", reference="1", party_id="I", amount=usd("9.00"),
        on=FIRST, at=at(FIRST), expected=expected, **instrument,
    )  # fmt: skip
    working = core()
    assert not isinstance(working.submit(command), Refusal)
    state: Any = working.intent("collect:A:1")
    attempt = state.attempts[0]
    assert attempt.method == attempt.routed.question.method == method
    differs = expected is not None and expected != method
    assert (f"{expected} was expected, and the instrument is {method}" in explain(attempt.routed)) == differs


def test_a_draft_that_forgets_whose_bill_it_is_goes_elsewhere_and_the_decision_shows_it():
    """The planted defect: a billing that publishes nothing of the mortgagee."""
    whole = InvoiceDue(
        account_id="A", invoice=1, payer_id="BANK", amount=MONEY, autopay="on", due_on=FIRST,
        billing_model="mortgagee_bill", state="FL", installments=9,
    )  # fmt: skip
    assert type(whole) in EVENT_TYPES
    routes: list[str] = []
    for told in (whole, replace(whole, billing_model=None)):
        working = core()
        working.submit(asked_by(told))
        state: Any = working.intent("collect:A:1")
        routes.append(state.attempts[0].routed.rule)
    assert routes == ["mortgagees", "monthly in Florida"]
