"""The ordinary business of a book beside whatever else happens: bills, drafts, payers, renewals, new and cancelled
policies.

Dated work sits in day wheels: the bill run before dawn, people during the day. Payers pay on their own unless the
account drafts them; who does not is dunned, and only accounts whose grace ran out unpaid are looked at. Banks answer
later, sometimes with a no, and sometimes not until somebody asks.
"""

from datetime import date, timedelta
from typing import TypeAlias

from msgspec import Struct

from fixtures.portfolios import Portfolio
from fixtures.variates import Variates
from model.billing import events as billing
from model.billing.account import Account
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.billing.invoice import Invoice
from model.core import Command
from model.money import Money
from model.payments import events as payments
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout, ReturnMoney, StartPayment
from model.payments.naming import collection_id
from model.policy import events as policy
from model.policy.commands import BindPolicy, CancelPolicy, ExpirePolicy, IssuePolicy, QuotePolicy
from model.policy.period import InForce
from model.policy.terms import Terms
from simulations.book import account_id, policy_id, terms_of
from simulations.dunning import Dunning
from simulations.engine import DAY, HOUR, DayWheel, stable_number
from simulations.host import Host
from simulations.journeys import Journeys

BILL_RUN_OPENS, BILL_RUN_LASTS = 2 * HOUR, 3 * HOUR
DAYTIME_OPENS, DAYTIME_LASTS = 8 * HOUR, 10 * HOUR
RENEWAL_OFFER_DAYS = 30


class Habits(Struct, frozen=True, gc=False):
    """How the people and banks around the book behave; all ASSUMED unless the scenario that sets them says otherwise.

    Shares are of 1. `payer_late_days_mean` is how long after the due date somebody without autopay pays;
    `bank_answer_hours_mean` how long a payment takes to be confirmed; `inquiry_hours` how long an unknown payment stays
    unknown.
    """

    renewal_share: float
    new_business_per_year_share: float
    new_business_bind_share: float
    cancel_per_year_share: float
    decision_days_mean: float
    never_pays_share: float
    payer_late_days_mean: float
    bank_answer_hours_mean: float
    payment_failure_share: float
    payment_unknown_share: float
    inquiry_hours: float
    return_share: float
    return_days_mean: float


Work: TypeAlias = tuple[str, str, int]
"""What to do, for whom, and a number that the work needs."""


