"""Payment against cancellation, in every order in which six messages can arrive: what counts is the day on which the
money counts, so that every order ends with the same policy and the same money (domain.md B13, scenario S4).

The six: the nights of billing up to the request, the return of a draft, the request on its way to policy, the money of
the insured, the hour at which the notice takes effect, and the news of the cancellation on its way back. What does
not exist yet when its turn comes arrives as soon as it does, after the others. The handshake is the real one: the
process that cancels for non-payment, hosted by the core, asks policy and hears its answers.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, at, insured_id, policy_id, terms
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.billing.dunning_commands import AgeAccount
from model.core import Core, subscribers
from model.invariants import ACCOUNT_INVARIANTS, POLICY_INVARIANTS, judged
from model.policy import commands as policy
from model.processes.nonpayment_messages import NonpaymentTimePassed
from model.published.envelope import Envelope
from model.published.events import PublishedEvent
from model.published.payment_events import IntentReturned, IntentSucceeded
from model.published.seen import account_view, policy_view
from model.wire import Amount

Message = Literal["nights", "returned", "request", "paid", "hour", "cancelled"]
MESSAGES: tuple[Message, ...] = ("nights", "returned", "request", "paid", "hour", "cancelled")
Lane = Literal["request", "cancelled", "exited"]
LANES: dict[str, Lane] = {
    "insurance.billing.delinquency.cancel_requested.v1": "request",
    "insurance.billing.delinquency.exited.v1": "exited",
    "insurance.policy.cancelled.v1": "cancelled",
}
Exits = Literal["at_once", "at_last"]
"""When the process hears that the pursuit is over: at once, or only after everything else arrived."""
POLICY, ACCOUNT, INSURED = policy_id(1), account_id(1), insured_id(1)
BILLED, DUE, BOUNCED, ASKED = date(2026, 11, 11), date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 16)
IN_TIME, EFFECTIVE, TOO_LATE = date(2026, 12, 20), date(2026, 12, 26), date(2027, 1, 4)
OWED, FEE = 98028, 1500
"""The second of two payments, 40 % of 2,400.00 and of 43.20 in tax with 3.00 for the installment, and what a returned
draft costs in Florida; minor units.
"""
NIGHTS = (DUE, date(2026, 12, 6), date(2026, 12, 7), date(2026, 12, 11), ASKED)
"""The nights that find something: due, past due, a letter, another one, and the request."""
LAW, CARRIER = florida()
HOSTED = ("policy", "billing", "processes")
LATE = time(23)


def amount(minor: int) -> Amount:
    return Amount(f"{minor // 100}.{minor % 100:02d}", "USD")


def message(kind: str, name: str, on: date, data: PublishedEvent) -> Envelope:
    return Envelope(
        id=name, source="/payments", type=kind, subject=name, time=at(on), effective=on, sequence=1,
        correlationid=name, causationid=name, data=data,
    )  # fmt: skip


def money(name: str, on: date, minor: int) -> Envelope:
    data = IntentSucceeded(
        intent_id=name,
        movement_id=name,
        purpose="collection",
        subject=ACCOUNT,
        reference="1",
        party_id=INSURED,
        amount=amount(minor),
    )
    return message("insurance.payments.intent.succeeded.v1", name, on, data)


BOUNCE = message(
    "insurance.payments.return.received.v1",
    "draft-returned",
    BOUNCED,
    IntentReturned(
        intent_id="draft",
        movement_id="draft",
        purpose="collection",
        subject=ACCOUNT,
        reference="1",
        amount=amount(OWED),
        reason="R01",
    ),
)


def prepared() -> Core:
    """Issued in two payments, the first paid, the second billed and drafted with success, as it seemed."""
    core = Core(LAW, CARRIER)
    offered = replace(terms(1), plan="two_pay", autopay="off")
    quoted = START - timedelta(days=30)
    about: Any = {"policy_id": POLICY, "on": quoted, "at": at(quoted)}
    for command in (
        policy.QuotePolicy(terms=offered, **about),
        policy.BindPolicy(**about),
        policy.IssuePolicy(**about),
    ):
        core.submit(command)
    core.drain(at=at(quoted))
    for number, day, name, due in ((0, START, "down", START), (1, BILLED, "draft", DUE)):
        core.submit(BillInvoice(account_id=ACCOUNT, number=number, on=day, at=at(day)))
        opened = getattr(core.account(ACCOUNT), "invoices", ())[number].open
        core.deliver(money(name, due, opened), to="billing", at=at(due))
    return core


PREPARED = prepared()


def copied(core: Core) -> Core:
    """The same core once more: states are values, so that their tables are all there is to copy."""
    copy = Core(core.law, core.carrier)
    for kind, machine in core.machines.items():
        copy.machines[kind].states = dict(machine.states)
        copy.machines[kind].sequences = dict(machine.sequences)
    return copy


class Race:
    """One order of arrival."""

    def __init__(self, paid_on: date, exits: Exits) -> None:
        self.core = copied(PREPARED)
        self.waiting: dict[Lane, list[Envelope]] = {"request": [], "cancelled": [], "exited": []}
        self.shut: set[Lane] = {"request", "cancelled"}
        if exits == "at_last":
            self.shut.add("exited")
        self.past: list[Envelope] = []
        self.paid = money("cheque", paid_on, OWED + FEE)

    def night(self, day: date) -> None:
        for number in range(len(getattr(self.core.account(ACCOUNT), "invoices", ()))):
            for kind in (BillInvoice, MarkInvoiceDue):
                self.core.submit(kind(account_id=ACCOUNT, number=number, on=day, at=at(day)))
        self.core.submit(AgeAccount(account_id=ACCOUNT, on=day, at=at(day)))
        self.pump()

    def arrive(self, envelope: Envelope) -> None:
        self.past.append(envelope)
        for context in subscribers(envelope.type):
            if context in HOSTED:
                self.core.deliver(envelope, to=context, at=at(envelope.effective))
        self.pump()

    def pump(self) -> None:
        """What a lane carries that is shut waits for its turn; all else arrives at once."""
        while self.core.outbox:
            envelope = self.core.outbox.pop(0)
            lane = LANES.get(envelope.type)
            if lane in self.shut:
                self.waiting[lane].append(envelope)
            else:
                self.arrive(envelope)

    def turn(self, name: Message) -> None:
        match name:
            case "nights":
                for day in NIGHTS:
                    self.night(day)
            case "returned":
                self.arrive(BOUNCE)
            case "paid":
                self.arrive(self.paid)
            case "hour":
                self.hour(EFFECTIVE)
            case "request" | "cancelled":
                self._empty(name)

    def hour(self, day: date) -> None:
        """The time is told to every process that is under way, at the end of the day."""
        for process_id in list(self.core.nonpayments.states):
            self.core.submit(NonpaymentTimePassed(process_id=process_id, on=day, at=datetime.combine(day, LATE, UTC)))
        self.pump()

    def _empty(self, lane: Lane) -> None:
        waiting, self.waiting[lane] = self.waiting[lane], []
        for envelope in waiting:
            self.arrive(envelope)

    def settle(self) -> None:
        """Whatever is still on its way arrives, and the days go on until nothing more happens."""
        self.shut.clear()
        for lane in ("request", "cancelled", "exited"):
            self._empty(lane)
        for weeks in (1, 2, 4, 8, 16):
            day = ASKED + timedelta(weeks=weeks)
            self.hour(day)
            self.night(day)

    def arrive_again(self) -> None:
        """Every message a second time, in the order of its first."""
        for envelope in list(self.past):
            self.arrive(envelope)
        self.settle()

    def end(self) -> tuple[Any, ...]:
        """Policy and money: status, last day, what is open, what waits, what fees were charged."""
        account: Any = self.core.account(ACCOUNT)
        standing: Any = self.core.policy(POLICY)
        items = [item for invoice in account.invoices for item in invoice.items]
        net: Counter[str] = Counter()
        for instruction in account.instructions:
            for charge in instruction.charges:
                net[charge.pattern] += charge.amount.minor
        return (
            type(standing).__name__,
            getattr(standing, "cancelled_on", None),
            sum(item.open for item in items),
            account.unapplied.minor,
            tuple(sorted(account.fees)),
            tuple(sorted(net.items())),
            sum(payment.amount.minor for payment in account.payments if payment.status == "received"),
        )

    def came_to(self) -> str:
        """What the policy went through."""
        told = {envelope.type for envelope in self.past}
        if "insurance.policy.reinstated.v1" in told:
            return "a reinstatement"
        return "a rescission" if "insurance.policy.notice.rescinded.v1" in told else "no notice"

    def wrong(self) -> Iterator[Any]:
        view, seen = (
            account_view(self.core.account(ACCOUNT)),
            policy_view(POLICY, self.core.policy(POLICY), self.core.carrier),
        )
        assert view is not None
        assert seen is not None
        yield from judged(ACCOUNT_INVARIANTS, ACCOUNT, view)
        yield from judged(POLICY_INVARIANTS, POLICY, seen)


def raced(order: tuple[Message, ...], paid_on: date, exits: Exits, kind: type[Race] = Race) -> Race:
    race = kind(paid_on, exits)
    for name in order:
        race.turn(name)
    race.settle()
    return race


def before(order: tuple[Message, ...], *names: Message) -> bool:
    places = [order.index(name) for name in names]
    return places == sorted(places)


EVERY_ORDER = tuple(permutations(MESSAGES))
PURSUED = tuple(order for order in EVERY_ORDER if before(order, "returned", "nights"))
"""Orders in which the nights of billing find something."""
NOTICED_FIRST = tuple(order for order in EVERY_ORDER if before(order, "returned", "nights", "request", "paid"))
"""Orders in which the notice was mailed before money came that counts only after its day. Where billing heard of the
money before policy heard of the request, no notice was mailed, and none can be mailed any more.
"""


def test_these_are_all_the_orders():
    assert len(EVERY_ORDER) == 720
    assert len(NOTICED_FIRST) == 30


KEPT = ("InForce", None, 0, 0, ("returned:draft",), (("fee", 2500), ("premium", 240000), ("tax", 4320)), 248620)
ENDED = (
    "Cancelled", EFFECTIVE, 0, 105091, ("returned:draft",), (("fee", 2500), ("premium", 136767), ("tax", 2462)), 248620,
)  # fmt: skip
"""158 of 365 days are given back; with nothing left to pay, the second payment waits for a disbursement."""


@pytest.mark.parametrize(("orders", "exits"), [(EVERY_ORDER, "at_once"), (PURSUED, "at_last")], ids=["all", "pursued"])
def test_money_that_was_there_in_time_keeps_the_policy_in_every_order_of_arrival(orders, exits):
    races = [raced(order, IN_TIME, exits) for order in orders]

    assert {race.end() for race in races} == {KEPT}
    assert [finding for race in races[::5] for finding in race.wrong()] == []
    # The orders are no formality: some never come to a notice, some rescind one, some reinstate.
    assert {race.came_to() for race in races} >= {"a rescission", "a reinstatement"}


@pytest.mark.parametrize("exits", ["at_once", "at_last"])
def test_money_that_came_after_the_day_of_the_notice_does_not_keep_it_in_any_order(exits):
    races = [raced(order, TOO_LATE, exits) for order in NOTICED_FIRST]

    assert {race.end() for race in races} == {ENDED}
    assert [finding for race in races for finding in race.wrong()] == []


@pytest.mark.parametrize(("paid_on", "end"), [(IN_TIME, KEPT), (TOO_LATE, ENDED)])
def test_every_message_a_second_time_changes_nothing(paid_on, end):
    orders = PURSUED[::3] if paid_on == IN_TIME else NOTICED_FIRST
    races = [raced(order, paid_on, "at_once") for order in orders]
    for race in races:
        race.arrive_again()

    assert {race.end() for race in races} == {end}


class Forgetful(Race):
    """Nobody tells policy when the process asks it to reinstate."""

    def arrive(self, envelope: Envelope) -> None:
        if getattr(envelope.data, "asks", "") != "reinstatement":
            super().arrive(envelope)


def test_a_host_that_does_not_reinstate_is_seen_to_end_differently_by_order():
    ends = {raced(order, IN_TIME, "at_once", kind=Forgetful).end() for order in NOTICED_FIRST}

    assert len(ends) == 2
