"""Planted defects can be seen from outside, and none is there unless it was asked for."""

from uuid import uuid4

import pytest

from contracts.reference.defects import DEFECTS, SLOW_SECONDS


@pytest.fixture(scope="module")
def core(start_for_module, ask):
    return ask(start_for_module("--hooks").client)


@pytest.fixture
def plant(core):
    def planted(name):
        return core.post("/_hooks/defect", {"name": name})

    yield planted
    planted("none")


def returned_premium(core, example):
    policy_id = core.in_force()["policy_id"]
    return core.post(f"/policies/{policy_id}/cancel", example("cancel_policy")).json()


def retried_payments(core, example):
    """The payments of an account after one payment and its retry, and both answers."""
    account_id, key = core.billed(autopay="off")["account_id"], str(uuid4())
    path = f"/accounts/{account_id}/payments"
    answers = [core.post(path, example("receive_payment"), key) for _ in range(2)]
    return core.account(account_id)["payments"], answers


def test_a_deployment_has_no_defects_of_its_own(core, plant, example):
    payments, _ = retried_payments(core, example)

    assert plant("none").json() == {"planted": []}
    assert returned_premium(core, example)["returned"][0]["amount"]["amount"] == "-1196.71"
    assert core.quoted()["status"] == "quoted"
    assert len(payments) == 1


def test_a_missing_field_is_missing(core, plant):
    plant("missing_field")

    assert "status" not in core.quoted()


def test_a_missing_field_is_missing_from_every_kind_of_answer(core, plant, example):
    policy, account, claim = core.in_force(), core.billed(), core.claim()
    cover = f"/policies/{policy['policy_id']}/coverage"

    plant("missing_field")

    assert "unapplied" not in core.account(account["account_id"])
    assert "status" not in core.get(f"/claims/{claim['claim_id']}").json()
    assert "status" not in core.get(f"/payments/collect:{account['account_id']}:0").json()
    assert "covered" not in core.get(cover, at="2026-07-01T00:00:00Z", coverage="dwelling").json()


def test_a_wrong_proration_is_a_cent_short_in_the_answer_the_event_and_the_bill(core, plant, example):
    plant("wrong_proration")

    cancelled = returned_premium(core, example)
    event = next(
        event for event in core.events() if event["subject"] == cancelled["policy_id"] and event["sequence"] == 4
    )
    credited = core.account(cancelled["account_id"])["instructions"][1]

    assert cancelled["returned"][0]["amount"]["amount"] == "-1196.70"
    assert event["data"]["returned"] == cancelled["returned"] == credited["charges"]


def test_a_payment_applied_twice_hides_behind_the_answer_that_was_recorded(core, plant, example):
    plant("double_application")

    payments, (first, again) = retried_payments(core, example)

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert len(payments) == 2


def test_a_slow_answer_is_slow_to_come(core, plant):
    plant("slow_answer")

    response = core.get("/accounts/A-NONE")

    assert response.elapsed.total_seconds() >= SLOW_SECONDS
    assert core.get("/health").status_code == 200


def test_defects_add_up_until_they_are_taken_out(core, plant):
    plant("missing_field")

    assert plant("wrong_proration").json() == {"planted": ["missing_field", "wrong_proration"]}
    assert plant("none").json() == {"planted": []}


@pytest.mark.parametrize("body", [{"name": "rust"}, {"name": 1}, {}, {"name": "none", "when": "now"}, []])
def test_an_unknown_defect_is_refused_and_none_is_planted(core, plant, body):
    response = core.post("/_hooks/defect", body)

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert plant("none").json() == {"planted": []}


@pytest.mark.parametrize("path", ["/_hooks/drain", "/_hooks/defect"])
def test_there_are_no_hooks_unless_they_were_asked_for(start, path):
    assert start().client.post(path, json={"name": "missing_field"}).status_code == 404


def test_a_deployment_can_be_started_with_a_defect(start, ask):
    assert set(DEFECTS) >= {"missing_field"}
    assert "status" not in ask(start("--defect", "missing_field").client).quoted()
