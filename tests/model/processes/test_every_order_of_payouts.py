"""Confluence, exhaustively: whatever arrives first, late, or twice, the claim payout and the contexts
that it spans end in the same place (INV-X1, INV-X2).
"""

from datetime import timedelta
from typing import Any

import pytest

from fixtures.histories import INSPECTED, RESERVED, at, claim_id, payment_id, payout_intent_id, request
from fixtures.jurisdictions import florida
from fixtures.process_histories import deny, request_above, reserve_more
from model.claims.commands import ApprovePayment
from model.core import Core
from model.payments.commands import ReportFailure, ReportSuccess, ReportTimeout
from model.processes import payout_states
from model.processes.payout_messages import PayoutConfirmed
from tests.model.processes.happenings import ask, passes, told

PAYOUT = ("claims", "payments", "processes")


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
        early = isinstance(state, payout_states.NotStarted) and isinstance(command, PayoutConfirmed)
        return () if early else decide(command, state)

    core.payouts.decide = hear
    return core


def test_a_process_that_does_not_hear_early_confirmations_would_be_found(explorer, happening):
    search = explorer(payout_end, PAYOUT, build=deaf_to_early_confirmations)
    ends = search.ends(told(RESERVED), at(INSPECTED), *paying(happening, moved(ReportSuccess)))

    assert len({process for *_, process in ends}) > 1
