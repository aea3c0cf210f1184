"""Every operation, end to end over HTTP."""

from datetime import UTC, datetime
from decimal import Decimal

from contracts.reference.edge import MOST_BYTES
from model.invariants import ACCOUNT_INVARIANTS, CLAIM_INVARIANTS, POLICY_INVARIANTS, judged
from model.payments.naming import payout_id
from model.published.account_views import AccountView
from model.published.claim_views import ClaimClocksView, ClaimView
from model.published.policy_views import CoverageView, PolicyView


def test_a_quote_answers_with_ids_that_the_deployment_chose(customer):
    policy = customer.quoted()

    assert policy["policy_id"].startswith("P-")
    assert policy["account_id"].startswith("A-")
    assert policy["status"] == "quoted"
    assert policy["quote_expires"] == "2026-05-31"


def test_a_quote_for_an_account_is_billed_to_that_account(customer):
    assert customer.quoted(account_id="HOUSEHOLD-7")["account_id"] == "HOUSEHOLD-7"


def test_a_policy_goes_from_quote_to_force_and_is_billed_at_once(customer, good):
    policy = customer.in_force()
    account = customer.account(policy["account_id"])

    assert policy["status"] == "in_force"
    assert [charge["amount"]["amount"] for charge in policy["written"]] == ["2400.00", "43.20", "25.00"]
    assert customer.planned(account) == Decimal("2468.20")
    assert good(customer.get(f"/policies/{policy['policy_id']}")) == policy


def test_a_policy_is_read_as_of_two_times(customer, example, good):
    path = f"/policies/{customer.in_force()['policy_id']}"
    before = datetime.now(UTC).isoformat()
    good(customer.post(f"{path}/cancel", example("cancel_policy")))

    assert good(customer.get(path))["as_of"] is None
    assert good(customer.get(path, effective="2026-11-30"))["as_of"]["status"] == "in_force"
    assert good(customer.get(path, effective="2026-12-01"))["as_of"]["status"] == "cancelled"
    assert good(customer.get(path, effective="2026-12-01", known_at=before))["as_of"]["status"] == "in_force"
    assert good(customer.get(path, effective="2026-05-31"))["as_of"] is None


def test_cover_is_read_at_an_instant(customer, example, good):
    policy_id = customer.in_force()["policy_id"]
    good(customer.post(f"/policies/{policy_id}/cancel", example("cancel_policy")))

    def cover(at, coverage="dwelling"):
        found = good(customer.get(f"/policies/{policy_id}/coverage", at=at, coverage=coverage))
        return found["covered"], found["reason"]

    # The term begins and ends at 00:01 in Florida, which is four or five hours behind UTC.
    assert cover("2026-06-01T04:00:59Z") == ("no", "not_in_force")
    assert cover("2026-06-01T04:01:00Z") == ("yes", None)
    assert cover("2026-06-01T00:01:00-04:00") == ("yes", None)
    assert cover("2026-12-01T05:00:59Z") == ("yes", None)
    assert cover("2026-12-01T05:01:00Z") == ("no", "cancelled_before_loss")
    assert cover("2026-07-01T00:00:00Z", "flood") == ("no", "coverage_absent")


def test_a_coverage_answer_tells_limit_and_deductibles(customer, good):
    policy_id = customer.in_force()["policy_id"]

    found = good(customer.get(f"/policies/{policy_id}/coverage", at="2026-07-01T00:00:00Z", coverage="dwelling"))

    assert found["limit"] == {"amount": "300000.00", "currency": "USD"}
    assert found["hurricane_deductible"] == {"amount": "6000.00", "currency": "USD"}


def test_a_cancelled_policy_gives_back_what_it_did_not_earn(customer, example, good):
    policy = customer.in_force()

    cancelled = good(customer.post(f"/policies/{policy['policy_id']}/cancel", example("cancel_policy")))
    account = customer.account(policy["account_id"])

    # 182 of 365 days remain: 2400.00 * 182 / 365 and 43.20 * 182 / 365.
    assert {charge["pattern"]: charge["amount"]["amount"] for charge in cancelled["returned"]} == {
        "premium": "-1196.71",
        "tax": "-21.54",
    }
    assert len(account["instructions"]) == 2


def test_billing_makes_due_and_drafts(customer, good):
    account = customer.billed()

    draft = good(customer.get(f"/payments/collect:{account['account_id']}:0"))

    assert {invoice["status"] for invoice in account["invoices"]} == {"due"}
    assert (draft["purpose"], draft["status"], draft["reference"]) == ("collection", "processing", "0")


def test_a_draft_that_goes_through_pays_its_invoice_and_one_that_bounces_reopens_it(customer, good):
    account_id = customer.billed(plan="full_pay")["account_id"]
    outcome = f"/payments/collect:{account_id}:0/outcome"
    report = {"reason": "", "on": "2026-06-02"}

    assert good(customer.post(outcome, report | {"outcome": "succeeded"}))["status"] == "succeeded"
    assert customer.account(account_id)["invoices"][0]["status"] == "paid"
    assert good(customer.post(outcome, report | {"outcome": "returned", "reason": "R01"}))["status"] == "returned"

    invoice = customer.account(account_id)["invoices"][0]
    assert invoice["status"] == "due"
    assert [item["amount"]["amount"] for item in invoice["items"] if item["pattern"] == "fee"][-1] == "15.00"


