"""What the deployment does not do, with the code and the status that the documents promise."""

import msgspec
import pytest

from model.published.operations import OPERATIONS

PROBLEM = "application/problem+json"
REPORT = {"outcome": "succeeded", "reason": "", "on": "2026-06-02"}
BAD = {"amount": "12.345", "currency": "USD"}
EUROS = {"amount": "12.34", "currency": "EUR"}
NOTHING = {"amount": "0.00", "currency": "USD"}
TOO_MUCH = {"amount": "9500.01", "currency": "USD"}


def refused(response):
    """Status and code, once it is sure that they say the same in every place."""
    body = msgspec.json.decode(response.content)
    assert response.headers["content-type"] == PROBLEM, response.text
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:windtunnel:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["code"]


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
def test_what_nobody_made_is_not_found(customer, path, body):
    response = customer.get(path) if body is None else customer.post(path, body)

    status, code = refused(response)

    assert status == 404
    assert code in {"unknown_policy", "unknown_account", "unknown_claim", "unknown_payment"}


def test_a_reserve_or_payment_of_no_claim_is_not_found(customer, example):
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
        ({"on": "9999-12-31"}, "unknown_day"),
    ],
)
def test_a_quote_that_cannot_be_is_refused_by_its_code(customer, changes, code):
    assert refused(customer.post("/policies", customer.a_quote(**changes))) == (422, code)


def test_the_first_and_last_days_that_can_be_quoted_are(customer):
    first = customer.in_force(start="0001-01-01")
    last = customer.in_force(start="9998-12-31")

    assert first["end"] == "0002-01-01"
    assert last["end"] == "9999-12-31"
    assert customer.account(first["account_id"])["invoices"]
    assert customer.account(last["account_id"])["invoices"][-1]["due_on"] == "9999-09-30"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"])
@pytest.mark.parametrize("start", ["0001-01-01", "2026-06-01", "9998-12-31"])
def test_cover_has_an_answer_at_the_ends_of_the_calendar(customer, start, at):
    policy_id = customer.in_force(start=start)["policy_id"]

    found = customer.get(f"/policies/{policy_id}/coverage", at=at, coverage="dwelling")

    assert (found.status_code, found.json()["covered"]) == (200, "no")


def test_a_quote_cannot_be_bound_after_it_expires(customer):
    policy_id = customer.quoted()["policy_id"]

    assert refused(customer.post(f"/policies/{policy_id}/bind", {"on": "2026-06-01"})) == (409, "quote_expired")


def test_a_quote_cannot_be_issued_or_cancelled_before_it_is_bound(customer, example):
    path = f"/policies/{customer.quoted()['policy_id']}"

    assert refused(customer.post(f"{path}/issue", example("issue_policy"))) == (409, "wrong_state")
    assert refused(customer.post(f"{path}/cancel", example("cancel_policy"))) == (409, "wrong_state")


def test_a_policy_cannot_be_cancelled_outside_its_term(customer):
    path = f"/policies/{customer.in_force()['policy_id']}/cancel"

    assert refused(customer.post(path, {"on": "2026-05-31", "reason": "x"})) == (422, "outside_term")
    assert refused(customer.post(path, {"on": "2027-06-01", "reason": "x"})) == (422, "outside_term")


@pytest.mark.parametrize(
    ("amount", "code"), [(BAD, "bad_amount"), (EUROS, "wrong_currency"), (NOTHING, "not_positive")]
)
def test_a_payment_that_is_none_is_refused_and_changes_nothing(customer, amount, code):
    before = customer.billed(autopay="off")
    path = f"/accounts/{before['account_id']}"

    assert refused(customer.post(f"{path}/payments", {"payer_id": "I", "amount": amount, "on": "2026-06-01"})) == (
        422,
        code,
    )
    assert customer.account(before["account_id"]) == before


def test_a_loss_of_tomorrow_cannot_be_reported(customer, example):
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
def test_a_reserve_that_cannot_be_is_refused_by_its_code(customer, example, changes, status, code):
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
def test_a_payout_that_cannot_be_is_refused_by_its_code(customer, example, changes, code):
    path = f"/claims/{customer.claim()['claim_id']}/payments"

    assert refused(customer.post(path, example("pay_claim") | changes)) == (422, code)


def test_a_claim_cannot_be_closed_with_a_payment_on_its_way(customer, example):
    path = f"/claims/{customer.claim()['claim_id']}"
    customer.post(f"{path}/payments", example("pay_claim"))

    assert refused(customer.post(f"{path}/close", example("close_claim"))) == (409, "payment_pending")


def test_a_closed_claim_takes_no_money(customer, example):
    path = f"/claims/{customer.claim()['claim_id']}"
    customer.post(f"{path}/close", example("close_claim"))

    assert refused(customer.put(f"{path}/reserve", example("set_reserve"))) == (409, "wrong_state")
    assert refused(customer.post(f"{path}/payments", example("pay_claim"))) == (409, "wrong_state")


def test_a_success_after_a_failure_is_refused_so_that_a_person_sees_it(customer):
    path = f"/payments/{customer.billed()['account_id']}-0/outcome"
    customer.post(path, REPORT | {"outcome": "failed", "reason": "R01"})

    assert refused(customer.post(path, REPORT)) == (409, "success_after_failure")
    assert refused(customer.post(path, REPORT | {"outcome": "returned"})) == (409, "wrong_state")


