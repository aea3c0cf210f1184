"""Every invariant holds of every named history, and sees its own defect and no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    HISTORIES,
    IN_FORCE,
    PAYING,
    RESERVED,
    Step,
    account_id,
    bill,
    cancel,
    close,
    expire,
    fall_due,
    history,
    intent_id,
    paid_out,
    play,
    request,
)
from fixtures.policy_histories import POLICY_HISTORIES, policy_history
from model.billing.allocation import Distribution
from model.billing.events import InvoicesPlanned, PaymentDistributed, PaymentReturned
from model.claims.commands import CloseClaim, RequestPayment
from model.claims.events import ClaimClosed, PaymentIssued
from model.core import Core, Machine
from model.decider import Refusal
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    POLICY_INVARIANTS,
    Skipped,
    Violation,
    judged,
    moved_more_than_once,
)
from model.payments.commands import ReportSuccess
from model.policy.events import PolicyCancelled, PolicyExpired
from model.published.seen import account_view, claim_view, intent_view, policy_view


def findings(core: Core) -> list[Violation | Skipped]:
    """Whatever is wrong with anything in a core, or could not be judged."""
    found: list[Violation | Skipped] = []
    for key in core.policies.states:
        if policy := policy_view(key, core.policy(key), core.carrier):
            found += judged(POLICY_INVARIANTS, key, policy)
    for key in core.accounts.states:
        if account := account_view(core.account(key)):
            found += judged(ACCOUNT_INVARIANTS, key, account)
    for key in core.claims.states:
        if claim := claim_view(key, core.claim(key)):
            found += judged(CLAIM_INVARIANTS, key, claim)
    intents = [view for key in core.intents.states if (view := intent_view(key, core.intent(key)))]
    return [*found, *moved_more_than_once(intents)]


@pytest.mark.parametrize("name", HISTORIES)
def test_every_invariant_holds_of_every_named_history(core, name):
    play(core, history(name))

    assert findings(core) == []


@pytest.mark.parametrize("name", POLICY_HISTORIES)
def test_every_invariant_holds_of_what_becomes_of_a_policy(core, name):
    decisions = play(core, policy_history(name))

    assert not [decision for decision in decisions if isinstance(decision, Refusal)]
    assert findings(core) == []


# --- planted defects: a machine that does not do what it should


def misremembering(machine: Machine, kind: type, wrong: Callable[[Any, Any, Any], Any]) -> None:
    """`wrong(before, event, after)` is what the machine believes after an event of a kind."""
    right = machine.evolve
    machine.evolve = lambda state, event: (
        wrong(state, event, right(state, event)) if isinstance(event, kind) else right(state, event)
    )


def misdeciding(machine: Machine, wrong: Callable[[Any], Any]) -> None:
    """Every event that the machine decides on is put through `wrong`; what it leaves out as None never happens."""
    right = machine.decide

    def decide(command, state):
        decision = right(command, state)
        if isinstance(decision, Refusal):
            return decision
        return tuple(changed for event in decision if (changed := wrong(event)) is not None)

    machine.decide = decide


def only(kind: type, wrong: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda event: wrong(event) if isinstance(event, kind) else event


def expires_a_day_late(core: Core) -> None:
    def late(_before, _event, after):
        *others, last = after.versions
        late = replace(last, effective=last.effective + timedelta(days=1))
        return replace(after, period=replace(after.period, versions=(*others, late)))

    misremembering(core.policies, PolicyExpired, late)


def keeps_its_versions_in_the_wrong_order(core: Core) -> None:
    def misnumbered(_before, _event, after):
        first, last = after.versions
        versions = (replace(first, number=last.number), replace(last, number=first.number))
        return replace(after, period=replace(after.period, versions=versions))

    misremembering(core.policies, PolicyCancelled, misnumbered)


def remembers_what_came_back_as_a_charge(core: Core) -> None:
    misremembering(
        core.policies,
        PolicyCancelled,
        lambda _before, _event, after: replace(
            after, returned=tuple(replace(charge, amount=-charge.amount) for charge in after.returned)
        ),
    )


def forgets_the_last_installment(core: Core) -> None:
    misdeciding(core.accounts, only(InvoicesPlanned, lambda event: replace(event, invoices=event.invoices[:-1])))


def pays_all_to_the_first_item(core: Core) -> None:
    def first(event):
        spent = sum(part.minor for part in event.parts)
        return replace(event, parts=(Distribution(event.parts[0].invoice, 0, spent),))

    misdeciding(core.accounts, only(PaymentDistributed, first))


def pays_what_is_not_billed_yet(core: Core) -> None:
    def ahead(event):
        last = event.parts[-1]
        return replace(event, parts=(*event.parts[:-1], Distribution(9, 0, last.minor)))

    misdeciding(core.accounts, only(PaymentDistributed, ahead))


def marks_a_returned_payment_and_leaves_what_it_paid(core: Core) -> None:
    misremembering(core.accounts, PaymentReturned, lambda before, _e, after: replace(before, payments=after.payments))


def distributes_without_taking(core: Core) -> None:
    misremembering(
        core.accounts, PaymentDistributed, lambda before, _e, after: replace(after, unapplied=before.unapplied)
    )


def bills_after_it_is_due(core: Core) -> None:
    def late(event):
        return replace(event, invoices=tuple(replace(i, bill_on=i.due_on + timedelta(days=1)) for i in event.invoices))

    misdeciding(core.accounts, only(InvoicesPlanned, late))


def forgets_what_is_on_its_way(core: Core) -> None:
    right = core.claims.decide

    def decide(command: Any, state: Any) -> Any:
        if isinstance(command, RequestPayment):
            state = replace(state, lines=tuple(replace(line, pending=0) for line in state.lines))
        return right(command, state)

    core.claims.decide = decide


def issues_without_eroding(core: Core) -> None:
    misremembering(core.claims, PaymentIssued, lambda before, _e, after: replace(after, lines=before.lines))


def closes_without_releasing(core: Core) -> None:
    right = core.claims.decide

    def decide(command: Any, state: Any) -> Any:
        decision: Any = right(command, state)
        return decision[-1:] if isinstance(command, CloseClaim) else decision

    core.claims.decide = decide


def closes_over_a_payment(core: Core) -> None:
    right = core.claims.decide

    def decide(command: Any, state: Any) -> Any:
        if isinstance(command, CloseClaim):
            return (ClaimClosed(claim_id=command.claim_id, outcome="unpaid", on=command.on, at=command.at),)
        return right(command, state)

    core.claims.decide = decide
    # Nothing is left reserved, so that the payment alone is what is wrong.
    misremembering(
        core.claims,
        ClaimClosed,
        lambda _b, _e, after: replace(after, lines=tuple(replace(line, open=0, pending=0) for line in after.lines)),
    )


def second_request(number: int) -> RequestPayment:
    return replace(request(number), payment_id="PAY-2")


PLANTED: list[tuple[str, Callable[[Core], None], tuple[Step, ...]]] = [
    ("INV-P1", expires_a_day_late, (*IN_FORCE, expire)),
    ("INV-P1", keeps_its_versions_in_the_wrong_order, (*IN_FORCE, cancel)),
    ("INV-P4", remembers_what_came_back_as_a_charge, (*IN_FORCE, cancel)),
    ("INV-B1", forgets_the_last_installment, IN_FORCE),
    ("INV-B2", pays_all_to_the_first_item, HISTORIES["a policy with nine installments, three paid"]),
    ("INV-B2", pays_what_is_not_billed_yet, HISTORIES["a policy with nine installments, three paid"]),
    ("INV-B4", marks_a_returned_payment_and_leaves_what_it_paid, HISTORIES["a payment returned"]),
    ("INV-B4", distributes_without_taking, HISTORIES["a policy with nine installments, three paid"]),
    ("INV-B8", bills_after_it_is_due, IN_FORCE),
    ("INV-C1", forgets_what_is_on_its_way, (*PAYING, second_request)),
    ("INV-C2", issues_without_eroding, (*PAYING, paid_out)),
    ("INV-C6", closes_without_releasing, (*RESERVED, close)),
    ("INV-C6", closes_over_a_payment, (*PAYING, close)),
]


@pytest.mark.parametrize(("code", "plant", "steps"), PLANTED, ids=[plant.__name__ for _, plant, _ in PLANTED])
def test_a_core_that_does_wrong_is_seen_by_the_invariant_of_it_and_by_no_other(core, code, plant, steps):
    plant(core)
    for step in steps:
        command = step(1)
        assert not isinstance(core.submit(command), Refusal)
        core.drain(at=command.at)

    assert {finding.code for finding in findings(core)} == {code}
    assert all(isinstance(finding, Violation) for finding in findings(core))


def test_a_payment_that_succeeds_twice_is_seen(core):
    """Two drafts of one invoice, because payments was told of it twice and had no key to know that."""
    for step in (*IN_FORCE, bill(0)):
        core.submit(step(1))
        core.drain(at=step(1).at)
    core.submit(fall_due(0)(1))
    (told,) = core.outbox
    core.drain(at=told.time)
    core.deliver(told, to="payments", at=told.time, repeat="~2")
    for intent in (intent_id(1, 0), intent_id(1, 0, "~2")):
        core.submit(ReportSuccess(intent_id=intent, on=told.effective, at=told.time))
        core.drain(at=told.time)

    assert findings(core) == [Violation("INV-Y1", f"{account_id(1)} 0", "the collection succeeded 2 times")]


def test_every_invariant_has_been_seen_to_fail_on_a_core_except_what_no_core_can_get_wrong():
    """INV-B5: whether an invoice is paid follows from its items, so that only an answer can say it wrongly. What the
    full claim adds is planted beside its random histories (tests/model/claims/test_claims_histories.py), and what the
    full policy and the full account add beside their own (tests/model/policy/test_histories.py,
    tests/model/billing/test_money_defects.py, tests/model/billing/test_dunning_defects.py).
    """
    every = {invariant.code for invariant in (*POLICY_INVARIANTS, *ACCOUNT_INVARIANTS, *CLAIM_INVARIANTS)}

    elsewhere = {
        "INV-B10",
        "INV-B11",
        "INV-B13",
        "INV-B14",
        "INV-B15",
        "INV-P2",
        "INV-P3",
        "INV-P8",
        "INV-P11",
        "INV-C3",
        "INV-C4",
        "INV-C5",
        "INV-C7",
        "INV-C9",
    }
    assert {code for code, _, _ in PLANTED} == every - {"INV-B5"} - elsewhere