def test_a_payment_pays_what_is_open_first(customer, example, good):
    account_id = customer.billed(autopay="off")["account_id"]

    account = good(customer.post(f"/accounts/{account_id}/payments", example("receive_payment")), 201)

    assert account["payments"][0]["distributed"] == {"amount": "480.00", "currency": "USD"}
    assert account["unapplied"] == {"amount": "0.00", "currency": "USD"}


def test_a_claim_is_reported_reserved_paid_and_closed(customer, example, good):
    claim = customer.claim()
    path = f"/claims/{claim['claim_id']}"
    assert (claim["status"], claim["incurred"]["amount"]) == ("open", "9500.00")

    reserved = good(customer.put(f"{path}/reserve", example("set_reserve")))
    paying = good(customer.post(f"{path}/payments", example("pay_claim")), 201)
    payment_id = paying["payments"][0]["payment_id"]
    moving = payout_id(claim["claim_id"], payment_id)
    good(customer.post(f"/payments/{moving}/outcome", {"outcome": "succeeded", "reason": "", "on": "2026-10-05"}))
    closed = good(customer.post(f"{path}/close", example("close_claim")))

    assert reserved["lines"][0]["open"]["amount"] == "14000.00"
    assert paying["lines"][0]["available"]["amount"] == "10000.00"
    assert (closed["status"], closed["outcome"], closed["incurred"]["amount"]) == ("closed", "paid", "4000.00")
    assert good(customer.get(path)) == closed


def test_a_payout_that_fails_leaves_its_reserve_open(customer, example, good):
    claim_id = customer.claim()["claim_id"]
    path = f"/claims/{claim_id}"
    payment_id = good(customer.post(f"{path}/payments", example("pay_claim")), 201)["payments"][0]["payment_id"]

    report = {"outcome": "failed", "reason": "no such account", "on": "2026-10-05"}
    good(customer.post(f"/payments/{payout_id(claim_id, payment_id)}/outcome", report))

    claim = good(customer.get(path))
    assert claim["payments"][0]["status"] == "failed"
    assert claim["lines"][0]["available"]["amount"] == "9500.00"


def test_a_claim_without_cover_is_denied_with_its_reason(customer):
    denied = customer.claim(loss_at="2026-05-01T12:00:00Z")

    assert (denied["status"], denied["outcome"], denied["denial"]) == ("closed", "denied", "not_in_force")


def test_a_claim_on_a_policy_that_nobody_knows_is_kept_and_somebody_looks_for_the_policy(customer):
    kept = customer.claim(policy_id="P-NONE")

    assert (kept["status"], kept["denial"]) == ("reported", None)
    assert "match_policy" in kept["tasks"]


def test_answers_hold_every_invariant_of_the_model(customer, example):
    policy_id = customer.in_force()["policy_id"]
    claim_id = customer.claim()["claim_id"]
    customer.post(f"/policies/{policy_id}/cancel", example("cancel_policy"))

    policy = customer.read(f"/policies/{policy_id}", PolicyView)
    account = customer.read(f"/accounts/{policy.account_id}", AccountView)
    claim = customer.read(f"/claims/{claim_id}", ClaimView)

    assert list(judged(POLICY_INVARIANTS, policy_id, policy)) == []
    assert list(judged(ACCOUNT_INVARIANTS, account.account_id, account)) == []
    assert list(judged(CLAIM_INVARIANTS, claim_id, claim)) == []


def test_an_answer_decodes_strictly_into_its_view(customer):
    policy_id = customer.in_force()["policy_id"]
    path = f"/policies/{policy_id}/coverage?at=2026-07-01T00:00:00Z&coverage=dwelling"

    assert customer.read(path, CoverageView).covered == "yes"


def test_a_claim_tells_its_clocks_and_a_joint_payment_its_payees(customer, example, good):
    claim = customer.claim()
    insured = claim["exposures"][0]["claimant_id"]
    payees = [{"party_id": insured, "role": "insured"}, {"party_id": "BANK", "role": "mortgagee"}]
    good(customer.put(f"/claims/{claim['claim_id']}/reserve", example("set_reserve")))
    good(customer.post(f"/claims/{claim['claim_id']}/payments", {**example("pay_claim"), "payees": payees}), 201)

    clocks = customer.read(f"/claims/{claim['claim_id']}/clocks?on=2027-12-31", ClaimClocksView)

    assert {"acknowledge", "pay_or_deny"} <= {one.name for one in clocks.clocks if one.status == "missed"}
    assert clocks.days_late > 0


def test_nothing_that_happened_on_another_account_shows(customer, example, good):
    mine, other = customer.billed(autopay="off"), customer.billed(autopay="off")

    good(customer.post(f"/accounts/{mine['account_id']}/payments", example("receive_payment")), 201)

    assert customer.account(other["account_id"]) == other


def test_health_and_readiness_answer(customer, good):
    assert good(customer.get("/health")) == {"status": "ok"}
    assert good(customer.get("/ready")) == {"status": "ready"}


def test_a_body_may_hold_what_the_documents_promise(customer, good):
    many = [customer.a_quote()["coverages"][0] | {"code": f"coverage {k}"} for k in range(32)]

    policy = customer.in_force(coverages=many)
    last = good(
        customer.get(f"/policies/{policy['policy_id']}/coverage", at="2026-07-01T00:00:00Z", coverage="coverage 31")
    )

    assert last["covered"] == "yes"
    assert len(str(many)) < MOST_BYTES
