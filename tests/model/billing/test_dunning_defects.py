"""INV-B10 and INV-B14 hold of every history of dunning and holds, and each sees a machine that does wrong."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.owing_accounts import EVERYTHING, START, Desk
from model.billing import account as accounts
from model.billing.dunning_events import (
    CancellationRequested,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyStarted,
    HeldInvoicesReplanned,
)
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.money import Money
from model.published.seen import account_view

OWED_SINCE, HELD, FREED, PAID = date(2026, 7, 1), date(2026, 7, 10), date(2026, 9, 1), date(2026, 9, 30)


class Watched(Desk):
    """A desk that judges the account after every event."""

    def __init__(self, wrong: Callable[[Any], tuple[Any, ...]]) -> None:
        super().__init__()
        self.found: set[str] = set()
        right = self.machine.decide

        def decide(command: Any, state: Any) -> Any:
            decision = right(command, state)
            if isinstance(decision, Refusal):
                return decision
            return tuple(changed for event in decision for changed in wrong(event))

        self.machine = replace(self.machine, decide=decide)

    def ask(self, command: Any) -> Any:
        decision = self.machine.decide(command, self.state)
        if isinstance(decision, Refusal):
            return decision
        for event in decision:
            self.state = accounts.evolve(self.state, event)
        self.told.extend(decision)
        view = account_view(self.state)
        if view is not None:
            self.found |= {finding.code for finding in judged(ACCOUNT_INVARIANTS, "A", view)}
        return decision


def history(desk: Watched) -> Watched:
    """Owed, pursued, held with everything else, released, asked to be cancelled, and paid."""
    desk.charge()
    desk.night(START)
    desk.pay("240.00", START)
    desk.nights(START, HELD - timedelta(days=1))
    desk.hold(HELD, EVERYTHING)
    desk.nights(HELD, FREED - timedelta(days=1))
    desk.release(FREED)
    desk.nights(FREED, PAID)
    desk.pay("700.00", PAID, "M-2")
    return desk


def only(kind: type, wrong: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda event: wrong(event) if isinstance(event, kind) else (event,)


def test_a_history_with_all_of_it_breaks_nothing():
    desk = history(Watched(lambda event: (event,)))
    told = {type(event) for event in desk.told}

    assert {
        DelinquencyStarted,
        DelinquencyHeld,
        HeldInvoicesReplanned,
        CancellationRequested,
        DelinquencyExited,
    } <= told
    assert desk.found == set()


def begins_twice(event: DelinquencyStarted) -> tuple[Any, ...]:
    return (event, replace(event, delinquency_id=event.delinquency_id + "x"))


def asks_twice(event: CancellationRequested) -> tuple[Any, ...]:
    return (event, event)


def pursues_who_paid(event: DelinquencyExited) -> tuple[Any, ...]:
    return ()


def pursues_under_a_hold(event: DelinquencyHeld) -> tuple[Any, ...]:
    return ()


def loses_a_cent(event: HeldInvoicesReplanned) -> tuple[Any, ...]:
    first, *others = event.replanned
    item, *items = first.items
    short = replace(item, amount=item.amount - Money(1, "USD"))
    return (replace(event, replanned=(replace(first, items=(short, *items)), *others)),)


def bills_in_two(event: HeldInvoicesReplanned) -> tuple[Any, ...]:
    (one,) = event.replanned
    halves = [
        tuple(replace(item, amount=item.amount.split(2, leftover="first")[k]) for item in one.items) for k in (0, 1)
    ]
    later = replace(one, due_on=one.due_on + timedelta(days=1), items=halves[1])
    return (replace(event, replanned=(replace(one, items=halves[0]), later)),)


def bills_what_was_kept_back_twice(event: HeldInvoicesReplanned) -> tuple[Any, ...]:
    return (replace(event, skipped=event.skipped[1:]),)


PLANTED = [
    ("INV-B10", DelinquencyStarted, begins_twice),
    ("INV-B10", CancellationRequested, asks_twice),
    ("INV-B10", DelinquencyExited, pursues_who_paid),
    ("INV-B10", DelinquencyHeld, pursues_under_a_hold),
    ("INV-B14", HeldInvoicesReplanned, loses_a_cent),
    ("INV-B14", HeldInvoicesReplanned, bills_in_two),
    ("INV-B14", HeldInvoicesReplanned, bills_what_was_kept_back_twice),
]


@pytest.mark.parametrize(("code", "kind", "wrong"), PLANTED, ids=[wrong.__name__ for _, _, wrong in PLANTED])
def test_a_machine_that_does_wrong_is_seen(code, kind, wrong):
    assert code in history(Watched(only(kind, wrong))).found


def test_a_process_that_begins_under_a_hold_is_seen():
    desk = history(Watched(lambda event: (event,)))
    view: Any = account_view(desk.state)
    process = replace(view.delinquencies[0], since=HELD + timedelta(days=1))

    found = judged(ACCOUNT_INVARIANTS, "A", replace(view, delinquencies=(process,)))
    assert {finding.code for finding in found} == {"INV-B10"}
