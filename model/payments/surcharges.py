"""What a payer is charged for paying by card or cheque: a charge of its own, never premium.

A state may forbid it to merchants or to insurers, a state and a network may cap it, and neither ever allows it on debit
or prepaid cards. All of that is rows (fixtures/rules/premium_payment.csv); what the insurer would like to charge is its
choice. The lowest of what is wanted and what is allowed is charged; where one row forbids it, nothing is. A fee is no
premium and earns no commission; it is refunded with the payment that it was for, in proportion.
"""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from model.choices.payments import PaymentsChoices
from model.jurisdiction import Law
from model.money import Money, Rounding, zero

CardKind = Literal["credit", "debit", "prepaid"]
FeeKind = Literal["none", "convenience_fee", "card_surcharge"]
BASIS_POINTS = 10_000


class PaymentFee(Struct, frozen=True, gc=False):
    """What is charged beside a payment, as what, and the rows that decided it (empty: nobody limits it)."""

    kind: FeeKind
    amount: Money
    because: str


def card_fee(
    law: Law, choices: PaymentsChoices, paid: Money, *, network: str, card: CardKind, rounding: Rounding
) -> PaymentFee:
    """The fee for a payment by card in the law's state. `network` is `US-VISA` or another that the law came with."""
    nothing = zero(paid.currency)
    forbidden = _forbidden(law, network, card, choices)
    if choices.fee_bearer == "insurer":
        return PaymentFee("none", nothing, "the insurer bears it")
    if forbidden:
        return PaymentFee("none", nothing, forbidden)
    if choices.fee_bearer == "convenience_fee":
        amount = Money(choices.convenience_fee_minor, paid.currency)
        return PaymentFee("convenience_fee" if amount.minor else "none", amount, "")
    points, because = _capped(law, network, choices.card_surcharge_basis_points)
    amount = paid.share(points, BASIS_POINTS, rounding)
    return PaymentFee("card_surcharge" if amount.minor else "none", amount, because)


def cheque_fee(law: Law, choices: PaymentsChoices, currency: str) -> PaymentFee:
    """The fee for an electronic cheque: a convenience fee where the state does not forbid it, never a surcharge."""
    row = law.row("insurer_may_pass_echeck_fee") if law.has("insurer_may_pass_echeck_fee") else None
    if choices.fee_bearer != "convenience_fee" or (row is not None and row.value == "no"):
        return PaymentFee("none", zero(currency), "" if row is None else row.id)
    amount = Money(choices.convenience_fee_minor, currency)
    return PaymentFee("convenience_fee" if amount.minor else "none", amount, "" if row is None else row.id)


def refunded_fee(fee: PaymentFee, *, refunded: Money, paid: Money, rounding: Rounding) -> Money:
    """What of the fee goes back with a refund of the payment: the same part, and all of it with the whole."""
    return fee.amount.share(refunded.minor, paid.minor, rounding)


def _forbidden(law: Law, network: str, card: CardKind, choices: PaymentsChoices) -> str:
    """The row that forbids any fee, by its id; empty when none does.

    The prohibition of surcharges by a state is about surcharges; what an insurer may pass on is about any fee.
    """
    if law.word("insurer_may_pass_card_fee") == "no":
        return law.row("insurer_may_pass_card_fee").id
    if choices.fee_bearer != "card_surcharge":
        return ""
    if law.word("card_surcharge_allowed") == "no":
        return law.row("card_surcharge_allowed").id
    # One row speaks for Visa, Mastercard and Discover, as its citation says.
    debit = law.network("US-VISA")
    if card != "credit" and debit.word("debit_prepaid_surcharge_allowed") == "no":
        return debit.row("debit_prepaid_surcharge_allowed").id
    return ""


def _capped(law: Law, network: str, wanted: int) -> tuple[int, str]:
    """Basis points, and the row that capped them; a network without a row has no cap here."""
    points, because = wanted, ""
    for rules in (law, law.networks.get(network)):
        if rules is not None and rules.has("card_surcharge_cap"):
            row = rules.row("card_surcharge_cap")
            cap = int(Decimal(row.value) * 100)
            if cap < points:
                points, because = cap, row.id
    return points, because
