"""What anyone outside may ask of a core, in wire words. Whatever is not named is refused at the edge."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from model.published.job_requests import JobRequest
from model.published.request_words import (
    AskedCharge,
    AskedCoverage,
    AskedInterest,
    AskedPayee,
    AskedPayer,
    Identifier,
    Instant,
    Word,
)
from model.wire import Amount


class QuotePolicyRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An annual term from `start`. Without `account_id` the policy gets a billing account of its own. `areas` name
    where the risk lies (`county:Lee`, `zip:33901`), for what is ordered area by area.
    """

    insured_id: Identifier
    product: Word
    state: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    zone: Literal["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]
    start: date
    plan: Word
    autopay: Literal["on", "off"]
    payers: Annotated[tuple[AskedPayer, ...], Meta(min_length=1, max_length=8)]
    coverages: Annotated[tuple[AskedCoverage, ...], Meta(min_length=1, max_length=32)]
    charges: Annotated[tuple[AskedCharge, ...], Meta(min_length=1, max_length=32)]
    on: date
    account_id: Identifier | None = None
    areas: Annotated[tuple[Word, ...], Meta(max_length=32)] | None = None


class OnDayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whatever needs nothing but the business day."""

    on: date


class CancelPolicyRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`on` is the first day without cover."""

    reason: Word
    on: date


class RunBillingRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bills and makes due everything of an account that is to be billed or due up to and including a day."""

    through: date


class ReceivePaymentRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    payer_id: Identifier
    amount: Amount
    on: date


class ReportClaimRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First notice of loss; cover is checked at once, as of `loss_at`. `state` and `county` say where the loss
    happened, for catastrophes and what regulators designate.
    """

    policy_id: Identifier
    claimant_id: Identifier
    coverage: Word
    cause: Literal["hurricane", "wind", "water", "flood", "fire", "theft", "equipment_breakdown", "other"]
    loss_at: Instant
    intake: Literal["phone", "web", "agent"]
    on: date
    state: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")] | None = None
    county: Word | None = None


class AttachPolicyRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cover is checked for `coverage` as of the loss, as with a first notice."""

    policy_id: Identifier
    coverage: Word
    on: date


class SetReserveRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exposure: Annotated[int, Meta(ge=1, le=1000)]
    category: Word
    amount: Amount
    on: date


class PayClaimRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`payees` share the payment: jointly on one cheque, or each paid its part by its share."""

    exposure: Annotated[int, Meta(ge=1, le=1000)]
    category: Word
    amount: Amount
    kind: Literal["partial", "final"]
    payee_id: Identifier
    on: date
    payees: Annotated[tuple[AskedPayee, ...], Meta(max_length=8)] | None = None


class ReportPaymentRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a processor says of a payment."""

    outcome: Literal["succeeded", "failed", "unknown", "returned"]
    reason: Annotated[str, Meta(max_length=200)]
    on: date


class PolicyQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy as of two times: which version ruled on a day, as far as was known at an instant."""

    effective: date | None = None
    known_at: Instant | None = None


class ClocksQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The day on which a claim is looked at."""

    on: date


class CoverageQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at: Instant
    coverage: Word


Request: TypeAlias = (
    QuotePolicyRequest
    | OnDayRequest
    | CancelPolicyRequest
    | JobRequest
    | RunBillingRequest
    | ReceivePaymentRequest
    | ReportClaimRequest
    | AttachPolicyRequest
    | SetReserveRequest
    | PayClaimRequest
    | ReportPaymentRequest
    | PolicyQuestion
    | CoverageQuestion
    | ClocksQuestion
    | None
)

__all__ = [
    "AskedCharge",
    "AskedCoverage",
    "AskedInterest",
    "AskedPayee",
    "AskedPayer",
    "AttachPolicyRequest",
    "CancelPolicyRequest",
    "ClocksQuestion",
    "CoverageQuestion",
    "Identifier",
    "Instant",
    "OnDayRequest",
    "PayClaimRequest",
    "PolicyQuestion",
    "QuotePolicyRequest",
    "ReceivePaymentRequest",
    "ReportClaimRequest",
    "ReportPaymentRequest",
    "Request",
    "RunBillingRequest",
    "SetReserveRequest",
    "Word",
]
