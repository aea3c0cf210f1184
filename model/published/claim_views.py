"""What can be seen of a claim: its exposures, reserves, payments and what came back."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from model.wire import Amount


class ReserveLineView(Struct, frozen=True, kw_only=True):
    """`available` = `open` less what is on its way; `incurred` = `open` + `paid`."""

    exposure: int
    cost_type: str
    category: str
    open: Amount
    available: Amount
    paid: Amount
    incurred: Amount


class ClaimPaymentView(Struct, frozen=True, kw_only=True):
    """`by` asked for it and `approved_by` let it go where that needed somebody else. `replaces` and `replaced_by` are
    the lineage of a cheque that was issued again.
    """

    payment_id: str
    payee_id: str
    kind: Literal["partial", "final", "supplemental"]
    status: Literal[
        "awaiting_approval",
        "denied",
        "requested",
        "issued",
        "failed",
        "cleared",
        "stopped",
        "voided",
        "stale_dated",
        "escheated",
        "reissued",
    ]
    exposure: int
    category: str
    amount: Amount
    cost_type: str = "claim_cost"
    by: str | None = None
    approved_by: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None


class ExposureView(Struct, frozen=True, kw_only=True):
    """`settled` is what it pays in all, `deductible` what it bears of the deductible of the occurrence; None while it
    was not settled. `lost` is why it is not covered any more.
    """

    exposure: int
    claimant_id: str
    coverage: str
    incident: int
    status: Literal["open", "closed"]
    limit: Amount
    settled: Amount | None = None
    deductible: Amount | None = None
    lost: str | None = None


class RecoveryView(Struct, frozen=True, kw_only=True):
    """`expected` is what was reserved to come back in all, `to_insured` what of `received` is the insured's."""

    exposure: int
    category: str
    expected: Amount
    received: Amount
    expense: Amount
    to_insured: Amount


class ClockView(Struct, frozen=True, kw_only=True):
    """One clock of the law. `rule` is the id of its row, `changed_by` those of rows that moved its last day: overlays
    or a letter. `answers` is the communication whose answer it waits for.
    """

    name: str
    status: Literal["running", "met", "missed"]
    rule: str
    started_on: date
    due: date
    met_on: date | None = None
    days_late: int = 0
    changed_by: tuple[str, ...] = ()
    answers: str | None = None


class ClaimClocksView(Struct, frozen=True, kw_only=True):
    """Where a claim stands with the law on a day. `owed` is what the money clocks run for; late by `days_late` it
    costs `interest` and `penalty`, and `at_stake` if a court finds the delay unreasonable, by the rows `cost_rules`.
    """

    claim_id: str
    on: date
    clocks: tuple[ClockView, ...]
    overlays: tuple[str, ...]
    owed: Amount
    days_late: int
    interest: Amount
    penalty: Amount
    at_stake: Amount
    cost_rules: tuple[str, ...]


class ClaimView(Struct, frozen=True, kw_only=True):
    """`denial` is the reason code when the loss is not covered. `net_incurred` is `incurred` less what came back,
    `deductible` that of the whole occurrence. `catastrophe` is a code and `catastrophe_basis` how it came there.
    `damaged_on` is when a storm was found to have damaged the dwelling.
    """

    claim_id: str
    policy_id: str
    status: Literal["reported", "open", "closed"]
    cause: str
    loss_at: datetime
    notice_on: date
    acknowledged_on: date | None
    proof_on: date | None
    inspected_on: date | None
    decided_on: date | None
    outcome: Literal["paid", "unpaid", "denied"] | None
    denial: str | None
    incurred: Amount | None = None
    lines: tuple[ReserveLineView, ...] | None = None
    payments: tuple[ClaimPaymentView, ...] | None = None
    exposures: tuple[ExposureView, ...] | None = None
    recoveries: tuple[RecoveryView, ...] | None = None
    net_incurred: Amount | None = None
    deductible: Amount | None = None
    state: str | None = None
    county: str | None = None
    catastrophe: str | None = None
    catastrophe_basis: Literal["matched", "override"] | None = None
    tasks: tuple[str, ...] | None = None
    links: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    damaged_on: date | None = None
    repaired_on: date | None = None
