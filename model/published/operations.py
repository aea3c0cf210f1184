"""The canonical operations of a core: the names that deployments, contracts, the oracle and load tests share.

A deployment may spell paths and bodies otherwise; a driver maps them. Each operation says what it takes, what it
answers and every code by which it may refuse, so that a refusal nobody documented is a fault.
"""

from typing import Literal

from msgspec import Struct

from model.published import requests, views

OperationName = Literal[
    "quote_policy",
    "bind_policy",
    "issue_policy",
    "cancel_policy",
    "read_policy",
    "read_coverage",
    "run_billing",
    "receive_payment",
    "read_account",
    "report_claim",
    "set_reserve",
    "pay_claim",
    "close_claim",
    "read_claim",
    "report_payment",
    "read_payment",
]


class Operation(Struct, frozen=True):
    """`subject` is the id in the path, None where a new thing is made. `question` is the query of a read."""

    name: OperationName
    method: Literal["GET", "POST", "PUT"]
    path: str
    subject: str | None
    body: type[Struct] | None
    question: type[Struct] | None
    answer: type[Struct]
    success: Literal[200, 201]
    refusals: tuple[str, ...]
    says: str


STATUS_OF: dict[str, Literal[404, 409]] = {
    "unknown_policy": 404,
    "unknown_account": 404,
    "unknown_claim": 404,
    "unknown_payment": 404,
    "wrong_state": 409,
    "moratorium": 409,
    "notice_required": 409,
    "cancellation_not_later": 409,
    "stale_base": 409,
    "quote_expired": 409,
    "term_not_over": 409,
    "payment_pending": 409,
    "already_issued": 409,
    "already_failed": 409,
    "success_after_failure": 409,
}


def status_of(code: str) -> Literal[404, 409, 422]:
    """The HTTP status of a refusal: nothing there (404), not now (409), or not like this (422)."""
    return STATUS_OF.get(code, 422)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "quote_policy",
        "POST",
        "/policies",
        None,
        requests.QuotePolicyRequest,
        None,
        views.PolicyView,
        201,
        (
            "bad_amount",
            "no_payer",
            "unknown_payment_plan",
            "unknown_charge_pattern",
            "unknown_coverage",
            "wrong_currency",
            "negative_charge",
            "unknown_day",
        ),
        "Offer an annual term",
    ),
    Operation(
        "bind_policy",
        "POST",
        "/policies/{policy_id}/bind",
        "policy_id",
        requests.OnDayRequest,
        None,
        views.PolicyView,
        200,
        ("unknown_policy", "wrong_state", "quote_expired", "moratorium"),
        "Accept a quote",
    ),
    Operation(
        "issue_policy",
        "POST",
        "/policies/{policy_id}/issue",
        "policy_id",
        requests.OnDayRequest,
        None,
        views.PolicyView,
        200,
        ("unknown_policy", "wrong_state"),
        "Put a bound policy in force and have it billed",
    ),
    Operation(
        "cancel_policy",
        "POST",
        "/policies/{policy_id}/cancel",
        "policy_id",
        requests.CancelPolicyRequest,
        None,
        views.PolicyView,
        200,
        (
            "unknown_policy",
            "wrong_state",
            "outside_term",
            "in_lapse",
            "notice_required",
            "notice_too_short",
            "cancellation_not_later",
            "moratorium",
        ),
        "Cancel pro rata from a day on",
    ),
    Operation(
        "read_policy",
        "GET",
        "/policies/{policy_id}",
        "policy_id",
        None,
        requests.PolicyQuestion,
        views.PolicyView,
        200,
        ("unknown_policy",),
        "A policy, also as of two times",
    ),
    Operation(
        "read_coverage",
        "GET",
        "/policies/{policy_id}/coverage",
        "policy_id",
        None,
        requests.CoverageQuestion,
        views.CoverageView,
        200,
        ("unknown_policy",),
        "Whether a loss at an instant is covered",
    ),
    Operation(
        "run_billing",
        "POST",
        "/accounts/{account_id}/billing-runs",
        "account_id",
        requests.RunBillingRequest,
        None,
        views.AccountView,
        200,
        ("unknown_account",),
        "Bill and make due what its day has come for",
    ),
    Operation(
        "receive_payment",
        "POST",
        "/accounts/{account_id}/payments",
        "account_id",
        requests.ReceivePaymentRequest,
        None,
        views.AccountView,
        201,
        ("unknown_account", "bad_amount", "wrong_currency", "not_positive"),
        "Take money and pay what is open with it",
    ),
    Operation(
        "read_account",
        "GET",
        "/accounts/{account_id}",
        "account_id",
        None,
        None,
        views.AccountView,
        200,
        ("unknown_account",),
        "An account with its invoices and payments",
    ),
    Operation(
        "report_claim",
        "POST",
        "/claims",
        None,
        requests.ReportClaimRequest,
        None,
        views.ClaimView,
        201,
        ("loss_in_future",),
        "First notice of loss",
    ),
    Operation(
        "set_reserve",
        "PUT",
        "/claims/{claim_id}/reserve",
        "claim_id",
        requests.SetReserveRequest,
        None,
        views.ClaimView,
        200,
        (
            "unknown_claim",
            "wrong_state",
            "unknown_exposure",
            "bad_amount",
            "wrong_currency",
            "negative_amount",
            "reserve_below_pending",
            "unknown_role",
            "above_authority",
        ),
        "What a reserve line should hold",
    ),
    Operation(
        "pay_claim",
        "POST",
        "/claims/{claim_id}/payments",
        "claim_id",
        requests.PayClaimRequest,
        None,
        views.ClaimView,
        201,
        (
            "unknown_claim",
            "wrong_state",
            "unknown_line",
            "bad_amount",
            "wrong_currency",
            "not_positive",
            "coverage_lost",
            "limit_exhausted",
            "beyond_settlement",
            "reserve_required",
            "unknown_role",
        ),
        "Ask for a payment against a reserve",
    ),
    Operation(
        "close_claim",
        "POST",
        "/claims/{claim_id}/close",
        "claim_id",
        requests.OnDayRequest,
        None,
        views.ClaimView,
        200,
        ("unknown_claim", "wrong_state", "payment_pending"),
        "Close a claim and release what is reserved",
    ),
    Operation(
        "read_claim",
        "GET",
        "/claims/{claim_id}",
        "claim_id",
        None,
        None,
        views.ClaimView,
        200,
        ("unknown_claim",),
        "A claim with its reserves and payments",
    ),
    Operation(
        "report_payment",
        "POST",
        "/payments/{intent_id}/outcome",
        "intent_id",
        requests.ReportPaymentRequest,
        None,
        views.IntentView,
        200,
        ("unknown_payment", "wrong_state", "success_after_failure", "card_number"),
        "What the processor says of a payment",
    ),
    Operation(
        "read_payment",
        "GET",
        "/payments/{intent_id}",
        "intent_id",
        None,
        None,
        views.IntentView,
        200,
        ("unknown_payment",),
        "A payment",
    ),
)
BY_NAME: dict[OperationName, Operation] = {operation.name: operation for operation in OPERATIONS}
