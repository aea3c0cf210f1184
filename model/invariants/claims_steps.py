"""What must hold of what was done to a claim: predicates over a claim before and after, and over its settlements, where
a view of one moment cannot tell.
"""

from collections.abc import Iterator

from model.carrier import Carrier
from model.claims.events import ClaimClosed, ClaimReopened, Event
from model.claims.file import Closed, Exposure, Open, line_of, payment_of
from model.claims.money_events import PaymentIssued, PaymentStopped, PaymentVoided
from model.claims.vocabulary import PAID
from model.invariants.judging import Violation

Claim = Open | Closed


def settled_otherwise(carrier: Carrier, claim_id: str, claim: Claim) -> Iterator[Violation]:
    """INV-C4: first and holdback are what the proven cost of repair pays, after the deductible and under the limit, and
    never more; without proof there is no holdback. Coinsurance and a wreck that is kept have vectors of their own.
    """
    for exposure in claim.exposures:
        settlement = exposure.settlement
        if settlement is None:
            continue
        value = settlement.valuation
        if value.insurable_value is not None or value.salvage_kept is not None:
            continue
        ceiling = value.replacement_cost.minor - value.non_recoverable.minor
        first = _pays(carrier, exposure, ceiling - value.depreciation.minor)
        proven = first if value.spent is None else _pays(carrier, exposure, min(value.spent.minor, ceiling))
        told = (settlement.first.minor, settlement.holdback.minor)
        wanted = (first, max(proven - first, 0))
        if told != wanted:
            yield Violation("INV-C4", claim_id, f"exposure {exposure.number} pays {told}, not {wanted} minor units")


def _pays(carrier: Carrier, exposure: Exposure, loss: int) -> int:
    """Minor units that a loss pays, by arithmetic alone."""
    settlement = exposure.settlement
    deductible = 0 if settlement is None else settlement.deductible.minor
    limit = exposure.coverage.limit.minor
    if carrier.claims.limit_order == "deductible_then_limit":
        return min(max(loss - deductible, 0), limit)
    return max(min(loss, limit) - deductible, 0)


def stepped_otherwise(claim_id: str, event: Event, *, before: Claim, after: Claim) -> Iterator[Violation]:
    """INV-C5: a stop or a void gives back what the payment took, to the cent. INV-C6: closing and opening again moves
    no paid money. INV-C9: only what was asked for, and approved where it had to be, goes out, and once.
    """
    match event:
        case PaymentStopped(payment_id=payment_id) | PaymentVoided(payment_id=payment_id):
            payment = payment_of(before.payments, payment_id)
            line = None if payment is None else line_of(before.lines, payment.line)
            now = None if payment is None else line_of(after.lines, payment.line)
            if payment is None or line is None or now is None:
                yield Violation("INV-C5", claim_id, f"{payment_id} came back and was never paid")
            elif (now.open - line.open, line.paid - now.paid) != (payment.erodes, payment.amount.minor):
                text = f"{payment_id} took {payment.erodes}, {now.open - line.open} minor units came back"
                yield Violation("INV-C5", claim_id, text)
        case ClaimClosed() | ClaimReopened():
            was, now_paid = (sum(line.paid for line in claim.lines) for claim in (before, after))
            if was != now_paid:
                yield Violation(
                    "INV-C6", claim_id, f"{was} minor units were paid, {now_paid} after {type(event).__name__}"
                )
        case PaymentIssued(payment_id=payment_id):
            asked = payment_of(before.payments, payment_id)
            if asked is None or asked.status != "requested":
                status = "unknown" if asked is None else asked.status
                yield Violation("INV-C9", claim_id, f"{payment_id} was issued when it was {status}")
            sent = sum(1 for one in after.payments if one.payment_id == payment_id and one.status in PAID)
            if sent != 1:
                yield Violation("INV-C9", claim_id, f"{payment_id} counts {sent} times as paid")
        case _:
            return
