"""Random histories of payment intents: timeouts, retries, late and contradicting answers never move money twice."""

from datetime import date
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fixtures.histories import at
from fixtures.jurisdictions import florida
from model.core import Core, Recorded
from model.decider import Refusal
from model.invariants import moved_more_than_once
from model.money import Money
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout, ReturnMoney, StartPayment
from model.payments.events import Event, MoneyReturned, PaymentSucceeded
from model.published.seen import intent_view

INTENTS = st.sampled_from(["A-1-0", "A-1-1", "PAY-1", "A-1-9"])
NEW_INTENTS = st.sampled_from(["A-1-0", "A-1-9", "PAY-9"])
DAY = date(2026, 6, 1)
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=150, stateful_step_count=30)


REACHED: set[type] = set()


class Intents(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.core = Core(*florida())
        self.core.observers.append(self.watch)
        self.moved: dict[str, list[str]] = {}

    def watch(self, recorded: Recorded) -> None:
        REACHED.add(type(recorded.event))
        if isinstance(recorded.event, PaymentSucceeded | MoneyReturned):
            self.moved.setdefault(recorded.stream, []).append(type(recorded.event).__name__)

    def ask(self, command: Any) -> None:
        """What is refused changes nothing, and what is asked twice is answered once."""
        before = self.core.intent(command.intent_id)
        decision = self.core.submit(command)
        if isinstance(decision, Refusal) or not decision:
            assert self.core.intent(command.intent_id) == before
            return
        after = self.core.intent(command.intent_id)
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.intent(command.intent_id) == after

    @initialize()
    def start_all(self):
        for intent in ("A-1-0", "A-1-1", "PAY-1"):
            self.start(intent, 10000, "USD")

    @rule(intent=NEW_INTENTS, minor=st.sampled_from([10000, 10000, 1, 0, -1]), currency=st.sampled_from(["USD", "EUR"]))
    def start(self, intent, minor, currency):
        self.ask(
            StartPayment(
                intent_id=intent,
                purpose="payout" if intent.startswith("PAY") else "collection",
                subject="A-1",
                reference=intent,
                party_id="I",
                amount=Money(minor, currency),
                on=DAY,
                at=at(DAY),
            )
        )

    @rule(intent=INTENTS, kind=st.sampled_from([ReportSuccess, ReportTimeout]))
    def report(self, intent, kind):
        self.ask(kind(intent_id=intent, on=DAY, at=at(DAY)))

    @rule(intent=INTENTS, kind=st.sampled_from([ReportFailure, ReturnMoney]), reason=st.sampled_from(["R01", "R03"]))
    def report_why(self, intent, kind, reason):
        self.ask(kind(intent_id=intent, reason=reason, on=DAY, at=at(DAY)))

    @invariant()
    def money_moves_once_and_comes_back_once_at_most(self):
        """INV-Y1."""
        for intent, moves in self.moved.items():
            assert moves in (["PaymentSucceeded"], ["PaymentSucceeded", "MoneyReturned"])
            assert not intent.startswith("PAY") or len(moves) == 1
        views = [intent_view(key, self.core.intent(key)) for key in self.core.intents.states]
        assert moved_more_than_once([view for view in views if view is not None]) == ()

    @invariant()
    def what_is_seen_follows_from_what_moved(self):
        for intent in self.core.intents.states:
            view: Any = intent_view(intent, self.core.intent(intent))
            moves = self.moved.get(intent, [])
            assert (view.status == "succeeded") == (len(moves) == 1)
            assert (view.status == "returned") == (len(moves) == 2)


def test_no_history_of_intents_moves_money_twice():
    REACHED.clear()
    run_state_machine_as_test(Intents, settings=HOW_MANY)

    assert set(get_args(Event)) == REACHED
