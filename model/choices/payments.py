"""What an insurer chose about payments: when it tries again, how it inquires, whom it routes to, what it charges.

Every default is practice and no law [K]; the retry and inquiry days are those that a widely used open billing system
ships with. What a network forbids stands above a choice: nothing is tried more often than the network's rows allow.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

Method = Literal["ach", "card", "wallet", "cheque", "wire"]
BillingModel = Literal["direct_bill", "agency_bill", "list_bill", "mortgagee_bill"]
RetryAlignment = Literal["fixed_days", "before_dunning_steps"]
LateSuccess = Literal["refund", "exception"]
ReturnedDebits = Literal["leave", "represent"]
FeeBearer = Literal["insurer", "convenience_fee", "card_surcharge"]

DAY_SECONDS = 86_400


class Processor(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who moves money: the methods it takes and the states it serves (none named: all)."""

    processor: str
    methods: tuple[Method, ...]
    states: tuple[str, ...] = ()


class Share(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A processor's part of what a rule routes, in percent."""

    processor: str
    percent: int


class RouteRule(Struct, frozen=True, forbid_unknown_fields=True):
    """When all that it names fits, payments go to `shares` by their percent, then to `fallback` in order. What is not
    named fits always. `installments` is the number of a plan's installments.
    """

    rule: str
    shares: tuple[Share, ...]
    fallback: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()
    billing_models: tuple[BillingModel, ...] = ()
    states: tuple[str, ...] = ()
    installments_min: int | None = None
    installments_max: int | None = None


class RoutingChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """Rules from the top down, first match wins; without one the processors in their order.

    A processor is left out while fewer than `healthy_percent` of its last answers within `window_seconds` were good, if
    there were at least `window_least` of them; `exploration_percent` of the payments go to it all the same, because
    otherwise nobody would ever learn that it is well again.
    """

    processors: tuple[Processor, ...] = (Processor("bank", ("ach", "card", "wallet", "cheque", "wire")),)
    rules: tuple[RouteRule, ...] = ()
    healthy_percent: int = 80
    window_seconds: int = 900
    window_least: int = 20
    exploration_percent: int = 2


class PaymentsChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """`collection_method` and `payout_method` are how money is moved when nobody says how.

    Retries: days after each business failure, seconds after each that was never sent; with `before_dunning_steps`
    business retries fall on the day before each of `dunning_step_days` (after the due date) instead. An unknown payment
    is inquired about after each of `inquiry_seconds` in turn, and is with a person at the latest after
    `unknown_sla_seconds`. `authentication_hours` is how long a payer may take to authenticate.

    `late_success`: an old attempt turns out to have succeeded beside a newer one: is it refunded at once or is it for a
    person? (A payout cannot be pulled back and is always for a person.) `returned_debits`: is a debit that came back
    for want of funds presented again, as far as the network allows, or left to billing? `card_reattempts` is the
    insurer's own limit in 30 days, below the network's. `fee_bearer` says who bears what a card costs; the fee is in
    minor units, the surcharge in hundredths of a percent. `webhook_retry_minutes` are the waits between tries to tell.
    """

    business_retry_days: tuple[int, ...] = (8, 8, 8)
    technical_retry_seconds: tuple[int, ...] = (300,)
    retry_alignment: RetryAlignment = "fixed_days"
    collection_method: Method = "ach"
    payout_method: Method = "cheque"
    dunning_step_days: tuple[int, ...] = ()
    inquiry_seconds: tuple[int, ...] = (300, 3_600, *(5 * (DAY_SECONDS,)))
    unknown_sla_seconds: int = 7 * DAY_SECONDS
    authentication_hours: int = 24
    late_success: LateSuccess = "refund"
    returned_debits: ReturnedDebits = "leave"
    card_reattempts: int = 15
    fee_bearer: FeeBearer = "insurer"
    convenience_fee_minor: int = 0
    card_surcharge_basis_points: int = 0
    webhook_retry_minutes: tuple[int, ...] = (1, 5, 5, *(5 * (10,)), *(5 * (60,)), *(3 * (360,)))
    routing: RoutingChoices = RoutingChoices()

    def faults(self) -> Iterator[str]:
        """What is wrong with the choices, each by its key."""
        for key in ("business_retry_days", "technical_retry_seconds", "inquiry_seconds", "webhook_retry_minutes"):
            if any(wait <= 0 for wait in getattr(self, key)):
                yield f"payments.{key}: every wait is more than nothing"
        for key in ("authentication_hours", "card_reattempts", "convenience_fee_minor", "card_surcharge_basis_points"):
            if getattr(self, key) < 0:
                yield f"payments.{key}: {getattr(self, key)} is negative"
        if not self.inquiry_seconds:
            yield "payments.inquiry_seconds: at least one, or an unknown payment stays unknown"
        if self.unknown_sla_seconds < sum(self.inquiry_seconds):
            yield f"payments.unknown_sla_seconds: {self.unknown_sla_seconds} is less than the inquiries take"
        if self.retry_alignment == "before_dunning_steps" and not self.dunning_step_days:
            yield "payments.dunning_step_days: before_dunning_steps needs steps"
        if any(later <= earlier for earlier, later in pairwise(self.dunning_step_days)):
            yield "payments.dunning_step_days: they do not go up"
        yield from _routing_faults(self.routing)


def _routing_faults(routing: RoutingChoices) -> Iterator[str]:
    known = [processor.processor for processor in routing.processors]
    if len(set(known)) != len(known) or not known:
        yield "payments.routing.processors: at least one, and none twice"
    for key in ("healthy_percent", "exploration_percent"):
        if not 0 <= getattr(routing, key) <= 100:
            yield f"payments.routing.{key}: {getattr(routing, key)} is not in 0..100"
    if routing.window_seconds <= 0 or routing.window_least <= 0:
        yield "payments.routing.window_seconds: a window has seconds, and answers in it"
    for rule in routing.rules:
        strangers = {share.processor for share in rule.shares} | set(rule.fallback)
        for processor in sorted(strangers - set(known)):
            yield f"payments.routing.rules.{rule.rule}: there is no processor {processor!r}"
        if sum(share.percent for share in rule.shares) != 100 or any(share.percent <= 0 for share in rule.shares):
            yield f"payments.routing.rules.{rule.rule}: shares of more than nothing add up to 100 percent"
