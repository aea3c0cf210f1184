"""One policy in each of its states and all that can be asked of it: what its table and its stories share."""

from datetime import date
from functools import reduce
from typing import Any

from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, END, QUOTED, START, at, terms, usd
from fixtures.jurisdictions import florida
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    BindPolicy,
    CancelPolicy,
    CloseJob,
    DirectRenewal,
    EditJob,
    ExpirePolicy,
    GiveNotice,
    IssueJob,
    IssuePolicy,
    MergeJob,
    MoveCancellation,
    OpenJob,
    QuoteJob,
    QuotePolicy,
    RaiseIssue,
    RecordDecision,
    ReleaseHeld,
    RescindCancellation,
)
from model.policy.edits import AdjustCharge
from model.policy.events import (
    NoticeGiven,
    PolicyBound,
    PolicyCancelled,
    PolicyExpired,
    PolicyIssued,
    PolicyQuoted,
    PolicyRenewed,
)
from model.policy.period import State, decider, evolve
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.terms import Charge

MACHINE = decider(*florida())
TERMS = terms(1)
DEARER = replace(TERMS, charges=(Charge("premium", usd("2500.00")),))
LATE = date(2026, 6, 1)
MAILED, NOTICED = date(2026, 7, 16), date(2026, 7, 26)
QUOTED_EVENT = PolicyQuoted(policy_id="P", terms=TERMS, expires=date(2026, 5, 31), on=QUOTED, at=at(QUOTED))
BOUND_EVENT = PolicyBound(policy_id="P", on=BOUND, at=at(BOUND))
ISSUED_EVENT = PolicyIssued(policy_id="P", terms=TERMS, on=START, at=at(BOUND))
CANCELLED_EVENT = PolicyCancelled(
    policy_id="P",
    account_id=TERMS.account_id,
    reason="insured_request",
    returned=(Charge("premium", usd("-1196.71")),),
    on=CANCELLED,
    at=at(CANCELLED),
)
EXPIRED_EVENT = PolicyExpired(policy_id="P", on=END, at=at(END))


def folded(*events) -> State:
    return reduce(evolve, events, MACHINE.initial)


def asked(command, state, machine=MACHINE) -> Any:
    return machine.decide(command, state)


NOTICE_EVENT = NoticeGiven(
    policy_id="P",
    reason="nonpayment",
    mailed_on=MAILED,
    effective=NOTICED,
    earliest=NOTICED,
    cure_until=date(2026, 7, 25),
    row_id="fl.cancellation.nonpay_notice_property",
    required=usd("216.10"),
    on=MAILED,
    at=at(MAILED),
)
RENEWED_EVENT = PolicyRenewed(
    policy_id="P", job_id="R", terms=replace(TERMS, start=END, end=date(2028, 6, 1)), on=END, at=at(date(2027, 5, 1))
)
STATES = {
    "Unwritten": folded(),
    "Quoted": folded(QUOTED_EVENT),
    "Bound": folded(QUOTED_EVENT, BOUND_EVENT),
    "InForce": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT),
    "PendingCancel": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, NOTICE_EVENT),
    "Cancelled": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, CANCELLED_EVENT),
    "Expired": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, EXPIRED_EVENT),
}


def open_job(proposal: Any, on=MAILED) -> OpenJob:
    return OpenJob(policy_id="P", job_id="J", proposal=proposal, on=on, at=at(on))


def of_job(kind, **about) -> Any:
    return kind(policy_id="P", job_id="J", on=MAILED, at=at(MAILED), **about)


