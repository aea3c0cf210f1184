"""What hypothesis may do to a core, one rule for each operation, so that it can invent walks and make them short."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, multiple, precondition, rule
from msgspec import Struct

from contracts.driver import Reply
from contracts.lockstep import Walk
from model.carrier import Carrier
from model.money import wire_amount
from model.published.operations import OperationName

STARTS = (date(2026, 6, 1), date(2027, 3, 1), date(2026, 1, 31))
"""A plain term, one with a 29 February in it, and one that starts on a day that most months lack."""
NO_PLAN = "fortnightly"
PAYERS = (
    ((1, "insured"),),
    ((2, "insured"), (1, "mortgagee")),
    ((1, "insured"),),
    ((1, "insured"),),
    ((0, "insured"),),
)
"""What the carrier refuses stands last and once: a walk that begins with it leads nowhere."""
EVER, NEVER = datetime(2099, 12, 31, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)
DAY_MINUTES = 24 * 60
TERM_EDGES = (-1, 0, 1, 100 * DAY_MINUTES, 365 * DAY_MINUTES, 366 * DAY_MINUTES)
"""Minutes from the first minute of a term, by the clocks of Florida in winter."""

MOST_POLICIES = 2

cents = st.integers(min_value=1, max_value=500_000)


class Quoted(Struct, frozen=True):
    """A policy that was quoted in this walk, by its number."""

    number: int
    start: date

    @property
    def policy(self) -> str:
        return f"$P{self.number}"

    @property
    def account(self) -> str:
        return f"$A{self.number}"


class Application(Struct, frozen=True):
    """What differs from one quote to the next; amounts in minor units. `plan` counts the carrier's plans, and none of
    them for `NO_PLAN`.
    """

    start: date
    plan: int | None
    payers: tuple[tuple[int, str], ...]
    premium: int
    tax: int
    fee: int


applications = st.builds(
    Application,
    start=st.sampled_from(STARTS),
    plan=st.sampled_from((0, 1, 2, 3, 4, 5, 6, 7, None)),
    payers=st.sampled_from(PAYERS),
    premium=cents,
    tax=st.integers(min_value=0, max_value=20_000),
    fee=st.integers(min_value=0, max_value=10_000),
)


class Session(Protocol):
    """What a machine needs of whoever searches. All calls raise when there is no going on."""

    @property
    def carrier(self) -> Carrier: ...
    def walk(self) -> Walk: ...
    def step(
        self, walk: Walk, operation: OperationName, subject: str, request: dict[str, Any], captures: dict[str, str]
    ) -> Reply: ...
    def again(self, walk: Walk) -> None: ...
    def settle(self, walk: Walk, accounts: list[str]) -> None: ...


class Lockstep(RuleBasedStateMachine):
    """One walk. A subclass names the session."""

    session: ClassVar[Session]
    quoted: "Bundle[Quoted]" = Bundle("quoted")

    def __init__(self) -> None:
        super().__init__()
        self.walk = self.session.walk()
        self._count = 0
        self._accounts: list[str] = []
        self._ends: str = "well"

    @property
    def may_quote(self) -> bool:
        """With many policies, few of them get anywhere."""
        return self._count < MOST_POLICIES

    @property
    def area(self) -> str:
        """An area that no other walk has: it bears the name of the first account of this one."""
        return self._accounts[0]

    def _ask(
        self, operation: OperationName, subject: str, captures: dict[str, str] | None = None, **request: Any
    ) -> Reply:
        self._ends = "badly"
        reply = self.session.step(self.walk, operation, subject, request, captures or {})
        self._ends = "well"
        return reply

    @precondition(lambda self: self.may_quote)
    @rule(target=quoted, asked=applications, joined=st.none() | quoted)
    def quote(self, asked: Application, joined: Quoted | None) -> "Quoted | MultipleResults[Quoted]":
        made = Quoted(self._count + 1, asked.start)
        request = _application(asked, self.session.carrier)
        if joined is not None:
            request["account_id"] = joined.account
        if self._accounts:
            request["areas"] = [self.area]
        captures = {made.policy: "policy_id", made.account: "account_id"}
        reply = self._ask("quote_policy", "", captures, **request)
        if reply.view is None:
            return multiple()
        self._count += 1
        self._accounts.append(made.account)
        return made

    @precondition(lambda self: self.may_quote)
    @rule(target=quoted, asked=applications)
    def write(self, asked: Application) -> "Quoted | MultipleResults[Quoted]":
        """Three steps at once: most of what can go wrong needs a policy in force."""
        made = self.quote(asked, None)
        if isinstance(made, Quoted):
            self.bind(made, 0)
            self.issue(made)
        return made

    @rule(of=quoted, days=st.sampled_from((0, 30, 31)))
    def bind(self, of: Quoted, days: int) -> None:
        self._ask("bind_policy", of.policy, on=(_quote_day(of.start) + timedelta(days)).isoformat())

    @rule(of=quoted)
    def issue(self, of: Quoted) -> None:
        self._ask("issue_policy", of.policy, on=_quote_day(of.start).isoformat())

    @rule(of=quoted, days=st.integers(min_value=0, max_value=366))
    def cancel(self, of: Quoted, days: int) -> None:
        day = of.start + timedelta(days)
        self._ask("cancel_policy", of.policy, reason="insured_request", on=day.isoformat())

    @rule(of=quoted, days=st.none() | st.sampled_from((0, 100, 400)), known_at=st.sampled_from((EVER, NEVER)))
    def read_policy(self, of: Quoted, days: int | None, known_at: datetime) -> None:
        if days is None:
            self._ask("read_policy", of.policy)
        else:
            day = of.start + timedelta(days)
            self._ask("read_policy", of.policy, effective=day.isoformat(), known_at=known_at.isoformat())

    @rule(of=quoted, minutes=st.sampled_from(TERM_EDGES), coverage=st.sampled_from(("dwelling", "flood")))
    def read_coverage(self, of: Quoted, minutes: int, coverage: str) -> None:
        at = datetime.combine(of.start, time(5, 1), UTC) + timedelta(minutes=minutes)
        self._ask("read_coverage", of.policy, at=at.isoformat(), coverage=coverage)

    @rule(of=quoted, months=st.sampled_from((0, 1, 6, 1000)))
    def run_billing(self, of: Quoted, months: int) -> None:
        through = min(of.start + timedelta(days=31 * months), EVER.date())
        self._ask("run_billing", of.account, through=through.isoformat())

    @rule(of=quoted, minor=cents, payer=st.sampled_from((1, 2)))
    def receive_payment(self, of: Quoted, minor: int, payer: int) -> None:
        self._ask(
            "receive_payment",
            of.account,
            payer_id=f"I-{payer}",
            amount=money(minor, self.session.carrier),
            on=of.start.isoformat(),
        )

    @rule(of=quoted)
    def read_account(self, of: Quoted) -> None:
        self._ask("read_account", of.account)

    @precondition(lambda self: self.walk.can_repeat)
    @rule()
    def retry(self) -> None:
        """And look at the account, where money that was taken twice would lie."""
        subject = self.walk.steps[-1].subject
        self._ends = "badly"
        self.session.again(self.walk)
        if subject.startswith("$A"):
            self._ask("read_account", subject)
        self._ends = "well"

    def teardown(self) -> None:
        if self._ends == "well":
            self.session.settle(self.walk, self._accounts)


def _application(asked: Application, carrier: Carrier) -> dict[str, Any]:
    charged = {"premium": asked.premium, "tax": asked.tax, "fee": asked.fee}
    plans = carrier.billing.plans
    return {
        "insured_id": "I-1",
        "product": "homeowners",
        "state": "FL",
        "zone": "America/New_York",
        "start": asked.start.isoformat(),
        **offered(carrier),
        "plan": NO_PLAN if asked.plan is None else plans[asked.plan % len(plans)].plan,
        "payers": [
            {"payer_id": f"I-{number}", "kind": kind, "weight": weight}
            for number, (weight, kind) in enumerate(asked.payers, 1)
        ],
        "charges": [
            {"pattern": pattern, "amount": money(minor, carrier)} for pattern, minor in charged.items() if minor
        ],
        "on": _quote_day(asked.start).isoformat(),
    }


def offered(carrier: Carrier) -> dict[str, Any]:
    """What a plain home is offered."""
    limit = 300_000_00
    return {
        "plan": carrier.billing.plans[0].plan,
        "autopay": "off",
        "payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1}],
        "coverages": [
            {
                "code": "dwelling",
                "limit": money(limit, carrier),
                "deductible": money(limit // 300, carrier),
                "hurricane_deductible": money(limit // 50, carrier),
            }
        ],
        "charges": [{"pattern": "premium", "amount": money(1_200_00, carrier)}],
    }


def _quote_day(start: date) -> date:
    return start - timedelta(days=31)


def money(minor: int, carrier: Carrier) -> dict[str, str]:
    return {"amount": wire_amount(minor, carrier.currency), "currency": carrier.currency}
