"""How an attempt begins: its route, its checks, what is charged beside it, and what its card and processor remember."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import usd
from fixtures.jurisdictions import florida
from model.choices.payments import Processor, RouteRule, RoutingChoices, Share
from model.core import Core
from model.decider import Refusal
from model.payments.commands import HearProcessor, RefundMoney, ReportTimeout, StartPayment, TimePassed
from model.payments.events import MoneyRefunded, PaymentStarted
from model.payments.instrument import BankEntry, CardOnFile
from model.payments.processor import NoteAnswer
from model.payments.routing import explain
from model.payments.states import Failed, Processing, Retrying
from model.published.payment_events import IntentSucceeded
from model.wire import to_wire

DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
VISA = CardOnFile("vault-1", "US-VISA")
TWO = RoutingChoices(
    processors=(Processor("north", ("ach", "card")), Processor("south", ("ach", "card"))),
    rules=(RouteRule("by halves", (Share("north", 50), Share("south", 50)), methods=("ach", "card")),),
)


def core(**choices: Any) -> Core:
    law, carrier = florida()
    return Core(law, replace(carrier, payments=replace(carrier.payments, **choices)))


def asked(number: int = 1, *, at: datetime = NOON, **more: Any) -> StartPayment:
    about: dict[str, Any] = {
        "intent_id": f"collect:A-{number}:1",
        "purpose": "collection",
        "subject": f"A-{number}",
        "reference": "1",
        "party_id": "I-1",
        "amount": usd("100.00"),
        "on": at.date(),
        "at": at,
    }
    return StartPayment(**{**about, **more})


def begun(of: Core, number: int = 1) -> Processing:
    state = of.intent(f"collect:A-{number}:1")
    assert isinstance(state, Processing)
    return state


def code(answer: object) -> str:
    assert isinstance(answer, Refusal)
    return answer.code


def declined(of: Core, number: int, attempt: int, at: datetime, said: str, network: str = "US-VISA") -> None:
    heard = HearProcessor(
        intent_id=f"collect:A-{number}:1", attempt=attempt, says="failed", network=network, code=said,
        on=at.date(), at=at,
    )  # fmt: skip
    assert not isinstance(of.submit(heard), Refusal)


# --- routes


def test_a_payment_goes_where_the_rules_say_and_tells_why():
    working = core(routing=TWO)
    working.submit(asked())
    (attempt,) = begun(working).attempts

    assert attempt.routed is not None
    assert attempt.route == attempt.routed.processor in ("north", "south")
    assert attempt.routed.rule == "by halves"
    assert "FL, 1 installments" in explain(attempt.routed)


def test_shares_are_kept_over_many_payments_and_each_payment_always_goes_the_same_way():
    one, other = core(routing=TWO), core(routing=TWO)
    for number in range(400):
        one.submit(asked(number))
        other.submit(asked(number))
    routes = [begun(one, number).attempts[0].route for number in range(400)]

    assert routes == [begun(other, number).attempts[0].route for number in range(400)]
    assert 160 <= routes.count("north") <= 240


def test_what_the_plan_is_like_decides_the_route():
    by_plan = replace(
        TWO,
        rules=(
            RouteRule("agencies", (Share("south", 100),), billing_models=("agency_bill",)),
            RouteRule("monthly", (Share("north", 100),), installments_min=9),
            RouteRule("rest", (Share("south", 100),), states=("FL",)),
        ),
    )
    working = core(routing=by_plan)
    working.submit(asked(0, billing_model="agency_bill"))
    working.submit(asked(1, installments=12))
    working.submit(asked(2))

    rules = [begun(working, number).attempts[0].routed for number in range(3)]
    assert [rule.rule for rule in rules if rule is not None] == ["agencies", "monthly", "rest"]


def test_who_names_a_route_has_decided_it():
    working = core(routing=TWO)
    working.submit(asked(route="elsewhere"))
    (attempt,) = begun(working).attempts
    assert (attempt.route, attempt.routed) == ("elsewhere", None)


def test_a_method_that_nobody_takes_is_refused_and_nothing_has_started():
    working = core(routing=TWO)
    assert code(working.submit(asked(method="wire"))) == "no_processor"
    assert not working.intents.states


def test_what_could_not_be_sent_is_tried_with_another_processor():
    working = core(routing=TWO)
    working.submit(asked())
    first = begun(working).attempts[0].route
    declined(working, 1, 1, NOON, "connection_refused", "gateway")
    later = NOON + timedelta(seconds=300)
    working.submit(TimePassed(intent_id="collect:A-1:1", on=DAY, at=later))

    _, second = begun(working).attempts
    assert second.route != first
    assert second.routed is not None
    assert "could not send an earlier attempt" in explain(second.routed)


def test_a_processor_that_does_not_answer_is_left_out_until_its_window_has_passed():
    working = core(routing=replace(TWO, rules=(), window_least=3, exploration_percent=0))
    for number in range(3):
        working.submit(asked(number))
        assert begun(working, number).attempts[0].route == "north"
        working.submit(ReportTimeout(intent_id=f"collect:A-{number}:1", on=DAY, at=NOON))

    working.submit(asked(7))
    working.submit(asked(8, at=NOON + timedelta(seconds=901)))
    assert begun(working, 7).attempts[0].route == "south"
    assert begun(working, 8).attempts[0].route == "north"


def test_an_answer_is_noted_once():
    working = core(routing=TWO)
    note = NoteAnswer(processor="north", try_id="collect:A-1:1/1", answer="bad", on=DAY, at=NOON)
    assert working.submit(note)
    assert working.submit(note) == ()
    (seen,) = working.processor_health(NOON)
    assert (seen.good, seen.answers) == (0, 1)


def test_a_carrier_with_one_processor_notes_nothing():
    working = core()
    working.submit(asked())
    working.submit(ReportTimeout(intent_id="collect:A-1:1", on=DAY, at=NOON))
    assert not working.processors.states


# --- the network of direct debits


def test_a_debit_asked_for_on_the_web_needs_a_validated_account():
    working = core()
    web = BankEntry("WEB", "new")
    assert code(working.submit(asked(bank=web))) == "account_not_validated"
    assert working.submit(asked(bank=replace(web, account="validated")))
    assert working.submit(asked(2, bank=BankEntry("PPD", "new")))


@pytest.mark.parametrize(
    ("hour", "amount", "answer"),
    [
        (14, "100.00", datetime(2026, 6, 1, 17, tzinfo=UTC)),
        (18, "100.00", datetime(2026, 6, 1, 21, tzinfo=UTC)),
        (21, "100.00", "same_day_windows_closed"),
        (14, "1000000.01", "same_day_limit"),
    ],
)
def test_a_same_day_entry_settles_in_its_window_or_is_refused(hour: int, amount: str, answer: object):
    at = datetime(2026, 6, 1, hour, tzinfo=UTC)
    decision = core().submit(asked(at=at, amount=usd(amount), bank=BankEntry("PPD", "validated", "same_day")))
    if isinstance(decision, Refusal):
        assert decision.code == answer
    else:
        (started,) = decision
        assert isinstance(started, PaymentStarted)
        assert started.settles_at == answer


# --- cards


def test_a_card_that_its_network_stopped_is_not_tried_by_another_payment():
    working = core()
    working.submit(asked(method="card", card=VISA))
    declined(working, 1, 1, NOON, "04")
    assert working.card("vault-1").stopped == "04"
    assert code(working.submit(asked(2, method="card", card=VISA))) == "card_stopped"


def test_tries_of_all_payments_count_for_the_same_card():
    working = core(card_reattempts=2)
    for number in range(3):
        working.submit(asked(number, method="card", card=VISA))
        declined(working, number, 1, NOON, "51")
    assert len(working.card("vault-1").tries) == 3
    assert code(working.submit(asked(3, method="card", card=VISA))) == "card_tries_used_up"


def test_a_retry_that_the_network_forbids_gives_the_payment_up():
    working = core(card_reattempts=0)
    working.submit(asked(method="card", card=VISA))
    declined(working, 1, 1, NOON, "51")
    assert isinstance(working.intent("collect:A-1:1"), Retrying)
    later = NOON + timedelta(days=8)
    working.submit(TimePassed(intent_id="collect:A-1:1", on=later.date(), at=later))

    state = working.intent("collect:A-1:1")
    assert isinstance(state, Failed)
    assert state.reason == "card_tries_used_up"


def test_a_retry_counts_against_the_card_and_an_approval_clears_it():
    working = core()
    working.submit(asked(method="card", card=VISA))
    declined(working, 1, 1, NOON, "51")
    later = NOON + timedelta(days=8)
    about: dict[str, Any] = {"intent_id": "collect:A-1:1", "on": later.date(), "at": later}
    working.submit(TimePassed(**about))
    working.submit(HearProcessor(attempt=2, says="succeeded", **about))
    assert [one.answer for one in working.card("vault-1").tries] == ["refused", "approved"]


def test_a_card_beside_another_method_is_refused():
    assert code(core().submit(asked(card=VISA, method="ach"))) == "not_by_card"


# --- fees


def paid_by_card(working: Core, card: CardOnFile = VISA) -> IntentSucceeded:
    working.submit(asked(method="card", card=card))
    working.submit(HearProcessor(intent_id="collect:A-1:1", attempt=1, says="succeeded", on=DAY, at=NOON))
    (told,) = [one.data for one in working.outbox if isinstance(one.data, IntentSucceeded)]
    return told


def test_a_surcharge_is_charged_beside_the_premium_and_never_in_it():
    working = core(fee_bearer="card_surcharge", card_surcharge_basis_points=200)
    told = paid_by_card(working)
    assert (told.amount, told.fee, told.fee_kind) == (to_wire(usd("100.00")), to_wire(usd("2.00")), "card_surcharge")


def test_a_debit_card_bears_no_surcharge():
    working = core(fee_bearer="card_surcharge", card_surcharge_basis_points=200)
    told = paid_by_card(working, replace(VISA, kind="debit"))
    assert (told.amount, told.fee, told.fee_kind) == (to_wire(usd("100.00")), None, "none")


def test_who_bears_the_cost_itself_charges_nothing():
    assert paid_by_card(core()).fee is None


def test_the_fee_goes_back_with_the_refund_to_the_last_cent():
    working = core(fee_bearer="convenience_fee", convenience_fee_minor=100)
    paid_by_card(working)
    back: list[int] = []
    for number in range(3):
        amount = usd("33.33") if number < 2 else usd("33.34")
        refunded = working.submit(
            RefundMoney(intent_id="collect:A-1:1", refund_id=f"R-{number}", amount=amount, on=DAY, at=NOON)
        )
        assert not isinstance(refunded, Refusal)
        back.extend(one.fee.minor for one in refunded if isinstance(one, MoneyRefunded) and one.fee)
    assert (back, sum(back)) == ([33, 34, 33], 100)


def test_an_electronic_cheque_is_charged_for_and_a_recurring_debit_is_not():
    working = core(fee_bearer="convenience_fee", convenience_fee_minor=100)
    working.submit(asked(1, bank=BankEntry("WEB", "validated")))
    working.submit(asked(2, bank=BankEntry("PPD", "validated")))
    web, recurring = (begun(working, number).attempts[0].fee for number in (1, 2))
    assert web is not None
    assert (web.kind, web.amount, recurring) == ("convenience_fee", usd("1.00"), None)
