"""Confluence, exhaustively: whatever arrives first, late, or twice, a process and the contexts that it spans end in the
same place (INV-X1, INV-X2; the race of payment and cancellation is B13).
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    END,
    IN_FORCE,
    INSPECTED,
    RESERVED,
    account_id,
    at,
    claim_id,
    payment_id,
    payout_intent_id,
    policy_id,
    request,
)
from fixtures.jurisdictions import florida
from fixtures.process_histories import (
    ASKED_ON,
    OFFER,
    bill_renewal,
    cancel_requested,
    deny,
    exited,
    not_taken,
    pay_renewal,
    request_above,
    reserve_more,
)
from model.claims.commands import ApprovePayment
from model.core import Core
from model.due import PROCESSES
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout
from model.policy.states import Cancelled, InForce
from model.processes import cancel_for_nonpayment, claim_payout
from model.processes.claim_payout import PayoutConfirmed
from model.processes.nonpayment_messages import EndDelinquency
from model.waiting import pass_time

POLICY = ("policy", "processes")
PAYOUT = ("claims", "payments", "processes")
RENEWAL = ("policy", "billing", "processes")
PAID_ON = ASKED_ON + timedelta(days=3)
EFFECTIVE = date(2026, 10, 1)
PAST = at(EFFECTIVE + timedelta(days=1))


def told(steps) -> Core:
    core = Core(*florida())
    for step in steps:
        command = step(1)
        core.submit(command)
        core.drain(at=command.at)
    return core


def tell(envelope) -> Callable[[Core], object]:
    return lambda core: core.outbox.append(envelope)


def passes(instant) -> Callable[[Core], object]:
    return lambda core: pass_time(core, instant, PROCESSES)


def ask(*commands) -> Callable[[Core], object]:
    return lambda core: [core.submit(command) for command in commands]


# --- payment against cancellation


def policy_end(core: Core) -> tuple[Any, ...]:
    """What is insured, for how much, and what the process believes."""
    state: Any = core.policy(policy_id(1))
    cover = tuple((one.start, one.end, one.status) for one in state.period.cover)
    booked = tuple(sorted((one.pattern, one.amount.minor) for one in state.period.booked))
    process = {type(one).__name__ for one in core.nonpayments.states.values()}
    return type(state).__name__, cover, booked, tuple(process)


UNTOUCHED = told(IN_FORCE)
KEPT = ("InForce", *policy_end(UNTOUCHED)[1:3], ("Kept",))


def race(happening) -> tuple[Any, ...]:
    """Billing asks, billing says that it is paid, and the day of the cancellation passes: any of them may be heard
    first, last, or between the answers of policy.
    """
    said = (
        happening("requested", tell(cancel_requested())),
        happening("exited", tell(exited(on=PAID_ON))),
    )
    return said, (happening("day", passes(PAST), at=PAST),)


def test_payment_and_cancellation_end_in_the_same_place_in_every_order(explorer, happening):
    search = explorer(policy_end, POLICY)

    assert search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening)) == {KEPT}
    assert search.worlds > 40, search.worlds


NONPAYMENT_MESSAGES = (
    "insurance.billing.delinquency.cancel_requested.v1",
    "insurance.billing.delinquency.exited.v1",
    *(
        f"insurance.process.cancel_for_nonpayment.asked.v1:{asks}"
        for asks in ("notice", "cancellation", "rescission", "reinstatement")
    ),
    "insurance.process.ask.refused.v1",
    "insurance.policy.notice.given.v1",
    "insurance.policy.notice.rescinded.v1",
    "insurance.policy.cancelled.v1",
    "insurance.policy.reinstated.v1",
)


@pytest.mark.parametrize("twice", NONPAYMENT_MESSAGES)
def test_a_message_of_the_race_that_comes_twice_changes_nothing(explorer, happening, twice):
    search = explorer(policy_end, POLICY, twice=twice)

    assert search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening)) == {KEPT}


@pytest.mark.parametrize("order", ["as said", "the other way round"])
def test_a_delinquency_whose_end_overtakes_its_beginning_leaves_the_policy_alone(explorer, happening, order):
    said = [happening("requested", tell(cancel_requested())), happening("exited", tell(exited(on=PAID_ON)))]
    if order != "as said":
        said.reverse()

    assert explorer(policy_end, POLICY).ends(told(IN_FORCE), at(ASKED_ON), tuple(said)) == {KEPT}


def test_without_money_the_policy_ends_on_the_day_of_its_notice_whatever_comes_first(explorer, happening):
    said = (happening("requested", tell(cancel_requested())),)
    ends = explorer(policy_end, POLICY).ends(told(IN_FORCE), at(ASKED_ON), said)

    ((status, cover, _, process),) = ends
    assert (status, process) == ("Cancelled", ("Cancelled",))
    assert (cover[-1][0], cover[-1][2]) == (EFFECTIVE, "gap")


def test_money_that_counts_only_from_the_day_of_the_cancellation_changes_nothing(explorer, happening):
    core = told(IN_FORCE)
    core.outbox.append(cancel_requested())
    core.drain(at=at(ASKED_ON))
    then = (
        happening("day", passes(PAST), at=PAST),
        happening("exited", tell(exited(on=EFFECTIVE, said=PAST))),
    )

    ((status, _, _, process),) = explorer(policy_end, POLICY).ends(core, at(ASKED_ON), then)
    assert (status, process) == ("Cancelled", ("Cancelled",))


def deaf_to_late_money() -> Core:
    """A planted defect: what comes after the cancellation is not heard, though the money was in time."""
    core = Core(*florida())
    decide = core.nonpayments.decide

    def hear(command: Any, state: Any) -> Any:
        cancelled = isinstance(state, cancel_for_nonpayment.Cancelled)
        return () if cancelled and isinstance(command, EndDelinquency) else decide(command, state)

    core.nonpayments.decide = hear
    return core


def test_a_process_that_does_not_hear_late_money_would_be_found(explorer, happening):
    search = explorer(policy_end, POLICY, build=deaf_to_late_money)
    ends = search.ends(told(IN_FORCE), at(ASKED_ON), *race(happening))

    assert {end[0] for end in ends} == {"InForce", "Cancelled"}


# --- the claim payout


def payout_end(core: Core) -> tuple[Any, ...]:
    claim: Any = core.claim(claim_id(1))
    payments = tuple((one.payment_id, one.status) for one in claim.payments)
    lines = tuple((line.open, line.pending, line.paid) for line in claim.lines)
    intents = tuple(sorted((key, type(one).__name__) for key, one in core.intents.states.items()))
    process = tuple((type(one).__name__, getattr(one, "because", "")) for one in core.payouts.states.values())
    return payments, lines, intents, process


def exists(core: Core) -> bool:
    return payout_intent_id(1) in core.intents.states


def moved(kind, day=INSPECTED, **more) -> Any:
    return kind(intent_id=payout_intent_id(1), on=day, at=at(day), **more)


def paying(happening, *answers) -> tuple[Any, ...]:
    """A payment is asked for, the bank says what it says, and half a day passes."""
    later = at(INSPECTED) + timedelta(hours=12)
    bank = tuple(happening(type(one).__name__, ask(one), exists) for one in answers)
    return (happening("request", ask(request(1))),), bank, (happening("later", passes(later), at=later),)


PAYOUT_MESSAGES = (
    "insurance.claims.payment.requested.v1",
    "insurance.payments.intent.succeeded.v1",
    "insurance.payments.intent.failed.v1",
    "insurance.payments.intent.unknown.v1",
    *(
        f"insurance.process.claim_payout.asked.v1:{asks}"
        for asks in ("payout", "inquiry", "confirmation", "compensation")
    ),
)
PAYMENT = payment_id(1)
INTENT = payout_intent_id(1)


AT_ONCE = [(("succeeded",), twice) for twice in ("", *PAYOUT_MESSAGES)]
IN_DOUBT = [
    (("unknown", "succeeded"), twice)
    for twice in ("", "insurance.payments.intent.unknown.v1", "insurance.process.claim_payout.asked.v1:inquiry")
]


@pytest.mark.parametrize(("answers", "twice"), [*AT_ONCE, *IN_DOUBT])
def test_a_payout_is_booked_once_whatever_is_heard_first(explorer, happening, twice, answers):
    said = {"succeeded": moved(ReportSuccess), "unknown": moved(ReportTimeout)}
    search = explorer(payout_end, PAYOUT, twice=twice)
    ends = search.ends(told(RESERVED), at(INSPECTED), *paying(happening, *(said[one] for one in answers)))

    assert ends == {
        (((PAYMENT, "issued"),), ((0, 0, 1400000),), ((INTENT, "Succeeded"),), (("Paid", ""),)),
    }


@pytest.mark.parametrize("twice", ["", *PAYOUT_MESSAGES])
def test_a_payout_that_fails_gives_the_reserve_back_whatever_is_heard_first(explorer, happening, twice):
    search = explorer(payout_end, PAYOUT, twice=twice)
    ends = search.ends(told(RESERVED), at(INSPECTED), *paying(happening, moved(ReportFailure, reason="account closed")))

    assert ends == {
        (((PAYMENT, "failed"),), ((1400000, 0, 0),), ((INTENT, "Failed"),), (("Compensated", "payout_failed"),)),
    }


def approval() -> ApprovePayment:
    asked = request_above(1)
    return ApprovePayment(
        claim_id=asked.claim_id,
        payment_id=asked.payment_id,
        by="eve",
        role="claims_manager",
        on=INSPECTED,
        at=at(INSPECTED),
    )


def test_an_approval_that_races_with_the_end_of_patience_is_decided_by_claims(explorer, happening):
    """Approved or given up, all agree: either it is paid and known to be, or it is denied and the reserve is free."""
    late = at(INSPECTED) + timedelta(days=6)
    ends = explorer(payout_end, PAYOUT).ends(
        told((*RESERVED, reserve_more)),
        at(INSPECTED),
        (happening("request", ask(request_above(1))), happening("approve", ask(approval()))),
        (happening("paid", ask(moved(ReportSuccess)), exists),),
        (happening("patience", passes(late), at=late),),
    )

    assert {(payments, process) for payments, _, _, process in ends} == {
        (((PAYMENT, "issued"),), (("Paid", ""),)),
        (((PAYMENT, "denied"),), (("Compensated", "approval_refused"),)),
    }


def test_a_payment_that_is_denied_is_never_paid(explorer, happening):
    ends = explorer(payout_end, PAYOUT).ends(
        told((*RESERVED, reserve_more)),
        at(INSPECTED),
        (happening("request", ask(request_above(1))), happening("deny", ask(deny(1)))),
        (happening("patience", passes(at(INSPECTED) + timedelta(days=6)), at=at(INSPECTED) + timedelta(days=6)),),
    )

    assert {(payments, intents) for payments, _, intents, _ in ends} == {(((PAYMENT, "denied"),), ())}


def deaf_to_early_confirmations() -> Core:
    """A planted defect: a confirmation is only heard by a process that has begun."""
    core = Core(*florida())
    decide = core.payouts.decide

    def hear(command: Any, state: Any) -> Any:
        early = isinstance(state, claim_payout.NotStarted) and isinstance(command, PayoutConfirmed)
        return () if early else decide(command, state)

    core.payouts.decide = hear
    return core


def test_a_process_that_does_not_hear_early_confirmations_would_be_found(explorer, happening):
    search = explorer(payout_end, PAYOUT, build=deaf_to_early_confirmations)
    ends = search.ends(told(RESERVED), at(INSPECTED), *paying(happening, moved(ReportSuccess)))

    assert len({process for *_, process in ends}) > 1


# --- the renewal


def renewal_end(core: Core) -> tuple[Any, ...]:
    policy: Any = core.policy(policy_id(1))
    account: Any = core.account(account_id(1))
    owed = sum(item.open for invoice in account.invoices[10:] for item in invoice.items)
    instructions = tuple(one.instruction_id.partition(":")[0] for one in account.instructions[1:])
    process = tuple(type(one).__name__ for one in core.renewals.states.values())
    renewed = isinstance(policy, InForce) and policy.renewal is not None
    return renewed, owed, tuple(sorted(instructions)), process


def billed(core: Core) -> bool:
    account: Any = core.account(account_id(1))
    return len(account.invoices) > 10


def renewing(happening) -> tuple[Any, ...]:
    opened, quoted = (step(1) for step in OFFER[-2:])
    offer = (happening("offer", ask(opened, quoted)),)
    return offer, (happening("pay", ask(bill_renewal(1), pay_renewal(1)), billed),)


RENEWAL_MESSAGES = (
    "insurance.policy.renewal.offered.v1",
    "insurance.billing.renewal.billed.v1",
    "insurance.billing.renewal.paid.v1",
    "insurance.policy.renewal.bound.v1",
    "insurance.policy.renewed.v1",
    *(f"insurance.process.renewal_bind.asked.v1:{asks}" for asks in ("bill", "bind", "issue")),
)


@pytest.mark.parametrize("twice", ["", *RENEWAL_MESSAGES])
def test_a_renewal_that_is_paid_is_bound_issued_and_billed_once_in_every_order(explorer, happening, twice):
    search = explorer(renewal_end, RENEWAL, twice=twice)
    ((renewed, owed, instructions, process),) = search.ends(told(IN_FORCE), at(date(2027, 4, 15)), *renewing(happening))

    assert (renewed, instructions, process) == (True, ("renewal",), ("Issued",))
    assert owed > 0


@pytest.mark.parametrize(
    "twice", ["", "insurance.policy.renewal.closed.v1", "insurance.process.renewal_bind.asked.v1:withdrawal"]
)
def test_a_renewal_that_nobody_pays_leaves_nothing_owed_in_any_order(explorer, happening, twice):
    (offer, _) = renewing(happening)
    after = END + timedelta(days=5)
    closed = happening("closed", ask(replace(not_taken(1), on=after, at=at(after))), billed, at(after))
    search = explorer(renewal_end, RENEWAL, twice=twice)
    ends = search.ends(told(IN_FORCE), at(date(2027, 4, 15)), (*offer, closed))

    assert {(renewed, process) for renewed, _, _, process in ends} == {(False, ("NotTaken",))}
    assert {instructions for _, _, instructions, _ in ends} == {("renewal", "withdrawn")}


def test_a_policy_that_was_cancelled_by_nobody_is_in_force():
    assert not isinstance(UNTOUCHED.policy(policy_id(1)), Cancelled)
