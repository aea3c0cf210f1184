"""How the pursuit of premium and its holds look from outside."""

from model.billing.delinquency import Delinquency
from model.billing.standing import Carried, Hold
from model.money import Money
from model.published.account_views import CarriedView, DelinquencyView, HoldView
from model.wire import to_wire


def delinquency_view(process: Delinquency) -> DelinquencyView:
    return DelinquencyView(
        delinquency_id=process.delinquency_id,
        policy_id=process.policy_id,
        invoice=process.invoice,
        reason=process.reason,
        stage=process.stage,
        since=process.since,
        cancel_requests=process.cancel_requests,
        cause=process.cause,
    )


def hold_view(hold: Hold, currency: str) -> HoldView:
    return HoldView(
        hold_id=hold.hold_id,
        policies=hold.policies,
        suspends=hold.suspends,
        since=hold.since,
        released=hold.released,
        strategy=hold.strategy,
        skipped=_carried(hold.skipped, currency),
        replanned=_carried(hold.replanned, currency),
    )


def _carried(carried: tuple[Carried, ...], currency: str) -> tuple[CarriedView, ...]:
    return tuple(
        CarriedView(invoice=one.invoice, payer_id=one.payer_id, amount=to_wire(Money(one.minor, currency)))
        for one in carried
    )
