"""A book of policies on the day the storm comes: every policy and account brought there by its own history.

Each policy is quoted, bound and issued before its term begins, billed under its plan, and has paid what fell due
before day 0. The history runs through the same machines as everything after it; only the channels are left out, since
nothing was wrong then.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from fixtures.portfolios import BILLING_PLANS, Portfolio
from model.billing.account import Account
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReceivePayment
from model.core import Core
from model.daycount import months_after
from model.money import Money
from model.policy.commands import BindPolicy, IssuePolicy, QuotePolicy
from model.policy.terms import Charge, Coverage, Payer, Terms
from simulations.topologies import Topology

DWELLING = "dwelling"
STATE = "FL"
ZONE = "America/New_York"
ISSUED_BEFORE = timedelta(days=20)
NOON = time(12, tzinfo=UTC)
ALL_PERILS_DEDUCTIBLE = 2_500_00
POLICY_FEE = 25_00
"""ASSUMED: the all-perils deductible and the policy fee, in cents."""
EMERGENCY_ASSESSMENT_PERCENT = 1
"""ASSUMED: state assessments billed as tax, in percent of premium."""


def policy_id(number: int) -> str:
    return f"P{number:07d}"


def account_id(policy: str) -> str:
    return f"A{policy[1:]}"


def terms_of(portfolio: Portfolio, number: int, policy: str, start: date) -> Terms:
    """The terms of one policy of the book for the annual term from `start`."""
    plan = BILLING_PLANS[portfolio.billing_plan[number]]
    premium = int(portfolio.premium_minor[number])
    limit = int(portfolio.coverage_a_minor[number])
    insured = f"I{policy[1:]}"
    kind = "mortgagee" if plan == "mortgagee" else "insured"
    payer = f"M{number % 40:03d}" if plan == "mortgagee" else insured
    hurricane = limit * int(portfolio.hurricane_deductible_pct[number]) // 100
    return Terms(
        account_id=account_id(policy),
        insured_id=insured,
        product="homeowners",
        state=STATE,
        zone=ZONE,
        start=start,
        end=months_after(start, 12),
        plan=plan,
        autopay="on" if portfolio.autopay[number] else "off",
        payers=(Payer(payer, kind, 1),),
        coverages=(Coverage(DWELLING, _usd(limit), _usd(ALL_PERILS_DEDUCTIBLE), _usd(hurricane)),),
        charges=(
            Charge("premium", _usd(premium)),
            Charge("tax", _usd(premium * EMERGENCY_ASSESSMENT_PERCENT // 100)),
            Charge("fee", _usd(POLICY_FEE)),
        ),
    )


def write_book(core: Core, portfolio: Portfolio, topology: Topology) -> Iterator[int]:
    """Brings every policy to the morning of `portfolio.as_of`; yields the number of each when it is there."""
    listeners = ("billing", "claims") if topology.coverage == "own_copy" else ("billing",)
    for number in range(len(portfolio)):
        policy = policy_id(number)
        start = portfolio.as_of - timedelta(days=int(portfolio.inception_days_before[number]))
        on = start - ISSUED_BEFORE
        at = datetime.combine(on, NOON)
        core.submit(QuotePolicy(policy_id=policy, terms=terms_of(portfolio, number, policy, start), on=on, at=at))
        core.submit(BindPolicy(policy_id=policy, on=on, at=at))
        core.submit(IssuePolicy(policy_id=policy, on=on, at=at))
        (issued,) = core.outbox
        for context in listeners:
            core.deliver(issued, to=context, at=at)
        _bill_until(core, account_id(policy), portfolio.as_of)
        core.outbox.clear()
        yield number


def _bill_until(core: Core, account: str, today: date) -> None:
    """Bills what was to be billed before today; what fell due before today was paid that day."""
    state = core.account(account)
    if not isinstance(state, Account):
        raise LookupError(f"{account} was not opened")
    for invoice in state.invoices:
        if invoice.bill_on >= today:
            return
        at = datetime.combine(invoice.bill_on, NOON)
        core.submit(BillInvoice(account_id=account, number=invoice.number, on=invoice.bill_on, at=at))
        if invoice.due_on >= today:
            continue
        at = datetime.combine(invoice.due_on, NOON)
        core.submit(MarkInvoiceDue(account_id=account, number=invoice.number, on=invoice.due_on, at=at))
        core.submit(
            ReceivePayment(
                account_id=account,
                payment_id=f"{account}-{invoice.number}",
                payer_id=invoice.payer_id,
                amount=_usd(invoice.open),
                on=invoice.due_on,
                at=at,
            )
        )


def _usd(minor: int) -> Money:
    return Money(minor, "USD")