class Business:
    """Runs the ordinary business of a book from day 0 to `days`."""

    def __init__(
        self, host: Host, portfolio: Portfolio, habits: Habits, variates: Variates, journeys: Journeys, *, days: int
    ) -> None:
        self._host = host
        self._portfolio = portfolio
        self._habits = habits
        self._variates = variates
        self._journeys = journeys
        self._days = days
        clock = host.clock
        self._bill_run: DayWheel[Work] = DayWheel(
            clock, days=days, handler=self._do, offset_ticks=BILL_RUN_OPENS, spread_ticks=BILL_RUN_LASTS
        )
        self._daytime: DayWheel[Work] = DayWheel(
            clock, days=days, handler=self._do, offset_ticks=DAYTIME_OPENS, spread_ticks=DAYTIME_LASTS
        )
        host.listen(billing.InvoicesPlanned, self._planned)
        host.listen(billing.InvoiceBilled, self._billed)
        host.listen(policy.PolicyIssued, self._issued)
        host.listen(payments.PaymentStarted, self._started)
        self._doing = {
            "bill": self._bill,
            "due": self._due,
            "age": Dunning(
                host, lambda day, account, number: self._on(self._bill_run, day, ("age", account, number))
            ).age,
            "pay": self._pay,
            "expire": self._expire,
            "offer": self._offer,
            "quote": self._quote,
            "bind": self._bind,
            "cancel": self._cancel,
        }
        self._plan_book()

    def _plan_book(self) -> None:
        """What day 0 finds: bills and due dates ahead, terms that end, owners who will leave, people who will ask."""
        for number in range(len(self._portfolio)):
            identity = policy_id(number)
            account = self._host.core.account(account_id(identity))
            if isinstance(account, Account):
                for invoice in account.invoices:
                    if invoice.step == "planned":
                        self._on(self._bill_run, invoice.bill_on, ("bill", account.account_id, invoice.number))
                    elif invoice.step == "billed":
                        self._await_due_date(account, invoice)
            ends_in = 365 - int(self._portfolio.inception_days_before[number])
            self._add(self._bill_run, ends_in, ("expire", identity, number))
            if self._variates.uniform("book.renews", number) < self._habits.renewal_share:
                self._add(self._daytime, max(ends_in - RENEWAL_OFFER_DAYS, 0), ("offer", identity, number))
            if self._variates.uniform("book.leaves", number) < self._habits.cancel_per_year_share * self._days / 365:
                leaves = int(self._variates.uniform("book.leaves_on", number) * self._days)
                if leaves < ends_in:
                    self._add(self._daytime, leaves, ("cancel", identity, number))
        asking = len(self._portfolio) * self._habits.new_business_per_year_share * self._days / 365
        for number in range(int(asking)):
            day = int(self._variates.uniform("new.day", number) * self._days)
            self._add(self._daytime, day, ("quote", f"N{number:07d}", number))

    def _add(self, wheel: DayWheel[Work], day: int, work: Work) -> None:
        if wheel.day <= day < self._days:
            wheel.add(day, work)

    def _on(self, wheel: DayWheel[Work], day: date, work: Work) -> None:
        """On a local day, or on the next one that can still be worked when it has passed."""
        self._add(wheel, max(self._host.day_of(day), wheel.day), work)

    def _do(self, work: Work) -> None:
        what, entity, number = work
        self._doing[what](entity, number)

    # --- billing

    def _planned(self, event: billing.InvoicesPlanned) -> None:
        self._journeys.end("issue_to_invoice", event.policy_id, self._host.clock.tick)
        for number, invoice in enumerate(event.invoices, start=event.first):
            self._on(self._bill_run, invoice.bill_on, ("bill", event.account_id, number))

    def _bill(self, account: str, number: int) -> None:
        self._submit(BillInvoice(account_id=account, number=number, on=self._host.today(), at=self._host.at()))

    def _billed(self, event: billing.InvoiceBilled) -> None:
        account = self._host.core.account(event.account_id)
        if isinstance(account, Account):
            self._await_due_date(account, account.invoices[event.number])

    def _await_due_date(self, account: Account, invoice: Invoice) -> None:
        """An invoice falls due, and who is not drafted pays it around then, or never."""
        self._on(self._bill_run, invoice.due_on, ("due", account.account_id, invoice.number))
        if invoice.open and account.autopay == "off":
            person = stable_number(f"{account.account_id}-{invoice.number}")
            if self._variates.uniform("payer.pays", person) >= self._habits.never_pays_share:
                late = self._variates.exponential("payer.late", person, mean=self._habits.payer_late_days_mean)
                pays_on = invoice.due_on + timedelta(days=int(late))
                self._on(self._daytime, pays_on, ("pay", account.account_id, invoice.number))

    def _due(self, account: str, number: int) -> None:
        self._submit(MarkInvoiceDue(account_id=account, number=number, on=self._host.today(), at=self._host.at()))

    def _pay(self, account: str, number: int) -> None:
        """Somebody pays an invoice by cheque or at their bank; what arrives is what is open then."""
        state = self._host.core.account(account)
        if isinstance(state, Account) and state.invoices[number].open > 0:
            invoice = state.invoices[number]
            self._submit(
                StartPayment(
                    intent_id=collection_id(account, str(number)),
                    purpose="collection",
                    subject=account,
                    reference=str(number),
                    party_id=invoice.payer_id,
                    amount=Money(invoice.open, state.unapplied.currency),
                    on=self._host.today(),
                    at=self._host.at(),
                )
            )

    # --- banks

    def _started(self, event: payments.PaymentStarted) -> None:
        hours = self._variates.exponential(
            "bank.answer", stable_number(event.intent_id), mean=self._habits.bank_answer_hours_mean
        )
        self._host.clock.call_in(int(hours * HOUR) + 1, self._bank_answers, event)

    def _bank_answers(self, event: payments.PaymentStarted) -> None:
        habits, number = self._habits, stable_number(event.intent_id)
        on, at = self._host.today(), self._host.at()
        luck = self._variates.uniform("bank.luck", number)
        if luck < habits.payment_failure_share:
            self._submit(ReportFailure(intent_id=event.intent_id, reason="declined", on=on, at=at))
        elif luck < habits.payment_failure_share + habits.payment_unknown_share:
            self._submit(ReportTimeout(intent_id=event.intent_id, on=on, at=at))
            self._host.clock.call_in(int(habits.inquiry_hours * HOUR), self._money_moved, event)
        else:
            self._money_moved(event)

    def _money_moved(self, event: payments.PaymentStarted) -> None:
        self._submit(ReportSuccess(intent_id=event.intent_id, on=self._host.today(), at=self._host.at()))
        if event.purpose == "collection":
            number = stable_number(event.intent_id)
            if self._variates.uniform("bank.returns", number) < self._habits.return_share:
                days = self._variates.exponential("bank.return_days", number, mean=self._habits.return_days_mean)
                self._host.clock.call_in(int(days * DAY) + 1, self._returned, event.intent_id)

    def _returned(self, intent_id: str) -> None:
        self._submit(ReturnMoney(intent_id=intent_id, reason="R01", on=self._host.today(), at=self._host.at()))

    # --- policies

    def _issued(self, event: policy.PolicyIssued) -> None:
        self._journeys.start("issue_to_invoice", event.policy_id, self._host.clock.tick)

    def _expire(self, identity: str, number: int) -> None:
        _ = number
        self._submit(ExpirePolicy(policy_id=identity, on=self._host.today(), at=self._host.at()))

    def _cancel(self, identity: str, number: int) -> None:
        _ = number
        self._submit(
            CancelPolicy(policy_id=identity, reason="insured_request", on=self._host.today(), at=self._host.at())
        )

    def _offer(self, identity: str, number: int) -> None:
        """The next term of a policy is offered, unless it was cancelled; it goes to the account of the first."""
        if not isinstance(self._host.core.policy(identity), InForce):
            return
        offered = f"{identity}-2"
        start = self._portfolio.as_of + timedelta(days=365 - int(self._portfolio.inception_days_before[number]))
        terms = terms_of(self._portfolio, number, identity, start)
        self._offered(offered, terms, number, latest=self._host.day_of(start) - 1)

    def _quote(self, identity: str, number: int) -> None:
        """Somebody new asks; their risk is like that of a policy of the book."""
        like = number % len(self._portfolio)
        start = self._host.today() + timedelta(days=10)
        terms = terms_of(self._portfolio, like, identity, start)
        if self._variates.uniform("new.binds", number) < self._habits.new_business_bind_share:
            self._offered(identity, terms, number, latest=self._host.day_of(start))
        else:
            self._submit(QuotePolicy(policy_id=identity, terms=terms, on=self._host.today(), at=self._host.at()))

    def _offered(self, identity: str, terms: Terms, number: int, *, latest: int) -> None:
        self._submit(QuotePolicy(policy_id=identity, terms=terms, on=self._host.today(), at=self._host.at()))
        self._journeys.start("quote_to_bind", identity, self._host.clock.tick)
        wait = self._variates.exponential("quote.decision", number, mean=self._habits.decision_days_mean)
        today = self._host.day_of(self._host.today())
        self._add(self._daytime, min(today + int(wait), max(latest, today)), ("bind", identity, number))

    def _bind(self, identity: str, number: int) -> None:
        _ = number
        on, at = self._host.today(), self._host.at()
        self._submit(BindPolicy(policy_id=identity, on=on, at=at))
        self._journeys.end("quote_to_bind", identity, self._host.clock.tick)
        self._submit(IssuePolicy(policy_id=identity, on=on, at=at))

    def _submit(self, command: Command) -> None:
        self._host.submit(command)
