"""What the deployment does not do, with the code and the status that the documents promise."""

import pytest

from model.payments.tokens import card_like

REPORT = {"outcome": "succeeded", "reason": "", "on": "2026-06-02"}
BAD = {"amount": "12.345", "currency": "USD"}
EUROS = {"amount": "12.34", "currency": "EUR"}
NOTHING = {"amount": "0.00", "currency": "USD"}
TOO_MUCH = {"amount": "9500.01", "currency": "USD"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/policies/P-NONE/bind", {"on": "2026-05-10"}),
        ("/policies/P-NONE/issue", {"on": "2026-05-10"}),
        ("/policies/P-NONE/cancel", {"on": "2026-05-10", "reason": "insured_request"}),
        ("/policies/P-NONE", None),
        ("/policies/P-NONE/coverage?at=2026-07-01T00:00:00Z&coverage=dwelling", None),
        ("/accounts/A-NONE/billing-runs", {"through": "2026-05-10"}),
        ("/accounts/A-NONE/payments", {"payer_id": "I", "amount": NOTHING, "on": "2026-05-10"}),
        ("/accounts/A-NONE", None),
        ("/claims/C-NONE/close", {"on": "2026-05-10"}),
        ("/claims/C-NONE", None),
        ("/payments/PAY-NONE/outcome", REPORT),
        ("/payments/PAY-NONE", None),
        ("/policies/%00", None),
        ("/policies/%FF", None),
        ("/policies/%F0%9F%92%A9", None),
        ("/policies/" + "x" * 2000, None),
    ],
)
def test_what_nobody_made_is_not_found(customer, refused, path, body):
    response = customer.get(path) if body is None else customer.post(path, body)

    status, code = refused(response)

    assert status == 404
    assert code in {"unknown_policy", "unknown_account", "unknown_claim", "unknown_payment"}


def test_a_reserve_or_payment_of_no_claim_is_not_found(customer, refused, example):
    assert refused(customer.put("/claims/C-NONE/reserve", example("set_reserve"))) == (404, "unknown_claim")
    assert refused(customer.post("/claims/C-NONE/payments", example("pay_claim"))) == (404, "unknown_claim")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"plan": "whenever"}, "unknown_payment_plan"),
        ({"payers": [{"payer_id": "I-1", "kind": "insured", "weight": 0}]}, "no_payer"),
        ({"payers": [{"payer_id": "I-1", "kind": "insured", "weight": -1}]}, "no_payer"),
        ({"charges": [{"pattern": "tip", "amount": {"amount": "1.00", "currency": "USD"}}]}, "unknown_charge_pattern"),
        ({"charges": [{"pattern": "premium", "amount": EUROS}]}, "wrong_currency"),
        ({"charges": [{"pattern": "premium", "amount": BAD}]}, "bad_amount"),
        ({"charges": [{"pattern": "premium", "amount": {"amount": "-1.00", "currency": "USD"}}]}, "negative_charge"),
        ({"charges": [{"pattern": "premium", "amount": {"amount": "9" * 40, "currency": "USD"}}]}, "bad_amount"),
        ({"charges": [{"pattern": "premium", "amount": {"amount": "1", "currency": "ZWL"}}]}, "bad_amount"),
        ({"start": "9999-12-31"}, "unknown_day"),
        ({"start": "1899-12-31"}, "unknown_day"),
        ({"start": "9000-01-01"}, "unknown_day"),
        ({"on": "9999-12-31"}, "unknown_day"),
    ],
)
def test_a_quote_that_cannot_be_is_refused_by_its_code(customer, refused, changes, code):
    assert refused(customer.post("/policies", customer.a_quote(**changes))) == (422, code)


def test_the_first_and_last_days_that_can_be_quoted_are(customer):
    first = customer.in_force(start="1900-01-01")
    last = customer.in_force(start="8999-12-31")

    assert first["end"] == "1901-01-01"
    assert last["end"] == "9000-12-31"
    assert customer.account(first["account_id"])["invoices"]
    assert customer.account(last["account_id"])["invoices"][-1]["due_on"] == "9000-09-30"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"])
@pytest.mark.parametrize("start", ["1900-01-01", "2026-06-01", "8999-12-31"])
def test_cover_has_an_answer_at_the_ends_of_the_calendar(customer, start, at):
    policy_id = customer.in_force(start=start)["policy_id"]

    found = customer.get(f"/policies/{policy_id}/coverage", at=at, coverage="dwelling")

    assert (found.status_code, found.json()["covered"]) == (200, "no")


