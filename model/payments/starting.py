"""How an attempt begins: what is checked before money is sent, where it goes, and what is charged beside it.

    asked --ids, amount--> --account, same day (ACH), tries (card)--> --route--> started, with its fee
                                                                     \\--> the next attempt: another processor after
                                                                          one that could not send it

A check that fails is a refusal: nothing has started, and whoever asked may ask otherwise. A retry that a network
forbids gives the payment up instead, since everybody waits for it; one whose card was told to wait meanwhile waits.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from model.choices.payments import Method
from model.decider import Decision, Refusal
from model.payments import events
from model.payments.ach import same_day_settlement, validated
from model.payments.bank_account import not_debited
from model.payments.card import forbidden
from model.payments.commands import StartPayment, TimePassed
from model.payments.events import Event
from model.payments.instrument import BankEntry, CardOnFile, trying
from model.payments.next_try import postponed
from model.payments.outcomes import refused
from model.payments.routing import Question, RouteDecision, route, variates
from model.payments.rulebook import Rulebook
from model.payments.states import Attempt, NoIntent, Order, Retrying, State
from model.payments.surcharges import PaymentFee, card_fee, cheque_fee
from model.payments.tokens import SHORTEST, card_like

EASTERN = ZoneInfo("America/New_York")
"""The clock of the ACH operators' windows (Federal Reserve FedACH processing schedule)."""
ELECTRONIC_CHEQUES = frozenset({"WEB", "TEL"})
"""Debits that a payer authorises each time, online or by phone: what states call a payment by electronic cheque."""


def start(rules: Rulebook, command: StartPayment, state: State) -> Decision[Event]:
    if type(state) is not NoIntent:
        if _same(command, state.order):
            return ()
        return Refusal("intent_reused", f"{command.intent_id} was already used for another payment")
    wrong = _wrong_order(rules, command)
    if wrong is not None:
        return wrong
    method = command.method or _usual(rules, command)
    settles_at = None if command.bank is None else _sent(rules, command, command.bank)
    if type(settles_at) is Refusal:
        return settles_at
    account_id = "" if command.bank is None else command.bank.account_id
    if command.card is not None:
        stopped = _card_says_no(rules, command, command.card, method)
    else:
        stopped = _account_says_no(rules, command, account_id, on=command.on) if method == "ach" else None
    if stopped is not None:
        return stopped
    routed = None if command.route else _routed(rules, command, method)
    if type(routed) is Refusal:
        return routed
    return (
        events.PaymentStarted(
            intent_id=command.intent_id,
            purpose=command.purpose,
            subject=command.subject,
            reference=command.reference,
            party_id=command.party_id,
            amount=command.amount,
            on=command.on,
            at=command.at,
            method=method,
            route=command.route if routed is None else routed.processor,
            routed=routed,
            card=command.card,
            fee=_fee(rules, command),
            settles_at=settles_at,
            story=command.story,
            joint_payees=command.joint_payees,
            account_id=account_id,
        ),
    )


def _wrong_order(rules: Rulebook, command: StartPayment) -> Refusal | None:
    for text in (command.intent_id, command.subject, command.reference, command.party_id):
        if len(text) >= SHORTEST and card_like(text):
            return Refusal("card_number", "an id looks like a card number: only tokens are taken")
    amount = command.amount
    if amount.currency != rules.currency:
        return Refusal("wrong_currency", f"{rules.carrier.name} moves {rules.currency}, not {amount.currency}")
    return None if amount.minor > 0 else Refusal("not_positive", f"a payment is more than nothing, not {amount}")


def _usual(rules: Rulebook, command: StartPayment) -> Method:
    """The instrument is what it is; without one, what whoever asked expects, else what the carrier usually does."""
    if command.joint_payees:
        return "cheque"
    if command.card is not None:
        return "card"
    if command.bank is not None:
        return "ach"
    if command.expected is not None:
        return command.expected
    return rules.choices.collection_method if command.purpose == "collection" else rules.choices.payout_method


def _same(command: StartPayment, order: Order) -> bool:
    return (order.purpose, order.subject, order.reference, order.party_id, order.amount) == (
        command.purpose,
        command.subject,
        command.reference,
        command.party_id,
        command.amount,
    )


def _sent(rules: Rulebook, command: StartPayment, bank: BankEntry) -> datetime | Refusal | None:
    """When a same-day entry settles, None for any other; refused when the network does not take the entry."""
    if command.purpose == "collection":
        refusal = validated(rules.ach, entry_class=bank.entry_class, account=bank.account, on=command.on)
        if refusal is not None:
            return refusal
    if bank.settles == "next_day":
        return None
    settles = same_day_settlement(rules.ach, command.at.astimezone(EASTERN), command.amount)
    return settles if isinstance(settles, Refusal) else settles.astimezone(command.at.tzinfo)


