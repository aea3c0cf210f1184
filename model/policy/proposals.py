"""What a job proposes: each kind of policy transaction with what it needs to be priced and bound."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from model.policy.edits import AdjustCharge, Edit
from model.policy.terms import Terms
from model.policy.versions import Kind


class Submission(Struct, frozen=True, tag=True, gc=False):
    terms: Terms


class PolicyChange(Struct, frozen=True, tag=True, gc=False):
    """From `effective` on, which may lie before changes that are already bound."""

    effective: date
    edits: tuple[Edit, ...]


class Cancellation(Struct, frozen=True, tag=True, gc=False):
    """`effective` is the first day without cover."""

    effective: date
    reason: str


class Reinstatement(Struct, frozen=True, tag=True, gc=False):
    """On the day of the cancellation without a lapse, later with one: the days between have no cover. The carrier's
    fee is waived where the cancellation would not have been, had a message not been slower than the money.
    """

    effective: date
    fee: Literal["charged", "waived"] = "charged"


class Rewrite(Struct, frozen=True, tag=True, gc=False):
    """Ends the term on the first day of new terms, pro rata and without any penalty unless the carrier chose otherwise
    (`rewrite_return` [K], practice). They run from the old first day (flat), for what remains, or for a year of their
    own.
    """

    terms: Terms


class Renewal(Struct, frozen=True, tag=True, gc=False):
    """The next term, from the end of this one."""

    terms: Terms


class NonRenewal(Struct, frozen=True, tag=True, gc=False):
    mailed_on: date
    reason: str


class Audit(Struct, frozen=True, tag=True, gc=False):
    """The hook for a premium audit: what the audited exposure makes the year cost more or less, from `effective`."""

    effective: date
    edits: tuple[AdjustCharge, ...]


Proposal: TypeAlias = Submission | PolicyChange | Cancellation | Reinstatement | Rewrite | Renewal | NonRenewal | Audit

KIND_OF: dict[type[Proposal], Kind] = {
    Submission: "submission",
    PolicyChange: "policy_change",
    Cancellation: "cancellation",
    Reinstatement: "reinstatement",
    Rewrite: "rewrite",
    Renewal: "renewal",
    NonRenewal: "non_renewal",
    Audit: "audit",
}


def edits_of(proposal: Proposal) -> tuple[Edit, ...]:
    return proposal.edits if isinstance(proposal, (PolicyChange, Audit)) else ()
