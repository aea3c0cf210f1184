"""The front desk: the canonical operations, asked of a core.

It turns a request in wire words into commands, and the state that follows into a view. The reference deployment
answers by it, the oracle predicts by it; neither moves the messages between the contexts here, that is their own
affair.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec.structs import replace

from model.billing import commands as billing
from model.billing.account import Account
from model.claims import commands as claims
from model.claims.coverage import Covered, coverage_at
from model.claims.reactions import insured_policy_of
from model.claims.reserve import LineKey
from model.core import Core
from model.daycount import months_after
from model.decider import Refusal
from model.money import MoneyError
from model.payments import commands as payments
from model.policy import commands as policy
from model.policy.period import as_of
from model.policy.terms import Charge, Coverage, Payer, Terms
from model.published import requests as ask
from model.published.operations import OperationName
from model.published.seen import account_view, claim_view, intent_view, policy_view
from model.published.views import AccountView, ClaimView, CoverageView, IntentView, PolicyView, VersionView
from model.wire import from_wire, to_wire

View: TypeAlias = PolicyView | CoverageView | AccountView | ClaimView | IntentView
Answer: TypeAlias = View | Refusal
NewId = Callable[[Literal["policy", "account", "payment", "claim"]], str]
"""Gives the next id of a kind; the desk makes none itself."""


class Desk:
    """One desk for a core. `now` is the instant of asking (UTC), given with every request by the host."""

    def __init__(self, core: Core, new_id: NewId) -> None:
        self._core = core
        self._new_id = new_id

    def answer(self, name: OperationName, subject: str, request: ask.Request, now: datetime) -> Answer:
        """Any operation by its name. `subject` is the id in the path, empty where a new thing is made.

        Raises TypeError for a request that is not of the operation.
        """
        match name, request:
            case "quote_policy", ask.QuotePolicyRequest() as body:
                return self.quote_policy(body, now)
            case "bind_policy", ask.OnDayRequest() as body:
                return self.bind_policy(subject, body, now)
            case "issue_policy", ask.OnDayRequest() as body:
                return self.issue_policy(subject, body, now)
            case "cancel_policy", ask.CancelPolicyRequest() as body:
                return self.cancel_policy(subject, body, now)
            case "read_policy", ask.PolicyQuestion() as body:
                return self.read_policy(subject, body, now)
            case "read_coverage", ask.CoverageQuestion() as body:
                return self.read_coverage(subject, body, now)
            case "run_billing", ask.RunBillingRequest() as body:
                return self.run_billing(subject, body, now)
            case "receive_payment", ask.ReceivePaymentRequest() as body:
                return self.receive_payment(subject, body, now)
            case "report_claim", ask.ReportClaimRequest() as body:
                return self.report_claim(body, now)
            case "set_reserve", ask.SetReserveRequest() as body:
                return self.set_reserve(subject, body, now)
            case "pay_claim", ask.PayClaimRequest() as body:
                return self.pay_claim(subject, body, now)
            case "close_claim", ask.OnDayRequest() as body:
                return self.close_claim(subject, body, now)
            case "report_payment", ask.ReportPaymentRequest() as body:
                return self.report_payment(subject, body, now)
            case "read_account", None:
                return self.read_account(subject)
            case "read_claim", None:
                return self.read_claim(subject)
            case "read_payment", None:
                return self.read_payment(subject)
            case _:
                raise TypeError(f"{name} does not take {type(request).__name__}")

    def quote_policy(self, request: ask.QuotePolicyRequest, now: datetime) -> Answer:
        try:
            terms = self._terms(request)
        except MoneyError as error:
            return Refusal("bad_amount", str(error))
        except ValueError as error:
            return Refusal("unknown_day", str(error))
        identity = self._new_id("policy")
        command = policy.QuotePolicy(policy_id=identity, terms=terms, on=request.on, at=now)
        return self._policy_after(command)

    def bind_policy(self, policy_id: str, request: ask.OnDayRequest, now: datetime) -> Answer:
        return self._policy_after(policy.BindPolicy(policy_id=policy_id, on=request.on, at=now))

    def issue_policy(self, policy_id: str, request: ask.OnDayRequest, now: datetime) -> Answer:
        return self._policy_after(policy.IssuePolicy(policy_id=policy_id, on=request.on, at=now))

    def cancel_policy(self, policy_id: str, request: ask.CancelPolicyRequest, now: datetime) -> Answer:
        command = policy.CancelPolicy(policy_id=policy_id, reason=request.reason, on=request.on, at=now)
        return self._policy_after(command)

    def read_policy(self, policy_id: str, question: ask.PolicyQuestion, now: datetime) -> Answer:
        state = self._core.policy(policy_id)
        view = policy_view(policy_id, state, self._core.carrier)
        if view is None:
            return _unknown_policy(policy_id)
        if question.effective is None and question.known_at is None:
            return view
        version = as_of(state, effective=question.effective or now.date(), known_at=question.known_at or now)
        if version is None:
            return view
        seen = VersionView(effective=version.effective, recorded=version.recorded, status=version.status)
        return replace(view, as_of=seen)

    def read_coverage(self, policy_id: str, question: ask.CoverageQuestion, now: datetime) -> Answer:
        _ = now
        if self._policy(policy_id) is None:
            return _unknown_policy(policy_id)
        snapshot = self._core.snapshot(policy_id)
        insured = insured_policy_of(snapshot) if snapshot else None
        found = coverage_at(insured, question.at, question.coverage)
        if not isinstance(found, Covered):
            reason = "not_in_force" if found.reason == "unknown_policy" else found.reason
            return CoverageView(
                policy_id=policy_id, at=question.at, coverage=question.coverage, covered="no", reason=reason
            )
        return CoverageView(
            policy_id=policy_id,
            at=question.at,
            coverage=question.coverage,
            covered="yes",
            limit=to_wire(found.coverage.limit),
            deductible=to_wire(found.coverage.deductible),
            hurricane_deductible=to_wire(found.coverage.hurricane_deductible),
        )

    def run_billing(self, account_id: str, request: ask.RunBillingRequest, now: datetime) -> Answer:
        account = self._core.account(account_id)
        if not isinstance(account, Account):
            return _unknown_account(account_id)
        for invoice in account.invoices:
            if invoice.bill_on <= request.through:
                self._core.submit(
                    billing.BillInvoice(account_id=account_id, number=invoice.number, on=invoice.bill_on, at=now)
                )
            if invoice.due_on <= request.through:
                self._core.submit(
                    billing.MarkInvoiceDue(account_id=account_id, number=invoice.number, on=invoice.due_on, at=now)
                )
        return self._account(account_id)

    def receive_payment(self, account_id: str, request: ask.ReceivePaymentRequest, now: datetime) -> Answer:
        try:
            amount = from_wire(request.amount)
        except MoneyError as error:
            return Refusal("bad_amount", str(error))
        if not isinstance(self._core.account(account_id), Account):
            return _unknown_account(account_id)
        command = billing.ReceivePayment(
            account_id=account_id,
            payment_id=self._new_id("payment"),
            payer_id=request.payer_id,
            amount=amount,
            on=request.on,
            at=now,
        )
        refused = self._core.submit(command)
        return refused if isinstance(refused, Refusal) else self._account(account_id)

    def read_account(self, account_id: str) -> Answer:
        return self._account(account_id)

    def report_claim(self, request: ask.ReportClaimRequest, now: datetime) -> Answer:
        if request.loss_at > now:
            return Refusal("loss_in_future", f"a loss at {request.loss_at} cannot be reported at {now}")
        identity = self._new_id("claim")
        self._core.submit(
            claims.ReportClaim(
                claim_id=identity,
                policy_id=request.policy_id,
                claimant_id=request.claimant_id,
                cause=request.cause,
                loss_at=request.loss_at,
                intake=request.intake,
                on=request.on,
                at=now,
            )
        )
        snapshot = self._core.snapshot(request.policy_id)
        insured = insured_policy_of(snapshot) if snapshot else None
        self._core.submit(
            claims.VerifyCoverage(claim_id=identity, coverage=request.coverage, policy=insured, on=request.on, at=now)
        )
        return self._claim(identity)

    def set_reserve(self, claim_id: str, request: ask.SetReserveRequest, now: datetime) -> Answer:
        try:
            amount = from_wire(request.amount)
        except MoneyError as error:
            return Refusal("bad_amount", str(error))
        line = LineKey(request.exposure, "claim_cost", request.category)
        return self._claim_after(claims.SetReserve(claim_id=claim_id, line=line, amount=amount, on=request.on, at=now))

    def pay_claim(self, claim_id: str, request: ask.PayClaimRequest, now: datetime) -> Answer:
        try:
            amount = from_wire(request.amount)
        except MoneyError as error:
            return Refusal("bad_amount", str(error))
        if claim_view(claim_id, self._core.claim(claim_id)) is None:
            return _unknown_claim(claim_id)
        return self._claim_after(
            claims.RequestPayment(
                claim_id=claim_id,
                payment_id=self._new_id("payment"),
                line=LineKey(request.exposure, "claim_cost", request.category),
                amount=amount,
                kind=request.kind,
                payee_id=request.payee_id,
                on=request.on,
                at=now,
            )
        )

    def close_claim(self, claim_id: str, request: ask.OnDayRequest, now: datetime) -> Answer:
        return self._claim_after(claims.CloseClaim(claim_id=claim_id, on=request.on, at=now))

    def read_claim(self, claim_id: str) -> Answer:
        return self._claim(claim_id)

    def report_payment(self, intent_id: str, request: ask.ReportPaymentRequest, now: datetime) -> Answer:
        if intent_view(intent_id, self._core.intent(intent_id)) is None:
            return _unknown_payment(intent_id)
        command: payments.Command
        match request.outcome:
            case "succeeded":
                command = payments.ReportSuccess(intent_id=intent_id, on=request.on, at=now)
            case "failed":
                command = payments.ReportFailure(intent_id=intent_id, reason=request.reason, on=request.on, at=now)
            case "unknown":
                command = payments.ReportTimeout(intent_id=intent_id, on=request.on, at=now)
            case "returned":
                command = payments.ReturnMoney(intent_id=intent_id, reason=request.reason, on=request.on, at=now)
        refused = self._core.submit(command)
        return refused if isinstance(refused, Refusal) else self.read_payment(intent_id)

    def read_payment(self, intent_id: str) -> Answer:
        return intent_view(intent_id, self._core.intent(intent_id)) or _unknown_payment(intent_id)

    def _terms(self, request: ask.QuotePolicyRequest) -> Terms:
        """Raises MoneyError for an amount that is none, ValueError for a term that no calendar holds."""
        return Terms(
            account_id=request.account_id or self._new_id("account"),
            insured_id=request.insured_id,
            product=request.product,
            state=request.state,
            zone=request.zone,
            start=request.start,
            end=months_after(request.start, 12),
            plan=request.plan,
            autopay=request.autopay,
            payers=tuple(Payer(payer.payer_id, payer.kind, payer.weight) for payer in request.payers),
            coverages=tuple(
                Coverage(
                    coverage.code,
                    from_wire(coverage.limit),
                    from_wire(coverage.deductible),
                    from_wire(coverage.hurricane_deductible),
                )
                for coverage in request.coverages
            ),
            charges=tuple(Charge(charge.pattern, from_wire(charge.amount)) for charge in request.charges),
        )

    def _policy_after(self, command: policy.Command) -> Answer:
        if self._policy(command.policy_id) is None and not isinstance(command, policy.QuotePolicy):
            return _unknown_policy(command.policy_id)
        refused = self._core.submit(command)
        if isinstance(refused, Refusal):
            return refused
        return self._policy(command.policy_id) or _unknown_policy(command.policy_id)

    def _policy(self, policy_id: str) -> PolicyView | None:
        return policy_view(policy_id, self._core.policy(policy_id), self._core.carrier)

    def _claim_after(self, command: claims.Command) -> Answer:
        if claim_view(command.claim_id, self._core.claim(command.claim_id)) is None:
            return _unknown_claim(command.claim_id)
        refused = self._core.submit(command)
        return refused if isinstance(refused, Refusal) else self._claim(command.claim_id)

    def _account(self, account_id: str) -> Answer:
        return account_view(self._core.account(account_id)) or _unknown_account(account_id)

    def _claim(self, claim_id: str) -> Answer:
        return claim_view(claim_id, self._core.claim(claim_id)) or _unknown_claim(claim_id)


def _unknown_policy(policy_id: str) -> Refusal:
    return Refusal("unknown_policy", f"there is no policy {policy_id}")


def _unknown_account(account_id: str) -> Refusal:
    return Refusal("unknown_account", f"there is no account {account_id}")


def _unknown_claim(claim_id: str) -> Refusal:
    return Refusal("unknown_claim", f"there is no claim {claim_id}")


def _unknown_payment(intent_id: str) -> Refusal:
    return Refusal("unknown_payment", f"there is no payment {intent_id}")