def test_a_quote_cannot_be_bound_after_it_expires(customer, refused):
    policy_id = customer.quoted()["policy_id"]

    assert refused(customer.post(f"/policies/{policy_id}/bind", {"on": "2026-06-01"})) == (409, "quote_expired")


def test_a_quote_cannot_be_issued_or_cancelled_before_it_is_bound(customer, refused, example):
    path = f"/policies/{customer.quoted()['policy_id']}"

    assert refused(customer.post(f"{path}/issue", example("issue_policy"))) == (409, "wrong_state")
    assert refused(customer.post(f"{path}/cancel", example("cancel_policy"))) == (409, "wrong_state")


def test_a_policy_cannot_be_cancelled_outside_its_term(customer, refused):
    path = f"/policies/{customer.in_force()['policy_id']}/cancel"

    assert refused(customer.post(path, {"on": "2026-05-31", "reason": "x"})) == (422, "outside_term")
    assert refused(customer.post(path, {"on": "2027-06-01", "reason": "x"})) == (422, "outside_term")


@pytest.mark.parametrize(
    ("amount", "code"), [(BAD, "bad_amount"), (EUROS, "wrong_currency"), (NOTHING, "not_positive")]
)
def test_a_payment_that_is_none_is_refused_and_changes_nothing(customer, refused, amount, code):
    before = customer.billed(autopay="off")
    path = f"/accounts/{before['account_id']}"

    assert refused(customer.post(f"{path}/payments", {"payer_id": "I", "amount": amount, "on": "2026-06-01"})) == (
        422,
        code,
    )
    assert customer.account(before["account_id"]) == before


def test_a_loss_of_tomorrow_cannot_be_reported(customer, refused, example):
    body = example("report_claim") | {"loss_at": "9999-12-31T23:59:59-14:00"}

    assert refused(customer.post("/claims", body)) == (422, "loss_in_future")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"exposure": 2}, 422, "unknown_exposure"),
        ({"amount": BAD}, 422, "bad_amount"),
        ({"amount": EUROS}, 422, "wrong_currency"),
        ({"amount": NOTHING}, 422, "reserve_below_pending"),
    ],
)
def test_a_reserve_that_cannot_be_is_refused_by_its_code(customer, refused, example, changes, status, code):
    path = f"/claims/{customer.claim()['claim_id']}"
    customer.post(f"{path}/payments", example("pay_claim"))

    assert refused(customer.put(f"{path}/reserve", example("set_reserve") | changes)) == (status, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "contents"}, "unknown_line"),
        ({"amount": BAD}, "bad_amount"),
        ({"amount": EUROS}, "wrong_currency"),
        ({"amount": NOTHING}, "not_positive"),
        ({"amount": TOO_MUCH}, "reserve_required"),
    ],
)
def test_a_payout_that_cannot_be_is_refused_by_its_code(customer, refused, example, changes, code):
    path = f"/claims/{customer.claim()['claim_id']}/payments"

    assert refused(customer.post(path, example("pay_claim") | changes)) == (422, code)


def test_a_claim_cannot_be_closed_with_a_payment_on_its_way(customer, refused, example):
    path = f"/claims/{customer.claim()['claim_id']}"
    customer.post(f"{path}/payments", example("pay_claim"))

    assert refused(customer.post(f"{path}/close", example("close_claim"))) == (409, "payment_pending")


def test_a_closed_claim_takes_no_money(customer, refused, example):
    path = f"/claims/{customer.claim()['claim_id']}"
    customer.post(f"{path}/close", example("close_claim"))

    assert refused(customer.put(f"{path}/reserve", example("set_reserve"))) == (409, "wrong_state")
    assert refused(customer.post(f"{path}/payments", example("pay_claim"))) == (409, "wrong_state")


def test_a_success_after_a_failure_is_refused_so_that_a_person_sees_it(customer, refused):
    path = f"/payments/collect:{customer.billed()['account_id']}:0/outcome"
    customer.post(path, REPORT | {"outcome": "failed", "reason": "R01"})

    assert refused(customer.post(path, REPORT)) == (409, "success_after_failure")
    assert refused(customer.post(path, REPORT | {"outcome": "returned"})) == (409, "wrong_state")


def test_a_reason_with_a_card_number_in_it_is_refused(customer, refused):
    path = f"/payments/collect:{customer.billed()['account_id']}:0/outcome"
    (card,) = [number for digit in range(10) if card_like(number := f"4{'7' * 14}{digit}")]

    failed = REPORT | {"outcome": "failed", "reason": f"declined: {card}"}
    assert refused(customer.post(path, failed)) == (422, "card_number")
    assert card not in customer.post(path, failed).text
