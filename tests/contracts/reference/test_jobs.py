"""What becomes of a policy after its first issue, asked through the front door of the reference deployment."""

from datetime import date

import pytest

from contracts.examples import request_examples
from model.published.claim_views import ClaimView
from model.published.policy_views import MoratoriumView, PolicyView

USD = {"currency": "USD"}


def opening(name):
    return request_examples("open_job")[name]


class Jobs:
    """A policy in force and the jobs on it."""

    def __init__(self, customer, **changes):
        self.customer = customer
        self.policy = customer.in_force(**changes)
        self.path = f"/policies/{self.policy['policy_id']}"

    def post(self, step, **body):
        return self.customer.post(f"{self.path}{step}", body)

    def open(self, name, job_id="J-1", **changes):
        body = opening(name)
        return self.post("/jobs", **{**body, "job_id": job_id, "proposal": body["proposal"] | changes})

    def step(self, step, on, job_id="J-1", **more):
        return self.post(f"/jobs/{step}", job_id=job_id, on=on, **more)

    def whole(self, name, on, job_id="J-1", *, paid=None, **changes):
        """Opened, quoted and bound; what the policy then is."""
        more = {"paid": {"amount": paid, **USD}} if paid else {}
        answers = [
            self.open(name, job_id, **changes),
            self.step("quote", on, job_id),
            self.step("bind", on, job_id, **more),
        ]
        assert [one.status_code for one in answers] == [201, 200, 200], answers[-1].text
        return answers[-1].json()

    def cancel(self, on, reason):
        return self.post("/cancel", on=on, reason=reason)

    def cover(self, at, coverage="dwelling"):
        return self.customer.get(f"{self.path}/coverage", at=at, coverage=coverage).json()

    def billed(self):
        """Everything that the account was told to bill for the policy, in minor units."""
        account = self.customer.account(self.policy["account_id"])
        amounts = (one["amount"]["amount"] for told in account["instructions"] for one in told["charges"])
        return sum(round(float(amount) * 100) for amount in amounts)


def job_of(view, job_id="J-1"):
    (found,) = [job for job in view["jobs"] if job["job_id"] == job_id]
    return found


# --- each kind from the first step to the last


def test_a_change_is_quoted_bound_and_billed_and_changes_what_is_covered(customer):
    jobs = Jobs(customer)
    before = jobs.billed()
    jobs.open("a_change")
    quoted = jobs.step("quote", "2026-08-03").json()
    (charge,) = job_of(quoted)["charges"]

    bound = jobs.step("bind", "2026-08-03").json()
    issued = jobs.step("issue", "2026-08-03").json()

    assert (job_of(quoted)["status"], job_of(bound)["status"], job_of(issued)["status"]) == (
        "quoted",
        "bound",
        "issued",
    )
    assert bound["base"] == 2
    assert jobs.billed() - before == round(float(charge["amount"]["amount"]) * 100) > 0
    assert jobs.cover("2026-08-02T16:00:00Z", "contents")["covered"] == "yes"
    assert jobs.cover("2026-08-04T16:00:00Z", "contents") == jobs.cover("2026-08-04T16:00:00Z", "contents") | {
        "covered": "no",
        "reason": "coverage_absent",
    }


def test_a_cancelled_policy_is_reinstated_with_a_gap(customer):
    jobs = Jobs(customer)
    assert jobs.whole("a_cancellation", "2026-08-03")["status"] == "cancelled"

    view = jobs.whole("a_reinstatement", "2026-12-11", "J-2", effective="2026-12-11")

    assert (view["status"], view["cancelled_on"]) == ("in_force", None)
    assert jobs.cover("2026-12-05T16:00:00Z")["reason"] == "lapse_gap"
    assert jobs.cover("2026-12-12T16:00:00Z")["covered"] == "yes"


def test_a_policy_is_rewritten_for_the_rest_of_its_term(customer):
    view = Jobs(customer).whole("a_rewrite", "2026-08-03")

    assert (view["status"], view["start"], view["end"]) == ("in_force", "2026-08-03", "2027-06-01")
    assert len(view["periods"]) == 2


def test_a_policy_is_rewritten_for_a_year_of_its_own(customer):
    view = Jobs(customer).whole("a_rewrite", "2026-08-03", ends="after_a_year")

    assert view["end"] == "2027-08-03"


