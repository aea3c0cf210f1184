"""Who does not pay: nights for accounts whose grace ran out, and the clock of the cancellations that follow.

An account that pays in time is never looked at: its invoice falls due, the day on which its grace is over is planned,
and by then it is paid. Only who owes something has a next night, and one at a time.
"""

from collections.abc import Callable
from datetime import date, timedelta

from model.billing import events as billing
from model.billing.account import Account
from model.billing.agenda import next_night
from model.billing.dunning_commands import AgeAccount
from model.processes.nonpayment_messages import NonpaymentStepTaken, NonpaymentTimePassed
from simulations.host import Host

PLANNED = -1
"""In place of an invoice: the night was planned for the account."""
Plan = Callable[[date, str, int], None]
"""Has `age` called on a local day, or on the next one that can still be worked, with an account and an invoice."""


class Dunning:
    def __init__(self, host: Host, plan: Plan) -> None:
        self._host = host
        self._plan = plan
        self._nights: dict[str, date] = {}
        self._grace = timedelta(days=host.core.carrier.billing.delinquency.grace_days)
        host.listen(billing.InvoiceFellDue, self._fell_due)
        host.listen(billing.PaymentReturned, self._came_back)
        host.listen(NonpaymentStepTaken, self._waits)

    def age(self, account: str, number: int) -> None:
        """The night of an account, if it still wants one."""
        today = self._host.today()
        if number != PLANNED:
            state = self._host.core.account(account)
            if isinstance(state, Account) and not state.invoices[number].open:
                return
        elif self._nights.get(account, date.max) > today:
            return
        self._nights.pop(account, None)
        self._host.submit(AgeAccount(account_id=account, on=today, at=self._host.at()))
        self._watch(account, today + timedelta(days=1))

    def _fell_due(self, event: billing.InvoiceFellDue) -> None:
        self._plan(event.on + self._grace, event.account_id, event.number)

    def _came_back(self, event: billing.PaymentReturned) -> None:
        self._watch(event.account_id, self._host.today() + timedelta(days=1))

    def _watch(self, account: str, since: date) -> None:
        """Plans the next night of the account; one that was planned for later comes to nothing."""
        core = self._host.core
        state = core.account(account)
        if not isinstance(state, Account):
            return
        night = next_night(core.law, core.carrier, core.heard_orders(), state, since=since)
        if night is not None and night < self._nights.get(account, date.max):
            self._nights[account] = night
            self._plan(night, account, PLANNED)

    def _waits(self, event: NonpaymentStepTaken) -> None:
        """The process that cancels for nonpayment hears of the instant that it waits for."""
        if event.until is not None:
            clock = self._host.clock
            clock.call_at(max(self._host.tick_of(event.until), clock.tick + 1), self._told, event.process_id)

    def _told(self, process_id: str) -> None:
        self._host.submit(NonpaymentTimePassed(process_id=process_id, on=self._host.today(), at=self._host.at()))
