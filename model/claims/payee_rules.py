"""The payees that cover demands of a payment: who has to be named on it, and how much of a total loss is whose."""

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.file import ClaimPayment, Closed, Exposure, Open
from model.claims.money_commands import RequestPayment
from model.claims.payees import mortgagees_named, several, shares, total_loss
from model.claims.vocabulary import PAID, PENDING
from model.decider import Refusal


def parted(command: RequestPayment) -> tuple[RequestPayment, ...] | Refusal:
    """The payments that are asked for: one, or one for each of several payees with its share of the amount, under the
    id of the payment and the place of the payee.
    """
    payees = several(command.payees)
    if not payees or command.amount.minor <= 0:
        return (command,)
    parts = shares(command.amount, payees)
    if isinstance(parts, Refusal):
        return parts
    if any(amount.minor <= 0 for _, amount in parts):
        return Refusal("bad_shares", f"{command.amount} is too little for {len(payees)} payees")
    return tuple(
        replace(
            command,
            payment_id=f"{command.payment_id}-{number}",
            payee_id=payee.party_id,
            amount=amount,
            payees=(),
        )
        for number, (payee, amount) in enumerate(parts, 1)
    )


def payees_refused(
    carrier: Carrier,
    command: RequestPayment,
    parts: tuple[RequestPayment, ...],
    claim: Open | Closed,
    exposure: Exposure | None,
) -> Refusal | None:
    """Claim cost goes to those who have a right in it; adjusting expense is paid to whoever earned it."""
    if exposure is None or command.line.cost_type != "claim_cost":
        return None
    interests = exposure.coverage.interests
    if interests:
        named = {command.payee_id} if parts == (command,) else set[str]()
        named.update(payee.party_id for payee in command.payees)
        demanded = mortgagees_named(carrier.claims.mortgagee_named, command.line.category, interests)
        missing = [party_id for party_id in demanded if party_id not in named]
        if missing:
            return Refusal("mortgagee_not_named", f"{', '.join(missing)} must be on a payment for the dwelling")
    if exposure.settlement is None or exposure.settlement.payoff is None:
        return None
    return _beyond_share(parts, claim, exposure)


def _beyond_share(parts: tuple[RequestPayment, ...], claim: Open | Closed, exposure: Exposure) -> Refusal | None:
    """On a total loss the lienholder has its part and the others the rest. A cheque that bears the lienholder's name
    beside others' is theirs together, since nobody cashes it alone.
    """
    settlement = exposure.settlement
    if settlement is None or settlement.payoff is None:
        return None
    lienholder = settlement.payoff.lienholder_id
    due = settlement.payable
    split = total_loss(due, payoff=settlement.payoff.amount, lienholder_id=lienholder, insured_id=exposure.claimant_id)
    first = sum(part.minor for payee, part in split if payee.role == "lienholder")
    taken = [one for one in claim.payments if _of_claim_cost(one, exposure.number)]
    asked: tuple[RequestPayment | ClaimPayment, ...] = (*taken, *parts)
    alone = [one for one in asked if lienholder not in (payee.party_id for payee in one.payees)]
    to_lienholder = sum(one.amount.minor for one in alone if one.payee_id == lienholder)
    to_others = sum(one.amount.minor for one in alone if one.payee_id != lienholder)
    if to_lienholder > first or to_others > due.minor - first:
        return Refusal("beyond_share", f"{lienholder} comes first with {first} minor units of {due}")
    return None


def _of_claim_cost(payment: ClaimPayment, exposure: int) -> bool:
    mine = payment.line.exposure == exposure and payment.line.cost_type == "claim_cost"
    return mine and (payment.status in PAID or payment.status in PENDING)
