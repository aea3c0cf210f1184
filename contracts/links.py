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
INTENT = {"intent_id": "$response.body#/intent_id"}
LAST_PAYOUT = {"intent_id": payout_id("{$response.body#/claim_id}", "{$response.body#/payments/0/payment_id}")}
FIRST_DRAFT = {"intent_id": collection_id("{$response.body#/account_id}", "0")}

LINKS: dict[OperationName, Links] = {
    "quote_policy": {"bind_policy": POLICY, "read_policy": POLICY, "read_coverage": POLICY},
    "bind_policy": {"issue_policy": POLICY, "read_policy": POLICY},
    "issue_policy": {
        "cancel_policy": POLICY,
        "read_policy": POLICY,
        "read_coverage": POLICY,
        "read_account": ACCOUNT,
        "run_billing": ACCOUNT,
        "receive_payment": ACCOUNT,
    },
    "cancel_policy": {"read_policy": POLICY, "read_coverage": POLICY, "read_account": ACCOUNT},
    "run_billing": {
        "read_account": ACCOUNT,
        "receive_payment": ACCOUNT,
        "read_payment": FIRST_DRAFT,
        "report_payment": FIRST_DRAFT,
    },
    "receive_payment": {"read_account": ACCOUNT, "run_billing": ACCOUNT},
    "report_claim": {"set_reserve": CLAIM, "pay_claim": CLAIM, "close_claim": CLAIM, "read_claim": CLAIM},
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
