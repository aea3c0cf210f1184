"""The money of a claim: never below nothing, a payment on its way counting as gone."""

from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, PAID, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims.accounting import entry
from model.claims.claim import decider, evolve
from model.claims.commands import ConfirmPayment, FailPayment, RequestPayment, SetReserve
from model.claims.events import PaymentIssued, PaymentRequested, ReserveChanged
from model.claims.file import Exposure, Notice, Open
from model.decider import Refusal
from model.ledger import Entry, Posting

MACHINE = decider(*florida())
NOTICE = Notice("P", "I", "fire", at(INSPECTED), "phone", INSPECTED)
CLAIM = Open(NOTICE, (Exposure(1, "I", insured(1).coverages[0], None),), (), ())
ABOUT: dict[str, Any] = {"claim_id": "C", "on": INSPECTED, "at": at(INSPECTED)}
CONTENTS = replace(DWELLING, category="contents")


def reserve(amount, line=DWELLING):
    return SetReserve(line=line, amount=usd(amount), **ABOUT)


def request(payment_id, amount, kind="partial", line=DWELLING) -> RequestPayment:
    about: dict[str, Any] = {"kind": kind, "payee_id": "I", **ABOUT}
    return RequestPayment(payment_id=payment_id, line=line, amount=usd(amount), **about)


def confirm(payment_id):
    return ConfirmPayment(payment_id=payment_id, **ABOUT)


def fail(payment_id):
    return FailPayment(payment_id=payment_id, reason="account closed", **ABOUT)


def after(*commands) -> Any:
    state: Any = CLAIM
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


def money(claim, line=DWELLING):
    """(open, available, paid) of a line."""
    (found,) = [each for each in claim.lines if each.key == line]
    return found.open, found.available, found.paid


def test_a_reserve_is_set_to_an_amount_and_recorded_as_a_change():
    claim = after(reserve("5000.00"))
    change = ReserveChanged(line=DWELLING, change=usd("-1500.00"), reason="revised", **ABOUT)

    assert MACHINE.decide(reserve("3500.00"), claim) == (change,)
    assert money(evolve(claim, change)) == (350000, 350000, 0)


def test_lines_of_a_claim_do_not_share_their_money(answered):
    claim = after(reserve("5000.00"), reserve("100.00", CONTENTS))

    assert money(claim) == (500000, 500000, 0)
    assert money(claim, CONTENTS) == (10000, 10000, 0)
    assert answered(MACHINE.decide(request("PAY", "100.01", line=CONTENTS), claim)) == "reserve_required"


def test_a_payment_takes_what_is_available_and_not_a_cent_more(answered):
    claim = after(reserve("5000.00"), request("PAY-1", "3000.00"))

    assert money(claim) == (500000, 200000, 0)
    assert answered(MACHINE.decide(request("PAY-2", "2000.01"), claim)) == "reserve_required"
    assert money(after(reserve("5000.00"), request("PAY-1", "3000.00"), request("PAY-2", "2000.00"))) == (500000, 0, 0)


def test_a_reserve_is_never_set_below_what_is_on_its_way(answered):
    claim = after(reserve("5000.00"), request("PAY-1", "3000.00"))

    assert answered(MACHINE.decide(reserve("2999.99"), claim)) == "reserve_below_pending"
    assert money(after(reserve("5000.00"), request("PAY-1", "3000.00"), reserve("3000.00"))) == (300000, 0, 0)


def test_a_reserve_is_never_set_below_nothing(answered):
    assert answered(MACHINE.decide(reserve("-0.01"), CLAIM)) == "reserve_below_pending"


def test_a_payment_erodes_the_reserve_once_it_is_issued():
    claim = after(reserve("5000.00"), request("PAY", "2000.00"), confirm("PAY"))

    assert money(claim) == (300000, 300000, 200000)
    assert claim.lines[0].incurred == 500000


def test_a_payment_that_fails_gives_back_what_it_held():
    claim = after(reserve("5000.00"), request("PAY", "2000.00"), fail("PAY"))

    assert money(claim) == (500000, 500000, 0)
    assert money(after(reserve("5000.00"), request("PAY", "2000.00"), fail("PAY"), request("PAY-2", "5000.00"))) == (
        500000, 0, 0,
    )  # fmt: skip


def test_the_final_payment_releases_the_rest_of_the_line():
    claim = after(reserve("5000.00"), request("PAY", "3500.00", "final"), confirm("PAY"))

    assert money(claim) == (0, 0, 350000)
    assert claim.lines[0].incurred == 350000


def test_the_final_payment_leaves_what_is_already_on_its_way():
    steps = (reserve("5000.00"), request("PAY-1", "1000.00"), request("PAY-2", "3500.00", "final"), confirm("PAY-2"))
    claim = after(*steps)

    assert money(claim) == (100000, 0, 350000)
    assert money(after(*steps, confirm("PAY-1"))) == (0, 0, 450000)


def test_a_final_payment_of_all_that_is_reserved_has_nothing_to_release(answered):
    claim = after(reserve("5000.00"), request("PAY", "5000.00", "final"))

    assert answered(MACHINE.decide(confirm("PAY"), claim)) == "PaymentIssued"


def test_the_final_payment_of_one_line_leaves_the_others():
    claim = after(reserve("5000.00"), reserve("100.00", CONTENTS), request("PAY", "3500.00", "final"), confirm("PAY"))

    assert money(claim, CONTENTS) == (10000, 10000, 0)


@pytest.mark.parametrize(
    ("first", "second", "code"), [(confirm, fail, "already_issued"), (fail, confirm, "already_failed")]
)
def test_what_payments_says_of_a_payment_is_believed_once(first, second, code, answered):
    claim = after(reserve("5000.00"), request("PAY", "2000.00"), first("PAY"))

    assert MACHINE.decide(first("PAY"), claim) == ()
    assert answered(MACHINE.decide(second("PAY"), claim)) == code


@pytest.mark.parametrize(
    "changes",
    [{"amount": usd("1.00")}, {"kind": "final"}, {"payee_id": "S"}, {"line": CONTENTS}],
)
def test_a_payment_id_is_not_used_for_another_payment(changes, answered):
    claim = after(reserve("5000.00"), request("PAY", "2000.00"))

    assert MACHINE.decide(request("PAY", "2000.00"), claim) == ()
    assert answered(MACHINE.decide(replace(request("PAY", "2000.00"), **changes), claim)) == "payment_reused"


# --- the books


def test_a_reserve_is_booked_against_incurred_loss_and_a_payment_out_of_cash():
    changed = ReserveChanged(line=DWELLING, change=usd("50.00"), reason="revised", **ABOUT)
    issued = PaymentIssued(payment_id="PAY", line=DWELLING, amount=usd("20.00"), claim_id="C", on=PAID, at=at(PAID))

    assert entry("1", changed) == Entry(
        "1", (Posting("incurred_loss", 5000, "USD"), Posting("loss_reserve", -5000, "USD"))
    )
    assert entry("2", issued) == Entry("2", (Posting("loss_reserve", 2000, "USD"), Posting("cash", -2000, "USD")))


def test_a_request_moves_no_money_yet():
    what: dict[str, Any] = {"payment_id": "PAY", "line": DWELLING, "amount": usd("20.00"), "kind": "final"}

    assert entry("1", PaymentRequested(payee_id="I", **what, **ABOUT)) is None
