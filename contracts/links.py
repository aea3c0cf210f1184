"""What can be asked next of what was just answered: the links of the OpenAPI document.

They carry the ids that a deployment chose into the calls that need them, for people who read the document and for
tools that walk along it.
"""

from model.payments.naming import collection_id, payout_id
from model.published.operations import OperationName

Links = dict[OperationName, dict[str, str]]

POLICY = {"policy_id": "$response.body#/policy_id"}
ACCOUNT = {"account_id": "$response.body#/account_id"}
CLAIM = {"claim_id": "$response.body#/claim_id"}
MORATORIUM = {"moratorium_id": "$response.body#/moratorium_id"}
INTENT = {"intent_id": "$response.body#/intent_id"}
LAST_PAYOUT = {"intent_id": payout_id("{$response.body#/claim_id}", "{$response.body#/payments/0/payment_id}")}
FIRST_DRAFT = {"intent_id": collection_id("{$response.body#/account_id}", "0")}

JOBS: Links = {
    "open_job": POLICY,
    "quote_job": POLICY,
    "bind_job": POLICY,
    "issue_job": POLICY,
    "close_job": POLICY,
    "raise_issue": POLICY,
    "read_policy": POLICY,
}

BOUND: Links = {**JOBS, "read_account": ACCOUNT, "read_coverage": POLICY}

LINKS: dict[OperationName, Links] = {
    "quote_policy": {"bind_policy": POLICY, "read_policy": POLICY, "read_coverage": POLICY},
    "bind_policy": {"issue_policy": POLICY, "read_policy": POLICY},
    "issue_policy": {
        "cancel_policy": POLICY,
        "give_notice": POLICY,
        "open_job": POLICY,
        "direct_renewal": POLICY,
        "read_policy": POLICY,
        "read_coverage": POLICY,
        "read_account": ACCOUNT,
        "run_billing": ACCOUNT,
        "receive_payment": ACCOUNT,
    },
    "open_job": JOBS,
    "quote_job": JOBS,
    "bind_job": BOUND,
    "issue_job": BOUND,
    "close_job": JOBS,
    "raise_issue": {"approve_issue": POLICY, "read_policy": POLICY},
    "approve_issue": JOBS,
    "direct_renewal": {"open_job": POLICY, "read_policy": POLICY},
    "give_notice": {"rescind_cancellation": POLICY, "cancel_policy": POLICY, "read_policy": POLICY},
    "rescind_cancellation": {"give_notice": POLICY, "read_policy": POLICY},
    "release_held": {"read_policy": POLICY},
    "declare_moratorium": {"end_moratorium": MORATORIUM, "read_moratorium": MORATORIUM},
    "end_moratorium": {"read_moratorium": MORATORIUM},
    "cancel_policy": {"open_job": POLICY, "read_policy": POLICY, "read_coverage": POLICY, "read_account": ACCOUNT},
    "run_billing": {
        "read_account": ACCOUNT,
        "receive_payment": ACCOUNT,
        "read_payment": FIRST_DRAFT,
        "report_payment": FIRST_DRAFT,
    },
    "receive_payment": {"read_account": ACCOUNT, "run_billing": ACCOUNT},
    "attach_policy": {"set_reserve": CLAIM, "read_claim": CLAIM},
    "record_repair": {"read_claim": CLAIM},
    "report_claim": {
        "attach_policy": CLAIM,
        "record_repair": CLAIM,
        "set_reserve": CLAIM,
        "pay_claim": CLAIM,
        "close_claim": CLAIM,
        "read_claim": CLAIM,
        "read_clocks": CLAIM,
    },
    "set_reserve": {"pay_claim": CLAIM, "close_claim": CLAIM, "read_claim": CLAIM},
    "pay_claim": {
        "read_claim": CLAIM,
        "close_claim": CLAIM,
        "read_payment": LAST_PAYOUT,
        "report_payment": LAST_PAYOUT,
    },
    "close_claim": {"read_claim": CLAIM},
    "report_payment": {"read_payment": INTENT},
}
