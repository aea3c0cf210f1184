"""Claims at the front desk: the notice and its policy, reserves, payments, repair, closing."""

from zoneinfo import ZoneInfo

from model.claims import commands as claims
from model.claims.coverage import late_notice
from model.claims.file import Unreported
from model.claims.payees import Payee
from model.claims.reactions import insured_policy_of
from model.claims.reserve import LineKey
from model.claims.standing import standing_of
from model.claims.vocabulary import CoverageWarning
from model.decider import Refusal
from model.desk.asking import Answer, Asked, Handler, reading, taking
from model.desk.policies import seen, unknown_policy
from model.money import MoneyError
from model.published import requests as ask
from model.published.claim_seen import claim_view, clocks_view
from model.published.operations import OperationName
from model.wire import from_wire


def _report(asked: Asked, request: ask.ReportClaimRequest) -> Answer:
    now = asked.now
    if request.loss_at > now:
        return Refusal("loss_in_future", f"a loss at {request.loss_at} cannot be reported at {now}")
    identity = asked.new_id("claim")
    asked.core.submit(
        claims.ReportClaim(
            claim_id=identity,
            policy_id=request.policy_id,
            claimant_id=request.claimant_id,
            cause=request.cause,
            loss_at=request.loss_at,
            intake=request.intake,
            on=request.on,
            at=now,
            state=request.state or "",
            county=request.county or "",
        )
    )
    asked.core.submit(_verification(asked, identity, request))
    return _claim(asked, identity)


def _attach(asked: Asked, request: ask.AttachPolicyRequest) -> Answer:
    """A claim that is open or closed has its policy; asked for that one again, it stays as it is."""
    if claim_view(asked.subject, asked.core.claim(asked.subject)) is None:
        return _unknown_claim(asked.subject)
    if seen(asked, request.policy_id) is None:
        return unknown_policy(request.policy_id)
    attached = asked.core.submit(
        claims.AttachPolicy(claim_id=asked.subject, policy_id=request.policy_id, on=request.on, at=asked.now)
    )
    if isinstance(attached, Refusal):
        return attached
    verified = asked.core.submit(_verification(asked, asked.subject, request))
    return verified if isinstance(verified, Refusal) else _claim(asked, asked.subject)


def _verification(
    asked: Asked, claim_id: str, request: ask.ReportClaimRequest | ask.AttachPolicyRequest
) -> claims.VerifyCoverage:
    """Under the policy as policy itself answers it now; a notice that came later than the state allows is looked at."""
    snapshot = asked.core.snapshot(request.policy_id)
    insured = insured_policy_of(snapshot) if snapshot else None
    warnings: tuple[CoverageWarning, ...] = ()
    claim = asked.core.claim(claim_id)
    if snapshot is not None and insured is not None and not isinstance(claim, Unreported):
        loss_on = claim.notice.loss_at.astimezone(ZoneInfo(insured.zone)).date()
        line = asked.core.carrier.line_of(snapshot.product)
        warnings = late_notice(asked.core.law, line=line, loss_on=loss_on, notice_on=claim.notice.notice_on)
    return claims.VerifyCoverage(
        claim_id=claim_id, coverage=request.coverage, policy=insured, on=request.on, at=asked.now, warnings=warnings
    )


def _reserve(asked: Asked, request: ask.SetReserveRequest) -> Answer:
    try:
        amount = from_wire(request.amount)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    line = LineKey(request.exposure, "claim_cost", request.category)
    return _done(
        asked, claims.SetReserve(claim_id=asked.subject, line=line, amount=amount, on=request.on, at=asked.now)
    )


def _pay(asked: Asked, request: ask.PayClaimRequest) -> Answer:
    try:
        amount = from_wire(request.amount)
    except MoneyError as error:
        return Refusal("bad_amount", str(error))
    if claim_view(asked.subject, asked.core.claim(asked.subject)) is None:
        return _unknown_claim(asked.subject)
    command = claims.RequestPayment(
        claim_id=asked.subject,
        payment_id=asked.new_id("payment"),
        line=LineKey(request.exposure, "claim_cost", request.category),
        amount=amount,
        kind=request.kind,
        payee_id=request.payee_id,
        payees=tuple(Payee(one.party_id, one.role, one.share) for one in request.payees or ()),
        on=request.on,
        at=asked.now,
    )
    return _done(asked, command)


def _repair(asked: Asked, request: ask.OnDayRequest) -> Answer:
    return _done(asked, claims.RecordRepair(claim_id=asked.subject, on=request.on, at=asked.now))


def _close(asked: Asked, request: ask.OnDayRequest) -> Answer:
    return _done(asked, claims.CloseClaim(claim_id=asked.subject, on=request.on, at=asked.now))


def _read(asked: Asked) -> Answer:
    return _claim(asked, asked.subject)


def _clocks(asked: Asked, question: ask.ClocksQuestion) -> Answer:
    """By the law of the line that the policy is of, as policy answers it; without a policy, of the carrier's own."""
    core, claim = asked.core, asked.core.claim(asked.subject)
    snapshot = None if isinstance(claim, Unreported) else core.snapshot(claim.notice.policy_id)
    line = core.carrier.line if snapshot is None else core.carrier.line_of(snapshot.product)
    found = standing_of(core, asked.subject, line=line, today=question.on)
    return _unknown_claim(asked.subject) if found is None else clocks_view(asked.subject, found)


def _done(asked: Asked, command: claims.Command) -> Answer:
    """The claim after a command, or why not."""
    if claim_view(command.claim_id, asked.core.claim(command.claim_id)) is None:
        return _unknown_claim(command.claim_id)
    refused = asked.core.submit(command)
    return refused if isinstance(refused, Refusal) else _claim(asked, command.claim_id)


def _claim(asked: Asked, claim_id: str) -> Answer:
    return claim_view(claim_id, asked.core.claim(claim_id)) or _unknown_claim(claim_id)


def _unknown_claim(claim_id: str) -> Refusal:
    return Refusal("unknown_claim", f"there is no claim {claim_id}")


CLAIMS: dict[OperationName, Handler] = {
    "report_claim": taking(ask.ReportClaimRequest, _report),
    "attach_policy": taking(ask.AttachPolicyRequest, _attach),
    "set_reserve": taking(ask.SetReserveRequest, _reserve),
    "pay_claim": taking(ask.PayClaimRequest, _pay),
    "record_repair": taking(ask.OnDayRequest, _repair),
    "close_claim": taking(ask.OnDayRequest, _close),
    "read_claim": reading(_read),
    "read_clocks": taking(ask.ClocksQuestion, _clocks),
}