def _card_says_no(rules: Rulebook, command: StartPayment, card: CardOnFile, method: Method) -> Refusal | None:
    if method != "card":
        return Refusal("not_by_card", f"a payment by {method} names a card")
    if command.purpose == "payout":
        return None
    about = trying(card, intent_id=command.intent_id, ordinal=1, amount=command.amount, on=command.on, at=command.at)
    return forbidden(rules.cards, rules.choices, about, rules.known.card(card.card_id))


def _account_says_no(rules: Rulebook, order: StartPayment | Order, account_id: str, *, on: date) -> Refusal | None:
    """What goes out debits nobody; a debit is one of the named account, or of the one that the payer authorised."""
    if order.purpose != "collection":
        return None
    return not_debited(rules.known.bank_account(account_id or order.party_id), on=on)


def _routed(rules: Rulebook, command: StartPayment, method: Method) -> RouteDecision | Refusal:
    state = command.state or rules.law.jurisdiction
    if not rules.draws:
        return rules.only_route(method, command.billing_model, state, command.installments, command.expected)
    share, exploration = variates(command.intent_id, 1)
    question = Question(
        method=method,
        billing_model=command.billing_model,
        state=state,
        installments=command.installments,
        share=share,
        exploration=exploration,
        expected=command.expected,
    )
    return route(rules.choices.routing, question, rules.known.processor_health(command.at))


def _fee(rules: Rulebook, command: StartPayment) -> PaymentFee | None:
    """What the payer is charged beside the amount; None where nothing is to be asked."""
    if command.purpose == "payout" or rules.choices.fee_bearer == "insurer":
        return None
    if command.card is not None:
        return card_fee(
            rules.law,
            rules.choices,
            command.amount,
            network=command.card.network,
            card=command.card.kind,
            rounding=rules.carrier.rounding,
        )
    if command.bank is not None and command.bank.entry_class in ELECTRONIC_CHEQUES:
        return cheque_fee(rules.law, rules.choices, command.amount.currency)
    return None


def start_again(rules: Rulebook, command: TimePassed, state: Retrying) -> Decision[Event]:
    """The next attempt, or the end of the payment when the network of its card or account forbids one; one whose card
    has to wait is put off, because a person's other payments are no fault of this one.
    """
    last = state.attempts[-1]
    if last.method == "ach":
        no = _account_says_no(rules, state.order, last.account_id, on=command.on)
        stopped = None if no is None else refused(command, state, no.code)
    else:
        stopped = None if last.card is None else _forbidden_again(rules, command, state, last, last.card)
    if stopped is not None:
        return (stopped,)
    routed = _routed_again(rules, command, state.attempts)
    return (
        events.AttemptStarted(
            intent_id=command.intent_id,
            attempt=last.ordinal + 1,
            method=last.method,
            route=last.route if routed is None else routed.processor,
            on=command.on,
            at=command.at,
            routed=routed,
        ),
    )


def _forbidden_again(
    rules: Rulebook, command: TimePassed, state: Retrying, last: Attempt, card: CardOnFile
) -> Event | None:
    known, ordinal = rules.known.card(card.card_id), last.ordinal + 1
    about = trying(
        card, intent_id=command.intent_id, ordinal=ordinal, amount=state.order.amount, on=command.on, at=command.at
    )
    refusal = forbidden(rules.cards, rules.choices, about, known)
    if refusal is None:
        return None
    until = None if known.stopped else postponed(known.not_before, last, at=command.at)
    if until is None:
        return refused(command, state, refusal.code)
    return events.RetryPostponed(
        intent_id=command.intent_id,
        attempt=last.ordinal,
        reason=refusal.code,
        retry_at=until,
        on=command.on,
        at=command.at,
    )


def _routed_again(rules: Rulebook, command: TimePassed, attempts: tuple[Attempt, ...]) -> RouteDecision | None:
    """The same question with a new variate. Who could not send it is asked last; None when the route was not ours to
    decide.
    """
    last = attempts[-1]
    if last.routed is None or not rules.draws:
        return last.routed
    share, exploration = variates(command.intent_id, last.ordinal + 1)
    question = replace(last.routed.question, share=share, exploration=exploration)
    found = route(rules.choices.routing, question, rules.known.processor_health(command.at))
    if isinstance(found, Refusal):
        return None
    failed = {one.route for one in attempts if one.failure == "technical_not_sent"}
    order = (found.processor, *found.fallback)
    other = (*(one for one in order if one not in failed), *(one for one in order if one in failed))
    return (
        found if other == order else replace(found, processor=other[0], fallback=other[1:], after=tuple(sorted(failed)))
    )
