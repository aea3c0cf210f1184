"""What an operation of a core is: its name, how it is asked, what it answers, and every code by which it may refuse."""

from typing import Literal

from msgspec import Struct

OperationName = Literal[
    "quote_policy",
    "bind_policy",
    "issue_policy",
    "cancel_policy",
    "open_job",
    "quote_job",
    "bind_job",
    "issue_job",
    "close_job",
    "raise_issue",
    "approve_issue",
    "direct_renewal",
    "give_notice",
    "rescind_cancellation",
    "release_held",
    "declare_moratorium",
    "end_moratorium",
    "read_moratorium",
    "read_policy",
    "read_coverage",
    "run_billing",
    "receive_payment",
    "read_account",
    "report_claim",
    "attach_policy",
    "record_repair",
    "set_reserve",
    "pay_claim",
    "close_claim",
    "read_claim",
    "read_clocks",
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
    "unknown_job": 404,
    "unknown_moratorium": 404,
    "wrong_state": 409,
    "moratorium": 409,
    "dwelling_not_repaired": 409,
    "job_reused": 409,
    "not_yet": 409,
    "nonrenewed": 409,
    "already_renewed": 409,
    "renewal_directed": 409,
    "grace_not_over": 409,
    "too_late_to_reinstate": 409,
    "notice_pending": 409,
    "cancellation_took_effect": 409,
    "no_damage": 409,
    "issue_open": 409,
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