# --- at the edge


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"on"',
        b"{}",
        b'{"on": "2026-02-30"}',
        b'{"on": 20260210}',
        b'{"on": null}',
        b'{"on": "2026-05-10", "by": "me"}',
        b'{"on": "\xff"}',
        b'{"on": "\\ud800"}',
        b'{"on": "\\u0000"}',
        b'{"on": 1e999}',
        b'{"on": ' + b"9" * 5000 + b"}",
        b"[" * 200_000,
        b'{"on":' * 100_000,
    ],
)
def test_a_body_that_is_none_is_refused(customer, body):
    path = f"/policies/{customer.quoted()['policy_id']}/bind"

    response = customer.client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert refused(response) == (400, "bad_request")


@pytest.mark.parametrize(
    "changes",
    [
        {"insured_id": ""},
        {"insured_id": "I 1"},
        {"insured_id": "I-1\n"},
        {"insured_id": "x" * 65},
        {"state": "FL\n"},
        {"state": "Florida"},
        {"zone": "Europe/Berlin"},
        {"autopay": True},
        {"payers": []},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": "1"}]},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1, "age": 40}]},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1}] * 9},
        {"charges": [{"pattern": "premium", "amount": 2400}]},
        {"charges": [{"pattern": "premium", "amount": {"amount": 2400.0, "currency": "USD"}}]},
        {"charges": [{"pattern": "premium", "amount": {"amount": "1.00", "currency": "USD", "vat": "0"}}]},
        {"discount": "10"},
    ],
)
def test_a_quote_that_is_not_as_the_schema_says_is_refused_at_the_edge(customer, changes):
    assert refused(customer.post("/policies", customer.a_quote(**changes))) == (400, "bad_request")


def test_a_time_without_a_zone_is_refused_wherever_it_comes(customer, example):
    path = f"/policies/{customer.quoted()['policy_id']}"
    naive = "2026-09-10T18:30:00"

    assert refused(customer.post("/claims", example("report_claim") | {"loss_at": naive})) == (400, "bad_request")
    assert refused(customer.get(path, known_at=naive)) == (400, "bad_request")
    assert refused(customer.get(f"{path}/coverage", at=naive, coverage="dwelling")) == (400, "bad_request")


def test_a_whole_number_is_one_however_it_is_written(customer, example):
    path = f"/claims/{customer.claim()['claim_id']}/reserve"

    assert customer.put(path, example("set_reserve") | {"exposure": 1.0}).status_code == 200
    assert refused(customer.put(path, example("set_reserve") | {"exposure": 1.5})) == (400, "bad_request")


def test_a_weight_of_any_size_is_kept(customer):
    heavy = [
        {"payer_id": "I-1", "kind": "insured", "weight": 10**30},
        {"payer_id": "I-2", "kind": "mortgagee", "weight": 1},
    ]

    policy = customer.in_force(payers=heavy)

    assert {invoice["payer_id"] for invoice in customer.account(policy["account_id"])["invoices"]} == {"I-1"}


@pytest.mark.parametrize(
    "query",
    [
        "effective=yesterday",
        "effective=2026-01-01T00:00:00Z",
        "effective=",
        "effective=2026-01-01&effective=2026-01-02",
        "at=2026-01-01",
        "effective",
        "known_at=2026-01-01T00:00:00%2B99:00",
        "effective=%FF",
        "effective=1767225600",
    ],
)
def test_a_question_that_is_not_as_the_schema_says_is_refused(customer, query):
    assert refused(customer.get(f"/policies/{customer.quoted()['policy_id']}?{query}")) == (400, "bad_request")


def test_a_query_where_none_is_asked_for_is_refused(customer, example):
    policy_id = customer.quoted()["policy_id"]

    assert refused(customer.get("/accounts/A-1?verbose=1")) == (400, "bad_request")
    assert refused(customer.post(f"/policies/{policy_id}/bind?dry=1", example("bind_policy"))) == (400, "bad_request")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_media_type_is_refused(customer, content_type):
    headers = {"Content-Type": content_type}

    assert refused(customer.client.post("/policies", content=b"{}", headers=headers)) == (415, "unsupported_media_type")


def test_a_media_type_may_name_its_charset(customer):
    response = customer.client.post(
        "/policies",
        content=msgspec.json.encode(customer.a_quote()),
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert response.status_code == 201


def test_a_request_of_more_than_a_megabyte_is_refused(customer):
    body = b" " * 1_000_001
    headers = {"Content-Type": "application/json"}

    assert refused(customer.client.post("/policies", content=body, headers=headers)) == (413, "too_large")
    assert refused(customer.client.post("/policies", content=iter([body]), headers=headers)) == (413, "too_large")


def test_an_unknown_path_and_an_unknown_method_are_refused(customer):
    deletion = customer.client.delete("/policies")

    assert refused(customer.get("/policy")) == (404, "not_found")
    assert refused(customer.get("/policies/P-1/bind/again")) == (404, "not_found")
    assert refused(deletion) == (405, "method_not_allowed")
    assert deletion.headers["allow"]


def test_every_code_that_an_operation_may_refuse_by_has_its_status(customer):
    document = customer.get("/openapi.json").json()

    for operation in OPERATIONS:
        responses = document["paths"][operation.path][operation.method.lower()]["responses"]
        promised = {
            code
            for response in responses.values()
            for content in response.get("content", {}).values()
            for part in content["schema"].get("allOf", [])
            for code in part.get("properties", {}).get("code", {}).get("enum", [])
        }
        assert set(operation.refusals) <= promised, operation.name
