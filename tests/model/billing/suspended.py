"""Money in suspense, and what can be asked of it: what its table and its stories share."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from fixtures.histories import account_id, at, bill, history, insured_id, play, usd
from fixtures.jurisdictions import florida
from model.billing.suspense import RefundSuspense, ResolveSuspense, SuspendMoney
from model.core import Core

DAY, LATER = date(2026, 6, 1), date(2026, 6, 10)


def opened() -> Core:
    core = Core(*florida())
    play(core, history("a policy in force"))
    core.submit(bill(0)(1))
    return core


CORE = opened()


def about(day) -> dict[str, Any]:
    return {"suspense_id": "S-1", "on": day, "at": at(day)}


def suspend(**changes) -> SuspendMoney:
    return replace(
        SuspendMoney(
            payment_id="M-1", reason="no_such_loan", told="LOAN-9", payer_id="B", amount=usd("100.00"), **about(DAY)
        ),
        **changes,
    )


def resolve(**changes) -> ResolveSuspense:
    return replace(
        ResolveSuspense(
            part_id="1", account_id=account_id(1), payer_id=insured_id(1), amount=usd("60.00"), **about(LATER)
        ),
        **changes,
    )


def refund(**changes) -> RefundSuspense:
    return replace(RefundSuspense(part_id="2", party_id="B", amount=usd("40.00"), **about(LATER)), **changes)