CHANGE = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("365.00")),))
COMMANDS = {
    "QuotePolicy": QuotePolicy(policy_id="P", terms=TERMS, on=QUOTED, at=at(QUOTED)),
    "QuotePolicy(dearer)": QuotePolicy(policy_id="P", terms=DEARER, on=QUOTED, at=at(QUOTED)),
    "BindPolicy": BindPolicy(policy_id="P", on=BOUND, at=at(BOUND)),
    "BindPolicy(late)": BindPolicy(policy_id="P", on=LATE, at=at(LATE)),
    "IssuePolicy": IssuePolicy(policy_id="P", on=BOUND, at=at(BOUND)),
    "CancelPolicy": CancelPolicy(policy_id="P", reason="insured_request", on=CANCELLED, at=at(CANCELLED)),
    "CancelPolicy(flat)": CancelPolicy(policy_id="P", reason="rewritten", on=START, at=at(CANCELLED)),
    "CancelPolicy(before)": CancelPolicy(policy_id="P", reason="rewritten", on=BOUND, at=at(CANCELLED)),
    "CancelPolicy(at_end)": CancelPolicy(policy_id="P", reason="rewritten", on=END, at=at(END)),
    "CancelPolicy(nonpay)": CancelPolicy(policy_id="P", reason="nonpayment", on=NOTICED, at=at(NOTICED)),
    "CancelPolicy(hasty)": CancelPolicy(policy_id="P", reason="nonpayment", on=MAILED, at=at(MAILED)),
    "ExpirePolicy": ExpirePolicy(policy_id="P", on=END, at=at(END)),
    "ExpirePolicy(early)": ExpirePolicy(policy_id="P", on=CANCELLED, at=at(CANCELLED)),
    "GiveNotice": GiveNotice(
        policy_id="P", reason="nonpayment", mailed_on=MAILED, due_on=date(2026, 7, 1), on=MAILED, at=at(MAILED)
    ),
    "GiveNotice(sunday)": GiveNotice(
        policy_id="P", reason="nonpayment", mailed_on=date(2026, 7, 19), effective=NOTICED, on=MAILED, at=at(MAILED)
    ),
    "MoveCancellation": MoveCancellation(policy_id="P", effective=NOTICED, on=MAILED, at=at(MAILED)),
    "MoveCancellation(later)": MoveCancellation(policy_id="P", effective=CANCELLED, on=MAILED, at=at(MAILED)),
    "RescindCancellation": RescindCancellation(policy_id="P", paid=usd("216.10"), on=MAILED, at=at(MAILED)),
    "RescindCancellation(little)": RescindCancellation(policy_id="P", paid=usd("216.09"), on=MAILED, at=at(MAILED)),
    "RescindCancellation(late)": RescindCancellation(policy_id="P", paid=usd("216.10"), on=NOTICED, at=at(NOTICED)),
    "OpenJob(submission)": open_job(Submission(TERMS), QUOTED),
    "OpenJob(change)": open_job(CHANGE),
    "OpenJob(cancellation)": open_job(Cancellation(CANCELLED, "insured_request")),
    "OpenJob(reinstatement)": open_job(Reinstatement(CANCELLED), CANCELLED),
    "OpenJob(rewrite)": open_job(Rewrite(DEARER)),
    "OpenJob(renewal)": open_job(Renewal(RENEWED_EVENT.terms), date(2027, 4, 2)),
    "OpenJob(renewal,early)": open_job(Renewal(RENEWED_EVENT.terms), date(2027, 4, 1)),
    "OpenJob(non_renewal)": open_job(NonRenewal(date(2027, 1, 15), "losses")),
    "OpenJob(audit)": open_job(Audit(START, (AdjustCharge("premium", usd("12.00")),)), END),
    "EditJob": of_job(EditJob, proposal=CHANGE),
    "QuoteJob": of_job(QuoteJob),
    "RaiseIssue": of_job(RaiseIssue, code="roof", blocks="bind", authority="underwriter"),
    "ApproveIssue": of_job(ApproveIssue, code="roof", authority="underwriter", until=END),
    "RecordDecision": of_job(RecordDecision, decision="accepted"),
    "BindJob": of_job(BindJob),
    "IssueJob": of_job(IssueJob),
    "CloseJob": of_job(CloseJob, outcome="withdrawn"),
    "MergeJob": of_job(MergeJob),
    "DirectRenewal": DirectRenewal(policy_id="P", direction="non_renew", authority="agent", on=MAILED, at=at(MAILED)),
    "DirectRenewal(nobody)": DirectRenewal(
        policy_id="P", direction="refer", authority="president", on=MAILED, at=at(MAILED)
    ),
    "ReleaseHeld": ReleaseHeld(policy_id="P", on=MAILED, at=at(MAILED)),
}
