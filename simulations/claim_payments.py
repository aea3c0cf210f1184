"""Payments of claims, from the wish to pay until claims knows that the bank paid, or has to ask again."""

from simpy import Event
from simpy.events import ProcessGenerator

from model.claims import commands
from model.claims import events as claims
from model.claims.file import Open
from model.claims.reserve import LineKey
from model.claims.vocabulary import PaymentKind
from model.money import Money
from simulations.book import DWELLING
from simulations.host import Host
from simulations.journeys import Journeys
from simulations.levels import Daily
from simulations.losses import Losses, claim_id

LINE = LineKey(1, "claim_cost", DWELLING)


class ClaimPayments:
    """What stories of claims wait for when money goes out."""

    def __init__(self, host: Host, losses: Losses, journeys: Journeys, daily: Daily) -> None:
        self._host = host
        self._clock = host.clock
        self._losses = losses
        self._journeys = journeys
        self._daily = daily
        self._outcomes: dict[str, Event] = {}
        host.listen(claims.PaymentIssued, self._issued)
        host.listen(claims.PaymentFailed, self._failed)

    def paid(self, number: int, what: str, amount: Money, kind: PaymentKind) -> ProcessGenerator:
        """Asks for a payment, and again under a new id when the bank says no, until claims knows that it was issued."""
        attempt = 0
        outcome = ""
        while outcome != "issued":
            attempt += 1
            payment = f"{claim_id(number)}-{what}-{attempt}"
            answered = self._outcomes[payment] = self._clock.event()
            self._journeys.start("approve_to_pay", payment, self._clock.tick)
            self._host.submit(
                commands.RequestPayment(
                    claim_id=claim_id(number),
                    payment_id=payment,
                    line=LINE,
                    amount=amount,
                    kind=kind,
                    payee_id=f"I{int(self._losses.policy[number]):07d}",
                    on=self._host.today(),
                    at=self._host.at(),
                )
            )
            outcome = yield answered

    def all_paid(self, number: int) -> ProcessGenerator:
        """A first payment or an advance may still be on its way when the last one has arrived."""
        while True:
            state = self._host.core.claim(claim_id(number))
            pending = (
                [p.payment_id for p in state.payments if p.status == "requested"] if isinstance(state, Open) else []
            )
            if not pending:
                return
            yield self._outcomes[pending[0]]

    def _issued(self, event: claims.PaymentIssued) -> None:
        self._journeys.end("approve_to_pay", event.payment_id, self._clock.tick)
        self._journeys.end("notice_to_first_payment", event.claim_id, self._clock.tick)
        self._daily.count("paid_minor", self._clock.tick, event.amount.minor)
        self._outcomes[event.payment_id].succeed("issued")

    def _failed(self, event: claims.PaymentFailed) -> None:
        self._outcomes[event.payment_id].succeed("failed")
