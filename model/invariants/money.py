"""What must hold of the money around the account: the ledger, commission, trust money, and cash as a whole."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from model.billing import commission, standing, suspense, trust
from model.invariants.judging import Violation, minor
from model.ledger import Entry, imbalance
from model.published.account_views import AccountView


def unbalanced(entries: Iterable[Entry]) -> Violation | None:
    """INV-B3: debits = credits in every entry and over all of them, per currency, and no entry mixes currencies."""
    sums: dict[str, int] = {}
    for entry in entries:
        if imbalance(entry):
            return Violation("INV-B3", entry.key, f"out of balance by {imbalance(entry)}")
        currencies = sorted({posting.currency for posting in entry.postings})
        if len(currencies) > 1:
            return Violation("INV-B3", entry.key, f"mixes {' and '.join(currencies)}")
        for posting in entry.postings:
            sums[posting.currency] = sums.get(posting.currency, 0) + posting.minor
    off = {currency: minor for currency, minor in sums.items() if minor}
    return Violation("INV-B3", "ledger", f"out of balance by {off}") if off else None


class CashView(Struct, frozen=True, gc=False):
    """All in minor units of one currency. `received` is all money that came and that the bank did not take back;
    `offset` commission that producers set off, which paid bills and never came; `returned` return premium that closed
    nothing and became money of its payers. `disbursed` went out again, `in_transit` is on its way, and `came_back` is
    what was disbursed and not cashed.
    """

    received: int
    offset: int
    returned: int
    distributed: int
    unapplied: int
    suspense: int
    disbursed: int
    in_transit: int = 0
    came_back: int = 0


def cash_view(
    accounts: Iterable[standing.State], held: Collection[suspense.State], *, received: int, offset: int
) -> CashView:
    """Where money is by the states of billing. What a refund or a disbursement cost us that the bank then took back is
    a receivable, and no longer disbursed.
    """
    every = [account for account in accounts if isinstance(account, standing.Account)]
    items = [item for account in every for invoice in account.invoices for item in invoice.items]
    back = -sum(
        min(charge.amount.minor, 0) for account in every for told in account.instructions for charge in told.charges
    )
    waits = -sum(
        charge.amount.minor
        for account in every
        for waiting in account.waiting
        if isinstance(waiting, standing.WaitingCredit)
        for charge in waiting.charges
    )
    sources = [
        source for account in every for source in account.payments + account.credits if source.status == "received"
    ]
    parts = [
        part for state in held if isinstance(state, (suspense.Suspended, suspense.Cleared)) for part in state.parts
    ]
    return CashView(
        received=received,
        offset=offset,
        returned=back - waits - sum(item.credited for item in items),
        distributed=sum(item.paid for item in items),
        unapplied=sum(account.unapplied.minor for account in every),
        suspense=sum(state.left.minor for state in held if isinstance(state, suspense.Suspended)),
        disbursed=sum(part.amount.minor for part in parts if not part.account_id)
        + sum(source.disbursed for source in sources),
        in_transit=sum(source.held for source in sources),
        came_back=sum(
            one.amount.minor for account in every for one in account.disbursements if one.status == "reversed"
        ),
    )


def lost_cash(cash: CashView) -> Violation | None:
    """INV-B4: cash in = distributed + unapplied + suspense + disbursed + in transit."""
    there = cash.distributed + cash.unapplied + cash.suspense + cash.disbursed + cash.in_transit
    came = cash.received + cash.offset + cash.returned + cash.came_back
    if came == there:
        return None
    return Violation("INV-B4", "cash", f"{came} minor units came, {there} are somewhere")


class LayerView(Struct, frozen=True, gc=False):
    """`rate` as numerator and denominator, the rest in minor units."""

    producer_id: str
    rate: tuple[int, int]
    base: int
    earned: int
    charged_back: int


class CommissionView(Struct, frozen=True):
    policy_id: str
    layers: tuple[LayerView, ...]


def commission_view(policy_id: str, state: object) -> CommissionView:
    layers = state.layers if isinstance(state, commission.Assigned) else ()
    return CommissionView(
        policy_id,
        tuple(
            LayerView(layer.producer_id, layer.rate.as_integer_ratio(), layer.base, layer.earned, layer.charged_back)
            for layer in layers
        ),
    )


def unearned_commission(view: CommissionView) -> Violation | None:
    """INV-B12: earned - charged back = rate x commissionable base retained, within one minor unit."""
    for layer in view.layers:
        numerator, denominator = layer.rate
        kept = layer.earned - layer.charged_back
        if abs(kept * denominator - layer.base * numerator) > denominator:
            text = f"{layer.producer_id} keeps {kept} minor units on {layer.base} at {numerator}/{denominator}"
            return Violation("INV-B12", view.policy_id, text)
        if layer.base < 0:
            return Violation("INV-B12", view.policy_id, f"{layer.producer_id} gave back more than was earned on")
    return None


def overearned_commission(view: CommissionView, *, eligible: int) -> Violation | None:
    """INV-B12: nobody keeps commission on more than `eligible`, the commissionable premium (minor units, on the
    carrier's basis) that stands now: on the paid basis what payments have paid and nobody took back.
    """
    bases: dict[str, int] = {}
    for layer in view.layers:
        bases[layer.producer_id] = bases.get(layer.producer_id, 0) + layer.base
    for producer_id, base in bases.items():
        if base > max(eligible, 0):
            text = f"{producer_id} keeps commission on {base} minor units, {eligible} stand"
            return Violation("INV-B12", view.policy_id, text)
    return None


def unstated(account: AccountView, stated: Collection[str]) -> Violation | None:
    """B18: what an agency was billed for is an item of one of its statements, by which alone it pays. `stated` are the
    ids of all items of statements. What billing itself added later (fees, recaptures) is not.
    """
    for invoice in account.invoices or ():
        if invoice.payer_kind != "agency" or invoice.status in ("planned", "carried"):
            continue
        for item in invoice.items:
            name = f"{account.account_id}/{invoice.number}/{item.policy_id}"
            asked = item.instruction is not None and item.instruction >= 0
            if asked and minor(item.amount) > minor(item.credited) and name not in stated:
                return Violation("INV-AGENCY", account.account_id, f"{name} is on no statement of {invoice.payer_id}")
    return None


class TrustView(Struct, frozen=True, gc=False):
    """In minor units: what is in the bank, and whose it is."""

    trust_id: str
    cash: int
    premiums: int
    return_premiums: int


def trust_view(trust_id: str, state: object) -> TrustView:
    if not isinstance(state, trust.Kept):
        return TrustView(trust_id, 0, 0, 0)
    return TrustView(trust_id, state.cash, state.premiums, state.return_premiums)


def trust_shortfall(view: TrustView) -> Violation | None:
    """The trust account holds at least the premiums and return premiums received, net of commission (Cal. Ins. Code
    1733, 1734).
    """
    held = view.premiums + view.return_premiums
    if view.cash >= held and view.premiums >= 0 and view.return_premiums >= 0:
        return None
    return Violation("INV-TRUST", view.trust_id, f"{view.cash} minor units are in trust, {held} are others'")


def commingled(balances: Mapping[tuple[str, str], int]) -> Violation | None:
    """Y14: trust money is apart. Its cash, per currency, is what it owes others and the producer's own part of it."""
    for currency in {currency for _, currency in balances}:
        cash = balances.get(("premium_trust_cash", currency), 0)
        owed = sum(
            -balances.get((name, currency), 0)
            for name in ("premium_trust_payable", "premium_trust_own_funds", "program_payables")
        )
        if cash != owed:
            return Violation("INV-TRUST", currency, f"{cash} minor units of trust cash stand against {owed}")
    return None