def test_a_renewal_is_bound_by_paying_and_issued_for_the_year_after(customer):
    jobs = Jobs(customer)
    on = opening("a_renewal")["on"]
    jobs.whole("a_renewal", on, paid="500.00")

    view = jobs.step("issue", on).json()

    assert (view["has_renewal"], view["end"]) == ("yes", "2027-06-01")
    assert jobs.cover("2027-07-01T16:00:00Z")["covered"] == "yes"
    closed = jobs.step("close", "2027-06-02", outcome="not_taken").json()
    assert closed["has_renewal"] == "no"
    assert jobs.cover("2027-07-01T16:00:00Z")["reason"] == "not_in_force"


def test_a_late_nonrenewal_keeps_cover_up_past_the_end(customer):
    view = Jobs(customer).whole("a_nonrenewal", opening("a_nonrenewal")["on"])

    assert date.fromisoformat(view["end"]) > date(2027, 6, 1)


def test_a_job_is_withdrawn(customer):
    jobs = Jobs(customer)
    jobs.open("a_change")

    assert job_of(jobs.step("close", "2026-08-03", outcome="withdrawn").json())["status"] == "withdrawn"


def test_an_underwriter_approves_an_issue_that_somebody_raised_and_the_job_goes_on(customer, example, refused):
    jobs = Jobs(customer)
    jobs.open("a_change")
    jobs.step("quote", "2026-08-03")
    approvals = request_examples("approve_issue")

    raised = jobs.post("/jobs/issues", **example("raise_issue"))
    assert raised.status_code == 201
    assert job_of(raised.json())["issues"] == [
        {"code": "roof", "blocks": "bind", "authority": "underwriter", "approved_until": None, "scope": "job"}
    ]
    assert refused(jobs.step("bind", "2026-08-03")) == (409, "issue_open")
    too_low = jobs.post("/jobs/issues/approve", **approvals["for_this_job"] | {"authority": "agent"})
    assert refused(too_low) == (422, "above_authority")

    approved = jobs.post("/jobs/issues/approve", **approvals["for_the_whole_policy"]).json()
    (issue,) = job_of(approved)["issues"]
    assert (issue["approved_until"], issue["scope"]) == ("2027-06-01", "policy")
    assert job_of(jobs.step("bind", "2026-08-03").json())["status"] == "bound"


def test_an_issue_of_a_renewal_is_no_end_of_it(customer, example):
    jobs = Jobs(customer)
    on = opening("a_renewal")["on"]
    jobs.open("a_renewal")
    jobs.step("quote", on)
    jobs.post("/jobs/issues", **example("raise_issue") | {"on": on})
    jobs.post("/jobs/issues/approve", **request_examples("approve_issue")["for_this_job"] | {"on": on})

    paid = {"amount": "500.00", **USD}
    assert job_of(jobs.step("bind", on, paid=paid).json())["status"] in ("bound", "issued")


def test_who_directs_that_a_renewal_be_not_taken_has_none_begun(customer, example, refused):
    jobs = Jobs(customer)
    jobs.open("a_renewal")
    jobs.step("quote", opening("a_renewal")["on"])

    directed = jobs.post("/renewal-direction", **example("direct_renewal")).json()

    assert (directed["direction"], job_of(directed)["status"]) == ("not_taken", "not_taken")
    assert refused(jobs.open("a_renewal", "J-2")) == (409, "renewal_directed")


def test_the_second_of_two_jobs_loses_its_ground(customer, refused):
    jobs = Jobs(customer)
    jobs.open("a_change", "J-1")
    view = jobs.whole("a_change", "2026-08-03", "J-2")

    assert job_of(view)["status"] == "preempted"
    assert refused(jobs.step("quote", "2026-08-03")) == (409, "stale_base")
    assert refused(jobs.step("bind", "2026-08-03")) == (409, "stale_base")


def test_a_notice_is_given_and_rescinded_by_paying(customer, example, refused):
    jobs = Jobs(customer)
    notice = example("give_notice")

    given = jobs.post("/notice", **notice).json()
    again = jobs.post("/notice", **notice | {"reason": "other"})
    too_little = jobs.post("/rescind", on="2026-08-04", paid={"amount": "1.00", **USD})
    rescinded = jobs.post("/rescind", **example("rescind_cancellation")).json()

    assert given["notice"]["reason"] == "nonpayment"
    assert refused(again) == (409, "notice_pending")
    assert refused(too_little) == (422, "not_enough_paid")
    assert rescinded["notice"] is None


# --- refusals


