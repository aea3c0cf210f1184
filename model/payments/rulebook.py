"""The law and the choices that a payment follows, and what it may look up."""

from model.carrier import Carrier
from model.choices.payments import BillingModel, Method
from model.decider import Refusal
from model.jurisdiction import Law
from model.payments.ach import AchRules, ach_rules
from model.payments.card import CardRules, advised_waits, card_rules
from model.payments.knowledge import NOTHING_KNOWN, Knowledge
from model.payments.routing import Question, RouteDecision, route


class Rulebook:
    """The networks' rows are read when they are first needed: a law of a day before them serves everything else."""

    __slots__ = (
        "_ach",
        "_cards",
        "_routes",
        "advised_waits",
        "carrier",
        "choices",
        "currency",
        "draws",
        "known",
        "law",
    )

    def __init__(self, law: Law, carrier: Carrier, known: Knowledge = NOTHING_KNOWN) -> None:
        self.law = law
        self.carrier = carrier
        self.choices = carrier.payments
        self.currency = carrier.currency
        self.known = known
        self.draws = len(carrier.payments.routing.processors) > 1 or bool(carrier.payments.routing.rules)
        self._routes: dict[tuple[Method, BillingModel, str, int, Method | None], RouteDecision | Refusal] = {}
        mastercard = law.networks.get("US-MC")
        self.advised_waits = {} if mastercard is None else advised_waits(mastercard)
        self._ach: AchRules | None = None
        self._cards: CardRules | None = None

    def only_route(
        self, method: Method, billing_model: BillingModel, state: str, installments: int, expected: Method | None
    ) -> RouteDecision | Refusal:
        """The route where there is one processor and no rule: nothing is drawn for it, so that it is decided once."""
        asked = (method, billing_model, state, installments, expected)
        known = self._routes.get(asked)
        if known is None:
            question = Question(
                method=method,
                billing_model=billing_model,
                state=state,
                installments=installments,
                share=0.0,
                exploration=0.0,
                expected=expected,
            )
            known = self._routes[asked] = route(self.choices.routing, question, ())
        return known

    @property
    def ach(self) -> AchRules:
        """Raises LawMissing when the law came without the rows of the network."""
        if self._ach is None:
            self._ach = ach_rules(self.law.network("US-ACH"))
        return self._ach

    @property
    def cards(self) -> CardRules:
        """Raises LawMissing when the law came without the rows of the networks."""
        if self._cards is None:
            self._cards = card_rules(self.law.network("US-VISA"), self.law.network("US-MC"))
        return self._cards
