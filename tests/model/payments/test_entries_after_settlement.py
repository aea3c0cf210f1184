"""What may still happen to an ACH entry that settled: a reversing entry, a return that is late, a notice of change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import claim_id, history, payout_intent_id, usd
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.payments.commands import NoteChange, RefundMoney, ReportSuccess, ReturnMoney, ReversePayout, StartPayment
from model.payments.worklist import Waiting

MONDAY = date(2026, 6, 1)
"""Its fifth banking day after is Monday 8 June; Juneteenth of that year is no banking day."""
INTENT = "collect:A:1"


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def about(day: date) -> dict[str, Any]:
    return {"intent_id": INTENT, "on": day, "at": at(day)}


def settled(method: Any = "ach", purpose: Any = "collection", on: date = MONDAY) -> Core:
    core = Core(*florida())
    start = StartPayment(
        purpose=purpose, subject="A", reference="1", party_id="I", amount=usd("100.00"), method=method, **about(on)
    )
    for command in (start, ReportSuccess(**about(on))):
        assert not isinstance(core.submit(command), Refusal)
    core.outbox.clear()
    return core


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refusal) else "+".join(type(event).__name__ for event in answer) or "-"


def cases(core: Core) -> dict[str, str]:
    states: Any = core.worklist.states
    return {case: state.matter.text for case, state in states.items() if isinstance(state, Waiting)}


def reverse(reason: Any, day: date, amount: str = "100.00") -> RefundMoney:
    return RefundMoney(refund_id="R", amount=usd(amount), reversal=reason, **about(day))


# --- reversing entries


@pytest.mark.parametrize(
    ("reason", "day", "amount", "wanted"),
    [
        ("duplicate", MONDAY, "100.00", "MoneyRefunded"),
        ("wrong_amount", MONDAY + timedelta(days=7), "100.00", "MoneyRefunded"),
        ("wrong_receiver", MONDAY + timedelta(days=8), "100.00", "reversal_too_late"),
        ("debit_too_early", MONDAY, "100.00", "MoneyRefunded"),
        ("credit_too_late", MONDAY, "100.00", "reversal_reason_not_allowed"),
        ("duplicate", MONDAY, "99.99", "reversal_not_whole"),
        ("duplicate", MONDAY, "100.01", "refund_above_captured"),
    ],
)
def test_a_debit_of_ours_is_reversed_as_a_whole_within_five_banking_days_for_an_error_of_ours(
    reason, day, amount, wanted
):
    assert code(settled().submit(reverse(reason, day, amount))) == wanted


def test_the_event_says_why_the_entry_was_reversed_and_billing_hears_nothing_of_it():
    core = settled()
    decision: Any = core.submit(reverse("duplicate", MONDAY))
    assert decision[0].reversal == "duplicate"
    assert core.outbox == []
    assert core.submit(reverse("duplicate", MONDAY)) == ()


def test_a_card_payment_has_no_entry_to_reverse():
    assert code(settled("card").submit(reverse("duplicate", MONDAY))) == "not_by_ach"


def test_a_refund_without_a_reversing_entry_has_no_window():
    late = RefundMoney(refund_id="R", amount=usd("40.00"), **about(MONDAY + timedelta(days=90)))
    assert code(settled().submit(late)) == "MoneyRefunded"


@pytest.mark.parametrize(
    ("reason", "day", "wanted"),
    [
        ("duplicate", MONDAY, "MoneyReturned"),
        ("wrong_amount", MONDAY + timedelta(days=7), "MoneyReturned"),
        ("wrong_receiver", MONDAY + timedelta(days=8), "reversal_too_late"),
        ("credit_too_late", MONDAY, "MoneyReturned"),
        ("debit_too_early", MONDAY, "reversal_reason_not_allowed"),
    ],
)
@pytest.mark.parametrize("purpose", ["payout", "disbursement"])
def test_a_credit_of_ours_is_reversed_within_five_banking_days_for_an_error_of_ours(purpose, reason, day, wanted):
    assert code(settled(purpose=purpose).submit(ReversePayout(reason=reason, **about(day)))) == wanted


def test_whoever_asked_for_a_payout_hears_that_it_was_reversed_and_a_second_reversal_is_no_news():
    core = settled(purpose="payout")
    core.submit(ReversePayout(reason="wrong_receiver", **about(MONDAY)))
    told: Any = core.outbox[0]
    assert len(core.outbox) == 1
    assert (told.type, told.data.reason) == ("insurance.payments.return.received.v1", "reversed_wrong_receiver")
    assert core.submit(ReversePayout(reason="wrong_receiver", **about(MONDAY))) == ()


def test_a_claim_whose_payout_was_reversed_owes_it_again():
    law, carrier = florida()
    core = Core(law, replace(carrier, payments=replace(carrier.payments, payout_method="ach")))
    asked = history("a claim with a payment on its way", 1).commands
    day = asked[-1].on
    moved: dict[str, Any] = {"intent_id": payout_intent_id(1), "on": day, "at": asked[-1].at}
    for command in (*asked, ReportSuccess(**moved), ReversePayout(reason="wrong_amount", **moved)):
        assert not isinstance(core.submit(command), Refusal)
        assert core.drain(at=command.at) == ()
    claim: Any = core.claim(claim_id(1))
    assert [one.status for one in claim.payments] == ["voided"]


# --- late returns


@pytest.mark.parametrize(
    ("returned", "last"),
    [("R01", MONDAY + timedelta(days=2)), ("R02", MONDAY + timedelta(days=2)), ("R10", MONDAY + timedelta(days=60))],
)
def test_a_return_after_its_last_day_is_booked_and_is_a_case_to_contest(returned, last):
    in_time, late = settled(), settled()
    assert code(in_time.submit(ReturnMoney(reason=returned, **about(last)))) == "MoneyReturned"
    assert cases(in_time) == {}

    assert code(late.submit(ReturnMoney(reason=returned, **about(last + timedelta(days=1))))) == "MoneyReturned"
    assert cases(late) == {f"{INTENT}/returned_late": f"{returned} could come back until {last}"}


def test_what_did_not_go_over_the_ach_network_has_no_window():
    core = settled("wallet")
    core.submit(ReturnMoney(reason="R01", **about(MONDAY + timedelta(days=300))))
    assert cases(core) == {}


# --- notices of change


def test_a_notice_of_change_is_a_case_with_what_it_says_and_by_when():
    """The third of July 2026 is a banking day: the fourth is a Saturday, on which the Reserve Banks close nothing."""
    core = settled(on=date(2026, 6, 25))
    noted = NoteChange(attempt=1, code="C02", **about(date(2026, 6, 26)))
    assert code(core.submit(noted)) == "ChangeNoticed"
    assert cases(core) == {
        f"{INTENT}/notice_of_change_C02": "C02, incorrect routing number: to be corrected by 2026-07-06"
    }
    assert core.submit(noted) == ()
    assert code(core.submit(NoteChange(attempt=1, code="C05", **about(date(2026, 6, 26))))) == "ChangeNoticed"


def test_a_change_code_that_nobody_knows_is_told_to_a_person_too():
    core = settled()
    core.submit(NoteChange(attempt=1, code="C99", **about(MONDAY)))
    assert "nobody knows what the code says" in cases(core)[f"{INTENT}/notice_of_change_C99"]


@pytest.mark.parametrize(("method", "attempt", "wanted"), [("card", 1, "not_by_ach"), ("ach", 2, "unknown_attempt")])
def test_a_notice_about_no_entry_of_ours_is_refused(method, attempt, wanted):
    assert code(settled(method).submit(NoteChange(attempt=attempt, code="C01", **about(MONDAY)))) == wanted