@pytest.mark.parametrize(
    ("step", "body", "answer"),
    [
        ("/jobs", opening("a_reinstatement"), (409, "wrong_state")),
        ("/jobs", opening("a_change") | {"on": "9500-01-01"}, (422, "unknown_day")),
        ("/jobs", opening("a_renewal") | {"on": "2026-08-03"}, (409, "not_yet")),
        ("/jobs/quote", {"job_id": "J-9", "on": "2026-08-03"}, (404, "unknown_job")),
        ("/jobs/bind", {"job_id": "J-9", "on": "2026-08-03"}, (404, "unknown_job")),
        ("/jobs/issue", {"job_id": "J-9", "on": "2026-08-03"}, (404, "unknown_job")),
        ("/jobs/close", {"job_id": "J-9", "on": "2026-08-03", "outcome": "withdrawn"}, (404, "unknown_job")),
        ("/jobs/bind", {"job_id": "J-9", "on": "2026-08-03", "paid": {"amount": "x", **USD}}, (422, "bad_amount")),
        ("/notice", {"reason": "nonpayment", "mailed_on": "2026-08-02", "on": "2026-08-02"},
         (422, "not_a_mailing_day")),
        ("/notice", {"reason": "underwriting", "mailed_on": "2026-12-01", "on": "2026-12-01"},
         (422, "reason_not_allowed")),
        ("/notice", {"reason": "other", "mailed_on": "2027-05-03", "on": "2027-05-03"}, (422, "outside_term")),
        ("/rescind", {"on": "2026-08-03", "paid": {"amount": "1.234", **USD}}, (422, "bad_amount")),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_of_a_policy_in_force_is_refused_by_its_code(customer, refused, step, body, answer):
    assert refused(Jobs(customer).post(step, **body)) == answer


@pytest.mark.parametrize(
    ("name", "changes", "answer"),
    [
        ("a_change", {"effective": "2027-06-01"}, (422, "outside_term")),
        ("a_change", {"edits": [{"edit": "drop_coverage", "code": "flood"}]}, (422, "unknown_coverage")),
        ("a_change", {"edits": [{"edit": "drop_coverage", "code": "dwelling"},
                                {"edit": "drop_coverage", "code": "contents"}]}, (422, "no_coverage")),
        ("a_change", {"edits": [{"edit": "adjust_charge", "pattern": "premium",
                                 "by": {"amount": "-9999.00", **USD}}]}, (422, "negative_charge")),
        ("a_change", {"edits": [{"edit": "adjust_charge", "pattern": "tip", "by": {"amount": "1.00", **USD}}]},
         (422, "unknown_charge_pattern")),
        ("a_rewrite", {"plan": "whenever"}, (422, "unknown_payment_plan")),
        ("a_rewrite", {"start": "2027-06-01", "ends": "after_a_year"}, (422, "outside_term")),
        ("a_nonrenewal", {"mailed_on": "2027-05-01"}, (422, "not_a_mailing_day")),
        ("a_nonrenewal", {"mailed_on": "2026-05-04"}, (422, "outside_term")),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_done_is_refused_when_it_is_quoted(customer, refused, name, changes, answer):
    jobs = Jobs(customer)
    assert jobs.open(name, **changes).status_code == 201

    assert refused(jobs.step("quote", opening(name)["on"])) == answer


def test_a_job_id_is_used_once_and_the_same_again_is_answered(customer, refused):
    jobs = Jobs(customer)
    first, again = jobs.open("a_change"), jobs.open("a_change")

    assert first.json() == again.json()
    assert refused(jobs.open("a_cancellation")) == (409, "job_reused")


def test_a_renewal_that_nobody_paid_is_not_bound(customer, refused):
    jobs = Jobs(customer)
    on = opening("a_renewal")["on"]
    jobs.open("a_renewal")
    jobs.step("quote", on)

    assert refused(jobs.step("bind", on)) == (422, "payment_required")


# --- moratoria and kept notices


@pytest.fixture
def declared(customer, example):
    """Declares a moratorium in an area of its own, so that it suspends nothing for others."""

    def declare(area, **changes):
        body = example("declare_moratorium") | {"areas": [area], "states": [], "end": None} | changes
        response = customer.post("/moratoria", body)
        assert response.status_code == 201, response.text
        return response.json()["moratorium_id"]

    return declare


def test_what_a_moratorium_holds_is_decided_when_it_is_over(customer, declared, refused):
    jobs = Jobs(customer, areas=["test:held"])
    moratorium_id = declared("test:held")

    held = jobs.cancel("2026-09-10", "other").json()
    customer.post(f"/moratoria/{moratorium_id}/end", {"on": "2026-09-11"})
    released = jobs.post("/release", on="2026-09-11").json()

    assert held["status"] == "in_force"
    assert (released["status"], released["cancelled_on"]) == ("cancelled", "2026-09-11")
    view = customer.read(f"/moratoria/{moratorium_id}", MoratoriumView)
    assert (view.status, view.end) == ("ended", date(2026, 9, 11))
    assert refused(customer.get("/moratoria/M-NONE")) == (404, "unknown_moratorium")
    assert refused(customer.post("/moratoria/M-NONE/end", {"on": "2026-09-11"})) == (404, "unknown_moratorium")


def test_a_moratorium_ends_after_it_begins(customer, declared, example, refused):
    backwards = example("declare_moratorium") | {"end": "2026-09-01"}
    moratorium_id = declared("test:nowhere")

    assert refused(customer.post("/moratoria", backwards)) == (422, "outside_term")
    assert refused(customer.post(f"/moratoria/{moratorium_id}/end", {"on": "2026-09-01"})) == (422, "outside_term")


def test_a_kept_notice_is_attached_to_the_policy_that_was_found_later(customer, example, refused):
    policy_id = customer.in_force()["policy_id"]
    kept = customer.post("/claims", example("report_claim") | {"policy_id": "P-ILLEGIBLE"}).json()
    path = f"/claims/{kept['claim_id']}"

    nowhere = customer.post(f"{path}/policy", example("attach_policy") | {"policy_id": "P-NONE"})
    attached = customer.post(f"{path}/policy", example("attach_policy") | {"policy_id": policy_id}).json()
    moved = customer.post(f"{path}/policy", example("attach_policy") | {"policy_id": customer.in_force()["policy_id"]})

    assert (kept["status"], kept["tasks"][-1]) == ("reported", "match_policy")
    assert refused(nowhere) == (404, "unknown_policy")
    assert (attached["status"], attached["policy_id"]) == ("open", policy_id)
    assert refused(moved) == (409, "wrong_state")
    assert refused(customer.post("/claims/C-NONE/policy", example("attach_policy"))) == (404, "unknown_claim")


def test_a_dwelling_that_a_storm_damaged_is_repaired_once(customer, example, refused):
    path = f"/claims/{customer.claim()['claim_id']}"
    fire = f"/claims/{customer.claim(cause='fire')['claim_id']}"

    early = customer.post(f"{path}/repair", {"on": "2026-06-01"})
    repaired = customer.post(f"{path}/repair", example("record_repair")).json()
    again = customer.post(f"{path}/repair", {"on": "2026-12-24"}).json()

    assert refused(early) == (422, "repaired_too_early")
    assert repaired["repaired_on"] == again["repaired_on"] == example("record_repair")["on"]
    assert refused(customer.post(f"{fire}/repair", example("record_repair"))) == (409, "no_damage")
    assert customer.read(path, ClaimView).damaged_on is not None


def test_a_change_behind_the_back_of_a_claim_is_seen_on_the_claim(customer, example):
    jobs = Jobs(customer)
    report = example("report_claim") | {"policy_id": jobs.policy["policy_id"], "coverage": "contents"}
    claim = customer.post("/claims", report).json()

    jobs.whole("a_change", "2026-10-01")
    customer.post("/_hooks/drain", {})

    seen = customer.read(f"/claims/{claim['claim_id']}", ClaimView)
    assert [exposure.lost for exposure in seen.exposures or ()] == ["coverage_absent"]
    assert seen.warnings == ("changed_after_report",)
    assert "special_investigation" in (seen.tasks or ())


def test_the_page_of_a_policy_is_read_strictly_whatever_became_of_it(customer):
    jobs = Jobs(customer)
    jobs.whole("a_change", "2026-08-03")

    assert customer.read(jobs.path, PolicyView).base == 2


def test_the_page_of_a_policy_says_what_is_in_force_and_what_is_suspended_on_a_day(customer, declared):
    jobs = Jobs(customer, areas=["test:standing"])
    moratorium_id = declared("test:standing")

    standing = customer.get(jobs.path, effective="2026-09-10").json()["standing"]

    assert standing["on"] == "2026-09-10"
    assert float(standing["in_force_premium"]["amount"]) > 0
    assert {one["operation"]: one["moratoria"] for one in standing["suspended"]}["bind"] == [moratorium_id]
